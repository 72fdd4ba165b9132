import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo, type RoomOfTwo } from '../../testing/world.ts';
import { type Client, type ClientOptions, openClient, type Store } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { openLink } from './link.ts';
import { until } from './support.ts';

/* What becomes of what a person did while it waits. */

const database = await createTestDatabase();
const server = await startTestServer(database);
const link = await openLink(server.url);
let room: RoomOfTwo;
const clients: Client[] = [];

afterAll(async () => {
  await link.close();
  await server.close();
  await database.close();
});

beforeEach(async () => {
  room = await createRoomOfTwo(database);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  link.comeBack();
});

async function openAsBob(options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = await openClient({ url: link.url, storage: memoryStorage(), ...options });
  clients.push(client);
  const { username } = room.bob;
  await client.signIn({ username, password: username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(room.roomId).jumpToNewest();
  return client;
}

const send = (client: Client, content: string) =>
  client.act({ kind: 'send', roomId: room.roomId, content });

const contents = (client: Client) =>
  client
    .timeline(room.roomId)
    .get()
    .messages.map(({ content }) => content);

test.each([
  ['banned', () => database.call(room.ada, 'ban_member', room.roomId, room.bob.id)],
  ['removed', () => database.call(room.ada, 'kick_member', room.roomId, room.bob.id)],
  ['on another device out', () => database.call(room.bob, 'leave_room', room.roomId)],
])('a message of somebody who was %s meanwhile is shown with its refusal', async (_, putOut) => {
  const client = await openAsBob();
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  const id = send(client, 'what I had to say');
  await putOut();
  link.comeBack();
  client.hurry();
  const { messages } = await until(
    client.timeline(room.roomId),
    (shown) => shown.messages[0]?.refusal != null,
  );
  expect(messages).toEqual([
    expect.objectContaining({ content: 'what I had to say', actionId: id }),
  ]);
  client.drop(id);
  await until(client.timeline(room.roomId), (shown) => shown.messages.length === 0);
});

test('the same text again is another message, also where the clock is wrong', async () => {
  const client = await openAsBob();
  send(client, 'ok');
  await until(client.queue, (actions) => actions.length === 0);
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  send(client, 'ok');
  send(client, 'ok');
  expect(contents(client)).toEqual(['ok', 'ok', 'ok']);
  link.comeBack();
  client.hurry();
  await until(client.queue, (actions) => actions.length === 0);
  expect(contents(client)).toEqual(['ok', 'ok', 'ok']);
});

test('who answers for the server with an error of their own refuses nothing', async () => {
  let isServer = true;
  const answers = createServer((_req, res) => {
    res.writeHead(503, { 'content-type': 'application/json' });
    res.end('{"message":"Service Unavailable"}');
  }).listen(0, '127.0.0.1');
  const elsewhere = () => `http://127.0.0.1:${(answers.address() as AddressInfo).port}/graphql`;
  let refusedTries = 0;
  const client = await openAsBob({
    fetch(address, init) {
      refusedTries += Number(!isServer);
      return fetch(isServer ? address : elsewhere(), init);
    },
  });
  isServer = false;
  const id = send(client, 'waits');
  while (refusedTries < 20) {
    client.hurry();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(client.queue.get()).toMatchObject([{ id, state: 'waiting' }]);
  isServer = true;
  client.hurry();
  await until(client.queue, (actions) => actions.length === 0);
  answers.close();
});

test('what is dropped or mended while the leading tab closes stays so', async () => {
  const storage = memoryStorage({ isShared: true });
  const first = await openAsBob({ storage });
  const second = await openClient({ url: link.url, storage });
  clients.push(second);
  link.goAway();
  await until(first.state, (state) => state === 'offline');
  const [dropped, mended] = [send(first, 'dropped'), send(first, 'before')];
  await until(second.queue, (actions) => actions.length === 2);
  await first.kept();
  const closing = first.close();
  second.drop(dropped);
  second.mend(mended, { kind: 'send', roomId: room.roomId, content: 'after' });
  await closing;
  link.comeBack();
  second.hurry();
  await until(second.state, (state) => state === 'live');
  await until(second.queue, (actions) => actions.length === 0);
  await second.timeline(room.roomId).jumpToNewest();
  expect(contents(second)).toEqual(['after']);
});

test('kept says when the device does not keep', async () => {
  let isFull = false;
  const memory = memoryStorage();
  const storage = {
    ...memory,
    async open(name: string): Promise<Store> {
      const store = await memory.open(name);
      return {
        ...store,
        write: (changes) =>
          isFull
            ? Promise.reject(new DOMException('Full.', 'QuotaExceededError'))
            : store.write(changes),
      };
    },
  };
  const client = await openAsBob({ storage });
  link.goAway();
  await client.kept();
  isFull = true;
  send(client, 'not kept');
  await expect(client.kept()).rejects.toMatchObject({ code: 'NOT_KEPT' });
  isFull = false;
  await client.kept();
});

test('a tab that does not lead says what the leading one has kept, whatever it could not keep itself', async () => {
  const memory = memoryStorage({ isShared: true });
  const full = { leading: false, other: false };
  const storageOf = (tab: keyof typeof full) => ({
    ...memory,
    async open(name: string): Promise<Store> {
      const store = await memory.open(name);
      return {
        ...store,
        write: (changes) =>
          full[tab]
            ? Promise.reject(new DOMException('Full.', 'QuotaExceededError'))
            : store.write(changes),
      };
    },
  });
  const leading = await openAsBob({ storage: storageOf('leading') });
  const other = await openClient({ url: link.url, storage: storageOf('other') });
  clients.push(other);
  await until(other.state, (state) => state === 'live');
  link.goAway();
  await until(leading.state, (state) => state === 'offline');
  full.other = true;
  const kept = send(other, 'kept by the leading tab');
  await other.kept();
  full.leading = true;
  const missed = send(other, 'kept by none');
  await expect(other.kept()).rejects.toMatchObject({ code: 'NOT_KEPT' });
  const keptIds = async () => {
    const store = await memory.open(`trumpet ${link.url} ${room.bob.id}`);
    return [...(await store.load()).actions.keys()];
  };
  expect(await keptIds()).toEqual([kept]);
  full.leading = false;
  await other.kept();
  expect((await keptIds()).sort()).toEqual([kept, missed].sort());
});

test('what is done while the device is keeping does not make it refuse', async () => {
  const memory = memoryStorage();
  let begin = () => {};
  let turn: Promise<void> = Promise.resolve();
  const storage = {
    ...memory,
    async open(name: string): Promise<Store> {
      const store = await memory.open(name);
      return {
        ...store,
        write(changes) {
          begin();
          return turn.then(() => store.write(changes));
        },
      };
    },
  };
  const client = await openAsBob({ storage });
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await client.kept();
  const slow = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  begin = begun.resolve;
  turn = slow.promise;
  send(client, 'first');
  const kept = client.kept();
  await begun.promise;
  send(client, 'second');
  await new Promise((resolve) => setImmediate(resolve));
  slow.resolve();
  await expect(kept).resolves.toBeUndefined();
});

test('what is done with a message by the id of its deed is done, long after it was sent, too', async () => {
  const storage = memoryStorage({ isShared: true });
  const leading = await openAsBob({ storage });
  const other = await openClient({ url: link.url, storage });
  clients.push(other);
  await until(other.state, (state) => state === 'live');
  const { roomId } = room;
  const id = send(other, 'first');
  await until(leading.queue, (actions) => actions.length === 0);
  await until(other.queue, (actions) => actions.length === 0);
  for (const tab of [leading, other]) {
    await tab.timeline(roomId).jumpToNewest();
    const messageId = id;
    tab.act({ kind: 'edit', roomId, messageId, content: 'first, edited' });
    expect(contents(tab)[0]).toBe('first, edited');
    tab.act({ kind: 'react', roomId, messageId, emoji: '👍', isOn: tab === leading });
    tab.act({ kind: 'send', roomId, content: 'an answer', parentMessageId: id });
    await until(tab.queue, (actions) => actions.length === 0);
    expect(tab.message(roomId, id).get()).toMatchObject({ content: 'first, edited' });
  }
  await until(other.message(roomId, id), (message) => message?.replyCount === 2);
  expect(other.message(roomId, id).get()?.reactions).toEqual([]);
});

test('metadata that is no JSON is refused where it is given', async () => {
  const client = await openAsBob();
  const deed = { kind: 'send', roomId: room.roomId, content: 'x', metadata: { big: 1n } } as const;
  expect(() => client.act(deed)).toThrow(TypeError);
  expect(client.queue.get()).toEqual([]);
});

test('what is no deed is refused, and holds up nothing', async () => {
  const client = await openAsBob();
  const deed = { kind: 'applaud', roomId: room.roomId } as unknown as Parameters<Client['act']>[0];
  const id = client.act(deed);
  send(client, 'after it');
  await until(client.queue, ([action]) => action?.refusal !== undefined);
  expect(client.queue.get()[0]).toMatchObject({ id, refusal: { code: 'BAD_INPUT' } });
  await until(client.queue, ({ length }) => length === 1);
  expect(contents(client)).toEqual(['after it']);
});

test.each([
  ['come and go', { kind: 'leave' }, { kind: 'join' }],
  ['pin and unpin', { kind: 'pin', isOn: true }, { kind: 'pin', isOn: false }],
] as const)('one can %s', async (_, first, second) => {
  const client = await openAsBob();
  const { id: roomId } = await database.createRoom(room.ada, { members: [room.bob] });
  const message = await database.sendMessage(room.ada, roomId, 'x');
  const rights = "update app_public.room_members set role = 'moderator' where room_id = $1";
  await database.owner.query(`${rights} and user_id = $2`, [roomId, room.bob.id]);
  for (const deed of [first, second]) {
    client.act({ ...deed, roomId, messageId: message.id } as Parameters<Client['act']>[0]);
    await until(client.queue, (actions) => actions.length === 0);
  }
  await until(client.rooms, (rooms) => rooms.some(({ id }) => id === roomId));
});

test('a listener that throws does not keep others from hearing', async () => {
  const client = await openAsBob();
  const thrown: unknown[] = [];
  const real = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (run) =>
    real(() => {
      try {
        run();
      } catch (error) {
        thrown.push(error);
      }
    });
  const stop = client.queue.subscribe(() => {
    throw new RangeError('of a listener');
  });
  try {
    const heard = new Promise<void>((resolve) => client.queue.subscribe(resolve));
    send(client, 'x');
    await heard;
    await until(client.queue, (actions) => actions.length === 0);
  } finally {
    stop();
    globalThis.queueMicrotask = real;
  }
  expect(thrown[0]).toMatchObject({ message: 'of a listener' });
});

test('with a clock that is a day ahead the session is refreshed when the server says so', async () => {
  let refreshes = 0;
  const DAY_MS = 86_400_000;
  const client = await openAsBob({
    async fetch(address, init) {
      refreshes += Number(String(init.body).includes('mutation RefreshSession'));
      const response = await fetch(address, init);
      const text = await response.text();
      return new Response(
        text.replace(
          /("expiresAt":")([^"]+)/g,
          (_, name, at) => name + new Date(Date.parse(at) - DAY_MS).toISOString(),
        ),
        response,
      );
    },
  });
  for (const content of ['one', 'two', 'three']) {
    send(client, content);
  }
  await until(client.queue, (actions) => actions.length === 0);
  expect(refreshes).toBe(0);
});

test('nothing of a person is left once they have signed out', async () => {
  const opened: Store[] = [];
  const memory = memoryStorage();
  const storage = {
    ...memory,
    async open(name: string): Promise<Store> {
      const store = await memory.open(name);
      opened.push(store);
      return store;
    },
  };
  const client = await openAsBob({ storage });
  await client.signOut();
  for (const store of opened) {
    expect(
      JSON.stringify([...Object.values(await store.load())].map((rows) => [...rows])),
    ).not.toContain(room.bob.id);
  }
});

test('who leaves is typing no more', async () => {
  const carol = await database.createUser();
  await database.call(room.ada, 'add_room_member', room.roomId, carol.id);
  const client = await openAsBob();
  await server.graphql(
    'mutation ($roomId: UUID!) { setTyping(input: { roomId: $roomId, isTyping: true }) { clientMutationId } }',
    { roomId: room.roomId },
    carol.token,
  );
  await until(client.typing(room.roomId), (typing) => typing.length === 1);
  await database.owner.query('delete from app_public.room_members where user_id = $1', [carol.id]);
  await until(client.room(room.roomId), (shown) => shown?.memberCount === 2);
  expect(client.typing(room.roomId).get()).toEqual([]);
});

test('thousands of messages that wait are taken as fast as few', async () => {
  const client = await openAsBob();
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  const began = performance.now();
  for (let number = 1; number <= 2_000; number += 1) {
    send(client, `${number}`);
  }
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(client.queue.get()).toHaveLength(2_000);
});
