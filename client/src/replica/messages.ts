import type { Journal } from './journal.ts';
import type { Message } from './model.ts';
import { createPatches, type Patch } from './patches.ts';
import type { Rooms } from './rooms.ts';
import { createTimelines, type Timelines } from './timelines.ts';

/** The messages that are known, with what events did to those that are being fetched. */
export interface Messages extends Omit<Timelines, 'remove'> {
  remove(message: Message): void;
  /** Does what an event does to a message: now, if it is known, and when it is fetched. */
  patch(id: string, patch: Patch<Message>): void;
  /** Whether an event came for it after this version of the replica. */
  isPatched(id: string, since: number): boolean;
  /** What was fetched, with what events did to it after this version; null when nothing is left of it. */
  patched(fetched: Message, since: number): Message | null;
}

export function createMessages(journal: Journal, rooms: Rooms, kept: readonly Message[]): Messages {
  const timelines = createTimelines(kept);
  const patches = createPatches<Message>();

  function tell({ roomId, id, parentMessageId }: Message): void {
    journal.tell(`messages ${roomId}`, `thread ${id}`);
    if (parentMessageId !== null) {
      journal.tell(`thread ${parentMessageId}`);
    }
  }

  function set(message: Message): void {
    timelines.set(message);
    journal.keep('messages', message.id, message);
    tell(message);
    if (rooms.get(message.roomId)?.latestMessageId === message.id) {
      journal.tell('inbox');
    }
  }

  function remove(message: Message): void {
    timelines.remove(message.id);
    journal.keep('messages', message.id, undefined);
    tell(message);
  }

  return {
    ...timelines,
    set,
    remove,
    patch(id, patch) {
      patches.add(id, journal.version, patch);
      const known = timelines.get(id);
      const message = known && patch(known);
      if (message) {
        set(message);
      } else if (known) {
        remove(known);
      }
    },
    isPatched: patches.has,
    patched: (fetched, since) => patches.over(fetched.id, fetched, since),
  };
}
