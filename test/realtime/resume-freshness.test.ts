import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { type Event, mutate, sendOverHttp } from './support.ts';

const MESSAGE = 'id content deletedAt editedAt author { username displayName avatarUrl }';
const EVENTS = `subscription ($roomId: UUID!, $after: BigInt) {
  roomEvents(roomId: $roomId, after: $after) {
    __typename changeSeq ... on MessageEvent { messageId message { ${MESSAGE} } }
  }
}`;

let database: TestDatabase;
let server: TestServer;
let ada: TestUser;
let bob: TestUser;
let roomId: string;
let messageId: string;

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

/** Reads a room up to the event of a message. */
async function readUntilSent(user: TestUser, variables: Record<string, unknown>): Promise<Event> {
  const socket = await server.socket({ token: user.token });
  const events = socket.subscribe<Event>(EVENTS, variables);
  for (;;) {
    const { roomEvents } = await events.nextData();
    if (roomEvents.__typename === 'MessageEvent' && roomEvents.messageId === messageId) {
      return roomEvents.message;
    }
    if (roomEvents.__typename === 'ReadyEvent' && variables.after === undefined) {
      ({ id: messageId } = await sendOverHttp(server, ada, roomId, 'the old text'));
    }
  }
}

const change = (mutation: string) => () =>
  mutate(server, ada, `mutation ($id: UUID!) { ${mutation} { clientMutationId } }`, {
    id: messageId,
  });
const byHand = (sql: string) => () =>
  database.owner.query(sql.replaceAll('$message', messageId).replaceAll('$author', ada.id));

test.each([
  ['deleted', change('deleteMessage(input: { messageId: $id })')],
  ['edited', change('editMessage(input: { messageId: $id, content: "the new text" })')],
  ['held', byHand("update app_public.messages set held_at = now() where id = '$message'")],
  ['taken away by retention', byHand("delete from app_public.messages where id = '$message'")],
  [
    'followed by a new name of its author',
    byHand("update app_public.users set display_name = 'Someone else' where id = '$author'"),
  ],
])(
  'a newcomer reads a message that was %s as a query shows it, though others had read it',
  async (_how, happens) => {
    expect(await readUntilSent(bob, { roomId })).toMatchObject({ content: 'the old text' });
    expect(await readUntilSent(bob, { roomId, after: 0 })).toMatchObject({
      content: 'the old text',
    });
    await happens();
    const { data } = await server.graphql(
      `query ($id: UUID!) { message(id: $id) { ${MESSAGE} } }`,
      { id: messageId },
      bob.token,
    );
    const resumed = await readUntilSent(bob, { roomId, after: 0 });
    expect(resumed).toEqual(data.message);
  },
);
