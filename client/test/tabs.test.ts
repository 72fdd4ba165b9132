import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { until } from './support.ts';

/* Two clients with one storage are two tabs: Node has locks and channels as a browser has. */

const database = await createTestDatabase();
const server = await startTestServer(database);
const { ada, bob, roomId } = await createRoomOfTwo(database);

afterAll(async () => {
  await server.close();
  await database.close();
});

let sockets: WebSocket[];
let refreshes: number;
/** Asks the server, and may watch or hold back. */
let around: (body: string, ask: () => Promise<Response>) => Promise<Response>;
let storage: ReturnType<typeof memoryStorage>;
let tabs: Client[];

class CountedSocket extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args);
    sockets.push(this);
  }
}

async function openTab(): Promise<Client> {
  const client = await openClient({
    url: server.url,
    storage,
    WebSocket: CountedSocket,
    fetch(url, init) {
      refreshes += Number(String(init.body).includes('mutation RefreshSession'));
      return around(String(init.body), () => fetch(url, init));
    },
  });
  tabs.push(client);
  return client;
}

const isLive = (state: string) => state === 'live';

async function openTwoTabs(): Promise<[Client, Client]> {
  const first = await openTab();
  await first.signIn({ username: ada.username, password: ada.username });
  await until(first.state, isLive);
  const second = await openTab();
  await until(second.state, isLive);
  return [first, second];
}

beforeEach(() => {
  sockets = [];
  refreshes = 0;
  around = (_, ask) => ask();
  storage = memoryStorage({ isShared: true });
  tabs = [];
});

afterEach(() => Promise.all(tabs.map((tab) => tab.close())));

test('two tabs have one socket, and show the same', async () => {
  const [first, second] = await openTwoTabs();
  await second.timeline(roomId).jumpToNewest();
  const before = second.timeline(roomId).get().messages.length;
  await database.sendMessage(bob, roomId, 'for both');
  for (const tab of [first, second]) {
    const { messages } = await until(
      tab.timeline(roomId),
      (shown) => shown.messages.length === before + 1,
    );
    expect(messages.at(-1)).toMatchObject({ content: 'for both' });
  }
  expect(second.rooms.get()).toEqual(first.rooms.get());
  expect(sockets).toHaveLength(1);
});

test('what is done in a tab that does not lead is shown in both, and sent once', async () => {
  const [first, second] = await openTwoTabs();
  await second.timeline(roomId).jumpToNewest();
  const id = second.act({ kind: 'send', roomId, content: 'from the second' });
  expect(second.timeline(roomId).get().messages.at(-1)).toMatchObject({ actionId: id });
  await until(first.timeline(roomId), ({ messages }) =>
    messages.some(({ content, seq }) => content === 'from the second' && seq !== null),
  );
  await until(second.queue, (actions) => actions.length === 0);
  const { rows } = await database.owner.query(
    "select from app_public.messages where content = 'from the second'",
  );
  expect(rows).toHaveLength(1);
});

