import type { ReactNode } from 'react';
import { useBlockedIds, useTyping, useViewerId } from '../react/index.ts';
import { usePersonName } from './names.ts';
import { useWords } from './provider.tsx';
import { fill } from './words/plural.ts';

export interface TypingLineProps {
  readonly roomId: string;
}

/** Who is typing; keeps its height when nobody is. */
export function TypingLine({ roomId }: TypingLineProps): ReactNode {
  const words = useWords();
  const viewerId = useViewerId();
  const blockedIds = useBlockedIds();
  const [first, second, ...more] = useTyping(roomId).filter(
    (id) => id !== viewerId && !blockedIds.has(id),
  );
  const name = usePersonName(first ?? '');
  const other = usePersonName(second ?? '');
  const sentence =
    first === undefined
      ? ''
      : second === undefined
        ? fill(words.typingOne, { name })
        : more.length === 0
          ? fill(words.typingTwo, { name, other })
          : words.typingMany;
  return (
    <div className="trumpet-typing" dir="auto" data-empty={sentence === ''}>
      {sentence}
    </div>
  );
}
