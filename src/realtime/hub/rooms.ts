import type { Recipe } from '../execution/recipes.ts';
import type { SharedResult } from '../execution/result.ts';
import type { DurableEvent, Happening } from '../log/events.ts';
import type { LogPlace } from '../log/place.ts';
import type { ReadRemovals } from '../log/removals.ts';
import type { ReadInTurn } from './person-limits.ts';
import type { OnDelivered } from './publication.ts';
import { createRoom, type Room } from './room.ts';

/** The rooms that are listened to here. */
export interface Rooms {
  get(roomId: string): Room | undefined;
  /** @param head the last change that is known, when the room is new here */
  obtain(roomId: string, head: LogPlace): Room;
  /** Ends everything that follows a room whose log is lost. */
  lose(roomId: string): void;
  /** Resolves when everything that has been appended until now is delivered. */
  settled(): Promise<unknown>;
  readonly statistics: {
    readonly rooms: number;
    readonly groups: number;
    readonly followers: number;
  };
  release(): void;
}

interface RoomsOptions {
  /** Begins and ends the handing over of a room's changes. */
  readonly watch: (roomId: string, known: LogPlace) => void;
  readonly unwatch: (roomId: string) => void;
  /** Changes of a room behind `after`, at most `limit`; null when the log does not reach back that far. */
  readonly readLog: (
    roomId: string,
    after: number,
    limit: number,
    known: LogPlace,
  ) => Promise<readonly DurableEvent[] | null>;
  /** Who was removed from a room behind a change, as of now. */
  readonly readRemovals: ReadRemovals;
  readonly run: (
    recipe: Recipe,
    roomId: string | null,
    events: readonly Happening[],
  ) => Promise<SharedResult[]>;
  readonly onDelivered: OnDelivered;
  readonly readInTurn: ReadInTurn;
}

/** How long a room without listeners, and the changes of one that is quiet, are kept for those who come back. */
const LINGER_MS = 120_000;
const LINGER_CHECK_MS = 10_000;

export function createRooms(options: RoomsOptions): Rooms {
  const rooms = new Map<string, Room>();

  /** What was of use to those who come back within minutes. */
  function forgetTheOld(): void {
    const before = performance.now() - LINGER_MS;
    for (const room of rooms.values()) {
      if (room.forget(before)) {
        rooms.delete(room.id);
        options.unwatch(room.id);
      }
    }
  }

  const lingerTimer = setInterval(forgetTheOld, LINGER_CHECK_MS);

  return {
    get: (roomId) => rooms.get(roomId),
    obtain(id, head) {
      let room = rooms.get(id);
      if (room === undefined) {
        room = createRoom({
          id,
          head,
          readLog: (after, limit, known) => options.readLog(id, after, limit, known),
          readRemovals: (known) => options.readRemovals(id, known),
          run: (recipe, events) => options.run(recipe, id, events),
          runOutside: (recipe, events) => options.run(recipe, null, events),
          onDelivered: options.onDelivered,
          readInTurn: options.readInTurn,
        });
        rooms.set(id, room);
        options.watch(id, head);
      }
      return room;
    },
    lose(roomId) {
      const room = rooms.get(roomId);
      rooms.delete(roomId);
      room?.lose();
    },
    settled: () => Promise.all(Array.from(rooms.values(), (room) => room.settled())),
    get statistics() {
      let groups = 0;
      let followers = 0;
      for (const { statistics } of rooms.values()) {
        groups += statistics.groups;
        followers += statistics.followers;
      }
      return { rooms: rooms.size, groups, followers };
    },
    release: () => clearInterval(lingerTimer),
  };
}
