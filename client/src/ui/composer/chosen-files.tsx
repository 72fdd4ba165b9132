import { type ReactNode, useState } from 'react';
import type { ChosenFile } from '../composing.ts';
import { IconButton } from '../icon-button.tsx';
import { Icon } from '../icons.tsx';
import { isVoice, sizeOf } from '../kinds.ts';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';
import { useObjectUrl } from './object-url.ts';

export interface ChosenFilesProps {
  readonly files: readonly ChosenFile[];
  readonly onRemove: (file: ChosenFile) => void;
}

/** What goes with the next message. */
export default function ChosenFiles({ files, onRemove }: ChosenFilesProps): ReactNode {
  const words = useWords();
  return (
    <ul className="trumpet-chosen">
      {files.map((file, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two files may be equal
        <li key={`${file.name} ${at}`} className="trumpet-chosen-file">
          <Preview file={file} />
          <span className="trumpet-file-name" dir="auto">
            {isVoice({ filename: file.name }) ? words.voiceMessage : file.name}
          </span>
          <span className="trumpet-file-size">{sizeOf(words.language, file.size)}</span>
          <IconButton
            icon="close"
            label={fill(words.removeFile, { name: file.name })}
            onClick={() => onRemove(file)}
          />
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { readonly file: ChosenFile }): ReactNode {
  const local = useObjectUrl(file instanceof File ? file : undefined);
  const [lost, setLost] = useState<string>();
  const url = local ?? ('pictureUrl' in file && file.pictureUrl !== lost && file.pictureUrl);
  if (!url) {
    return <Icon name="file" />;
  }
  if (file.type.startsWith('image/')) {
    return <img className="trumpet-chosen-picture" src={url} alt="" onError={() => setLost(url)} />;
  }
  if (file.type.startsWith('audio/')) {
    // biome-ignore lint/a11y/useMediaCaption: what people send has no captions
    return <audio controls src={url} aria-label={file.name} />;
  }
  return <Icon name="file" />;
}
