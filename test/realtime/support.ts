import type { TestDatabase, TestUser } from '../../testing/database.ts';
import type { TestServer } from '../../testing/server.ts';
import type { Subscription, TestSocket } from '../../testing/socket.ts';

/** The contract's fragment, as far as the tests look. */
export const LIVE_PARTS = `
  fragment LiveParts on RoomEvent {
    __typename roomId changeSeq occurredAt
    ... on ReadyEvent { headChangeSeq }
    ... on MessageEvent { event messageId message { id seq content author { username } } }
    ... on ReactionEvent { event messageId emoji user { username } message { id reactions { emoji count } } }
    ... on MemberEvent { event userId role user { username } }
    ... on ReadReceiptEvent { userId lastReadSeq }
    ... on DeliveryReceiptEvent { userId lastDeliveredSeq }
    ... on RoomChangedEvent { room { id name isArchived } }
    ... on TypingEvent { event userId user { username } }
    ... on PresenceEvent { event userId status }
  }`;

export const ROOM_EVENTS = `${LIVE_PARTS}
  subscription RoomEvents($roomId: UUID!, $after: BigInt, $cursor: String) {
    roomEvents(roomId: $roomId, after: $after, cursor: $cursor) { ...LiveParts cursor }
  }`;

export const USER_EVENTS = `${LIVE_PARTS}
  subscription UserEvents($after: String) {
    userEvents(after: $after) { cursor event { ...LiveParts } }
  }`;

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export type Event = any;

export interface RoomListener {
  readonly socket: TestSocket;
  readonly subscription: Subscription<{ roomEvents: Event }>;
  next(): Promise<Event>;
}

/** Opens a socket for a person and listens to a room; Ready is still to come. */
export async function listenToRoom(
  server: TestServer,
  user: TestUser,
  variables: { roomId: string; after?: string | number; cursor?: string },
): Promise<RoomListener> {
  const socket = await server.socket({ token: user.token });
  const subscription = socket.subscribe<{ roomEvents: Event }>(ROOM_EVENTS, variables);
  return {
    socket,
    subscription,
    next: async () => (await subscription.nextData()).roomEvents,
  };
}

export interface UserListener {
  readonly socket: TestSocket;
  readonly subscription: Subscription<{ userEvents: { cursor: string; event: Event } }>;
  next(): Promise<{ cursor: string; event: Event }>;
}

/** The same for all rooms of a person. */
export async function listenToUser(
  server: TestServer,
  user: TestUser,
  variables: { after?: string } = {},
): Promise<UserListener> {
  const socket = await server.socket({ token: user.token });
  const subscription = socket.subscribe<{ userEvents: { cursor: string; event: Event } }>(
    USER_EVENTS,
    variables,
  );
  return {
    socket,
    subscription,
    next: async () => (await subscription.nextData()).userEvents,
  };
}

/** Runs a mutation over HTTP; fails the test when it has errors. */
export async function mutate(
  server: TestServer,
  user: TestUser,
  mutation: string,
  variables: Record<string, unknown>,
): Promise<Event> {
  const { data, errors } = await server.graphql(mutation, variables, user.token);
  if (errors !== undefined) {
    throw new Error(JSON.stringify(errors));
  }
  return data;
}

export async function sendOverHttp(
  server: TestServer,
  user: TestUser,
  roomId: string,
  content: string,
): Promise<{ id: string; seq: string }> {
  const data = await mutate(
    server,
    user,
    `mutation ($roomId: UUID!, $content: String!) {
      sendMessage(input: { roomId: $roomId, content: $content }) { message { id seq } }
    }`,
    { roomId, content },
  );
  return data.sendMessage.message;
}

export async function headOf(database: TestDatabase, roomId: string): Promise<number> {
  const { rows } = await database.owner.query<{ head: number }>(
    'select last_change_seq::int as head from app_private.room_heads where room_id = $1',
    [roomId],
  );
  return rows[0]?.head ?? 0;
}
