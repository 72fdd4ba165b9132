import { type ReactNode, useState } from 'react';
import type { Attachment } from '../replica/model.ts';
import { useFreshAttachment } from './fresh-attachment.ts';
import { IconButton } from './icon-button.tsx';
import { Icon } from './icons.tsx';
import { useModal } from './modal.ts';
import { useWords } from './provider.tsx';
import { fill } from './words/plural.ts';

export interface LightBoxProps {
  readonly messageId: string;
  readonly pictures: readonly Attachment[];
  readonly startAt: number;
  readonly onClose: () => void;
}

/** Pictures as large as the screen, one at a time; the arrow keys turn over, Escape closes. */
export function LightBox({ messageId, pictures, startAt, onClose }: LightBoxProps): ReactNode {
  const words = useWords();
  const dialog = useModal();
  const [at, setAt] = useState(startAt);
  const file = pictures[at];
  if (file === undefined) {
    return null;
  }
  const turn = (step: number) => setAt((at + step + pictures.length) % pictures.length);
  return (
    <dialog
      ref={dialog}
      className="trumpet trumpet-light-box"
      aria-label={fill(words.picture, { name: file.filename })}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={(event) => {
        const isBackwards = words.direction === 'rtl';
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
          turn((event.key === 'ArrowRight') === isBackwards ? -1 : 1);
        }
      }}
    >
      <LargePicture key={file.id} messageId={messageId} file={file} />
      <div className="trumpet-light-box-bar">
        <span className="trumpet-light-box-name" dir="auto">
          {file.filename}
        </span>
        {pictures.length > 1 && (
          <>
            <IconButton icon="back" label={words.previousPicture} onClick={() => turn(-1)} />
            <IconButton icon="forward" label={words.nextPicture} onClick={() => turn(1)} />
          </>
        )}
        <DownloadLink messageId={messageId} file={file} />
        <IconButton icon="close" label={words.close} onClick={onClose} />
      </div>
    </dialog>
  );
}

interface PictureProps {
  readonly messageId: string;
  readonly file: Attachment;
}

function LargePicture({ messageId, file }: PictureProps): ReactNode {
  const [fresh, refresh] = useFreshAttachment(messageId, file);
  return <img src={fresh?.url ?? undefined} alt={file.filename} onError={refresh} />;
}

function DownloadLink({ messageId, file }: PictureProps): ReactNode {
  const words = useWords();
  const [fresh] = useFreshAttachment(messageId, file);
  const label = fill(words.download, { name: file.filename });
  return (
    <a
      className="trumpet-icon-button"
      href={fresh?.url ?? undefined}
      download={file.filename}
      aria-label={label}
      title={label}
    >
      <Icon name="download" />
    </a>
  );
}
