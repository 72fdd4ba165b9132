import type { Message } from './model.ts';

/** Messages by id, and of each room by `seq`. */
export interface Timelines {
  get(id: string): Message | undefined;
  set(message: Message): void;
  remove(id: string): void;
  count(roomId: string): number;
  total(): number;
  /** Those of a room with a `seq` from `from` to `to`, in order. */
  range(roomId: string, from: number, to: number): readonly Message[];
}

export function createTimelines(messages: readonly Message[]): Timelines {
  const byId = new Map<string, Message>();
  const byRoom = new Map<string, Message[]>();

  function roomOf(roomId: string): Message[] {
    const known = byRoom.get(roomId) ?? [];
    byRoom.set(roomId, known);
    return known;
  }

  function set(message: Message): void {
    const before = byId.get(message.id);
    if (before !== undefined && before.seq !== message.seq) {
      remove(before.id); // It was held, and has its place now.
    }
    const ordered = roomOf(message.roomId);
    const index = firstAtLeast(ordered, message.seq);
    const isThere = ordered[index]?.seq === message.seq;
    ordered.splice(index, isThere ? 1 : 0, message);
    byId.set(message.id, message);
  }

  function remove(id: string): void {
    const message = byId.get(id);
    if (message !== undefined) {
      const ordered = roomOf(message.roomId);
      ordered.splice(firstAtLeast(ordered, message.seq), 1);
      byId.delete(id);
    }
  }

  for (const message of messages) {
    set(message);
  }

  return {
    get: (id) => byId.get(id),
    set,
    remove,
    count: (roomId) => byRoom.get(roomId)?.length ?? 0,
    total: () => byId.size,
    range(roomId, from, to) {
      const ordered = byRoom.get(roomId) ?? [];
      return ordered.slice(firstAtLeast(ordered, from), firstAtLeast(ordered, to + 1));
    },
  };
}

/** @returns the place of the first message with this `seq` or a higher one */
function firstAtLeast(ordered: readonly Message[], seq: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ordered[middle] as Message).seq < seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
