import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import type { Row } from '../../bench/support/report.ts';
import { coreBytes } from '../../scripts/client/core-bytes.ts';
import { hasChromium, startChromium } from '../../testing/chromium.ts';
import { type BenchEnvironment, REPOSITORY } from '../../testing/environment.ts';
import { percentile } from '../../testing/send.ts';
import type * as trumpet from '../src/index.ts';
import type { indexedDbStorage } from '../src/store/indexed-db.ts';
import { servePage } from '../test/page.ts';
import { hour, scrolling, signUp } from './page.ts';

/*
 * What the client costs: its size, what its replica takes of a machine, and how soon something is on the screen, in
 * Chromium, beside a page with a bare WebSocket in the same run.
 */
const CORE_LIMIT_BYTES = 20_000;
const EVENTS_A_SECOND = 10_000;
const MEMORY_LIMIT_BYTES = 100_000_000;
const RELOAD_LIMIT_MS = 200;
const GLASS_LIMIT_MS = 50;
const KEPT_MESSAGES = 5_000;
const KEPT_ROOMS = 50;
const RELOADS = 15;
const SENDS = 200;

interface ClientWindow {
  readonly trumpet: typeof trumpet & { readonly indexedDbStorage: typeof indexedDbStorage };
  client: trumpet.Client;
  paintedAt: Map<string, number>;
  send(content: string): void;
}

declare const window: Window & ClientWindow;

type OnScreen = (env: BenchEnvironment, browser: Browser) => Promise<Row>;

const ON_SCREEN: Readonly<Record<string, OnScreen>> = {
  glass: toGlass,
  reload,
  scrolling,
  hour,
};

/** @param part only what has this in its name: `core`, or one that is on a screen; all of it when empty */
export async function client(env: BenchEnvironment, part: string): Promise<Row[]> {
  const rows = 'core'.includes(part) ? [await size(), ...replica()] : [];
  if (!hasChromium) {
    console.log('Without Chromium, nothing is measured on a screen.');
    return rows;
  }
  for (const [name, measure] of Object.entries(ON_SCREEN)) {
    if (name.includes(part)) {
      const browser = await startChromium();
      try {
        rows.push(await measure(env, browser));
      } finally {
        await browser.close();
      }
    }
  }
  return rows;
}

async function size(): Promise<Row> {
  const bytes = await coreBytes();
  return {
    bench: 'client: core, gzip',
    measured: `${(bytes / 1_000).toFixed(1)} kB`,
    baseline: `${CORE_LIMIT_BYTES / 1_000} kB asked`,
    ratio: bytes / CORE_LIMIT_BYTES,
    goal: { atMost: 1 },
  };
}

function replica(): Row[] {
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', join(REPOSITORY, 'client', 'bench', 'replica.ts')],
    { encoding: 'utf8' },
  );
  const { perSecond, parsedPerSecond, bytes } = JSON.parse(output);
  return [
    {
      bench: 'client: events applied',
      measured: `${Math.round(perSecond).toLocaleString('en')}/s, read from text`,
      baseline: `${EVENTS_A_SECOND.toLocaleString('en')}/s asked`,
      ratio: perSecond / EVENTS_A_SECOND,
      goal: { atLeast: 1 },
      remark: `JSON.parse alone ${Math.round(parsedPerSecond).toLocaleString('en')}/s`,
    },
    {
      bench: 'client: 100,000 messages in memory',
      measured: `${Math.round(bytes / 1e6)} MB`,
      baseline: `${MEMORY_LIMIT_BYTES / 1e6} MB asked`,
      ratio: bytes / MEMORY_LIMIT_BYTES,
      goal: { atMost: 1 },
    },
  ];
}

/** From send in one person's page to painted in another's. */
async function toGlass(env: BenchEnvironment, browser: Browser): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const page = await servePage();
  stack.defer(() => page.close());
  const server = await env.startServer({ ALLOWED_ORIGINS: page.url });
  stack.defer(() => server.stop());
  const people = [await signUp(server.url), await signUp(server.url)] as const;
  const [roomId] = (await env.createRooms([people.map(({ id }) => id)])) as [string];
  const [sender, reader] = await Promise.all(
    people.map(async ({ username }) => {
      const tab = await (await browser.newContext()).newPage();
      stack.defer(() => tab.context().close());
      await openClient(tab, page.url, server.url, username);
      await tab.evaluate(showRoom, roomId);
      return tab;
    }),
  );
  const ours = await measureSends(sender as Page, reader as Page);

  const bare = await serveBareSocket();
  stack.defer(() => bare.close());
  const bareTabs = await Promise.all(
    [1, 2].map(async () => {
      const tab = await (await browser.newContext()).newPage();
      stack.defer(() => tab.context().close());
      await tab.goto(bare.url);
      await tab.waitForFunction(() => window.send !== undefined);
      return tab;
    }),
  );
  const theirs = await measureSends(bareTabs[0] as Page, bareTabs[1] as Page);
  const [p50, p99] = [percentile(ours, 0.5), percentile(ours, 0.99)];
  return {
    bench: 'client: send to painted in another page',
    measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    baseline: `${GLASS_LIMIT_MS} ms asked; a bare ws page p50 ${percentile(theirs, 0.5).toFixed(0)} ms`,
    ratio: p50 / GLASS_LIMIT_MS,
    goal: { atMost: 1 },
    remark: 'committed, and durable, before it is told',
  };
}

