import { type ReactNode, useMemo } from 'react';
import type { Client } from '../../client.ts';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import type { ShownMessage } from '../../shown.ts';
import type { View } from '../../views.ts';
import { askedAtNews } from '../delivery/asked-at-news.ts';
import { Icon } from '../icons.tsx';
import { usePersonName } from '../names.ts';
import { useWords } from '../provider.tsx';
import { FEW_MEMBERS } from '../room-size.ts';
import { count } from '../words/plural.ts';
import { ThreadReceiptsDocument, type ThreadReceiptsQuery } from './generated.ts';

export interface ThreadReceiptsProps {
  /** The message that is answered. */
  readonly messageId: string;
  /** The last answer. */
  readonly newest: ShownMessage;
  readonly viewerId: string | null;
}

type Receipts = NonNullable<NonNullable<ThreadReceiptsQuery['message']>['threadReceipts']>;

/** Who has read the last answer in its thread, but for its author and the one who looks. */
export default function ThreadReceipts(props: ThreadReceiptsProps): ReactNode {
  const { messageId, newest, viewerId } = props;
  const words = useWords();
  const client = useClient();
  const receipts = useView(useMemo(() => receiptsOf(client, messageId), [client, messageId]));
  const readers = receipts.filter(
    ({ userId, lastReadSeq }) =>
      Number(lastReadSeq) >= (newest.seq ?? Number.POSITIVE_INFINITY) &&
      userId !== newest.authorId &&
      userId !== viewerId,
  );
  if (readers.length === 0) {
    return null;
  }
  return (
    <details className="trumpet-receipts trumpet-thread-receipts" data-seen>
      <summary>
        <Icon name="checks" />
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

function receiptsOf(client: Client, messageId: string): View<Receipts> {
  return askedAtNews<Receipts>(client, 'ThreadReceiptEvent', [], async () => {
    const { message } = await client.ask(ThreadReceiptsDocument, {
      messageId,
      first: FEW_MEMBERS,
    });
    return message?.threadReceipts ?? [];
  });
}

function Reader({ userId }: { readonly userId: string }): ReactNode {
  const name = usePersonName(userId);
  return <li dir="auto">{name}</li>;
}
