import { wallClockMs } from '../../process/clock.ts';
import { log } from '../../process/log.ts';
import type { Confirmation } from './confirmation.ts';
import type { Notice } from './events.ts';
import type { Joined, LogQueries, Membership, Sweep } from './log-queries.ts';
import type { LogPlace } from './place.ts';
import type { PrivacyOf } from './privacy.ts';
import type { Reading } from './reading.ts';
import type { UserCursor } from './user-cursor.ts';
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
  readonly readMemberships: LogQueries['readMemberships'];
  readonly confirmation: Confirmation;
  /** The sessions that anything is given out to. */
  readonly servedSessions: () => readonly string[];
  readonly onJoined: (joined: Joined) => void;
  readonly onNews: (notice: Notice) => void;
  readonly onSessionEnded: (sessionId: string) => void;
  readonly onPrivacy: (privacy: PrivacyOf) => void;
  readonly onHorizon: (cursor: UserCursor, asOf: number) => void;
  readonly onNewRun: (memberships: readonly Membership[]) => void;
}

/** Rooms, with the last change that a sweep has seen of each. */
type Heads = ReadonlyMap<string, number>;

export function createSweeping(options: SweepingOptions): Sweeping {
  const { rooms, watchers, reading } = options;
  const statistics = { sweptRooms: 0, lastSweepAt: 0 };
  let lastRun: string | undefined;

  function tellJoined(joined: Sweep['joined']): Heads {
    const heads = new Map<string, number>();
    for (const entry of joined) {
      const [userId, roomId, , head] = entry;
      if (watchers.has(userId)) {
        options.onJoined(entry);
        heads.set(roomId, head);
      }
    }
    return heads;
  }

  /** @param asked the rooms, as they were when the sweep began */
  function findBehind(behind: Sweep['behind'], asked: ReadonlyMap<string, LogPlace>): Heads {
    const heads = new Map<string, number>();
    for (const [roomId, head] of behind) {
      const known = rooms.known(roomId);
      if (known === undefined || known !== asked.get(roomId)) {
        continue; // It is watched no more, or anew.
      }
      if (head !== null && head > known.seq) {
        statistics.sweptRooms += rooms.makeDue(roomId) ? 1 : 0;
        heads.set(roomId, head);
      } else {
        // The room is gone, or what was handed over is: the database has another history now.
        log.warn({ event: 'feed.other_history', roomId, known: known.seq, head });
        reading.lose(roomId);
      }
    }
    return heads;
  }

  /** The database may have another history now, in which people are in other rooms. */
  async function beginRun(run: string): Promise<void> {
    if (lastRun !== undefined) {
      reading.forgetWitness();
      for (const [roomId, place] of rooms.list()) {
        reading.note({ roomId, place }); // These are as the database has them: others are lost by now.
      }
      options.onNewRun(await options.readMemberships(watchers.list().map(({ userId }) => userId)));
    }
    lastRun = run;
  }

  return {
    async sweep() {
      const asOf = performance.now();
      const users = watchers.list();
      const asked = rooms.list();
      const { run, horizon, joined, behind, news, privacies } = await options.confirmation.by(
        async (isAboutAll) => {
          const ask = (sessionIds: readonly string[]) =>
            options.readSweep(asked, users, sessionIds);
          let found = await ask(isAboutAll ? options.servedSessions() : []);
          if (!isAboutAll && found.run !== lastRun) {
            found = await ask(options.servedSessions()); // A restored database may not have them.
          }
          found.ended.forEach(options.onSessionEnded); // Once more does no harm: the bell may have gone missing.
          return found;
        },
      );
      const heads = [...tellJoined(joined), ...findBehind(behind, new Map(asked))];
      news.forEach(options.onNews);
      privacies.forEach(options.onPrivacy);
      await readUpTo(new Map(heads), options);
      statistics.lastSweepAt = wallClockMs();
      watchers.advance(users, horizon);
      if (run !== lastRun) {
        await beginRun(run);
      }
      options.onHorizon({ run, horizon, witness: undefined }, asOf);
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
    return (rooms.known(roomId)?.seq ?? head) < head;
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
