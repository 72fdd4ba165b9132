import type { Change, Snapshot } from '../store/store.ts';
import { takeEvent } from './events.ts';
import { takeFetchedRoom, takeInbox, takeMembers } from './fetched.ts';
import { takeAnswer } from './held.ts';
import { takeHistory, trimHistory } from './history.ts';
import type { Input } from './inputs.ts';
import type { Topic } from './journal.ts';
import type { Member, Message, Person, Room, RoomLog, UnreadNumbers } from './model.ts';
import { takeBlocked, takeNumbers, unreadAfter } from './numbers.ts';
import { createPlace, type Place } from './place.ts';
import type { KeptRoom } from './rooms.ts';
import { createTables, forgetRoom, type KeptTables, type Tables } from './tables.ts';
import { takeThread } from './threads.ts';

export interface Replica {
  readonly userId: string;
  /** How many inputs it has had. */
  readonly version: number;
  /** Where to resume; null when everything has to be fetched first. */
  readonly cursor: string | null;
  person(id: string): Person | undefined;
  /** Whom the person has blocked. */
  readonly blockedIds: ReadonlySet<string>;
  room(id: string): Room | undefined;
  rooms(): Iterable<Room>;
  log(roomId: string): RoomLog | undefined;
  message(id: string): Message | undefined;
  /** The known messages of a room with a `seq` from `from` to `to`, in order. */
  messages(roomId: string, from: number, to: number): readonly Message[];
  members(roomId: string): ReadonlyMap<string, Member> | undefined;
  /** What is known of the history of each room. */
  logs(): Iterable<RoomLog>;
  /** How many messages of a room there are. */
  countOf(roomId: string): number;
  messageCount(): number;
  /** Who is typing in a room, and since when (`performance.now()`). */
  typing(roomId: string): ReadonlyMap<string, number>;
  presence(userId: string): string | undefined;
  /** Rooms that have to be fetched anew. */
  staleRooms(): readonly string[];
  /** Rooms whose numbers have to be asked for. */
  uncertainRooms(): readonly string[];
  apply(input: Input): void;
  /** What would be unread once everything up to a message is read; undefined when that is not known. */
  unreadAfter(roomId: string, lastReadSeq: number): UnreadNumbers | undefined;
  /** What has changed since this was last asked. */
  takeTopics(): ReadonlySet<Topic>;
  /** What has to be written since this was last asked. Written at once, a crash leaves a state that was. */
  takeChanges(): readonly Change[];
}

/** The replica of a person as it was kept. */
export function readReplica(
  { meta, rooms, people, members, messages }: Snapshot,
  userId: string,
): Replica {
  return createReplica(userId, {
    version: versionOf({ meta }),
    cursor: (meta.get('cursor') as string | undefined) ?? null,
    rooms: [...rooms.values()] as KeptRoom[],
    people: [...people.values()] as Person[],
    members: [...members.values()] as Member[],
    messages: [...messages.values()] as Message[],
    blockedIds: (meta.get('blocked') as readonly string[] | undefined) ?? [],
  });
}

/** How many inputs what is kept has had. */
export function versionOf({ meta }: Pick<Snapshot, 'meta'>): number {
  return (meta.get('version') as number | undefined) ?? 0;
}

interface Kept extends KeptTables {
  readonly cursor: string | null;
}

function createReplica(userId: string, kept: Kept): Replica {
  const tables = createTables(userId, kept);
  const { journal, people, rooms, messages, members, passing, blocked } = tables;
  const place = createPlace(journal, kept.cursor);
  return {
    userId,
    get version() {
      return journal.version;
    },
    get cursor() {
      return place.cursor;
    },
    person: people.get,
    get blockedIds() {
      return blocked.ids;
    },
    room: rooms.get,
    rooms: rooms.all,
    log: rooms.log,
    message: (id) => [messages.get(id)].find(isThere),
    messages: (roomId, from, to) => messages.range(roomId, from, to).filter(isThere),
    logs: rooms.logs,
    countOf: messages.count,
    messageCount: messages.total,
    members: members.of,
    typing: passing.typing,
    presence: passing.presence,
    staleRooms: rooms.stale,
    uncertainRooms: rooms.uncertain,
    unreadAfter: (roomId, lastReadSeq) => unreadAfter(tables, roomId, lastReadSeq),
    apply(input) {
      journal.countInput();
      if (!('since' in input && place.isTooEarly(input.since))) {
        takeInput(tables, place, input);
      }
    },
    takeTopics: journal.takeTopics,
    takeChanges: journal.takeChanges,
  };
}

/** Nobody is shown it after its time, whatever the server has said by then. Where there is none, nothing is less. */
function isThere(message: Message | undefined): boolean {
  return !(Date.parse(message?.disappearsAt as string) < Date.now());
}

function takeInput(tables: Tables, place: Place, input: Input): void {
  const { journal, rooms } = tables;
  switch (input.kind) {
    case 'event':
      takeEvent(tables, input.userEvent.event);
      if (place.advance(input.userEvent)) {
        startAnew(tables);
      }
      break;
    case 'inbox':
      takeInbox(tables, input.conversations, input.since);
      journal.tell('inbox');
      place.settle();
      break;
    case 'room':
      takeFetchedRoom(tables, input.room, input.since);
      break;
    case 'numbers':
      takeNumbers(tables, input.room, input.since);
      break;
    case 'room gone':
      if (input.since >= rooms.staleAt(input.roomId)) {
        forgetRoom(tables, input.roomId);
      }
      break;
    case 'history':
      takeHistory(tables, input.roomId, input.request, input.messages, input.since);
      break;
    case 'thread':
      takeThread(tables, input.message, input.after, input.since);
      break;
    case 'members':
      takeMembers(tables, input.roomId, input.members, input.since);
      break;
    case 'blocked':
      takeBlocked(tables, input.userIds);
      break;
    case 'person':
      tables.people.take(input.person);
      break;
    case 'queue':
      if (input.input.kind === 'acknowledged' && input.input.answer !== undefined) {
        takeAnswer(tables, input.input.answer);
      }
      break;
    case 'resync':
      place.lose();
      startAnew(tables);
      break;
    case 'used':
      if (rooms.log(input.roomId) !== undefined) {
        rooms.changeLog(input.roomId, { usedAt: input.at, usedSeq: input.seq });
      }
      break;
    case 'trimmed':
      trimHistory(tables, input);
      break;
    case 'behind':
      for (const roomId of input.roomIds) {
        rooms.changeLog(roomId, { isStale: true });
      }
      break;
  }
}

/** All that is known may be out of date. */
function startAnew({ rooms, members, passing }: Tables): void {
  passing.forget();
  for (const { roomId } of rooms.logs()) {
    members.forgetRoom(roomId);
    rooms.changeLog(roomId, { changeSeq: null, includedSeq: 0, isStale: true });
  }
}
