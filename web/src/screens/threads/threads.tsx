import { useMemo } from 'react';
import { count, threadsOf } from 'trumpet-client/ui';
import { Link } from 'wouter';
import { roomAddress } from '../../addresses.ts';
import { MarkThreadReadDocument, MyThreadsDocument, type MyThreadsQuery } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { threadsWords } from './words.ts';

type Thread = NonNullable<MyThreadsQuery['myThreads']>['nodes'][number];

/** The threads that the person follows, those with something unread first. */
export default function Threads() {
  const client = useClient();
  const words = threadsWords(useWords().kit.language);
  const store = useMemo(() => threadsOf(client), [client]);
  const pages = usePages(MyThreadsDocument, {}, (result) => result.myThreads, store);
  const reading = useDoing(async (messageId: string) => {
    await client.ask(MarkThreadReadDocument, { input: { messageId } });
    await store.refresh();
    pages.again();
  });
  return (
    <ScreenFrame title={words.title}>
      <Refusal error={reading.error} />
      <Paged
        pages={pages}
        keyOf={({ messageId }) => messageId}
        empty={words.none}
        label={words.title}
      >
        {(thread) => (
          <Row
            thread={thread}
            isUnderWay={reading.isUnderWay}
            onRead={() => reading.run(thread.messageId)}
          />
        )}
      </Paged>
    </ScreenFrame>
  );
}

interface RowProps {
  readonly thread: Thread;
  readonly isUnderWay: boolean;
  readonly onRead: () => void;
}

function Row({ thread, isUnderWay, onRead }: RowProps) {
  const { kit } = useWords();
  const words = threadsWords(kit.language);
  const { room, message, messageId, unreadCount, mentionCount } = thread;
  return (
    <MessageRow
      message={message}
      about={
        <>
          <bdi>{room.displayName}</bdi>
          {unreadCount > 0 && (
            <span
              className={`trumpet-badge trumpet-badge-${mentionCount > 0 ? 'mention' : 'unread'}`}
            >
              {count(kit.language, words.unread, unreadCount)}
            </span>
          )}
        </>
      }
    >
      <Link href={`${roomAddress(room)}?panel=thread:${messageId}`}>
        {words.open} · {count(kit.language, kit.replies, message.replyCount)}
      </Link>
      {unreadCount > 0 && (
        <button type="button" disabled={isUnderWay} onClick={onRead}>
          {words.markRead}
        </button>
      )}
    </MessageRow>
  );
}
