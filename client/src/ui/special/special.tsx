import type { ReactNode, RefObject } from 'react';
import { useMessage, usePerson } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import type { RowDeeds } from '../messages/message-row.tsx';
import { nameOfPerson } from '../names.ts';
import { useWords } from '../provider.tsx';
import { systemMessageOf, systemText } from './system-text.ts';
import { specialWords } from './words.ts';

export interface SpecialProps {
  readonly message: Pick<
    ShownMessage,
    'roomId' | 'authorId' | 'content' | 'metadata' | 'messageType'
  >;
  readonly tabIndex: number;
  readonly deeds: RefObject<RowDeeds>;
}

/** A message whose metadata says more than its text: what happened in the room. */
export default function Special({ message, tabIndex, deeds }: SpecialProps): ReactNode {
  const words = useWords();
  const author = usePerson(message.authorId);
  const system = systemMessageOf(message.metadata);
  const name = nameOfPerson(words, author);
  const pinned = useMessage(message.roomId, system?.messageId ?? '');
  const seq = pinned?.seq ?? null;
  return (
    <div className="trumpet-text" dir="auto">
      <p>
        {(system !== undefined && systemText(words.language, system, name)) ?? message.content}{' '}
        {seq !== null && (
          <button
            type="button"
            className="trumpet-message-show"
            tabIndex={tabIndex}
            onClick={() => deeds.current.jumpTo(seq)}
          >
            {specialWords(words.language).goToPinned}
          </button>
        )}
      </p>
    </div>
  );
}
