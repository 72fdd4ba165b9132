import type { DurableEvent } from './events.ts';
import { type LogPlace, placeOf } from './place.ts';

/** The rooms whose log is read here, each up to the last change that was handed over. */
export interface WatchedRooms {
  /** Begins behind `known`, and makes the room due. Returns false when it is watched already. */
  watch(roomId: string, known: LogPlace): boolean;
  unwatch(roomId: string): void;
  has(roomId: string): boolean;
  /** The last change that was handed over; undefined when the room is not watched. */
  known(roomId: string): LogPlace | undefined;
  /** All rooms, with the last change that was handed over of each. */
  list(): readonly (readonly [roomId: string, known: LogPlace])[];
  /** Says that a room has to be read. Returns false when it was due already. */
  makeDue(roomId: string): boolean;
  /** Takes rooms that have to be read, at most `limit`. */
  takeDue(limit: number): readonly string[];
  /**
   * Notes changes as handed over. Returns false when they do not follow those before without gap.
   *
   * @param changes of one room that is watched
   */
  advance(changes: readonly DurableEvent[]): boolean;
  readonly count: number;
  readonly dueCount: number;
}

export function createWatchedRooms(): WatchedRooms {
  const known = new Map<string, LogPlace>();
  const due = new Set<string>();
  return {
    watch(roomId, place) {
      if (known.has(roomId)) {
        return false;
      }
      known.set(roomId, place);
      due.add(roomId);
      return true;
    },
    unwatch(roomId) {
      known.delete(roomId);
      due.delete(roomId);
    },
    has: (roomId) => known.has(roomId),
    known: (roomId) => known.get(roomId),
    list: () => [...known],
    makeDue(roomId) {
      const isNew = known.has(roomId) && !due.has(roomId);
      if (isNew) {
        due.add(roomId);
      }
      return isNew;
    },
    takeDue(limit) {
      const taken = due.values().take(limit).toArray();
      for (const roomId of taken) {
        due.delete(roomId);
      }
      return taken;
    },
    advance(changes) {
      const { roomId, changeSeq: first } = changes[0] as DurableEvent;
      if (first !== (known.get(roomId) as LogPlace).seq + 1 || !isGapless(changes)) {
        return false;
      }
      known.set(roomId, placeOf(changes.at(-1) as DurableEvent));
      return true;
    },
    get count() {
      return known.size;
    },
    get dueCount() {
      return due.size;
    },
  };
}

export function isGapless(changes: readonly DurableEvent[]): boolean {
  const first = changes[0]?.changeSeq ?? 0;
  return changes.every(({ changeSeq }, index) => changeSeq === first + index);
}
