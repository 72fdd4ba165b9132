import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo, type RoomOfTwo } from '../../testing/world.ts';
import { type Change, type Client, type ClientOptions, openClient } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import type { Storage } from '../src/store/store.ts';
import { until } from './support.ts';

/* Who signs in where somebody else is at work: what the one has done is never asked as the other. */

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
});

afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

async function open(options: Partial<ClientOptions>): Promise<Client> {
  const client = await openClient({ url: server.url, storage: memoryStorage(), ...options });
  clients.push(client);
  return client;
}

const signIn = (client: Client, { username }: TestUser) =>
  client.signIn({ username, password: username });

const tokenOf = (init: RequestInit) => new Headers(init.headers).get('authorization');

/** A storage that calls before each write of a row of the session, and waits for it. */
function watched(storage: Storage, before: (change: Change) => Promise<void>): Storage {
  return {
    ...storage,
    async open(name) {
      const store = await storage.open(name);
      return {
        ...store,
        async write(changes) {
          for (const change of changes) {
            await before(change);
          }
          await store.write(changes);
        },
      };
    },
  };
}

const isSessionOf = ({ key, value }: Change, { id }: TestUser) =>
  key === 'session' && (value as { userId: string } | undefined)?.userId === id;

/** Notes the tokens that messages are sent with, and tells of the first other one. */
function watchSending() {
  const tokens = new Set<string | null>();
  const { promise: another, resolve } = Promise.withResolvers<void>();
  return {
    another,
    tokens,
    note(init: RequestInit) {
      const isSending = String(init.body).includes('mutation SendMessage');
      if (isSending) {
        tokens.add(tokenOf(init));
      }
      if (tokens.size > 1) {
        resolve();
      }
      return isSending;
    },
  };
}

async function senders(): Promise<readonly string[]> {
  const { rows } = await database.owner.query<{ id: string }>(
    'select distinct author_id as id from app_public.messages where room_id = $1',
    [room.roomId],
  );
  return rows.map(({ id }) => id);
}

function sendMany(client: Client, count: number): void {
  for (let number = 1; number <= count; number += 1) {
    client.act({ kind: 'send', roomId: room.roomId, content: `${number}` });
  }
}

const gone = (client: Client) => until(client.viewerId, (viewerId) => viewerId === null);

test('what waits to be sent is never sent as who signs in next', async () => {
  const { ada, bob } = room;
  const sending = watchSending();
  let client: Client | undefined;
  const storage = watched(memoryStorage(), async (change) => {
    if (client !== undefined && isSessionOf(change, bob)) {
      await Promise.race([gone(client), sending.another]);
    }
  });
  const begun = Promise.withResolvers<void>();
  client = await open({
    storage,
    fetch(url, init) {
      if (sending.note(init)) {
        begun.resolve();
      }
      return fetch(url, init);
    },
  });
  await signIn(client, ada);
  sendMany(client, 20);
  await begun.promise;
  await signIn(client, bob);
  expect(client.viewerId.get()).toBe(bob.id);
  expect(sending.tokens.size).toBe(1);
  expect(await senders()).toEqual([ada.id]);
});

