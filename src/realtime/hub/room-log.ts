import type { DurableEvent } from '../log/events.ts';
import { encodePlace, type LogPlace, placeOf } from '../log/place.ts';
import { logTooShort, otherHistory } from '../log/resync.ts';
import { createRecentChanges } from './recent-changes.ts';

/** The log of one room: the latest changes are kept, those before them are read. */
export interface RoomLog {
  append(changes: readonly DurableEvent[]): void;
  /** The changes behind `after`, at most `limit`; none or null when the log does not reach back that far. */
  read(after: number, limit: number): ReturnType<ReadLog>;
  /** @throws TrumpetError when the log of the room does not go on from `after`. */
  requireFrom(after: LogPlace): Promise<void>;
  /** Lets go of what is kept when nothing has come since then, in milliseconds of performance.now(). */
  forget(before: number): void;
  /** The last change that is known. */
  readonly head: LogPlace;
}

/**
 * The changes behind `after`, at most `limit`; none or null when the log does not reach back that far, or does not have
 * the change that is known.
 */
export type ReadLog = (
  after: number,
  limit: number,
  known: LogPlace,
) => Promise<readonly DurableEvent[] | null>;

interface RoomLogOptions {
  /** The last change that is known at the beginning. */
  readonly head: LogPlace;
  readonly readLog: ReadLog;
}

export function createRoomLog(options: RoomLogOptions): RoomLog {
  const { readLog } = options;
  const recent = createRecentChanges();
  let { head } = options;
  let changedAt = performance.now();
  return {
    append(changes) {
      head = placeOf(changes.at(-1) as DurableEvent);
      changedAt = performance.now();
      recent.append(changes);
    },
    read: async (after, limit) =>
      recent.behind(after, limit) ?? (await readLog(after, limit, head)),
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

/** Asks whether the log goes on from a place. A thousand clients that come back together ask the same. */
function createLogProbe({ readLog }: RoomLogOptions): RoomLog['requireFrom'] {
  const probes = new Map<string, ReturnType<ReadLog>>();
  return async function requireFrom(after) {
    const key = encodePlace(after);
    const probe = probes.get(key) ?? readLog(after.seq, 1, after).finally(() => probes.delete(key));
    probes.set(key, probe);
    const events = await probe;
    if (events === null || events.length === 0) {
      throw after.at === null ? logTooShort() : otherHistory();
    }
  };
}
