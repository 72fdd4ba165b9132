import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import type { Attachment } from '../replica/model.ts';
import { durationOf } from './dates.ts';
import { useFreshAttachment } from './fresh-attachment.ts';
import { Icon } from './icons.tsx';
import { isVoice, kindOf, sizeOf } from './kinds.ts';
import { LightBox } from './light-box.tsx';
import { useWords } from './provider.tsx';
import { untilLoaded } from './until-loaded.ts';
import { fill } from './words/plural.ts';

const TextFile = lazy(() => untilLoaded(() => import('./text-files/text-file.tsx')));

export interface AttachmentsProps {
  readonly messageId: string;
  readonly attachments: readonly Attachment[];
}

/** The files of a message: pictures side by side, players, and what can be downloaded. */
export const Attachments = memo(function Attachments(props: AttachmentsProps): ReactNode {
  const { messageId, attachments } = props;
  const [openAt, setOpenAt] = useState<number | null>(null);
  const pictures = attachments.filter(
    (file) => file.status === 'READY' && kindOf(file) === 'picture',
  );
  return (
    <div className="trumpet-files" data-pictures={pictures.length}>
      {pictures.length > 0 && (
        <div className="trumpet-pictures">
          {pictures.map((file, at) => (
            <Picture key={file.id} messageId={messageId} file={file} onOpen={() => setOpenAt(at)} />
          ))}
        </div>
      )}
      {attachments
        .filter((file) => !pictures.includes(file))
        .map((file) => (
          <File key={file.id} messageId={messageId} file={file} />
        ))}
      {openAt !== null && (
        <LightBox
          messageId={messageId}
          pictures={pictures}
          startAt={openAt}
          onClose={() => setOpenAt(null)}
        />
      )}
    </div>
  );
});

interface FileProps {
  readonly messageId: string;
  readonly file: Attachment;
}

function Picture({
  messageId,
  file,
  onOpen,
}: FileProps & { readonly onOpen: () => void }): ReactNode {
  const words = useWords();
  const [fresh, refresh] = useFreshAttachment(messageId, file);
  const url = fresh?.thumbnailUrl ?? fresh?.url ?? undefined;
  return (
    <button
      type="button"
      className="trumpet-picture"
      aria-label={fill(words.openPicture, { name: file.filename })}
      style={{ aspectRatio: `${file.width ?? 4} / ${file.height ?? 3}` }}
      onClick={onOpen}
    >
      {url !== undefined && (
        <img
          src={url}
          alt=""
          loading="lazy"
          draggable={false}
          width={file.width ?? undefined}
          height={file.height ?? undefined}
          onError={refresh}
        />
      )}
    </button>
  );
}

function File({ messageId, file }: FileProps): ReactNode {
  const words = useWords();
  const [fresh, refresh] = useFreshAttachment(messageId, file);
  if (file.status !== 'READY') {
    return (
      <div className="trumpet-file" data-status={file.status}>
        <Icon name={file.status === 'PROCESSING' ? 'clock' : 'warning'} />
        <span className="trumpet-file-name" dir="auto">
          {file.filename}
        </span>
        <span className="trumpet-file-size">
          {file.status === 'PROCESSING' ? words.processing : words.fileRefused}
        </span>
      </div>
    );
  }
  switch (kindOf(file)) {
    case 'video':
      return (
        // biome-ignore lint/a11y/useMediaCaption: what people send has no captions
        <video
          className="trumpet-video"
          controls
          preload="metadata"
          aria-label={file.filename}
          style={{ aspectRatio: `${file.width ?? 16} / ${file.height ?? 9}` }}
          poster={fresh?.thumbnailUrl ?? undefined}
          src={fresh?.url ?? undefined}
          onError={refresh}
        />
      );
    case 'sound':
      return (
        <figure className="trumpet-sound">
          <figcaption dir="auto">
            {isVoice(file) ? words.voiceMessage : file.filename}
            {file.durationMs !== null && <span> {durationOf(file.durationMs)}</span>}
          </figcaption>
          {/* biome-ignore lint/a11y/useMediaCaption: what people send has no captions */}
          <audio
            controls
            preload="none"
            aria-label={isVoice(file) ? words.voiceMessage : file.filename}
            src={fresh?.url ?? undefined}
            onError={refresh}
          />
        </figure>
      );
    default: {
      const download = <Download messageId={messageId} file={file} />;
      return file.mimeType.startsWith('text/plain') ? (
        <Suspense fallback={download}>
          <TextFile messageId={messageId} file={file}>
            {download}
          </TextFile>
        </Suspense>
      ) : (
        download
      );
    }
  }
}

/** Asks for a new address when the one that is known is over, at the moment of the download. */
function Download({ messageId, file }: FileProps): ReactNode {
  const words = useWords();
  const [fresh] = useFreshAttachment(messageId, file);
  return (
    <a
      className="trumpet-file"
      href={fresh?.url ?? undefined}
      download={file.filename}
      title={fill(words.download, { name: file.filename })}
    >
      <Icon name="file" />
      <span className="trumpet-file-name" dir="auto">
        {file.filename}
      </span>
      <span className="trumpet-file-size">{sizeOf(words.language, file.byteSize)}</span>
      <Icon name="download" />
    </a>
  );
}
