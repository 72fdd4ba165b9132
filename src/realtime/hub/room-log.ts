import type { DurableEvent } from '../log/events.ts';
import { logTooShort } from '../log/resync.ts';
import { createRecentChanges } from './recent-changes.ts';

/** The log of one room: the latest changes are kept, those before them are read. */
export interface RoomLog {
  append(changes: readonly DurableEvent[]): void;
  /** The changes behind `after`, at most `limit`; null when the log does not reach back that far. */
  readonly read: ReadLog;
  /** @throws TrumpetError when the log of the room does not reach back to `after`. */
  requireFrom(after: number): Promise<void>;
  /** Lets go of what is kept when nothing has come since then, in milliseconds of performance.now(). */
  forget(before: number): void;
  /** The last change that is known. */
  readonly head: number;
}

export type ReadLog = (after: number, limit: number) => Promise<readonly DurableEvent[] | null>;

interface RoomLogOptions {
  /** The last change that is known at the beginning. */
  readonly head: number;
  readonly readLog: ReadLog;
}

export function createRoomLog(options: RoomLogOptions): RoomLog {
  const { readLog } = options;
  const recent = createRecentChanges();
  let { head } = options;
  let changedAt = performance.now();
  return {
    append(changes) {
      head = changes.at(-1)?.changeSeq ?? head;
      changedAt = performance.now();
      recent.append(changes);
    },
    read: async (after, limit) => recent.behind(after, limit) ?? (await readLog(after, limit)),
    requireFrom: createLogProbe(options),
    forget(before) {
      if (changedAt < before && recent.size > 0) {
        recent.forget();
      }
    },
    get head() {
      return head;
    },
  };
}

/** Remembers how far back the log of a room has been seen to reach. */
function createLogProbe({ head, readLog }: RoomLogOptions): RoomLog['requireFrom'] {
  const probes = new Map<number, Promise<readonly DurableEvent[] | null>>();
  let reachesBackTo = head;
  return async function requireFrom(after) {
    if (after >= reachesBackTo) {
      return;
    }
    // A thousand clients that come back together ask the same.
    const probe = probes.get(after) ?? readLog(after, 1).finally(() => probes.delete(after));
    probes.set(after, probe);
    const events = await probe;
    if (events === null || events.length === 0) {
      throw logTooShort();
    }
    reachesBackTo = Math.min(reachesBackTo, after);
  };
}
