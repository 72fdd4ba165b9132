import { parse } from 'postgraphile/graphql';
import type { SharedResult } from '../../execution/result.ts';
import type { Ref } from './client-frames.ts';

/*
 * What clients hear in the JSON protocol, and how an event of the hub becomes a frame. Sockets and Server-Sent Events
 * share one document, so that a room costs one execution and one frame an event for all of them. docs/protocol.md
 * describes each frame; a test holds the two together.
 */

export const SERVER_FRAME_TYPES = [
  'ready',
  'joined',
  'left',
  'message_event',
  'reaction_event',
  'member_event',
  'read_event',
  'delivery_event',
  'thread_read_event',
  'room_event',
  'typing_event',
  'presence_event',
  'status_text_event',
  'profile_event',
  'hearing',
  'interaction_event',
  'ack',
  'error',
  'pong',
] as const;
export type ServerFrame = {
  readonly type: (typeof SERVER_FRAME_TYPES)[number];
  readonly [key: string]: unknown;
};

const ROOM_QUERY = /* GraphQL */ `
  subscription RoomFrames($roomId: UUID!, $cursor: String) {
    roomEvents(roomId: $roomId, cursor: $cursor) {
      __typename
      roomId
      changeSeq
      cursor
      occurredAt
      ... on ReadyEvent { headChangeSeq }
      ... on MessageEvent { event messageId message { ...MessageParts } }
      ... on ReactionEvent { event messageId userId emoji user { ...UserParts } message { reactions { emoji count } } }
      ... on MemberEvent { event userId role user { ...UserParts } }
      ... on ReadReceiptEvent { userId lastReadSeq }
      ... on DeliveryReceiptEvent { userId lastDeliveredSeq }
      ... on ThreadReceiptEvent { messageId userId lastReadSeq }
      ... on RoomChangedEvent { event room { ...RoomParts } }
      ... on TypingEvent { event userId }
      ... on PresenceEvent { event userId status }
      ... on ProfileEvent { userId }
      ... on StatusTextEvent { userId user { statusText { text emoji endsAt } } }
    }
  }
  fragment UserParts on User { id username displayName avatarUrl }
  fragment RoomParts on Room {
    id name slug description type maxMembers memberCount isArchived hasDeliveryReceipts customData createdAt historyStartSeq historyRewrittenAt
  }
  fragment MessageParts on Message {
    id seq content messageType metadata createdAt editedAt deletedAt pinnedAt disappearsAt parentMessageId alsoSentToRoom replyCount
    author { ...UserParts }
    attachments { id filename mimeType byteSize width height durationMs url thumbnailUrl }
    linkPreviews { id url title description siteName thumbnailUrl width height }
    reactions { emoji count }
  }
`;

/** The same for every listener, so that the hub makes one group of them. */
export const ROOM_SUBSCRIPTION = {
  document: parse(ROOM_QUERY),
  operationName: 'RoomFrames',
} as const;

/** One event as it goes over the wire, made once for all who get it. */
export interface EventFrame {
  readonly type: ServerFrame['type'];
  readonly json: Buffer;
  /** Null for what is not in the log. */
  readonly cursor: string | null;
}

