import type { Client } from '../../client.ts';
import type { ShownRoom } from '../../shown.ts';
import type { View } from '../../views.ts';
import { createAsking } from '../asking.ts';
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
  let seen: ReadonlyMap<string, ShownRoom> = new Map();
  let viewerId = client.viewerId.get();
  let known = NOTHING;
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

  const refresh = createAsking(client, async () => {
    if (viewerId === null) {
      return;
    }
    const asker = viewerId;
    askedAt = Date.now();
    const { myThreadSummary } = await client.ask(MyThreadSummaryDocument, {});
    if (asker === viewerId) {
      set(myThreadSummary ?? NOTHING);
    }
  });

  function refreshSoon(): void {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void refresh();
      },
      Math.max(0, askedAt + ANSWERS_EACH_MS - Date.now()),
    );
  }

  /** Whether what has become of the rooms, since this was asked last, may have changed a thread. */
  function isTouched(): boolean {
    const before = seen;
    seen = new Map(client.rooms.get().map((room) => [room.id, room]));
    return (
      [...before.keys()].some((id) => !seen.has(id)) ||
      [...seen.values()].some((room) => mayMatter(room, before.get(room.id)))
    );
  }

  function mayMatter(room: ShownRoom, before: ShownRoom | undefined): boolean {
    if (room === before) {
      return false;
    }
    const { id, lastSeq, historyStartSeq, unreadCount, mentionCount, latestMessageId } = room;
    const seenTo = before?.lastSeq ?? 0;
    if (lastSeq > seenTo) {
      // Of a message that answers nothing, no thread knows.
      const latest = client.message(id, latestMessageId ?? '').get();
      return (
        lastSeq > seenTo + 1 ||
        latest === undefined ||
        latest.parentMessageId !== null ||
        unreadCount < (before?.unreadCount ?? 0)
      );
    }
    // It was read, on any device, or marked as unread; it mentions nobody any more; or what was oldest is gone.
    return (
      unreadCount !== before?.unreadCount ||
      mentionCount !== before.mentionCount ||
      historyStartSeq !== before.historyStartSeq
    );
  }

  function watch(): () => void {
    isTouched();
    const looks = [
      client.news('PersonalEvent').subscribe(() => void refresh()),
      client.news('MessageEvent').subscribe(() => {
        // What is unread goes by what is edited or deleted, too.
        if (isTouched() || known.unreadCount > 0) {
          refreshSoon();
        }
      }),
      client.rooms.subscribe(() => {
        if (isTouched()) {
          refreshSoon();
        }
      }),
      client.blockedIds.subscribe(refreshSoon),
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
