import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { openClient } from '../src/index.ts';
import { FORMAT } from '../src/store/store.ts';
import { copyableStorage, until } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

/* What clients of other versions have kept. */

async function keepSomething() {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const storage = copyableStorage();
  const client = await openClient({ url: server.url, storage });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(roomId).jumpToNewest();
  await database.sendMessage(bob, roomId, 'kept');
  await until(client.timeline(roomId), ({ messages }) => messages.length === 1);
  await client.close();
  const store = await storage.open(`trumpet ${server.url} ${ada.id}`);
  return { bob, roomId, storage, store };
}

const action = (roomId: string) => ({
  id: crypto.randomUUID(),
  order: 1,
  deed: { kind: 'send', roomId, content: 'not sent yet' },
  at: Date.now(),
  state: 'waiting',
});

test('what an older client has kept is shown, and goes on', async () => {
  const { bob, roomId, storage, store } = await keepSomething();
  const { rooms } = await store.load();
  const { room, log } = rooms.get(roomId) as { room: object; log: { stretches: object[] } };
  // As the first format was.
  const { threads: _, ...older } = log as typeof log & { threads: unknown };
  const stretches = log.stretches.map((stretch) => {
    const { isDoubted: __, ...rest } = stretch as { isDoubted: boolean };
    return rest;
  });
  const waiting = action(roomId);
  await store.write([
    { table: 'rooms', key: roomId, value: { room, log: { ...older, stretches } } },
    { table: 'actions', key: waiting.id, value: waiting },
    { table: 'meta', key: 'format' },
  ]);
  const client = await openClient({ url: server.url, storage });
  const timeline = client.timeline(roomId);
  expect(timeline.get().messages.map(({ content }) => content)).toEqual(['kept', 'not sent yet']);
  await until(client.queue, (actions) => actions.length === 0);
  await database.sendMessage(bob, roomId, 'goes on');
  await until(timeline, ({ messages }) => messages.at(-1)?.content === 'goes on');
  await client.close();
  expect((await store.load()).meta.get('format')).toBe(FORMAT);
});

test('of what a newer client has kept, what is not sent yet is sent, and the rest is fetched', async () => {
  const { roomId, storage, store } = await keepSomething();
  const waiting = action(roomId);
  await store.write([
    { table: 'rooms', key: roomId, value: { nobody: 'knows' } },
    { table: 'actions', key: waiting.id, value: waiting },
    { table: 'meta', key: 'format', value: FORMAT + 1 },
  ]);
  const client = await openClient({ url: server.url, storage });
  expect(client.rooms.get()).toEqual([]);
  await until(client.queue, (actions) => actions.length === 0);
  const timeline = client.timeline(roomId);
  await until(timeline, ({ messages }) => messages.length > 0);
  await timeline.loadOlder();
  expect(timeline.get().messages.map(({ content }) => content)).toEqual(['kept', 'not sent yet']);
  await client.close();
});
