import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { fillHistory } from '../../bench/support/history.ts';
import type { Row } from '../../bench/support/report.ts';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { buildPage } from '../../testing/page.ts';
import { percentile, sendAll, sendOne, spread } from '../../testing/send.ts';

/*
 * What the page itself costs, as the server sends it, in Chromium: how evenly a long history scrolls, and what stays
 * in memory.
 */
const SCROLLED_MESSAGES = 100_000;
const FRAME_LIMIT_MS = 50;
/** As far as a flick goes from one frame to the next: 48,000 pixels a second. */
const SCROLLED_PX = 800;

interface PageWindow {
  frames: number[];
  oldest: number;
}

declare const window: Window & PageWindow;

export interface Account {
  readonly id: string;
  readonly username: string;
}

/** From the newest message of a long room to its first, without a pause. */
export async function scrolling(
  env: BenchEnvironment,
  browser: Browser,
  count = SCROLLED_MESSAGES,
  around: (page: Page, scroll: () => Promise<number[]>) => Promise<number[]> = (_page, scroll) =>
    scroll(),
): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  buildPage();
  const server = await env.startServer();
  stack.defer(() => server.stop());
  const ada = await signUp(server.url);
  const others = await env.createPeople(5);
  const [roomId] = (await env.createRooms([[ada.id, ...others.map(({ id }) => id)]])) as [string];
  await fillHistory(env.owner, {
    roomIds: [roomId],
    authorIds: [ada.id, ...others.map(({ id }) => id)],
    count,
  });
  const page = await openPage(browser, server.url, ada);
  stack.defer(() => page.context().close());
  await page.locator('.trumpet-room').first().click();
  await page.locator('.trumpet-message').first().waitFor();
  const frames = await around(page, () => page.evaluate(scrollToStart, SCROLLED_PX));
  const [p50, p99] = [percentile(frames, 0.5), percentile(frames, 0.99)];
  return {
    bench: `client: ${count.toLocaleString('en')} messages scrolled, 99th percentile of frames`,
    measured: `${p99.toFixed(0)} ms`,
    baseline: `${FRAME_LIMIT_MS} ms asked`,
    ratio: p99 / FRAME_LIMIT_MS,
    goal: { atMost: 1 },
    remark: `p50 ${p50.toFixed(0)} ms, slowest ${Math.max(...frames).toFixed(0)} ms of ${frames.length.toLocaleString('en')} frames that moved; ${SCROLLED_PX} pixels a frame`,
  };
}

/** @returns how long each frame took in which the list moved, and each that was late, in milliseconds */
async function scrollToStart(step: number): Promise<number[]> {
  const frames: number[] = [];
  const list = document.querySelector('.trumpet-feed') as HTMLElement;
  const next = () => new Promise<number>(requestAnimationFrame);
  let last = await next();
  let place = list.scrollTop;
  // Only above the first of all does the list say where it begins.
  while (document.querySelector('.trumpet-beginning') === null || list.scrollTop > 0) {
    list.scrollTop -= step;
    const at = await next();
    const hasMoved = list.scrollTop !== place;
    place = list.scrollTop;
    if (hasMoved || at - last > 25) {
      frames.push(at - last);
    }
    last = at;
  }
  return frames;
}

const HOUR_MESSAGES = 36_000;
const HOUR_ROOMS = 6;
const HOUR_PARTS = 6;
/** All that was sent is drawn by then; how long that takes is measured elsewhere. */
const HEARD_WITHIN_MS = 180_000;
/** As much as garbage that was not collected yet, and what browsers learn of code that runs often. */
const LEVEL_LIMIT = 1.15;

