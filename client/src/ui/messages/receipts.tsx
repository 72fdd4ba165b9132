import { lazy, type ReactNode, Suspense } from 'react';
import { useMembers, useRoom } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { PersonAvatar } from '../avatar.tsx';
import { Icon } from '../icons.tsx';
import { usePersonName } from '../names.ts';
import { useWords } from '../provider.tsx';
import { FEW_MEMBERS } from '../room-size.ts';
import { untilLoaded } from '../until-loaded.ts';
import { count } from '../words/plural.ts';

const Delivered = lazy(() => untilLoaded(() => import('../delivery/delivered.tsx')));

const FACES = 5;

export interface ReceiptsProps {
  /** A message of the person. */
  readonly message: ShownMessage;
}

/** Who has seen a message of one's own. Of larger rooms nobody wants to know. */
export function Receipts({ message }: ReceiptsProps): ReactNode {
  const room = useRoom(message.roomId);
  return room === undefined || room.memberCount > FEW_MEMBERS || message.seq === null ? null : (
    <SeenBy
      message={message}
      seq={message.seq}
      isDirect={room.directUserId !== null}
      isDeliveryTold={room.hasDeliveryReceipts === true}
    />
  );
}

interface SeenByProps extends ReceiptsProps {
  readonly seq: number;
  readonly isDirect: boolean;
  readonly isDeliveryTold: boolean;
}

function SeenBy({ message, seq, isDirect, isDeliveryTold }: SeenByProps): ReactNode {
  const words = useWords();
  const members = useMembers(message.roomId);
  if (members === undefined) {
    return null;
  }
  const readers = [...members.values()].filter(
    ({ userId, lastReadSeq }) => userId !== message.authorId && lastReadSeq >= seq,
  );
  if (readers.length === 0) {
    const sent = (
      <>
        <Icon name="check" />
        {words.sent}
      </>
    );
    return (
      <div className="trumpet-receipts">
        {isDeliveryTold ? (
          <Suspense fallback={sent}>
            <Delivered roomId={message.roomId} authorId={message.authorId} seq={seq} />
          </Suspense>
        ) : (
          sent
        )}
      </div>
    );
  }
  if (isDirect) {
    return (
      <div className="trumpet-receipts" data-seen>
        <Icon name="checks" />
        {words.seen}
      </div>
    );
  }
  return (
    <details className="trumpet-receipts" data-seen>
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
