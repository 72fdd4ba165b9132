import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInChromium, startChromium } from '../../testing/chromium.ts';
import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import type * as trumpet from '../src/index.ts';
import type { indexedDbStorage } from '../src/store/indexed-db.ts';
import { servePage } from './page.ts';
import { startRestartable } from './support.ts';

/* The client in a real browser: its IndexedDB, its tabs, and pages that go without a word. */

interface TestWindow {
  readonly trumpet: typeof trumpet & { readonly indexedDbStorage: typeof indexedDbStorage };
  client: trumpet.Client;
}

declare const window: Window & TestWindow;

describeInChromium('in Chromium', () => {
  let browser: Browser;
  let close: () => Promise<void>;
  let context: BrowserContext;
  let sockets: number;
  let pageUrl: string;
  let server: Awaited<ReturnType<typeof startRestartable>>;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;

  beforeAll(async () => {
    database = await createTestDatabase();
    const page = await servePage();
    server = await startRestartable(database, { ALLOWED_ORIGINS: page.url });
    pageUrl = page.url;
    browser = await startChromium();
    close = async () => {
      await browser.close();
      await page.close();
      await server.stop();
      await database.close();
    };
  });

  afterAll(() => close());

  beforeEach(async () => {
    context = await browser.newContext();
    sockets = 0;
  });

  afterEach(() => context.close());

  async function openPage(): Promise<Page> {
    const page = await context.newPage();
    page.on('websocket', () => {
      sockets += 1;
    });
    await page.goto(pageUrl);
    await openClientIn(page);
    return page;
  }

  async function openClientIn(page: Page): Promise<void> {
    await page.waitForFunction(() => window.trumpet !== undefined);
    await page.evaluate(async (url) => {
      const { openClient, indexedDbStorage } = window.trumpet;
      window.client = await openClient({ url, storage: indexedDbStorage() });
    }, server.url);
  }

  async function signIn(page: Page, person: TestUser): Promise<void> {
    await page.evaluate(
      ({ username }) => window.client.signIn({ username, password: username }),
      person,
    );
    await isIn(page, 'live');
  }

  const isIn = (page: Page, state: string) =>
    page.waitForFunction((wanted) => window.client.state.get() === wanted, state, { polling: 20 });

  const contents = (page: Page, roomId: string) =>
    page.evaluate(
      (id) =>
        window.client
          .timeline(id)
          .get()
          .messages.map(({ content }) => content),
      roomId,
    );

  const load = (page: Page, roomId: string) =>
    page.evaluate((id) => window.client.timeline(id).jumpToNewest(), roomId);

  const shows = (page: Page, roomId: string, content: string) =>
    page.waitForFunction(
      ({ id, text }) =>
        window.client
          .timeline(id)
          .get()
          .messages.filter((message) => message.content === text && message.actionId === null)
          .length === 1,
      { id: roomId, text: content },
      { polling: 20 },
    );

  test('a page that is reloaded without a network shows what it showed, and sends what was written', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const page = await openPage();
    await signIn(page, ada);
    await load(page, roomId);
    await database.sendMessage(bob, roomId, 'kept');
    await shows(page, roomId, 'kept');
    await server.stop();
    await page.evaluate(async (id) => {
      window.client.act({ kind: 'send', roomId: id, content: 'written offline' });
      await window.client.kept();
    }, roomId);
    await page.reload();
    await openClientIn(page);
    expect(await contents(page, roomId)).toEqual(['kept', 'written offline']);
    await server.start();
    await shows(page, roomId, 'written offline');
    expect(await contents(page, roomId)).toEqual(['kept', 'written offline']);
  });

  test('a database that an older client made is brought to the newest, with all that it has', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const page = await openPage();
    await signIn(page, ada);
    await load(page, roomId);
    await database.sendMessage(bob, roomId, 'kept by the older one');
    await shows(page, roomId, 'kept by the older one');
    await page.evaluate(async (userId) => {
      await window.client.close();
      const request = (from: IDBRequest) =>
        new Promise<never>((resolve, reject) => {
          from.onsuccess = () => resolve(from.result as never);
          from.onerror = () => reject(from.error);
        });
      const { name = '' } =
        (await indexedDB.databases()).find((database) => database.name?.includes(userId)) ?? {};
      const newer: IDBDatabase = await request(indexedDB.open(name));
      const tables = ['meta', 'rooms', 'people', 'members', 'messages', 'actions'];
      const rows = await Promise.all(
        tables.map(async (table) => {
          const store = newer.transaction(table).objectStore(table);
          const [keys, values] = await Promise.all([
            request(store.getAllKeys()) as Promise<string[]>,
            request(store.getAll()) as Promise<object[]>,
          ]);
          // The older one had no bundles.
          const unbundled = values.flatMap((value) => (value instanceof Map ? [...value] : []));
          return unbundled.length === 0
            ? { table, keys, values }
            : {
                table,
                keys: unbundled.map(([key]) => key as string),
                values: unbundled.map(([, value]) => value as object),
              };
        }),
      );
      newer.close();
      await request(indexedDB.deleteDatabase(name));
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => {
        for (const table of tables) {
          opening.result.createObjectStore(table);
        }
      };
      const older: IDBDatabase = await request(opening);
      for (const { table, keys, values } of rows) {
        const store = older.transaction(table, 'readwrite').objectStore(table);
        for (const [index, key] of keys.entries()) {
          if (key !== 'format') {
            await request(store.put(values[index], key));
          }
        }
      }
      const rooms = older.transaction('rooms', 'readwrite').objectStore('rooms');
      for (const [index, key] of (rows[1]?.keys ?? []).entries()) {
        const { room, log } = (rows[1] as (typeof rows)[0]).values[index] as {
          room: object;
          log: { stretches: { from: number; to: number; isLive: boolean }[]; threads?: unknown };
        };
        const stretches = log.stretches.map(({ from, to, isLive }) => ({ from, to, isLive }));
        await request(rooms.put({ room, log: { ...log, threads: undefined, stretches } }, key));
      }
      older.close();
    }, ada.id);
    await server.stop();
    await page.reload();
    await openClientIn(page);
    expect(await contents(page, roomId)).toEqual(['kept by the older one']);
    await server.start();
    await isIn(page, 'live');
    await database.sendMessage(bob, roomId, 'goes on');
    await shows(page, roomId, 'goes on');
  });

  test('what is kept is what was written, in whatever order and however often it was changed', async () => {
    const page = await context.newPage();
    await page.goto(pageUrl);
    await page.waitForFunction(() => window.trumpet !== undefined);
    const wrong = await page.evaluate(async () => {
      const tables = ['messages', 'members', 'people', 'rooms'] as const;
      const model = new Map(tables.map((table) => [table, new Map<string, unknown>()]));
      let seed = 1;
      const below = (most: number) => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % most;
      };
      const storage = window.trumpet.indexedDbStorage();
      let store = await storage.open('written');
      for (let round = 0; round < 120; round += 1) {
        const changes = Array.from({ length: 1 + below(80) }, () => {
          const table = tables[below(tables.length)] as (typeof tables)[number];
          const value = below(4) === 0 ? undefined : { round, number: below(1_000_000) };
          return { table, key: `key ${below(400)}`, value };
        });
        await store.write(changes);
        for (const { table, key, value } of changes) {
          if (value === undefined) {
            model.get(table)?.delete(key);
          } else {
            model.get(table)?.set(key, value);
          }
        }
        if (below(10) === 0) {
          await store.close();
          store = await storage.open('written');
        }
      }
      const kept = await store.load();
      const sorted = (rows: ReadonlyMap<string, unknown> | undefined) =>
        JSON.stringify([...(rows ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
      return tables.filter((table) => sorted(kept[table]) !== sorted(model.get(table)));
    });
    expect(wrong).toEqual([]);
  });

  test('a file that is sent without a network is uploaded after a reload', async () => {
    const { ada, roomId } = await createRoomOfTwo(database);
    const page = await openPage();
    await signIn(page, ada);
    await load(page, roomId);
    await server.stop();
    await isIn(page, 'offline');
    await page.evaluate(async (id) => {
      const file = new File(['from a browser'], 'browser.txt', { type: 'text/plain' });
      window.client.act({ kind: 'send', roomId: id, content: 'with a file', files: [file] });
      await window.client.kept();
    }, roomId);
    await page.reload();
    await openClientIn(page);
    await server.start();
    await page.waitForFunction(
      (id) =>
        window.client
          .timeline(id)
          .get()
          .messages.some(({ attachments }) => attachments[0]?.filename === 'browser.txt'),
      roomId,
      { polling: 20 },
    );
  });

  test('a page that is killed loses nothing that it showed', async () => {
    const { ada, roomId } = await createRoomOfTwo(database);
    const page = await openPage();
    await signIn(page, ada);
    await load(page, roomId);
    await page.evaluate(async (id) => {
      for (const content of ['one', 'two', 'three']) {
        window.client.act({ kind: 'send', roomId: id, content });
      }
      await window.client.kept();
    }, roomId);
    await page.goto('chrome://crash').catch(() => {});
    const again = await openPage();
    await isIn(again, 'live');
    await shows(again, roomId, 'three');
    expect(await contents(again, roomId)).toEqual(['one', 'two', 'three']);
  });

  test('three tabs have one socket; when the one that has it is closed, another takes over', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const first = await openPage();
    await signIn(first, ada);
    const others = [await openPage(), await openPage()];
    for (const page of others) {
      await isIn(page, 'live');
      await load(page, roomId);
    }
    await database.sendMessage(bob, roomId, 'to all');
    await Promise.all(others.map((page) => shows(page, roomId, 'to all')));
    expect(sockets).toBe(1);
    await first.close();
    await database.sendMessage(bob, roomId, 'after the first');
    await Promise.all(others.map((page) => shows(page, roomId, 'after the first')));
    expect(sockets).toBe(2);
  });

  test('signing out leaves nothing of a person on the device, in no tab', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const page = await openPage();
    await signIn(page, ada);
    await load(page, roomId);
    const other = await openPage();
    await isIn(other, 'live');
    await page.evaluate(() => window.client.signOut());
    await isIn(other, 'signed out');
    const names = await page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name),
    );
    expect(names.filter((name) => name?.includes(ada.id))).toEqual([]);
    expect(await contents(other, roomId)).toEqual([]);
    await signIn(page, bob);
    await isIn(other, 'live');
    expect(await other.evaluate(() => window.client.viewerId.get())).toBe(bob.id);
  });
});