/** What an hour of a busy chat leaves behind in a page that shows one of its rooms. */
export async function hour(env: BenchEnvironment, browser: Browser): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  buildPage();
  const server = await env.startServer();
  stack.defer(() => server.stop());
  const ada = await signUp(server.url);
  const others = await env.createPeople(8);
  const rooms = await env.createRooms(
    Array.from({ length: HOUR_ROOMS }, () => [ada.id, ...others.map(({ id }) => id)]),
  );
  const page = await openPage(browser, server.url, ada);
  stack.defer(() => page.context().close());
  await page.goto(`${server.url}/r/${rooms[0]}`);
  const cdp = await page.context().newCDPSession(page);
  const measures: Measure[] = [];
  for (let part = 1; part <= HOUR_PARTS; part += 1) {
    const sends = spread(
      rooms,
      rooms.map(() => others),
      HOUR_MESSAGES / HOUR_PARTS,
    );
    await Promise.all([sendAll(env.authDatabaseUrl, sends, 4), passTime(env, rooms, others)]);
    for (const room of rooms) {
      await sayLast(env, room, others[0] as Person, `Part ${part} is over`);
    }
    await page
      .locator('.trumpet-message', { hasText: `Part ${part} is over` })
      .waitFor({ timeout: HEARD_WITHIN_MS });
    const kept = await page.evaluate(countKept);
    measures.push({ ...(await measureMemory(cdp)), kept });
  }
  const [beginning, first, last] = [0, HOUR_PARTS - 3, HOUR_PARTS - 1].map(
    (part) => measures[part] as Measure,
  ) as [Measure, Measure, Measure];
  // What is kept goes up and down with each trimming; what one message takes, the time until then tells.
  const ofMessage = (first.heap - beginning.heap) / (first.kept - beginning.kept);
  const ratio = last.heap / (first.heap + (last.kept - first.kept) * ofMessage);
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(', ');
  return {
    bench: `client: memory of the page over ${HOUR_MESSAGES.toLocaleString('en')} messages in ${HOUR_ROOMS} rooms`,
    measured: `${list(measures.map(({ heap }) => heap / 1e6))} MB`,
    baseline: 'its last part beside that in which the limit was first reached, at as many messages',
    ratio,
    goal: { atMost: LEVEL_LIMIT },
    remark: `with reactions, typing and presence; messages kept ${list(measures.map(({ kept }) => kept))}; nodes of the document ${list(measures.map(({ nodes }) => nodes))}`,
  };
}

/** What people do beside writing. */
async function passTime(
  env: BenchEnvironment,
  rooms: readonly string[],
  people: readonly Person[],
): Promise<void> {
  const client = new pg.Client({ connectionString: env.authDatabaseUrl });
  await client.connect();
  const as = async ({ id }: Person, text: string, values: readonly unknown[]) => {
    await client.query('begin');
    await client.query(
      `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
      [id],
    );
    await client.query(text, [...values]);
    await client.query('commit');
  };
  for (const room of rooms) {
    for (const person of people) {
      await as(person, 'select app_public.set_typing($1, true)', [room]);
      await as(person, "select app_public.update_user_presence('online', $1)", [room]);
      await as(
        person,
        `select app_public.add_message_reaction(id, '👍') from app_public.messages
          where room_id = $1 order by seq desc limit 20`,
        [room],
      );
    }
  }
  await client.end();
}

async function sayLast(
  env: BenchEnvironment,
  roomId: string,
  { id: userId }: Person,
  text: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: env.authDatabaseUrl });
  await client.connect();
  await sendOne(client, { roomId, userId }, text);
  await client.end();
}

interface Measure {
  readonly heap: number;
  readonly nodes: number;
  /** How many messages the client keeps. */
  readonly kept: number;
}

/** In the page: how many messages are on the device. */
async function countKept(): Promise<number> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name as string));
    if (database.objectStoreNames.contains('messages')) {
      const bundles = await done<Map<string, unknown>[]>(
        database.transaction('messages').objectStore('messages').getAll(),
      );
      count += bundles.reduce((sum, { size }) => sum + size, 0);
    }
    database.close();
  }
  return count;
}

async function measureMemory(cdp: CDPSession): Promise<Omit<Measure, 'kept'>> {
  await cdp.send('Performance.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes') };
}

export async function openPage(
  browser: Browser,
  url: string,
  { username }: Account,
): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(`${username} password`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.trumpet-shell').waitFor();
  return page;
}

/** A person whose password is their name and `password`. */
export async function signUp(url: string): Promise<Account> {
  const username = `p${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query:
        'mutation ($input: SignUpInput!) { signUp(input: $input) { session { user { id } } } }',
      variables: { input: { username, displayName: username, password: `${username} password` } },
    }),
  });
  const { data, errors } = (await response.json()) as {
    data?: { signUp: { session: { user: { id: string } } } };
    errors?: unknown;
  };
  if (data === undefined || errors !== undefined) {
    throw new Error(JSON.stringify(errors));
  }
  return { id: data.signUp.session.user.id, username };
}
