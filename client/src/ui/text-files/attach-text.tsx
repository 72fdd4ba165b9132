import type { ReactNode } from 'react';
import { useWords } from '../provider.tsx';
import { textFileWords } from './words.ts';

export interface AttachTextProps {
  /** What is too long for a message. */
  readonly text: string;
  readonly onAttach: (file: File) => void;
}

/** Offers to send a text that is too long for a message as a file. */
export default function AttachText({ text, onAttach }: AttachTextProps): ReactNode {
  const said = textFileWords(useWords().language);
  return (
    <button
      type="button"
      className="trumpet-message-show"
      onClick={() => onAttach(new File([text], 'message.txt', { type: 'text/plain' }))}
    >
      {said.attach}
    </button>
  );
}
