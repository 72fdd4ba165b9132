import { jest } from '@jest/globals';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { type Client, openClient, type Storage } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { until } from './support.ts';

/* What disappears is shown by no client after its time, whatever that has heard from the server by then. */

const HOUR_MS = 3_600_000;

const database = await createTestDatabase();
let server = await startTestServer(database);
const { port } = new URL(server.url);
const clients: Client[] = [];

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(async () => {
  await server.close();
  await database.close();
});

async function open(storage: Storage): Promise<Client> {
  const client = await openClient({ url: server.url, storage });
  clients.push(client);
  return client;
}

const contentsIn = (client: Client, roomId: string) =>
  client
    .timeline(roomId)
    .get()
    .messages.map(({ content }) => content);

async function sendTo(roomId: string, author: { id: string }, content: string, seconds: number) {
  const metadata = JSON.stringify({ disappearAfterSeconds: seconds });
  return database.call(author, 'send_message', roomId, content, 'text', metadata);
}

test('a client that was offline when it went shows it no more, before it hears from the server', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  await database.sendMessage(ada, roomId, 'stays');
  const { id } = await sendTo(roomId, ada, 'goes', 3_600);
  const storage = memoryStorage();
  const first = await open(storage);
  await first.signIn({ username: bob.username, password: bob.username });
  await until(first.state, (state) => state === 'live');
  await first.timeline(roomId).jumpToNewest();
  await until(first.timeline(roomId), ({ messages }) => messages.length === 2);
  expect(contentsIn(first, roomId)).toEqual(['stays', 'goes']);
  expect(first.message(roomId, id).get()?.disappearsAt).toMatch(/^20/);
  await first.close();
  clients.length = 0;

  await server.close();
  const early = await open(storage);
  expect(contentsIn(early, roomId)).toEqual(['stays', 'goes']);
  await early.close();
  clients.length = 0;

  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + 2 * HOUR_MS);
  const late = await open(storage);
  expect(contentsIn(late, roomId)).toEqual(['stays']);
  expect(late.message(roomId, id).get()).toBeUndefined();
  server = await startTestServer(database, { PORT: port });
});

test('a client that is there hears it, and keeps nothing of it', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const { id } = await sendTo(roomId, ada, 'goes', 3_600);
  await database.sendMessage(ada, roomId, 'stays');
  const client = await open(memoryStorage());
  await client.signIn({ username: bob.username, password: bob.username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(roomId).jumpToNewest();
  await until(client.timeline(roomId), ({ messages }) => messages.length === 2);
  await database.owner.query(
    `with noted as (
      update app_private.disappearing_messages set disappears_at = clock_timestamp() where message_id = $1 returning room_id
    )
    update app_public.messages set disappears_at = clock_timestamp() where id = $1`,
    [id],
  );
  await database.owner.query('select app_private.delete_disappeared($1, 10)', [roomId]);
  await until(client.timeline(roomId), ({ messages }) => messages.length === 1);
  expect(contentsIn(client, roomId)).toEqual(['stays']);
  await until(client.room(roomId), (room) => room?.unreadCount === 1);
});
