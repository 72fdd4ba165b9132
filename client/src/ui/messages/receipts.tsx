import type { ReactNode } from 'react';
import { useMembers, useRoom } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { PersonAvatar } from '../avatar.tsx';
import { Icon } from '../icons.tsx';
import { usePersonName } from '../names.ts';
import { useWords } from '../provider.tsx';
import { FEW_MEMBERS } from '../room-size.ts';
import { count } from '../words/plural.ts';

const FACES = 5;

export interface ReceiptsProps {
  /** A message of the person. */
  readonly message: ShownMessage;
}

/** Who has seen a message of one's own. Of larger rooms nobody wants to know. */
export function Receipts({ message }: ReceiptsProps): ReactNode {
  const room = useRoom(message.roomId);
  return room === undefined || room.memberCount > FEW_MEMBERS || message.seq === null ? null : (
    <SeenBy message={message} seq={message.seq} isDirect={room.directUserId !== null} />
  );
}

interface SeenByProps extends ReceiptsProps {
  readonly seq: number;
  readonly isDirect: boolean;
}

function SeenBy({ message, seq, isDirect }: SeenByProps): ReactNode {
  const words = useWords();
  const members = useMembers(message.roomId);
  if (members === undefined) {
    return null;
  }
  const readers = [...members.values()].filter(
    ({ userId, lastReadSeq }) => userId !== message.authorId && lastReadSeq >= seq,
  );
  if (readers.length === 0 || isDirect) {
    return (
      <div className="trumpet-receipts">
        <Icon name={readers.length === 0 ? 'check' : 'checks'} />
        {readers.length === 0 ? words.sent : words.seen}
      </div>
    );
  }
  return (
    <details className="trumpet-receipts">
      <summary>
        <Icon name="checks" />
        <span className="trumpet-faces" aria-hidden="true">
          {readers.slice(0, FACES).map(({ userId }) => (
            <PersonAvatar key={userId} userId={userId} size="small" />
          ))}
        </span>
        {count(words.language, words.seenBy, readers.length)}
      </summary>
      <ul>
        {readers.map(({ userId }) => (
          <Reader key={userId} userId={userId} />
        ))}
      </ul>
    </details>
  );
}

function Reader({ userId }: { readonly userId: string }): ReactNode {
  const name = usePersonName(userId);
  return <li dir="auto">{name}</li>;
}