/** Until the last known screen is painted, without a server. */
async function reload(env: BenchEnvironment, browser: Browser): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const page = await servePage();
  stack.defer(() => page.close());
  const server = await env.startServer({ ALLOWED_ORIGINS: page.url });
  const ada = await signUp(server.url);
  const rooms = await env.createRooms(Array.from({ length: KEPT_ROOMS }, () => [ada.id]));
  const [roomId] = rooms as [string];
  const tab = await (await browser.newContext()).newPage();
  stack.defer(() => tab.context().close());
  await openClient(tab, page.url, server.url, ada.username);
  await tab.evaluate(
    async ({ ids, each }) => {
      const { ask } = window.client;
      const document = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`;
      for (let number = 0; number < each * 2; number += 1) {
        const input = { roomId: ids[number % 2], content: `Message ${number} of a screen.` };
        await ask(document as never, { input });
      }
    },
    { ids: rooms, each: 50 },
  );
  await tab.evaluate(showRoom, roomId);
  await tab.waitForFunction(() => window.paintedAt.size >= 50);
  await tab.evaluate(keepMore, { rooms, count: KEPT_MESSAGES, url: server.url, userId: ada.id });
  await server.stop();
  const times: number[] = [];
  for (let round = 0; round < RELOADS; round += 1) {
    await tab.goto(page.url);
    await tab.waitForFunction(() => window.trumpet !== undefined);
    times.push(
      await tab.evaluate(
        async ({ url, id }) => {
          const startedAt = performance.now();
          const { openClient: open, indexedDbStorage: storage } = window.trumpet;
          window.client = await open({ url, storage: storage() });
          const { messages } = window.client.timeline(id).get();
          if (messages.length < 50) {
            throw new Error(`Only ${messages.length} messages are there`);
          }
          document.body.textContent = messages.map(({ content }) => content).join('\n');
          await new Promise(requestAnimationFrame);
          await new Promise((resolve) => setTimeout(resolve));
          const ms = performance.now() - startedAt;
          await window.client.close();
          return ms;
        },
        { url: server.url, id: roomId },
      ),
    );
  }
  const p50 = percentile(times, 0.5);
  return {
    bench: 'client: reload to the last screen, offline',
    measured: `p50 ${p50.toFixed(0)} ms, slowest ${Math.max(...times).toFixed(0)} ms`,
    baseline: `${RELOAD_LIMIT_MS} ms asked`,
    ratio: p50 / RELOAD_LIMIT_MS,
    goal: { atMost: 1 },
    remark: `${KEPT_MESSAGES.toLocaleString('en')} messages in ${KEPT_ROOMS} rooms kept; from the script's start`,
  };
}

async function openClient(
  tab: Page,
  pageUrl: string,
  url: string,
  username: string,
): Promise<void> {
  await tab.goto(pageUrl);
  await tab.waitForFunction(() => window.trumpet !== undefined);
  await tab.evaluate(
    async (options) => {
      const { openClient: open, indexedDbStorage: storage } = window.trumpet;
      window.client = await open({ url: options.url, storage: storage() });
      const { username: name } = options;
      await window.client.signIn({ username: name, password: `${name} password` });
    },
    { url, username },
  );
}

/** Shows a room as a page without a framework would, and notes when what is painted. */
async function showRoom(roomId: string): Promise<void> {
  const timeline = window.client.timeline(roomId);
  window.paintedAt = new Map();
  window.send = (content) => void window.client.act({ kind: 'send', roomId, content });
  const draw = () => {
    const contents = timeline.get().messages.map(({ content }) => content ?? '');
    document.body.textContent = contents.slice(-50).join('\n');
    requestAnimationFrame(() =>
      setTimeout(() => {
        for (const content of contents) {
          if (!window.paintedAt.has(content)) {
            window.paintedAt.set(content, performance.timeOrigin + performance.now());
          }
        }
      }),
    );
  };
  timeline.subscribe(draw);
  await timeline.jumpToNewest();
  draw();
}

/** Copies what is kept until it is as much as of somebody who uses it all day. */
async function keepMore(options: {
  readonly rooms: readonly string[];
  readonly count: number;
  readonly url: string;
  readonly userId: string;
}): Promise<void> {
  await window.client.close();
  const store = await window.trumpet
    .indexedDbStorage()
    .open(`trumpet ${options.url} ${options.userId}`);
  const { messages } = await store.load();
  const kept = [...messages.values()] as trumpet.Message[];
  const others = options.rooms.slice(2);
  const copies = Array.from({ length: options.count - kept.length }, (_, number) => {
    const id = crypto.randomUUID();
    const roomId = others[number % others.length];
    return {
      table: 'messages',
      key: id,
      value: { ...kept[0], id, roomId, seq: number + 1 },
    } as const;
  });
  await store.write(copies);
  await store.close();
}

async function measureSends(sender: Page, reader: Page): Promise<number[]> {
  const times: number[] = [];
  for (let number = 0; number < SENDS; number += 1) {
    const content = `glass ${number}`;
    const sentAt = await sender.evaluate((text) => {
      const at = performance.timeOrigin + performance.now();
      window.send(text);
      return at;
    }, content);
    const seen = await reader.waitForFunction((text) => window.paintedAt.get(text), content, {
      polling: 5,
    });
    times.push(((await seen.jsonValue()) as number) - sentAt);
  }
  return times;
}

const BARE = `<!doctype html><title>Bare</title><body><script>
  const paintedAt = window.paintedAt = new Map();
  const socket = new WebSocket(location.href.replace('http', 'ws'));
  socket.onopen = () => { window.send = (text) => socket.send(text); };
  socket.onmessage = ({ data }) => {
    document.body.append(data);
    requestAnimationFrame(() => setTimeout(() => paintedAt.set(data, performance.timeOrigin + performance.now())));
  };
</script>`;

/** A page and a server that passes on what it is sent, and nothing else. */
async function serveBareSocket(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(BARE),
  );
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (text) => {
      for (const other of sockets.clients) {
        other.send(String(text));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      for (const socket of sockets.clients) {
        socket.terminate();
      }
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
