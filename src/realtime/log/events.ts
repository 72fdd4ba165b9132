import { timestamp } from '../../process/clock.ts';
import { encodePlace, type LogPlace, placeOf } from './place.ts';

/**
 * What happens in a room, as the hub hands it to the GraphQL types of `plugins/room-events.ts`.
 * The keys that a type's fields do not compute are those fields, so that a plan can just read them.
 */

export const CHANGE_OPERATIONS = ['insert', 'update', 'delete'] as const;
export type ChangeOperation = (typeof CHANGE_OPERATIONS)[number];

interface Event {
  readonly roomId: string | null;
  /** Null for what is not in the log: Ready, typing, presence. */
  readonly changeSeq: number | null;
  /** Where to resume in the room; null for what is not in the log, and where it is about all rooms of a user. */
  readonly cursor: string | null;
  /** RFC 3339. */
  readonly occurredAt: string;
}

interface Change extends Event {
  readonly roomId: string;
  readonly changeSeq: number;
  readonly cursor: string;
  readonly event: ChangeOperation;
}

export interface ReadyEvent extends Event {
  readonly __typename: 'ReadyEvent';
  readonly changeSeq: null;
  /** Null, like roomId, when it is about all rooms of a user. */
  readonly headChangeSeq: number | null;
}

export interface MessageEvent extends Change {
  readonly __typename: 'MessageEvent';
  readonly messageId: string;
  /** The number of a message that is gone; null while its row is there to be asked. */
  readonly goneSeq: number | null;
}

export interface ReactionEvent extends Change {
  readonly __typename: 'ReactionEvent';
  readonly messageId: string;
  readonly userId: string;
  readonly emoji: string;
}

export interface MemberEvent extends Change {
  readonly __typename: 'MemberEvent';
  readonly userId: string;
  readonly role: string;
  /** Whether it is that they see more of the history than before. */
  readonly isWidening: boolean;
}

export interface ReadReceiptEvent extends Change {
  readonly __typename: 'ReadReceiptEvent';
  readonly userId: string;
  readonly lastReadSeq: number;
}

/** In rooms with delivery receipts: messages are on a device of a member. */
export interface DeliveryReceiptEvent extends Change {
  readonly __typename: 'DeliveryReceiptEvent';
  readonly userId: string;
  readonly lastDeliveredSeq: number;
}

/** Somebody has read the answers to a message in their thread. */
export interface ThreadReceiptEvent extends Change {
  readonly __typename: 'ThreadReceiptEvent';
  readonly messageId: string;
  readonly userId: string;
  readonly lastReadSeq: number;
}

export interface RoomChangedEvent extends Change {
  readonly __typename: 'RoomChangedEvent';
}

export interface TypingEvent extends Event {
  readonly __typename: 'TypingEvent';
  readonly roomId: string;
  readonly changeSeq: null;
  readonly event: 'insert' | 'delete';
  readonly userId: string;
}

export interface PresenceEvent extends Event {
  readonly __typename: 'PresenceEvent';
  readonly roomId: string;
  readonly changeSeq: null;
  readonly event: 'update';
  readonly userId: string;
  readonly status: string;
  /** Members who are not told: they have blocked this person, or are blocked. */
  readonly hiddenFrom: ReadonlySet<string>;
}

/** What somebody says of themselves for now has changed. */
export interface StatusTextEvent extends Event {
  readonly __typename: 'StatusTextEvent';
  readonly roomId: string;
  readonly changeSeq: null;
  readonly userId: string;
  /** Members who are not told: they have blocked this person, or are blocked. */
  readonly hiddenFrom: ReadonlySet<string>;
}

/** What somebody says in the fields of their profile has changed. */
export interface ProfileEvent extends Event {
  readonly __typename: 'ProfileEvent';
  readonly roomId: string;
  readonly changeSeq: null;
  readonly userId: string;
  /** Members who are not told: they have blocked this person, or are blocked. */
  readonly hiddenFrom: ReadonlySet<string>;
}

