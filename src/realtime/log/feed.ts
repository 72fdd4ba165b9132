import type { Pool } from 'pg';
import type { Bell } from '../bells/bells.ts';
import { createAwaitedTraces } from './awaited-traces.ts';
import { type Confirmation, createConfirmation } from './confirmation.ts';
import type { DurableEvent, FleetingEvent, Notice } from './events.ts';
import { createFeedRounds } from './feed-rounds.ts';
import { createHearing } from './hearing.ts';
import { createLogQueries, type Joined, type LogQueries, type Membership } from './log-queries.ts';
import { createPersonNews } from './person-news.ts';
import type { LogPlace } from './place.ts';
import { createPresenceSpreading } from './presence-spreading.ts';
import type { PrivacyOf } from './privacy.ts';
import { createReading } from './reading.ts';
import { createRemovalReader, type ReadRemovals } from './removals.ts';
import { createStrangeRooms } from './strange-rooms.ts';
import { createSweeping } from './sweep.ts';
import type { UserCursor, Witness } from './user-cursor.ts';
import { createWatchedRooms } from './watched-rooms.ts';
import { createWatchers, type UserWatch } from './watchers.ts';

/*
 * The feed turns bells into events. It knows, for each room with listeners here, the last change that
 * it has handed over, and reads what came after: all rooms that rang, in one query. While one query
 * runs the bells for the next gather, so the batches grow with the load.
 */

export interface FeedHandlers {
  /** New changes of one room: in order, and directly behind those handed over before. */
  readonly onChanges: (roomId: string, events: readonly DurableEvent[]) => void;
  readonly onFleeting: (event: FleetingEvent) => void;
  /** The log of a room does not go on from what was handed over, or the room is gone. */
  readonly onLost: (roomId: string) => void;
  /** A watched user has come into a room, or it was unarchived. May be told more than once. */
  readonly onJoined: (joined: Joined) => void;
  /** An interaction is new for a watched user, or has changed. May be told more than once. */
  readonly onNews: (notice: Notice) => void;
  readonly onSessionEnded: (sessionId: string) => void;
  /** What somebody hides has changed lately. May be told more than once. */
  readonly onPrivacy: (privacy: PrivacyOf) => void;
  /**
   * Everything before this cursor has been handed over to whoever was watching at `asOf` (milliseconds of
   * performance.now()).
   */
  readonly onHorizon: (cursor: UserCursor, asOf: number) => void;
  /** The database has begun to run anew, and these are the rooms that watched users are in now. */
  readonly onNewRun: (memberships: readonly Membership[]) => void;
}

export interface Feed {
  /** Begins to hand over the changes of a room behind `known`. Without effect when it is watched already. */
  watchRoom(roomId: string, known: LogPlace): void;
  unwatchRoom(roomId: string): void;
  watchUser(watch: UserWatch): void;
  unwatchUser(userId: string): void;
  ring(bells: readonly Bell[]): void;
  /** Compares all watched rooms with the database, soon. */
  sweep(): void;
  readonly confirmed: Confirmation['confirmed'];
  readonly readLog: LogQueries['readLog'];
  readonly readRemovals: ReadRemovals;
  /** The latest change that is known of any room; undefined when there is none. */
  readonly witness: Witness | undefined;
  readonly statistics: FeedStatistics;
  release(): Promise<void>;
}

export interface FeedStatistics {
  readonly rooms: number;
  readonly reads: number;
  readonly changes: number;
  /** Rooms that a sweep found behind: each is a bell that went missing. */
  readonly sweptRooms: number;
  readonly lastSweepAt: number;
}

interface FeedOptions extends FeedHandlers {
  /** Connections of the owner: the log belongs to no API role. */
  readonly pool: Pool;
  /** The sessions that anything is given out to. */
  readonly servedSessions: () => readonly string[];
}

const SWEEP_INTERVAL_MS = 1_000;

export function createFeed({ pool, ...handlers }: FeedOptions): Feed {
  const rooms = createWatchedRooms();
  const watchers = createWatchers();
  const queries = createLogQueries(pool);
  const { readChanges, membersIn, isAnyMember, sweep: readSweep, readMemberships } = queries;
  const strangeRooms = createStrangeRooms({ watchers, isAnyMember });
  const awaitedTraces = createAwaitedTraces();
  const reading = createReading({ rooms, awaitedTraces, readChanges, ...handlers });
  const confirmation = createConfirmation(() => rounds.sweep());
  const sweeping = createSweeping({
    rooms,
    watchers,
    reading,
    readSweep,
    readMemberships,
    confirmation,
    ...handlers,
  });
  const presence = createPresenceSpreading({
    membersIn,
    roomIds: () => rooms.list().map(([roomId]) => roomId),
    tell: handlers.onFleeting,
    onDue: () => rounds.schedule(),
  });
  const interactions = createPersonNews({
    watchers,
    readNews: queries.readNews,
    ...handlers,
  });
  const hearing = createHearing({
    rooms,
    strangeRooms,
    presence,
    interactions,
    awaitedTraces,
    onPrivacyBell: () => rounds.sweep(),
    ...handlers,
  });
  const rounds = createFeedRounds({
    rooms,
    reading,
    sweeping,
    strangeRooms,
    presence,
    interactions,
  });
  const sweeper = setInterval(rounds.sweep, SWEEP_INTERVAL_MS);

  return {
    watchRoom(roomId, known) {
      if (rooms.watch(roomId, known)) {
        reading.note({ roomId, place: known });
        rounds.schedule();
      }
    },
    unwatchRoom: rooms.unwatch,
    watchUser(watch) {
      watchers.watch(watch);
      rounds.sweep();
    },
    unwatchUser: watchers.unwatch,
    ring(bells) {
      bells.forEach(hearing.hear);
      rounds.schedule();
    },
    sweep: rounds.sweep,
    confirmed: confirmation.confirmed,
    readLog: queries.readLog,
    readRemovals: createRemovalReader(queries.readRemovals),
    get witness() {
      return reading.witness;
    },
    get statistics() {
      return { ...reading.statistics, ...sweeping.statistics, rooms: rooms.count };
    },
    async release() {
      clearInterval(sweeper);
      hearing.release();
      presence.release();
      await rounds.release();
    },
  };
}
