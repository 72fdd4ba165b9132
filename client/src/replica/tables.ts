import { type Blocked, createBlocked } from './blocked.ts';
import { createJournal, type Journal } from './journal.ts';
import { createMembers, type Members } from './members.ts';
import { createMessages, type Messages } from './messages.ts';
import type { Member, Message, Person } from './model.ts';
import { createPassing, type Passing } from './passing.ts';
import { createPeople, type People } from './people.ts';
import { createRooms, type KeptRoom, type Rooms } from './rooms.ts';

/** All that a person's replica knows, each table with the only functions that change it. */
export interface Tables {
  readonly userId: string;
  readonly journal: Journal;
  readonly people: People;
  readonly rooms: Rooms;
  readonly messages: Messages;
  readonly members: Members;
  readonly passing: Passing;
  readonly blocked: Blocked;
}

/** What of the tables is kept on the device. */
export interface KeptTables {
  readonly version: number;
  readonly rooms: readonly KeptRoom[];
  readonly people: readonly Person[];
  readonly members: readonly Member[];
  readonly messages: readonly Message[];
  readonly blockedIds: readonly string[];
}

export function createTables(userId: string, kept: KeptTables): Tables {
  const journal = createJournal(kept.version);
  const rooms = createRooms(journal, kept.rooms);
  return {
    userId,
    journal,
    rooms,
    people: createPeople(journal, kept.people),
    messages: createMessages(journal, rooms, kept.messages),
    members: createMembers(journal, kept.members),
    passing: createPassing(journal),
    blocked: createBlocked(journal, kept.blockedIds),
  };
}

/** Forgets a room that its person may not see any more. */
export function forgetRoom({ rooms, messages, members, passing }: Tables, roomId: string): void {
  for (const message of messages.range(roomId, 0, Number.POSITIVE_INFINITY)) {
    messages.remove(message);
  }
  members.forgetRoom(roomId);
  passing.forgetRoom(roomId);
  rooms.forget(roomId);
}
