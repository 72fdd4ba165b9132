import { TrumpetError } from '../errors.ts';
import type { MessagePartsFragment } from '../generated.ts';
import type { Pauses } from '../pauses.ts';
import type { Action } from './actions.ts';
import type { QueueInput } from './inputs.ts';
import { mayPass } from './may-pass.ts';
import { filesOf, type Queue } from './queue.ts';

/** Sends what is in the queue: of each room one at a time in its order, until it is acknowledged or refused. */
export interface Sender {
  /** Looks whether there is something to send. */
  start(): void;
  /** Ends when nothing is under way; the pauses have to be ended too. */
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly queue: Queue;
  readonly perform: (action: Action) => Promise<MessagePartsFragment | undefined>;
  readonly dispatch: (input: QueueInput) => void;
  readonly pauses: Pauses;
}

/** Until then it is not the files that are not found. */
const UPLOADS_LAST_MS = 3_600_000;

/** What leaving a room is refused with where one is not in it. */
const NOT_IN_ROOM: ReadonlySet<string> = new Set(['NOT_FOUND', 'FORBIDDEN', 'BANNED']);

export function createSender({ queue, perform, dispatch, pauses }: SenderOptions): Sender {
  const rooms = new Map<string, Promise<void>>();
  let isClosed = false;

  async function sendRoom(roomId: string): Promise<void> {
    let failures = 0;
    let tried: string | undefined;
    for (;;) {
      const action = queue.next(roomId);
      if (action === undefined || isClosed) {
        return;
      }
      failures = tried === action.id ? failures : 0;
      tried = action.id;
      try {
        const answer = await perform(action);
        if (!isClosed) {
          const { id, deed } = action;
          const sent = deed.kind === 'send' ? sentAs(answer) : undefined;
          dispatch({ kind: 'acknowledged', id, sent, answer });
        }
      } catch (error) {
        if (mayPass(error, failures)) {
          failures = await pauses.after(failures, retryAfter(error));
        } else if (isDoneAlready(action, error)) {
          dispatch({ kind: 'acknowledged', id: action.id });
        } else if (areFilesGone(action, error)) {
          for (const { id: fileId } of filesOf(action)) {
            dispatch({ kind: 'file', id: action.id, fileId, uploadUrl: null, uploadedAt: null });
          }
        } else if (error instanceof TrumpetError && error.code !== 'UNAUTHENTICATED') {
          const { code, message } = error;
          dispatch({ kind: 'refused', id: action.id, refusal: { code, message } });
        } else {
          return; // Nobody is signed in.
        }
      }
    }
  }

  function start(): void {
    for (const roomId of isClosed ? [] : queue.waitingRooms()) {
      if (!rooms.has(roomId)) {
        const sending = sendRoom(roomId).finally(() => {
          rooms.delete(roomId);
        });
        rooms.set(roomId, sending);
      }
    }
  }

  return {
    start,
    async close() {
      isClosed = true;
      await Promise.allSettled(rooms.values());
    },
  };
}

export function retryAfter(error: unknown): number | undefined {
  return error instanceof TrumpetError ? error.retryAfterMs : undefined;
}

/** The server keeps what was uploaded for a day; who was offline longer uploads it again. */
function areFilesGone(action: Action, error: unknown): boolean {
  const oldest = Math.min(...filesOf(action).map(({ uploadedAt }) => uploadedAt ?? 0));
  return (
    error instanceof TrumpetError &&
    error.code === 'NOT_FOUND' &&
    Date.now() - oldest > UPLOADS_LAST_MS &&
    Number.isFinite(oldest)
  );
}

/** They are in the room no more: the answer to the first time was lost, or they left it elsewhere. */
function isDoneAlready({ deed }: Action, error: unknown): boolean {
  return deed.kind === 'leave' && error instanceof TrumpetError && NOT_IN_ROOM.has(error.code);
}

function sentAs(
  message: MessagePartsFragment | undefined,
): { readonly messageId: string; readonly seq: number } | undefined {
  return message && { messageId: message.id, seq: Number(message.seq) };
}
