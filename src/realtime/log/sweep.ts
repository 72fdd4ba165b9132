import { wallClockMs } from '../../process/clock.ts';
import type { LogQueries, Sweep } from './log-queries.ts';
import type { Reading } from './reading.ts';
import type { WatchedRooms } from './watched-rooms.ts';
import type { Watchers } from './watchers.ts';

/*
 * A sweep compares everything that is watched with the database, in one statement, and so finds what bells would have
 * told that went missing.
 */

export interface Sweeping {
  sweep(): Promise<void>;
  readonly statistics: { readonly sweptRooms: number; readonly lastSweepAt: number };
}

interface SweepingOptions {
  readonly rooms: WatchedRooms;
  readonly watchers: Watchers;
  readonly reading: Reading;
  readonly readSweep: LogQueries['sweep'];
  readonly onJoined: (userId: string, roomId: string, changeSeq: number, head: number) => void;
  readonly onSessionEnded: (sessionId: string) => void;
  readonly onHorizon: (horizon: string, asOf: number) => void;
}

/** Rooms, with the last change that a sweep has seen of each. */
type Heads = ReadonlyMap<string, number>;

export function createSweeping(options: SweepingOptions): Sweeping {
  const { rooms, watchers, reading } = options;
  const statistics = { sweptRooms: 0, lastSweepAt: 0 };

  function tellJoined(joined: Sweep['joined']): Heads {
    const heads = new Map<string, number>();
    for (const [userId, roomId, changeSeq, head] of joined) {
      if (watchers.has(userId)) {
        options.onJoined(userId, roomId, changeSeq, head);
        heads.set(roomId, head);
      }
    }
    return heads;
  }

  function findBehind(behind: Sweep['behind']): Heads {
    const heads = new Map<string, number>();
    for (const [roomId, head] of behind) {
      if (head === null) {
        reading.lose(roomId);
      } else if (head > (rooms.known(roomId) ?? head)) {
        statistics.sweptRooms += rooms.makeDue(roomId) ? 1 : 0;
        heads.set(roomId, head);
      }
    }
    return heads;
  }

  return {
    async sweep() {
      const asOf = performance.now();
      const users = watchers.list();
      const { horizon, joined, behind, ended } = await options.readSweep(rooms.list(), users);
      for (const sessionId of ended) {
        options.onSessionEnded(sessionId); // Once more does no harm: the bell may have gone missing.
      }
      await readUpTo(new Map([...tellJoined(joined), ...findBehind(behind)]), options);
      statistics.lastSweepAt = wallClockMs();
      watchers.advance(users, horizon);
      options.onHorizon(horizon, asOf);
    },
    statistics,
  };
}

/** Reads on until no watched room is behind these heads. */
async function readUpTo(
  heads: Heads,
  { reading, rooms }: Pick<SweepingOptions, 'reading' | 'rooms'>,
): Promise<void> {
  function isBehind(roomId: string): boolean {
    const head = heads.get(roomId) as number;
    return (rooms.known(roomId) ?? head) < head;
  }

  let behind: string[];
  do {
    const before = reading.statistics.changes;
    await reading.readDue();
    behind = [...heads.keys()].filter(isBehind);
    if (reading.statistics.changes === before && rooms.dueCount === 0) {
      // Heads that the log does not lead to: what is between has been dropped.
      behind.forEach(reading.lose);
      behind = [];
    }
  } while (behind.length > 0);
}
