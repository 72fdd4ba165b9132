import { createTestDatabase } from '../../testing/database.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { type Client, openClient, type Storage } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { startRestartable, until } from './support.ts';

const database = await createTestDatabase();
const server = await startRestartable(database);
const { ada, bob, roomId } = await createRoomOfTwo(database);

afterAll(async () => {
  await server.stop();
  await database.close();
});

const storage = memoryStorage();
let client: Client;

beforeEach(async () => {
  client = await openClient({ url: server.url, storage });
  if (client.viewerId.get() === null) {
    await client.signIn({ username: ada.username, password: ada.username });
  }
  await until(client.state, (state) => state === 'live');
});

afterEach(() => client.close());

test('who signs in sees their rooms, and messages as they come', async () => {
  expect(client.rooms.get()).toMatchObject([{ id: roomId, memberCount: 2, unreadCount: 0 }]);
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  await database.sendMessage(bob, roomId, 'hello');
  const { messages } = await until(timeline, (shown) => shown.messages.length === 1);
  expect(messages).toMatchObject([{ content: 'hello', seq: 1, authorId: bob.id, actionId: null }]);
  expect(client.room(roomId).get()).toMatchObject({ unreadCount: 1, lastSeq: 1 });
});

test('rooms stand in the order of what came last, to the microsecond', async () => {
  const user = await database.createUser();
  const ids: string[] = [];
  for (const micros of [1, 3, 2]) {
    const { id } = await database.createRoom(user);
    await database.owner.query(
      `update app_public.room_members set joined_at = timestamptz '2026-01-01 00:00:00Z' + $2 * interval '1 microsecond'
        where room_id = $1`,
      [id, micros],
    );
    ids.push(id);
  }
  const kept = memoryStorage();
  const theirs = await openClient({ url: server.url, storage: kept });
  await theirs.signIn({ username: user.username, password: user.username });
  await until(theirs.rooms, ({ length }) => length === 3);
  await theirs.kept();
  await theirs.close();
  // A device gives its rows back in any order.
  const store = await kept.open(`trumpet ${server.url} ${user.id}`);
  const rows = [...(await store.load()).rooms].toSorted();
  await store.write(rows.map(([key]) => ({ table: 'rooms', key })));
  await store.write(rows.map(([key, value]) => ({ table: 'rooms', key, value })));
  const again = await openClient({
    ...{ url: server.url, storage: kept },
    fetch: () => Promise.reject(new TypeError('No network.')),
  });
  const shown = again.rooms.get().map(({ id }) => ids.indexOf(id));
  await again.close();
  expect(shown).toEqual([1, 2, 0]);
});

test('what is sent is shown at once, and once', async () => {
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  const before = timeline.get().messages.length;
  const id = client.act({ kind: 'send', roomId, content: 'mine' });
  expect(timeline.get().messages.at(-1)).toMatchObject({
    content: 'mine',
    seq: null,
    actionId: id,
  });
  await until(client.queue, (actions) => actions.length === 0);
  expect(timeline.get().messages).toHaveLength(before + 1);
  expect(timeline.get().messages.at(-1)).toMatchObject({ content: 'mine', actionId: null });
});

test('a server that is away loses no message: neither its own nor those of others', async () => {
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  const before = timeline.get().messages.length;
  await server.stop();
  await until(client.state, (state) => state === 'offline');
  await database.sendMessage(bob, roomId, 'while it was away');
  client.act({ kind: 'send', roomId, content: 'written offline' });
  expect(timeline.get().messages.at(-1)).toMatchObject({ content: 'written offline' });
  await server.start();
  await until(client.state, (state) => state === 'live');
  await until(client.queue, (actions) => actions.length === 0);
  expect(
    timeline
      .get()
      .messages.slice(before)
      .map(({ content }) => content),
  ).toEqual(['while it was away', 'written offline']);
});

test('after a reload everything is there before the network is', async () => {
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  const before = timeline.get();
  const rooms = client.rooms.get();
  await client.kept();
  await server.stop();
  const again = await openClient({ url: server.url, storage });
  expect(again.rooms.get()).toEqual(rooms);
  expect(again.timeline(roomId).get()).toEqual(before);
  await again.close();
  await server.start();
});

const refuse = async (): Promise<never> => {
  throw new DOMException('Access is denied.', 'SecurityError');
};

test.each<readonly [string, Storage]>([
  ['cannot be opened', { isShared: true, open: refuse, remove: refuse }],
  [
    'has room for nothing',
    {
      isShared: true,
      open: async (name) => ({ ...(await memoryStorage().open(name)), write: refuse }),
      remove: refuse,
    },
  ],
  [
    'cannot be read',
    {
      isShared: true,
      open: async (name) => ({ ...(await memoryStorage().open(name)), load: refuse }),
      remove: refuse,
    },
  ],
])('where what is kept %s, everything works from memory', async (_, refusing) => {
  const here = await openClient({ url: server.url, storage: refusing });
  expect(here.isKept).toBe(false);
  await here.signIn({ username: bob.username, password: bob.username });
  const timeline = here.timeline(roomId);
  await timeline.jumpToNewest();
  here.act({ kind: 'send', roomId, content: 'from memory' });
  await until(here.queue, (actions) => actions.length === 0);
  expect(timeline.get().messages.at(-1)).toMatchObject({ content: 'from memory' });
  await here.kept();
  await here.signOut();
  expect(here.viewerId.get()).toBeNull();
  expect(here.rooms.get()).toEqual([]);
  await here.close();
  expect(client.isKept).toBe(true);
});
