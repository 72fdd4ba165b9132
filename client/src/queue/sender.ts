import { NetworkError, TrumpetError } from '../errors.ts';
import type { MessagePartsFragment } from '../generated.ts';
import type { Action } from './actions.ts';
import type { Queue, QueueInput } from './queue.ts';

/** Sends what is in the queue: of each room one at a time in its order, until it is acknowledged or refused. */
export interface Sender {
  /** Looks whether there is something to send. */
  start(): void;
  /** The same, and what failed is tried at once, as when the network is back. */
  hurry(): void;
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly queue: Queue;
  readonly perform: (action: Action) => Promise<MessagePartsFragment | undefined>;
  readonly dispatch: (input: QueueInput) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** How often what fails without a reason is tried: it may be the server's restart, or a defect that stays. */
const UNEXPECTED_LIMIT = 8;

/** The server says that the same may be asked again. */
const PASSING: ReadonlySet<string> = new Set(['RATE_LIMITED', 'SLOW_MODE', 'BUSY']);

export function createSender({ queue, perform, dispatch }: SenderOptions): Sender {
  const rooms = new Map<string, Promise<void>>();
  const pauses = new Set<() => void>();
  let isClosed = false;

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      pauses.add(end);
    });
  }

  async function sendRoom(roomId: string): Promise<void> {
    let failures = 0;
    let tried: string | undefined;
    for (;;) {
      const action = queue.next(roomId);
      if (action === undefined || isClosed) {
        return;
      }
      failures = tried === action.id ? failures : 0;
      const isAgain = tried === action.id;
      tried = action.id;
      try {
        const message = await perform(action);
        if (!isClosed) {
          dispatch({ kind: 'acknowledged', id: action.id, sent: sentAs(message) });
        }
      } catch (error) {
        const wait = pauseAfter(error, failures);
        failures += 1;
        if (wait !== undefined) {
          await pause(wait);
        } else if (isDoneAlready(action, error, isAgain)) {
          dispatch({ kind: 'acknowledged', id: action.id });
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

  function hurry(): void {
    for (const end of [...pauses]) {
      end();
    }
    start();
  }

  return {
    start,
    hurry,
    async close() {
      isClosed = true;
      hurry();
      await Promise.allSettled(rooms.values());
    },
  };
}

/** How long to wait before the same is asked again; undefined when that is of no use. */
function pauseAfter(error: unknown, failures: number): number | undefined {
  const longer = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  const pause = longer * (0.5 + Math.random() / 2);
  if (error instanceof NetworkError) {
    return pause;
  }
  if (!(error instanceof TrumpetError)) {
    throw error;
  }
  if (PASSING.has(error.code)) {
    return Math.max(error.retryAfterMs ?? 0, pause);
  }
  return error.code === 'UNEXPECTED' && failures < UNEXPECTED_LIMIT ? pause : undefined;
}

/** The answer to the first time was lost. */
function isDoneAlready({ deed }: Action, error: unknown, isAgain: boolean): boolean {
  return (
    isAgain && deed.kind === 'leave' && error instanceof TrumpetError && error.code === 'NOT_FOUND'
  );
}

function sentAs(
  message: MessagePartsFragment | undefined,
): { readonly messageId: string; readonly seq: number } | undefined {
  return message && { messageId: message.id, seq: Number(message.seq) };
}
