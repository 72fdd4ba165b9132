import { createTestDatabase, type TestDatabase, type TestUser } from '../support/database.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import type { Subscription } from '../support/socket.ts';

const ROOM_EVENTS = `
  subscription RoomEvents($roomId: UUID!, $after: BigInt) {
    roomEvents(roomId: $roomId, after: $after) {
      __typename roomId changeSeq occurredAt
      ... on ReadyEvent { headChangeSeq }
      ... on MessageEvent { event messageId message { id seq content author { username } } }
      ... on ReactionEvent { event emoji user { username } }
      ... on MemberEvent { event userId role user { username } }
      ... on ReadReceiptEvent { userId lastReadSeq }
      ... on RoomChangedEvent { room { id name isArchived } }
      ... on TypingEvent { event userId user { username } }
      ... on PresenceEvent { event userId status }
    }
  }`;

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
type RoomEvents = { roomEvents: any };

let database: TestDatabase;
let server: TestServer;
let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database);
});

afterAll(async () => {
  await server?.close();
  await database?.close();
});

beforeEach(async () => {
  ada = await database.createUser();
  bob = await database.createUser();
  ({ id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] }));
});

async function listen(user: TestUser, variables: object = { roomId }) {
  const socket = await server.socket({ token: user.token });
  return {
    socket,
    events: socket.subscribe<RoomEvents>(ROOM_EVENTS, variables as Record<string, unknown>),
  };
}

async function nextEvent(events: Subscription<RoomEvents>) {
  return (await events.nextData()).roomEvents;
}

async function send(user: TestUser, content: string) {
  const result = await server.graphql(
    `mutation ($roomId: UUID!, $content: String!) {
      sendMessage(input: { roomId: $roomId, content: $content }) { message { id seq } }
    }`,
    { roomId, content },
    user.token,
  );
  expect(result.errors).toBeUndefined();
  return result.data.sendMessage.message;
}

test('Ready comes first, and what is sent through the API follows', async () => {
  const { events } = await listen(bob);
  expect(await nextEvent(events)).toMatchObject({
    __typename: 'ReadyEvent',
    roomId,
    changeSeq: null,
    headChangeSeq: '3',
  });
  const { id } = await send(ada, 'hello');
  expect(await nextEvent(events)).toMatchObject({
    __typename: 'MessageEvent',
    changeSeq: '4',
    event: 'INSERT',
    messageId: id,
    message: { id, seq: '1', content: 'hello', author: { username: ada.username } },
  });
});
