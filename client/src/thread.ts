import type { Asking } from './asking.ts';
import type { Desk } from './desk.ts';
import type { Message } from './replica/model.ts';
import type { Replica } from './replica/replica.ts';
import { threadStart } from './replica/threads.ts';
import { type ShownMessage, showThread } from './shown.ts';
import type { Notifier, View } from './views.ts';

export interface ThreadState {
  /** What is answered; undefined until it has come. */
  readonly parent: ShownMessage | undefined;
  /** The answers, the newest last. */
  readonly messages: readonly ShownMessage[];
  /** There are, or may be, older ones than these. */
  readonly hasOlder: boolean;
}

/** The answers to a message, the newest first to be there: looking at it asks for them. */
export interface Thread extends View<ThreadState> {
  loadOlder(): Promise<void>;
}

export interface ThreadOptions {
  readonly messageId: string;
  readonly notifier: Notifier;
  readonly desk: () => Desk | null;
  readonly ask: Asking;
}

export function createThread({ messageId, notifier, desk, ask }: ThreadOptions): Thread {
  const view = notifier.view([`thread ${messageId}`, 'viewer', 'state'], (): ThreadState => {
    const at = desk();
    if (at === null) {
      return { parent: undefined, messages: [], hasOlder: false };
    }
    const { replica, queue } = at;
    const parent = replica.message(messageId);
    const start = parent && threadStart(replica.log(parent.roomId), parent);
    if ((start?.isDoubted ?? true) && queue.get(messageId) === undefined) {
      ask.quietly({ kind: 'thread', messageId, after: null });
    }
    if (parent === undefined) {
      return { parent: undefined, messages: [], hasOlder: true };
    }
    return {
      ...showThread(replica, queue, parent, start ? answersTo(parent, start.from, replica) : []),
      hasOlder: start?.from !== 0,
    };
  });

  return {
    ...view,
    async loadOlder() {
      const at = desk();
      const { hasOlder, parent } = view.get();
      if (at !== null && hasOlder) {
        const known = at.replica
          .log(parent?.roomId ?? '')
          ?.threads.find((thread) => thread.messageId === messageId);
        await ask.now({ kind: 'thread', messageId, after: known?.olderCursor ?? null });
      }
    },
  };
}

function answersTo(
  { id, roomId, seq }: Message,
  from: number,
  replica: Replica,
): readonly Message[] {
  return replica
    .messages(roomId, Math.max(from, seq), Number.POSITIVE_INFINITY)
    .filter(({ parentMessageId }) => parentMessageId === id);
}
