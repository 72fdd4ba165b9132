import { log } from '../../process/log.ts';
import { createPace } from '../bells/pace.ts';
import type { AwaitedTraces } from './awaited-traces.ts';
import type { DurableEvent } from './events.ts';
import type { LogQueries } from './log-queries.ts';
import type { LogPlace } from './place.ts';
import { laterWitness, type Witness } from './user-cursor.ts';
import type { WatchedRooms } from './watched-rooms.ts';

/** Reads what is new in rooms that are due, and hands it over. */
export interface Reading {
  /** Reads once: as many rooms as a read may be about. */
  readDue(): Promise<void>;
  /** Gives a room up: its log does not go on from what was handed over, or it is gone. */
  lose(roomId: string): void;
  /** How long to gather bells before the next read, in milliseconds. */
  readonly pauseMs: number;
  /** The latest change that is known of any room; undefined when there is none. */
  readonly witness: Witness | undefined;
  /** Says that a change is known. */
  note(change: Witness): void;
  /** What was known may not be in the database any more. */
  forgetWitness(): void;
  readonly statistics: { readonly reads: number; readonly changes: number };
}

interface ReadingOptions {
  readonly rooms: WatchedRooms;
  readonly awaitedTraces: Pick<AwaitedTraces, 'take'>;
  readonly readChanges: LogQueries['readChanges'];
  readonly onChanges: (roomId: string, changes: readonly DurableEvent[]) => void;
  readonly onLost: (roomId: string) => void;
}

/** Reads follow each other no faster, so that under load a read serves many bells; the second when Postgres is busy. */
const MIN_INTERVAL_MS = 3;
const MAX_INTERVAL_MS = 50;
const MAX_ROOMS = 500;
const MAX_CHANGES_A_ROOM = 500;

export function createReading({ rooms, ...options }: ReadingOptions): Reading {
  const pace = createPace({ minMs: MIN_INTERVAL_MS, maxMs: MAX_INTERVAL_MS });
  const statistics = { reads: 0, changes: 0 };
  let witness: Witness | undefined;

  function handOver(changes: readonly DurableEvent[]): void {
    const { roomId, changeSeq: first } = changes[0] as DurableEvent;
    const known = rooms.known(roomId);
    if (known === undefined) {
      return; // Nobody listens any more.
    }
    if (!rooms.advance(changes)) {
      log.error({ event: 'feed.gap', roomId, known: known.seq, first, count: changes.length });
      lose(roomId);
      return;
    }
    note({ roomId, place: rooms.known(roomId) as LogPlace });
    if (changes.length === MAX_CHANGES_A_ROOM) {
      rooms.makeDue(roomId);
    }
    options.onChanges(roomId, changes);
  }

  function note(change: Witness): void {
    witness = laterWitness(witness, change);
  }

  function lose(roomId: string): void {
    rooms.unwatch(roomId);
    options.onLost(roomId);
  }

  return {
    async readDue() {
      const due = rooms.takeDue(MAX_ROOMS);
      if (due.length === 0) {
        return;
      }
      const traced = options.awaitedTraces.take(due);
      const places = due.map((roomId) => [roomId, rooms.known(roomId) as LogPlace] as const);
      try {
        const lists = await pace.timed(
          () => options.readChanges(places, MAX_CHANGES_A_ROOM),
          (answer) => ({ things: countOf(answer), groups: due.length }),
        );
        statistics.reads += 1;
        statistics.changes += countOf(lists);
        traced.found(lists);
        lists.forEach(handOver);
      } catch (error) {
        traced.failed(error);
        due.forEach(rooms.makeDue);
        throw error;
      }
    },
    lose,
    get pauseMs() {
      return pace.pauseMs;
    },
    get witness() {
      return witness;
    },
    note,
    forgetWitness() {
      witness = undefined;
    },
    statistics,
  };
}

function countOf(lists: readonly DurableEvent[][]): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}