test('a tab that is opened while an answer is on its way does not bring back what that answer lacks', async () => {
  const { id: left } = await database.createRoom(bob, { members: [ada] });
  const first = await openTab();
  await first.signIn({ username: ada.username, password: ada.username });
  await until(first.rooms, (rooms) => rooms.some(({ id }) => id === left));
  await until(first.state, isLive);
  const [answered, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  around = async (body, ask) => {
    const answer = await ask();
    if (body.includes('query Room(') && body.includes(left)) {
      answered.resolve();
      await held.promise;
    }
    return answer;
  };
  const asking = first.timeline(left).jumpToNewest();
  await answered.promise;
  await database.commitAs(bob, (session) =>
    session.query('select app_public.kick_member($1, $2)', [left, ada.id]),
  );
  const isAway = (rooms: readonly { readonly id: string }[]) =>
    rooms.every(({ id }) => id !== left);
  await until(first.rooms, isAway);
  const second = await openTab();
  await until(second.state, isLive);
  await until(second.rooms, isAway);
  held.resolve();
  await asking;
  // What comes after that answer.
  const { id } = await database.sendMessage(bob, roomId, 'after it');
  await until(second.rooms, (rooms) => rooms.some(({ latestMessageId }) => latestMessageId === id));
  expect([first, second].map((tab) => isAway(tab.rooms.get()))).toEqual([true, true]);
});

test('when the tab that leads is closed, the other takes over, and nothing is lost between', async () => {
  const [first, second] = await openTwoTabs();
  await second.timeline(roomId).jumpToNewest();
  const before = second.timeline(roomId).get().messages.length;
  const closing = first.close();
  await database.sendMessage(bob, roomId, 'while nobody led');
  second.act({ kind: 'send', roomId, content: 'done meanwhile' });
  await closing;
  const { messages } = await until(
    second.timeline(roomId),
    (shown) =>
      shown.messages.length === before + 2 &&
      shown.messages.every(({ actionId }) => actionId === null),
  );
  expect(
    messages
      .slice(before)
      .map(({ content }) => content)
      .sort(),
  ).toEqual(['done meanwhile', 'while nobody led']);
  await until(second.state, isLive);
});

test('what is kept may be taken away under two tabs: when one is closed, the other goes on from memory', async () => {
  let isTakenAway = false;
  const refuse = () => Promise.reject(new DOMException('It is closed.', 'InvalidStateError'));
  const { open, ...rest } = storage;
  storage = {
    ...rest,
    async open(name) {
      const store = await open(name);
      return {
        ...store,
        load: (tables) => (isTakenAway ? refuse() : store.load(tables)),
        write: (changes) => (isTakenAway ? refuse() : store.write(changes)),
      };
    },
  };
  const [first, second] = await openTwoTabs();
  await second.timeline(roomId).jumpToNewest();
  isTakenAway = true;
  await first.close();
  second.act({ kind: 'send', roomId, content: 'from memory' });
  await database.sendMessage(bob, roomId, 'heard without a storage');
  const { messages } = await until(second.timeline(roomId), ({ messages: all }) =>
    ['from memory', 'heard without a storage'].every((text) =>
      all.some(({ content, actionId }) => content === text && actionId === null),
    ),
  );
  expect(messages.filter(({ content }) => content === 'from memory')).toHaveLength(1);
  await expect(second.kept()).rejects.toMatchObject({ code: 'NOT_KEPT' });
});

test('a file is sent from each of three tabs, and shown in the others until then', async () => {
  const [first, second] = await openTwoTabs();
  const third = await openTab();
  await until(third.state, isLive);
  for (const [number, tab] of [first, second, third].entries()) {
    const content = `with file ${number}`;
    const answer = Promise.withResolvers<void>();
    around = async (body, ask) => {
      if (body.includes('mutation SendMessage')) {
        await answer.promise;
      }
      return ask();
    };
    const files = [new File([content], `${number}.txt`, { type: 'text/plain' })];
    const id = tab.act({ kind: 'send', roomId, content, files });
    tab.act({ kind: 'edit', roomId, messageId: id, content: `${content}, edited` });
    for (const other of tabs) {
      const { messages } = await until(other.timeline(roomId), (shown) =>
        shown.messages.some(({ actionId }) => actionId === id),
      );
      const file = messages.find(({ actionId }) => actionId === id)?.files[0];
      expect(await file?.blob?.text()).toBe(content);
    }
    answer.resolve();
    await Promise.all(tabs.map(({ queue }) => until(queue, (actions) => actions.length === 0)));
    const { rows } = await database.owner.query(
      `select content, filename from app_public.messages
        join app_public.message_attachments on message_attachments.message_id = messages.id
        order by seq desc limit 1`,
    );
    expect(rows).toEqual([{ content: `${content}, edited`, filename: `${number}.txt` }]);
  }
});

test('what a tab did and could tell nobody any more is done by the next one that leads, in its order', async () => {
  const [first, second] = await openTwoTabs();
  await second.timeline(roomId).jumpToNewest();
  const ids = Array.from({ length: 5 }, () => crypto.randomUUID());
  const deeds = [
    ...ids.map((_, number) => ({ kind: 'send', roomId, content: `untold ${number}` }) as const),
    { kind: 'edit', roomId, messageId: ids[4] as string, content: 'untold 4, edited' } as const,
  ];
  const actions = deeds.map((deed, order) => ({
    ...{ id: ids[order] ?? crypto.randomUUID(), order, deed },
    ...{ after: 0, at: Date.now(), state: 'waiting' },
  }));
  const store = await storage.open(`trumpet ${server.url} ${ada.id}`);
  // A device gives its rows back by their keys.
  await store.write(
    actions.toReversed().map((value) => ({ table: 'actions', key: value.id, value })),
  );
  await first.close();
  const { messages } = await until(
    second.timeline(roomId),
    (shown) =>
      shown.messages.at(-1)?.content === 'untold 4, edited' &&
      shown.messages.every(({ actionId }) => actionId === null),
  );
  expect(messages.slice(-5).map(({ content }) => content)).toEqual([
    ...[0, 1, 2, 3].map((number) => `untold ${number}`),
    'untold 4, edited',
  ]);
});

test('what is dropped while a tab begins to lead stays dropped', async () => {
  const first = await openTab();
  await first.signIn({ username: ada.username, password: ada.username });
  await until(first.state, isLive);
  const { id: foreign } = await database.createRoom(bob);
  const id = first.act({ kind: 'send', roomId: foreign, content: 'to where one is not' });
  await until(first.queue, ([action]) => action?.state === 'refused');
  await first.kept();
  await first.close();
  const [looked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const second = await openClient({
    url: server.url,
    storage: {
      ...storage,
      async open(name) {
        const store = await storage.open(name);
        return {
          ...store,
          async load(tables) {
            const kept = await store.load(tables);
            // What others did, as the last thing before it leads.
            if (tables?.includes('actions')) {
              looked.resolve();
              await held.promise;
            }
            return kept;
          },
        };
      },
    },
  });
  tabs.push(second);
  await looked.promise;
  second.drop(id);
  held.resolve();
  await until(second.state, isLive);
  expect(second.queue.get()).toEqual([]);
});

test('signing out in one tab is signing out in both, and nothing stays', async () => {
  const [first, second] = await openTwoTabs();
  await second.signOut();
  await until(first.state, (state) => state === 'signed out');
  expect(first.rooms.get()).toEqual([]);
  await first.signIn({ username: bob.username, password: bob.username });
  await until(second.viewerId, (id) => id === bob.id);
  await until(first.state, isLive);
  expect(second.rooms.get().every(({ membership }) => membership !== null)).toBe(true);
});

test('who signs in while a sign-out is on its way comes after it', async () => {
  const [first] = await openTwoTabs();
  const answer = Promise.withResolvers<void>();
  const order: string[] = [];
  around = async (body, ask) => {
    if (body.includes('mutation SignIn')) {
      order.push('signs in');
    }
    const response = await ask();
    if (body.includes('mutation SignOut')) {
      order.push('signed out');
      await answer.promise;
      order.push('told');
    }
    return response;
  };
  const signedOut = first.signOut();
  await until(first.viewerId, (viewerId) => viewerId === null);
  const signedIn = first.signIn({ username: bob.username, password: bob.username });
  await new Promise((resolve) => setImmediate(resolve));
  answer.resolve();
  await Promise.all([signedOut, signedIn]);
  expect(order).toEqual(['signed out', 'told', 'signs in']);
  expect(first.viewerId.get()).toBe(bob.id);
});

test('tokens are refreshed once for all tabs', async () => {
  const [first, second] = await openTwoTabs();
  const store = await storage.open(`trumpet ${server.url}`);
  const { meta } = await store.load();
  const tokens = meta.get('session') as object;
  await store.write([{ table: 'meta', key: 'session', value: { ...tokens, expiresAt: 0 } }]);
  await Promise.all(tabs.map((tab) => tab.close()));
  const again = await Promise.all([openTab(), openTab()]);
  await Promise.all(again.map((tab) => until(tab.state, isLive)));
  await Promise.all(again.map((tab) => tab.timeline(roomId).jumpToNewest()));
  expect(refreshes).toBe(1);
  expect([first, second]).toHaveLength(2);
});
