import type { ReactNode } from 'react';
import { useWords } from '../provider.tsx';
import { AskedState } from './asked-state.tsx';
import { useAsked } from './use-asked.ts';

export interface AnswersProps {
  readonly roomId: string;
  readonly threadId: string | undefined;
}

/** What this person has asked by commands, above the composer; what a bot answered for all is in the room. */
export function Answers({ roomId, threadId }: AnswersProps): ReactNode {
  const words = useWords();
  const shown = useAsked(roomId).filter(
    (one) =>
      one.messageId === null &&
      one.threadId === (threadId ?? null) &&
      !(one.state === 'answered' && one.answer === null && one.isForRoom),
  );
  return (
    <div
      className="trumpet-answers"
      role="log"
      aria-label={words.answersForYou}
      tabIndex={shown.length > 0 ? 0 : undefined}
      hidden={shown.length === 0}
    >
      {shown.map((one) => (
        <AskedState key={one.key} asked={one} />
      ))}
    </div>
  );
}
