import type { QueueInput } from './queue/inputs.ts';
import type { HistoryRequest, Input } from './replica/inputs.ts';
import type { ClientState } from './state.ts';

/*
 * One tab leads: it has the socket, sends the queue and writes what is kept. It tells the others each input, with the
 * version that the replica has then; they apply the same. When it goes, the lock passes to another.
 */

/** What has to be fetched. */
export type Errand =
  | { readonly kind: 'room'; readonly roomId: string }
  | { readonly kind: 'history'; readonly roomId: string; readonly request: HistoryRequest }
  | { readonly kind: 'thread'; readonly messageId: string; readonly after: string | null }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'members'; readonly roomId: string }
  /** Done when all until now is kept. */
  | { readonly kind: 'keep' }
  /** To remember that somebody looks at it, there: nothing is fetched. */
  | { readonly kind: 'use'; readonly roomId: string; readonly seq: number | null };

export type TabMessage =
  /** From the leader: the input that made this version. */
  | { readonly kind: 'input'; readonly version: number; readonly input: Input }
  /** From a tab that has just come. */
  | { readonly kind: 'hello' }
  /** From the leader: what is kept has at least this version. */
  | { readonly kind: 'here'; readonly version: number; readonly state: ClientState }
  | { readonly kind: 'state'; readonly state: ClientState }
  /** From the leader: so many bytes of a file are uploaded. */
  | { readonly kind: 'progress'; readonly fileId: string; readonly bytes: number }
  /** To the leader. */
  | { readonly kind: 'queue'; readonly input: QueueInput }
  | { readonly kind: 'errand'; readonly id: string; readonly errand: Errand }
  /** From the leader: its input has been told before. */
  | {
      readonly kind: 'errand done';
      readonly id: string;
      readonly failure: { readonly code: string; readonly message: string } | null;
    }
  /** To the leader: it may try at once what it waits with. */
  | { readonly kind: 'hurry' };

export interface Tabs {
  /** @returns false when it cannot be told: Node tells of files one other tab at most. */
  post(message: TabMessage): boolean;
  /** Leads as soon as no other tab does, until it is closed. */
  lead(run: () => void): void;
  close(): void;
}

/** To the other tabs, where there may be any. */
export function openChannel(
  name: string,
  isShared: boolean,
  onMessage: (data: unknown) => void,
): BroadcastChannel | undefined {
  if (!isShared || !globalThis.BroadcastChannel || !globalThis.navigator?.locks) {
    return undefined;
  }
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => onMessage(data);
  return channel;
}

/**
 * @param name of what the tabs share
 * @param isShared whether there may be other tabs
 */
export function joinTabs(
  name: string,
  isShared: boolean,
  onMessage: (message: TabMessage) => void,
): Tabs {
  const channel = openChannel(name, isShared, (data) => onMessage(data as TabMessage));
  if (channel === undefined) {
    return { post: () => true, lead: (run) => run(), close() {} };
  }
  const waiting = new AbortController();
  const leaving = Promise.withResolvers<void>();
  let isClosed = false;
  return {
    post(message) {
      try {
        if (!isClosed) {
          channel.postMessage(message);
        }
        return true;
      } catch {
        return false;
      }
    },
    lead(run) {
      navigator.locks
        .request(`${name} leader`, { signal: waiting.signal }, () => {
          run();
          return leaving.promise;
        })
        .catch(ignoreAbort);
    },
    close() {
      isClosed = true;
      channel.close();
      waiting.abort();
      leaving.resolve();
    },
  };
}

/** Runs alone among the tabs. */
export function alone<T>(name: string, isShared: boolean, run: () => Promise<T>): Promise<T> {
  return isShared && globalThis.navigator?.locks ? navigator.locks.request(name, run) : run();
}

function ignoreAbort(error: unknown): void {
  if ((error as { name?: unknown } | null)?.name !== 'AbortError') {
    throw error;
  }
}
