import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo, type RoomOfTwo } from '../../testing/world.ts';
import { type Client, openClient, type ShownMessage } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { until } from './support.ts';

/* A message that waits for a moderator has no place in its room yet, and no events. */

const database = await createTestDatabase();
const server = await startTestServer(database);
let room: RoomOfTwo;
const clients: Client[] = [];

afterAll(async () => {
  await server.close();
  await database.close();
});

beforeEach(async () => {
  room = await createRoomOfTwo(database);
  const { ada, roomId } = room;
  await database.call(ada, 'set_room_rule', roomId, 'words', 'hold', ['spam']);
});

afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

async function openAt(user: TestUser): Promise<Client> {
  const client = await openClient({ url: server.url, storage: memoryStorage() });
  clients.push(client);
  await client.signIn({ username: user.username, password: user.username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(room.roomId).jumpToNewest();
  return client;
}

/** Waits until these are shown, from the oldest to the newest: those that wait for a moderator in brackets. */
function shows(client: Client, ...wanted: readonly string[]): Promise<unknown> {
  const textOf = ({ content, heldAt }: ShownMessage) =>
    heldAt === null ? content : `(${content})`;
  return until(client.timeline(room.roomId), ({ messages }) => {
    const shown = messages.filter(({ actionId }) => actionId === null).map(textOf);
    return JSON.stringify(shown) === JSON.stringify(wanted);
  });
}

test('it is shown behind the newest to its author and the moderators, and hides nothing', async () => {
  const { ada, bob, roomId } = room;
  for (const text of ['one', 'two']) {
    await database.sendMessage(ada, roomId, text);
  }
  const held = await database.sendMessage(bob, roomId, 'spam');
  const [author, moderator] = [await openAt(bob), await openAt(ada)];
  for (const client of [author, moderator]) {
    await shows(client, 'one', 'two', '(spam)');
    expect(client.timeline(roomId).get().messages.at(-1)).toMatchObject({ seq: null, id: held.id });
    expect(client.room(roomId).get()).toMatchObject({ lastSeq: 2 });
  }
  await database.sendMessage(ada, roomId, 'three');
  await shows(author, 'one', 'two', 'three', '(spam)');
  await shows(moderator, 'one', 'two', 'three', '(spam)');

  await database.call(ada, 'release_message', held.id);
  for (const client of [author, moderator]) {
    await shows(client, 'one', 'two', 'three', 'spam');
    expect(client.timeline(roomId).get().messages.at(-1)).toMatchObject({ seq: 4 });
    expect(client.room(roomId).get()).toMatchObject({ lastSeq: 4, latestMessageId: held.id });
  }
  expect(moderator.room(roomId).get()?.unreadCount).toBe(1);
});

test('what one sends, edits and deletes while it waits is shown as it is', async () => {
  const client = await openAt(room.bob);
  const { roomId } = room;
  await database.sendMessage(room.ada, roomId, 'one');
  client.act({ kind: 'send', roomId, content: 'spam' });
  await shows(client, 'one', '(spam)');
  const [, held] = client.timeline(roomId).get().messages;
  const messageId = held?.id ?? '';
  client.act({ kind: 'edit', roomId, messageId, content: 'more spam' });
  await shows(client, 'one', '(more spam)');
  client.act({ kind: 'delete', roomId, messageId });
  await shows(client, 'one');
  await until(client.queue, (actions) => actions.length === 0);
});

test('what is held after it was sent stays where it is for its author and the moderators', async () => {
  const { ada, bob, roomId } = room;
  const [author, moderator] = [await openAt(bob), await openAt(ada)];
  const { id } = await database.sendMessage(bob, roomId, 'one');
  await database.sendMessage(ada, roomId, 'two');
  await shows(author, 'one', 'two');
  await shows(moderator, 'one', 'two');
  author.act({ kind: 'edit', roomId, messageId: id, content: 'spam' });
  await shows(author, '(spam)', 'two');
  await shows(moderator, '(spam)', 'two');
  await database.call(ada, 'release_message', id);
  await shows(author, 'spam', 'two');
  await shows(moderator, 'spam', 'two');
});

test('what was rejected goes when the room is fetched', async () => {
  const { ada, bob, roomId } = room;
  const own = await database.sendMessage(bob, roomId, 'one');
  const held = await database.sendMessage(bob, roomId, 'spam');
  const author = await openAt(bob);
  await shows(author, 'one', '(spam)');
  await database.call(ada, 'reject_message', held.id);
  await database.call(bob, 'edit_message', own.id, 'spam too');
  await shows(author, '(spam too)');
});

test('others see nothing of it', async () => {
  const { ada, bob, roomId } = room;
  const carol = await database.createUser();
  await database.call(ada, 'add_room_member', roomId, carol.id);
  const client = await openAt(carol);
  const { id } = await database.sendMessage(bob, roomId, 'one');
  await shows(client, 'one');
  await database.call(bob, 'edit_message', id, 'spam');
  await shows(client);
  expect(client.message(roomId, id).get()).toBeUndefined();
});

test('all that wait are shown on another device, however many', async () => {
  const texts = Array.from({ length: 120 }, (_, at) => `spam ${at}`);
  await database.commitAs(room.bob, async (session) => {
    for (const text of texts) {
      await session.query('select app_public.send_message(room_id => $1, content => $2)', [
        room.roomId,
        text,
      ]);
    }
  });
  const client = await openAt(room.bob);
  await shows(client, ...texts.map((text) => `(${text})`));
});
