import type { Client } from '../../client.ts';
import { NetworkError, TrumpetError, throwDefect } from '../../errors.ts';
import type { View } from '../../views.ts';
import { MyThreadSummaryDocument, type MyThreadSummaryQuery } from './generated.ts';

/** What is unread in all threads that the person follows. */
export type ThreadNumbers = NonNullable<MyThreadSummaryQuery['myThreadSummary']>;

/** Those numbers: asked for while somebody looks, and again when something has happened that may change them. */
export interface ThreadStore extends View<ThreadNumbers> {
  /** Asks again, such as after a thread was read here. Never rejects. */
  refresh(): Promise<void>;
}

/** Answers of others are asked for no more often than this, however many come. */
const ANSWERS_EACH_MS = 3_000;
const NOTHING: ThreadNumbers = {
  threadCount: 0,
  unreadThreadCount: 0,
  unreadCount: 0,
  mentionCount: 0,
};
const stores = new WeakMap<Client, ThreadStore>();

/** The same for the same client. */
export function threadsOf(client: Client): ThreadStore {
  const store = stores.get(client) ?? createStore(client);
  stores.set(client, store);
  return store;
}

function createStore(client: Client): ThreadStore {
  const listeners = new Set<() => void>();
  const seen = new Map<string, number>();
  let viewerId = client.viewerId.get();
  let known = NOTHING;
  let isAsking = false;
  let isDoubted = false;
  let askedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};

  function set(numbers: ThreadNumbers): void {
    if (JSON.stringify(numbers) !== JSON.stringify(known)) {
      known = numbers;
      listeners.forEach((listener) => {
        listener();
      });
    }
  }

  async function refresh(): Promise<void> {
    isDoubted = true;
    if (isAsking) {
      return;
    }
    isAsking = true;
    try {
      while (isDoubted && viewerId !== null) {
        isDoubted = false;
        const asker = viewerId;
        askedAt = Date.now();
        const { myThreadSummary } = await client.ask(MyThreadSummaryDocument, {});
        if (asker === viewerId) {
          set(myThreadSummary ?? NOTHING);
        }
      }
    } catch (error) {
      // It is asked again once the client is live.
      if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
        throwDefect(error);
      }
    } finally {
      isAsking = false;
    }
  }

  function refreshSoon(): void {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void refresh();
      },
      Math.max(0, askedAt + ANSWERS_EACH_MS - Date.now()),
    );
  }

  /** Whether one of the newest messages may be an answer. Of a message that answers nothing, no thread knows. */
  function hasAnswers(): boolean {
    let has = false;
    for (const { id, lastSeq, latestMessageId } of client.rooms.get()) {
      const before = seen.get(id) ?? 0;
      seen.set(id, lastSeq);
      if (lastSeq > before) {
        const latest = client.message(id, latestMessageId ?? '').get();
        has ||= lastSeq > before + 1 || latest === undefined || latest.parentMessageId !== null;
      }
    }
    return has;
  }

  function watch(): () => void {
    hasAnswers();
    const looks = [
      client.news('PersonalEvent').subscribe(() => void refresh()),
      client.news('MessageEvent').subscribe(() => {
        // What is unread goes by what is edited or deleted, too.
        if (hasAnswers() || known.unreadCount > 0) {
          refreshSoon();
        }
      }),
      client.state.subscribe(() => {
        if (client.state.get() === 'live') {
          void refresh();
        }
      }),
      client.viewerId.subscribe(() => {
        if (client.viewerId.get() !== viewerId) {
          viewerId = client.viewerId.get();
          set(NOTHING);
          void refresh();
        }
      }),
    ];
    void refresh();
    return () => {
      clearTimeout(timer);
      timer = undefined;
      looks.forEach((end) => void end());
    };
  }

  return {
    get: () => known,
    subscribe(listener) {
      const call = () => listener();
      if (listeners.size === 0) {
        stop = watch();
      }
      listeners.add(call);
      return () => {
        listeners.delete(call);
        if (listeners.size === 0) {
          stop();
        }
      };
    },
    refresh,
  };
}
