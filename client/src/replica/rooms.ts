import type { Journal } from './journal.ts';
import type { Room, RoomLog } from './model.ts';

/** A room and its log, as they are kept. The room is null until it is fetched. */
export interface KeptRoom {
  readonly room: Room | null;
  readonly log: RoomLog;
}

/** Rooms, and what is known of each beside what it shows. */
export interface Rooms {
  get(id: string): Room | undefined;
  has(id: string): boolean;
  all(): Iterable<Room>;
  set(room: Room): void;
  /** Changes a room, if it is known. */
  change(id: string, change: (room: Room) => Partial<Room>): void;
  log(id: string): RoomLog | undefined;
  /** Its log, or that of a room of which nothing is known. */
  logOf(id: string): RoomLog;
  logs(): Iterable<RoomLog>;
  changeLog(id: string, change: Partial<RoomLog>): void;
  /** What is unread cannot be told from what is known. */
  doubtNumbers(id: string): void;
  /** The version at which its numbers were last doubted. */
  doubtedAt(id: string): number;
  /** The version at which something was last found to be missing, or it was forgotten: what was asked before is out of date. */
  staleAt(id: string): number;
  stale(): readonly string[];
  uncertain(): readonly string[];
  forget(id: string): void;
}

export function createRooms(journal: Journal, kept: readonly KeptRoom[]): Rooms {
  const rooms = new Map<string, Room>();
  const logs = new Map<string, RoomLog>();
  const stale = new Set<string>();
  const staleAt = new Map<string, number>();
  const uncertain = new Set<string>();
  const doubtedAt = new Map<string, number>();

  for (const { room, log } of kept) {
    putLog(log);
    if (room !== null) {
      rooms.set(log.roomId, room);
    }
  }

  function putLog(log: RoomLog): void {
    logs.set(log.roomId, log);
    putMark(stale, log.roomId, log.isStale);
    putMark(uncertain, log.roomId, log.areNumbersStale);
  }

  function keep(id: string): void {
    const log = logs.get(id);
    journal.keep('rooms', id, log && { room: rooms.get(id) ?? null, log });
  }

  function set(room: Room): void {
    rooms.set(room.id, room);
    keep(room.id);
    journal.tell('inbox', `room ${room.id}`);
  }

  const logOf = (id: string): RoomLog => logs.get(id) ?? unknownLog(id);

  function changeLog(id: string, change: Partial<RoomLog>): void {
    const log = { ...logOf(id), ...change };
    if (log.isStale && !stale.has(id)) {
      staleAt.set(id, journal.version);
    }
    putLog(log);
    keep(id);
    journal.tell(`messages ${id}`);
  }

  return {
    get: (id) => rooms.get(id),
    has: (id) => rooms.has(id),
    all: () => rooms.values(),
    set,
    change(id, change) {
      const room = rooms.get(id);
      if (room !== undefined) {
        set({ ...room, ...change(room) });
      }
    },
    log: (id) => logs.get(id),
    logOf,
    logs: () => logs.values(),
    changeLog,
    doubtNumbers(id) {
      doubtedAt.set(id, journal.version);
      changeLog(id, { areNumbersStale: true });
    },
    doubtedAt: (id) => doubtedAt.get(id) ?? 0,
    staleAt: (id) => staleAt.get(id) ?? 0,
    stale: () => [...stale],
    uncertain: () => [...uncertain],
    forget(id) {
      for (const table of [rooms, logs, stale, uncertain]) {
        table.delete(id);
      }
      staleAt.set(id, journal.version);
      keep(id);
      journal.tell('inbox', `room ${id}`, `messages ${id}`);
    },
  };
}

function putMark(marked: Set<string>, id: string, isMarked: boolean): void {
  if (isMarked) {
    marked.add(id);
  } else {
    marked.delete(id);
  }
}

function unknownLog(roomId: string): RoomLog {
  return {
    roomId,
    changeSeq: null,
    includedSeq: 0,
    stretches: [],
    threads: [],
    isStale: true,
    areNumbersStale: false,
    usedAt: 0,
  };
}
