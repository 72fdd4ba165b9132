import { createRoomOfTwo, createTestWorld, type RoomOfTwo } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { openProxy, type StrictProxy } from './proxy.ts';
import { dropLog, until } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

let room: RoomOfTwo;
let proxy: StrictProxy;
let client: Client;
let impatience: ReturnType<typeof setInterval>;

beforeEach(async () => {
  room = await createRoomOfTwo(database);
  proxy = await openProxy(server.url);
  client = await openClient({ url: proxy.url });
  impatience = setInterval(() => client.hurry(), 200);
  await client.signIn({ username: room.ada.username, password: room.ada.username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(room.roomId).jumpToNewest();
});

afterEach(async () => {
  clearInterval(impatience);
  await client.close();
  await proxy.close();
});

const shows = (...contents: string[]) =>
  until(
    client.timeline(room.roomId),
    ({ messages }) =>
      JSON.stringify(messages.map(({ content }) => content)) === JSON.stringify(contents),
  );

test('where no WebSocket gets through, everything comes by a stream, also what is missed', async () => {
  const { bob, roomId } = room;
  expect(proxy).toMatchObject({ socketCount: 0, streamCount: 1 });
  await database.sendMessage(bob, roomId, 'by a stream, ü');
  client.act({ kind: 'send', roomId, content: 'mine' });
  await shows('by a stream, ü', 'mine');
  await until(client.queue, (actions) => actions.length === 0);
  proxy.cut();
  await until(client.state, (state) => state === 'offline');
  await database.sendMessage(bob, roomId, 'meanwhile');
  await shows('by a stream, ü', 'mine', 'meanwhile');
  await until(client.state, (state) => state === 'live');
  await database.sendMessage(bob, roomId, 'afterwards');
  await shows('by a stream, ü', 'mine', 'meanwhile', 'afterwards');
  expect(proxy.socketCount).toBe(0);
});

test('a stream is left for a socket as soon as one opens, and nothing is lost between', async () => {
  const { bob, roomId } = room;
  proxy.allowSockets();
  const sending = (async () => {
    for (let number = 1; number <= 30; number += 1) {
      await database.sendMessage(bob, roomId, `${number}`);
    }
  })();
  await until(client.state, () => proxy.socketCount === 2); // One to see whether it opens.
  await sending;
  await shows(...Array.from({ length: 30 }, (_, index) => `${index + 1}`));
  await until(client.state, (state) => state === 'live');
  expect(proxy.streamCount).toBe(1);
});

test('a stream that cannot be resumed begins anew', async () => {
  const { bob, roomId } = room;
  await database.sendMessage(bob, roomId, 'before');
  await shows('before');
  const states = new Set<string>();
  client.state.subscribe(() => states.add(client.state.get()));
  await database.sendMessage(bob, roomId, 'lost');
  await dropLog(database, roomId);
  proxy.cut();
  await until(client.state, (state) => state === 'offline');
  await until(client.state, (state) => state === 'live');
  await shows('before', 'lost');
  expect(states).toEqual(new Set(['offline', 'catching up', 'live']));
});

test('a session that ends, ends the stream', async () => {
  await database.call(room.ada, 'sign_out_everywhere');
  await until(client.state, (state) => state === 'signed out');
});