/** What somebody has asked of a bot, told to the two and nobody else. It is durable, and in no room's log. */
export interface InteractionEvent extends Event {
  readonly __typename: 'InteractionEvent';
  readonly roomId: string;
  readonly changeSeq: null;
  readonly cursor: null;
  readonly event: 'insert' | 'update';
  readonly interactionId: string;
}

/** What somebody keeps for themselves has changed: told to them and nobody else. It is durable, and in no room's log. */
export interface PersonalEvent extends Event {
  readonly __typename: 'PersonalEvent';
  readonly changeSeq: null;
  readonly cursor: null;
  readonly matter: string;
}

/** The emoji of a workspace have changed: told to everybody there. It is durable, and in no room's log. */
export interface CustomEmojiEvent extends Event {
  readonly __typename: 'CustomEmojiEvent';
  readonly roomId: null;
  readonly changeSeq: null;
  readonly cursor: null;
}

/** In the log: numbered without gap, replayed on resume, never dropped. */
export type DurableEvent =
  | MessageEvent
  | ReactionEvent
  | MemberEvent
  | ReadReceiptEvent
  | DeliveryReceiptEvent
  | ThreadReceiptEvent
  | RoomChangedEvent;

/** Nowhere but on the wire: the first to go when a reader is slow. */
export type FleetingEvent = TypingEvent | PresenceEvent | StatusTextEvent | ProfileEvent;

/** What happens in a room, whoever listens. */
export type Happening = DurableEvent | FleetingEvent;

/** What is told to people, and not to a room. */
export type NewsEvent = InteractionEvent | PersonalEvent | CustomEmojiEvent;

export type RoomEvent = ReadyEvent | NewsEvent | Happening;

/** Whether there is anyone whom this is not told. */
export function isHiddenFromSomeone(event: Happening): boolean {
  return 'hiddenFrom' in event && event.hiddenFrom.size > 0;
}

/** Whether someone who listens to the room is not told of this. */
export function isHiddenFrom(event: Happening, userId: string): boolean {
  return 'hiddenFrom' in event && event.hiddenFrom.has(userId);
}

/** A row of app_private.room_changes, as `CHANGE_COLUMNS` selects it. */
export interface ChangeRow {
  readonly room_id: string;
  readonly change_seq: string;
  readonly kind: string;
  readonly op: ChangeOperation;
  readonly message_id: string | null;
  readonly user_id: string | null;
  readonly emoji: string | null;
  readonly role: string | null;
  readonly last_read_seq: string | null;
  readonly occurred_at: string;
}

/**
 * The condition that a row of the log is of a room, which is looked up by the index: see app_private.room_key. Said in a
 * way that Postgres cannot take for a second condition, which would make it expect a row where a million are, and sort them.
 */
export function isOfRoom(changes: string, roomId: string): string {
  return `app_private.room_key(${changes}.room_id) = app_private.room_key(${roomId}) and coalesce(${changes}.room_id = ${roomId}, false)`;
}

/** The columns of `ChangeRow`, from `room_changes` under the alias `changes`. */
export const CHANGE_COLUMNS = `
  changes.room_id, changes.change_seq, changes.kind, changes.op, changes.message_id, changes.user_id,
  changes.emoji, changes.role, changes.last_read_seq, to_json(changes.occurred_at) #>> '{}' as occurred_at`;

