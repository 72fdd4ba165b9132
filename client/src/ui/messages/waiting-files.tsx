import type { ReactNode } from 'react';
import { useProgress } from '../../react/index.ts';
import type { ShownFile } from '../../shown.ts';
import { useObjectUrl } from '../composer/object-url.ts';
import { Icon } from '../icons.tsx';
import { isVoice, sizeOf } from '../kinds.ts';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';

export interface WaitingFilesProps {
  readonly files: readonly ShownFile[];
}

/** The files of a message that is not sent yet, and how much of them is uploaded. */
export default function WaitingFiles({ files }: WaitingFilesProps): ReactNode {
  return (
    <div className="trumpet-files">
      {files.map((file) => (
        <WaitingFile key={file.id} file={file} />
      ))}
    </div>
  );
}

function WaitingFile({ file }: { readonly file: ShownFile }): ReactNode {
  const words = useWords();
  const uploaded = useProgress(file.id);
  const url = useObjectUrl(file.type.startsWith('image/') ? file.blob : undefined);
  const part = file.uploadedAt === null ? uploaded / Math.max(1, file.size) : 1;
  const percent = new Intl.NumberFormat(words.language, { style: 'percent' }).format(part);
  return (
    <div className="trumpet-file">
      {url === null ? (
        <Icon name={isVoice({ filename: file.name }) ? 'microphone' : 'file'} />
      ) : (
        <img className="trumpet-chosen-picture" src={url} alt="" />
      )}
      <span className="trumpet-file-name" dir="auto">
        {isVoice({ filename: file.name }) ? words.voiceMessage : file.name}
      </span>
      <span className="trumpet-file-size">{sizeOf(words.language, file.size)}</span>
      <progress
        value={part}
        aria-label={fill(part === 1 ? words.uploaded : words.uploading, {
          name: file.name,
          percent,
        })}
      />
    </div>
  );
}
