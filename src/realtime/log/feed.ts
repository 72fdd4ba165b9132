import type { Pool } from 'pg';
import { log } from '../../process/log.ts';
import type { Bell } from '../bells/bells.ts';
import type { DurableEvent, FleetingEvent } from './events.ts';
import { createLogQueries, type LogQueries } from './log-queries.ts';
import { createPresenceSpreading } from './presence-spreading.ts';
import { createPresenceThrottle } from './presence-throttle.ts';
import { createReading } from './reading.ts';
import { createRemovalReader, type ReadRemovals } from './removals.ts';
import { createRounds } from './rounds.ts';
import { createSweeping } from './sweep.ts';
import { createTypingThrottle, typingEvent } from './typing-throttle.ts';
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
  /** The log of a room begins later than what was asked for, or the room is gone. */
  readonly onLost: (roomId: string) => void;
  /**
   * A watched user has become a member with this change, and was one when the room had come to `head`. May be told more
   * than once.
   */
  readonly onJoined: (userId: string, roomId: string, changeSeq: number, head: number) => void;
  readonly onSessionEnded: (sessionId: string) => void;
  /**
   * Everything that committed before this transaction horizon has been handed over to whoever was
   * watching at `asOf` (milliseconds of performance.now()).
   */
  readonly onHorizon: (horizon: string, asOf: number) => void;
}

export interface Feed {
  /** Begins to hand over the changes of a room behind `known`. Without effect when it is watched already. */
  watchRoom(roomId: string, known: number): void;
  unwatchRoom(roomId: string): void;
  watchUser(watch: UserWatch): void;
  unwatchUser(userId: string): void;
  ring(bells: readonly Bell[]): void;
  /** Compares all watched rooms with the database, soon. */
  sweep(): void;
  readonly readLog: LogQueries['readLog'];
  readonly readRemovals: ReadRemovals;
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
}

const SWEEP_INTERVAL_MS = 1_000;

export function createFeed({ pool, ...handlers }: FeedOptions): Feed {
  const rooms = createWatchedRooms();
  const watchers = createWatchers();
  /** Rooms that rang though nobody listens: perhaps a watched user has joined one. */
  let strangeRooms = new Set<string>();
  let isSweepDue = false;
  const queries = createLogQueries(pool);
  const reading = createReading({ rooms, readChanges: queries.readChanges, ...handlers });
  const sweeping = createSweeping({
    rooms,
    watchers,
    reading,
    readSweep: queries.sweep,
    ...handlers,
  });
  const typing = createTypingThrottle((bell) => handlers.onFleeting(typingEvent(bell)));
  const presence = createPresenceSpreading({
    membersIn: queries.membersIn,
    roomIds: () => rooms.list().map(([roomId]) => roomId),
    tell: handlers.onFleeting,
  });
  const presenceThrottle = createPresenceThrottle((userId, status) => {
    presence.hear(userId, status);
    rounds.schedule();
  });
  const rounds = createRounds({
    isDue: () => rooms.dueCount > 0 || strangeRooms.size > 0 || presence.isDue || isSweepDue,
    work,
    pauseMs: () => reading.pauseMs,
    onFailed(error) {
      log.error({ event: 'feed.failed', error });
      isSweepDue = true;
    },
  });

  async function work(): Promise<void> {
    if (isSweepDue) {
      isSweepDue = false;
      await sweeping.sweep();
    } else {
      await reading.readDue();
    }
    if (strangeRooms.size > 0) {
      await askStrangers();
    }
    if (presence.isDue) {
      await presence.spread();
    }
  }

  async function askStrangers(): Promise<void> {
    const strange = [...strangeRooms];
    strangeRooms = new Set();
    const userIds = watchers.list().map(({ userId }) => userId);
    if (userIds.length > 0 && (await queries.isAnyMember(strange, userIds))) {
      // Which of them is new here, and since when, the sweep finds out for all at once.
      isSweepDue = true;
    }
  }

  function hear(bell: Bell): void {
    switch (bell.kind) {
      case 'changes':
        if (rooms.has(bell.roomId)) {
          rooms.makeDue(bell.roomId);
        } else if (watchers.count > 0) {
          strangeRooms.add(bell.roomId);
        }
        break;
      case 'typing':
        if (rooms.has(bell.roomId)) {
          typing.hear(bell);
        }
        break;
      case 'presence':
        if (rooms.count > 0) {
          presenceThrottle.hear(bell.userId, bell.status);
        }
        break;
      case 'session':
        handlers.onSessionEnded(bell.sessionId);
        break;
    }
  }

  function sweep(): void {
    isSweepDue = true;
    rounds.schedule();
  }

  const sweeper = setInterval(sweep, SWEEP_INTERVAL_MS);

  return {
    watchRoom(roomId, known) {
      if (rooms.watch(roomId, known)) {
        rounds.schedule();
      }
    },
    unwatchRoom: rooms.unwatch,
    watchUser(watch) {
      watchers.watch(watch);
      sweep();
    },
    unwatchUser: watchers.unwatch,
    ring(bells) {
      bells.forEach(hear);
      rounds.schedule();
    },
    sweep,
    readLog: queries.readLog,
    readRemovals: createRemovalReader(queries.readRemovals),
    get statistics() {
      return { ...reading.statistics, ...sweeping.statistics, rooms: rooms.count };
    },
    async release() {
      clearInterval(sweeper);
      typing.release();
      presenceThrottle.release();
      await rounds.release();
    },
  };
}