test('nor where another tab finds the next one while it looks for new tokens', async () => {
  const { ada, bob } = room;
  const sending = watchSending();
  let [isHeld, isRefused] = [true, false];
  const [signedIn, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let first: Client | undefined;
  const storage = watched(memoryStorage({ isShared: true }), async ({ key, value }) => {
    if (first !== undefined && key === 'person' && value === bob.id) {
      signedIn.resolve(); // The tokens are kept by now, and the first tab has not heard of it.
      await Promise.race([gone(first), sending.another]);
    }
  });
  first = await open({
    storage,
    async fetch(url, init) {
      if (sending.note(init) && isHeld) {
        isHeld = false;
        begun.resolve();
        await signedIn.promise;
        isRefused = true;
        const errors = [{ message: 'Over.', extensions: { code: 'UNAUTHENTICATED' } }];
        return Response.json({ errors });
      }
      return fetch(url, init);
    },
  });
  await signIn(first, ada);
  const second = await open({ storage });
  sendMany(first, 3);
  await begun.promise;
  await signIn(second, bob);
  await until(first.viewerId, (viewerId) => viewerId === bob.id);
  expect(isRefused).toBe(true);
  expect(sending.tokens.size).toBe(1);
  expect(await senders()).toEqual([]);
});

test.each([
  ['comes', true],
  ['is a refusal', false],
])(
  'new tokens of who has left change nothing for who is there, when the answer %s late',
  async (_, isGood) => {
    const { ada, bob, roomId } = room;
    let isRefusing = false;
    const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const answered = Promise.withResolvers<void>();
    const client = await open({
      async fetch(url, init) {
        const body = String(init.body);
        const errors = [{ message: 'Over.', extensions: { code: 'UNAUTHENTICATED' } }];
        if (isRefusing && body.includes('mutation SendMessage')) {
          isRefusing = false;
          return Response.json({ errors });
        }
        if (!body.includes('mutation RefreshSession')) {
          return fetch(url, init);
        }
        const answer = isGood ? await fetch(url, init) : Response.json({ errors });
        asked.resolve();
        await held.promise;
        setImmediate(() => setImmediate(answered.resolve));
        return answer;
      },
    });
    await signIn(client, ada);
    isRefusing = true;
    client.act({ kind: 'send', roomId, content: 'x' });
    await asked.promise;
    const out = client.signOut();
    await signIn(client, bob);
    held.resolve();
    await Promise.all([out, answered.promise]);
    const { currentUser } = await client.ask<{ currentUser: { id: string } }>(
      '{ currentUser { id } }' as never,
      {},
    );
    expect(currentUser.id).toBe(bob.id);
    expect(client.viewerId.get()).toBe(bob.id);
    await until(client.state, (state) => state === 'live');
  },
);

test('a device that takes nothing at a refresh sends on from memory, and keeps the tokens later', async () => {
  const { ada, roomId } = room;
  let [isFull, isRefusing] = [false, false];
  const storage = watched(memoryStorage(), async () => {
    if (isFull) {
      throw new DOMException('It is full.', 'QuotaExceededError');
    }
  });
  let refreshes = 0;
  const options: Partial<ClientOptions> = {
    storage,
    async fetch(url, init) {
      const body = String(init.body);
      refreshes += Number(body.includes('mutation RefreshSession'));
      if (isRefusing && body.includes('mutation SendMessage')) {
        isRefusing = false;
        return Response.json({
          errors: [{ message: 'Over.', extensions: { code: 'UNAUTHENTICATED' } }],
        });
      }
      return fetch(url, init);
    },
  };
  const client = await open(options);
  await signIn(client, ada);
  await until(client.state, (state) => state === 'live');
  isFull = true;
  isRefusing = true;
  for (const content of ['one', 'two']) {
    client.act({ kind: 'send', roomId, content });
    await until(client.queue, (queue) => queue.length === 0);
  }
  expect(refreshes).toBe(1);
  isFull = false;
  client.act({ kind: 'send', roomId, content: 'three' });
  await until(client.queue, (queue) => queue.length === 0);
  await client.close();
  const again = await open(options);
  await until(again.state, (state) => state === 'live');
  isRefusing = true;
  again.act({ kind: 'send', roomId, content: 'four' });
  await until(again.queue, (queue) => queue.length === 0);
  expect(refreshes).toBe(2);
});

/** Whoever removes what is kept waits until the test says so, and the answer to a sign-in is told. */
function slowRemoval(isShared: boolean) {
  const memory = memoryStorage({ isShared });
  const [removing, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let answered = () => {};
  const options: Partial<ClientOptions> = {
    storage: {
      ...memory,
      async remove(name) {
        removing.resolve();
        await held.promise;
        await memory.remove(name);
      },
    },
    async fetch(url, init) {
      const answer = await fetch(url, init);
      if (String(init.body).includes('mutation SignIn')) {
        answered();
      }
      return answer;
    },
  };
  return {
    memory,
    options,
    removing: removing.promise,
    /** Removes it when somebody else is there, or nobody comes as long as it is not done. */
    async removeLate(client: Client, signIn: () => Promise<void>): Promise<void> {
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
      });
      const signedIn = signIn();
      await answer;
      for (let turns = 0; turns < 2_000 && client.rooms.get().length === 0; turns += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      held.resolve();
      await signedIn;
    },
  };
}

test('who signs out and in again at once has what is kept from then on', async () => {
  const { ada, roomId } = room;
  const { memory, options, removing, removeLate } = slowRemoval(false);
  const client = await open(options);
  await signIn(client, ada);
  const out = client.signOut();
  await removing;
  await removeLate(client, () => signIn(client, ada));
  await out;
  client.act({ kind: 'send', roomId, content: 'after it' });
  await until(client.queue, (actions) => actions.length === 0);
  await client.kept();
  expect(await keptRooms(memory, ada)).toContain(roomId);
});

test('nor does a tab remove what it signed out of, once somebody has signed in again in another', async () => {
  const { ada, roomId } = room;
  const { memory, options, removing, removeLate } = slowRemoval(true);
  const first = await open(options);
  await signIn(first, ada);
  const second = await open(options);
  await until(second.state, (state) => state === 'live');
  const out = first.signOut();
  await removing;
  await removeLate(second, () => signIn(second, ada));
  await out;
  await until(second.state, (state) => state === 'live');
  await second.kept();
  expect(await keptRooms(memory, ada)).toContain(roomId);
});

async function keptRooms(storage: Storage, { id }: TestUser): Promise<readonly string[]> {
  const store = await storage.open(`trumpet ${server.url} ${id}`);
  return [...(await store.load()).rooms.keys()];
}

test.each([
  ['is kept of nobody', 'nobody'],
  ['is kept of the same person', 'ada'],
  ['is kept of somebody else', 'bob'],
] as const)(
  'on a full device, where something %s, one signs in and is told that nothing is kept',
  async (_, before) => {
    const { ada, bob, roomId } = room;
    let isFull = false;
    const memory = memoryStorage();
    const opened = new Set<string>();
    const storage: Storage = {
      ...memory,
      async open(name) {
        const store = await memory.open(name);
        opened.add(name);
        return {
          ...store,
          async write(changes) {
            if (isFull && changes.some(({ value }) => value !== undefined)) {
              throw new DOMException('It is full.', 'QuotaExceededError');
            }
            await store.write(changes);
          },
        };
      },
    };
    const client = await open({ storage });
    if (before !== 'nobody') {
      await signIn(client, before === 'ada' ? ada : bob);
      await client.kept();
      if (before === 'ada') {
        await client.signOut();
      }
    }
    isFull = true;
    await signIn(client, ada);
    expect(client.viewerId.get()).toBe(ada.id);
    expect(client.isKept).toBe(false);
    await until(client.rooms, (rooms) => rooms.some(({ id }) => id === roomId));
    client.act({ kind: 'send', roomId, content: 'from memory' });
    await until(client.queue, (actions) => actions.length === 0);
    isFull = false;
    // What does not know whose it is, nobody would remove.
    for (const name of opened) {
      const { rooms, messages, people } = await (await memory.open(name)).load();
      expect([...rooms, ...messages, ...people]).toEqual([]);
    }
    await client.ask<unknown>('{ currentUser { id } }' as never, {});
    await client.close();
    const again = await open({ storage });
    await until(again.state, (state) => state === 'live');
    expect([again.viewerId.get(), again.isKept]).toEqual([ada.id, true]);
  },
);