/** A kind that this version does not know, of a newer node, is a change of the room: whoever hears of it asks anew. */
export function eventOfChange(row: ChangeRow): DurableEvent {
  const occurred = { changeSeq: Number(row.change_seq), occurredAt: row.occurred_at };
  const change = {
    roomId: row.room_id,
    ...occurred,
    cursor: encodePlace(placeOf(occurred)),
    event: row.op,
  };
  switch (row.kind) {
    case 'message':
      return {
        __typename: 'MessageEvent',
        ...change,
        messageId: row.message_id as string,
        goneSeq: row.last_read_seq === null ? null : Number(row.last_read_seq),
      };
    case 'reaction':
      return {
        __typename: 'ReactionEvent',
        ...change,
        messageId: row.message_id as string,
        userId: row.user_id as string,
        emoji: row.emoji as string,
      };
    case 'member':
      return {
        __typename: 'MemberEvent',
        ...change,
        userId: row.user_id as string,
        role: row.role as string,
        isWidening: row.last_read_seq !== null,
      };
    case 'receipt':
      return {
        __typename: 'ReadReceiptEvent',
        ...change,
        userId: row.user_id as string,
        lastReadSeq: Number(row.last_read_seq),
      };
    case 'delivery':
      return {
        __typename: 'DeliveryReceiptEvent',
        ...change,
        userId: row.user_id as string,
        lastDeliveredSeq: Number(row.last_read_seq),
      };
    case 'thread_receipt':
      return {
        __typename: 'ThreadReceiptEvent',
        ...change,
        messageId: row.message_id as string,
        userId: row.user_id as string,
        lastReadSeq: Number(row.last_read_seq),
      };
    default:
      return { __typename: 'RoomChangedEvent', ...change };
  }
}

/** Where a subscription to one room begins. */
interface Beginning {
  readonly roomId: string;
  readonly head: LogPlace;
  /** What comes behind this is delivered. */
  readonly after: LogPlace;
}

/** @param beginning null when it is about all rooms of a user */
export function readyEvent(beginning: Beginning | null): ReadyEvent {
  return {
    __typename: 'ReadyEvent',
    roomId: beginning?.roomId ?? null,
    changeSeq: null,
    headChangeSeq: beginning?.head.seq ?? null,
    cursor: beginning === null ? null : encodePlace(beginning.after),
    occurredAt: timestamp(),
  };
}

interface NoticeParts {
  readonly userId: string;
  /** The transaction by which it became news. */
  readonly xid: string;
  readonly occurredAt: string;
}

/** An interaction, as news for one of its two. */
interface InteractionNotice extends NoticeParts {
  readonly roomId: string;
  readonly interactionId: string;
  readonly isAnswered: boolean;
}

/** A change of what somebody keeps for themselves. */
interface PersonalNotice extends NoticeParts {
  /** Null where it is about no room, or more than one. */
  readonly roomId: string | null;
  readonly matter: string;
}

/** A change of the emoji of a workspace, as news for one of its people. */
interface EmojiNotice extends NoticeParts {
  readonly roomId: null;
  readonly isOfEmoji: true;
}

/** What is told to a person, and not to a room. */
export type Notice = InteractionNotice | PersonalNotice | EmojiNotice;

/** What it is about: of the same, the newest notice is enough. */
export function subjectOf(notice: Notice): string {
  if ('isOfEmoji' in notice) {
    return 'emoji';
  }
  return 'matter' in notice ? `${notice.matter} ${notice.roomId}` : notice.interactionId;
}

export function newsEvent(notice: Notice): NewsEvent {
  if ('isOfEmoji' in notice) {
    return customEmojiEvent(notice);
  }
  return 'matter' in notice ? personalEvent(notice) : interactionEvent(notice);
}

function customEmojiEvent({ occurredAt }: EmojiNotice): CustomEmojiEvent {
  return {
    __typename: 'CustomEmojiEvent',
    roomId: null,
    changeSeq: null,
    cursor: null,
    occurredAt,
  };
}

function personalEvent({ roomId, matter, occurredAt }: PersonalNotice): PersonalEvent {
  return { __typename: 'PersonalEvent', roomId, changeSeq: null, cursor: null, occurredAt, matter };
}

function interactionEvent({
  roomId,
  interactionId,
  isAnswered,
  occurredAt,
}: InteractionNotice): InteractionEvent {
  return {
    __typename: 'InteractionEvent',
    roomId,
    changeSeq: null,
    cursor: null,
    occurredAt,
    event: isAnswered ? 'update' : 'insert',
    interactionId,
  };
}