interface RoomResult {
  readonly data: { readonly roomEvents: EventData | null } | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

export interface EventData {
  readonly __typename: string;
  readonly roomId: string;
  readonly changeSeq: string | null;
  readonly cursor: string | null;
  readonly occurredAt: string;
  readonly [field: string]: unknown;
}

const made = new WeakMap<SharedResult, EventFrame>();

/** The frame of a result; the same one for the same result. */
export function frameOfResult(result: SharedResult): EventFrame {
  let frame = made.get(result);
  if (frame === undefined) {
    frame = makeFrame(JSON.parse(result.json('').toString()) as RoomResult);
    made.set(result, frame);
  }
  return frame;
}

function makeFrame({ data, errors }: RoomResult): EventFrame {
  const event = data?.roomEvents;
  if (event == null || errors !== undefined) {
    // It could not be computed, or a part of it: the client hears so, and sees the gap.
    const { message = 'An event could not be read.', extensions } = errors?.[0] ?? {};
    return encode(errorFrame({ code: extensions?.code ?? 'UNEXPECTED', message }), null);
  }
  return encode(frameOfEvent(event), event.cursor);
}

function encode(frame: ServerFrame, cursor: string | null): EventFrame {
  return { type: frame.type, json: Buffer.from(JSON.stringify(frame)), cursor };
}

/** Names in the envelope are snake_case; what is inside keeps the names of the GraphQL API. */
export function frameOfEvent(event: EventData): ServerFrame {
  const change = {
    event: event.event,
    room_id: event.roomId,
    change_seq: Number(event.changeSeq),
    cursor: event.cursor,
    occurred_at: event.occurredAt,
  };
  switch (event.__typename) {
    case 'ReadyEvent':
      return {
        type: 'joined',
        room_id: event.roomId,
        change_seq: Number(event.headChangeSeq),
        cursor: event.cursor,
      };
    case 'MessageEvent':
      return {
        type: 'message_event',
        ...change,
        message_id: event.messageId,
        message: withNumber(event.message as Record<string, unknown> | null),
      };
    case 'ReactionEvent':
      return {
        type: 'reaction_event',
        ...change,
        message_id: event.messageId,
        user_id: event.userId,
        emoji: event.emoji,
        user: event.user,
        reactions: (event.message as { reactions?: unknown } | null)?.reactions ?? [],
      };
    case 'MemberEvent':
      return {
        type: 'member_event',
        ...change,
        user_id: event.userId,
        role: event.role,
        user: event.user,
      };
    case 'ReadReceiptEvent':
      return {
        type: 'read_event',
        ...change,
        event: 'UPDATE',
        user_id: event.userId,
        last_read_seq: Number(event.lastReadSeq),
      };
    case 'DeliveryReceiptEvent':
      return {
        type: 'delivery_event',
        ...change,
        event: 'UPDATE',
        user_id: event.userId,
        last_delivered_seq: Number(event.lastDeliveredSeq),
      };
    case 'ThreadReceiptEvent':
      return {
        type: 'thread_read_event',
        ...change,
        event: 'UPDATE',
        message_id: event.messageId,
        user_id: event.userId,
        last_read_seq: Number(event.lastReadSeq),
      };
    case 'RoomChangedEvent':
      return { type: 'room_event', ...change, room: event.room };
    case 'TypingEvent':
      return {
        type: 'typing_event',
        event: event.event,
        room_id: event.roomId,
        user_id: event.userId,
      };
    case 'PresenceEvent':
      return {
        type: 'presence_event',
        event: event.event,
        room_id: event.roomId,
        user_id: event.userId,
        status: event.status,
      };
    case 'StatusTextEvent':
      return {
        type: 'status_text_event',
        room_id: event.roomId,
        user_id: event.userId,
        status_text: (event.user as { statusText?: unknown } | null)?.statusText ?? null,
      };
    case 'ProfileEvent':
      return { type: 'profile_event', room_id: event.roomId, user_id: event.userId };
    default:
      throw new Error(`There is no frame for ${event.__typename}`);
  }
}

/** `seq` is text in GraphQL; in a frame it is a number, like `change_seq`. */
function withNumber(message: Record<string, unknown> | null): Record<string, unknown> | null {
  return message === null ? null : { ...message, seq: Number(message.seq) };
}

/** An error as a caller may see it. */
export interface ExplainedError {
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
  readonly hookCode?: string | undefined;
}

/** What an `error` frame is about, when it is about something. */
interface Subject {
  readonly ref?: Ref;
  readonly room_id?: string;
}

export function errorFrame(error: ExplainedError, subject: Subject = {}): ServerFrame {
  return {
    type: 'error',
    code: error.code,
    message: error.message,
    retry_after_ms: error.retryAfterMs,
    hook_code: error.hookCode,
    ...subject,
  };
}
