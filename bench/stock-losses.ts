import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startProxy } from '../test/faults/support/proxy.ts';
import {
  type BenchEnvironment,
  createEnvironment,
  type Helper,
  type Person,
} from '../testing/environment.ts';
import { memoryOf } from '../testing/memory.ts';
import { openSocket, type Subscription } from '../testing/socket.ts';
import { machine } from './support/report.ts';

/*
 * node bench/stock-losses.ts: what PostGraphile's own subscriptions do where Trumpet's hold a promise. Read with
 * docs/decisions/01-postgraphile-5.md, which has the figures. Each event is a NOTIFY with the id of a message, as a trigger
 * in the documentation of PostGraphile sends it.
 */

const DOCUMENT =
  'subscription ($roomId: UUID!) { stockMessages(roomId: $roomId) { message { id content } } }';
const BURST = 200;
const ROUNDS = 5;
const HALF_OPEN_SECONDS = 60;
const TOPICS = 3_000;
const TOPICS_LIMIT_MS = 150_000;
const LARGE_EVENTS = 30_000;
const LARGE_CONTENT = 'x'.repeat(7_600);
const MEBIBYTE = 1024 * 1024;

interface Stock {
  readonly url: string;
  readonly process: Helper;
}

interface Scene {
  readonly env: BenchEnvironment;
  readonly person: Person;
  readonly roomId: string;
  /** Small messages, then a large one. */
  readonly messageIds: readonly string[];
  readonly largeMessageId: string;
}

async function startStock(
  env: BenchEnvironment,
  databaseUrl = env.authDatabaseUrl,
): Promise<Stock> {
  const process = env.startProcess('baselines/stock-subscriptions.ts', [databaseUrl]);
  const { port } = await process.listening;
  return { url: `http://127.0.0.1:${port}/graphql`, process };
}

async function prepare(env: BenchEnvironment): Promise<Scene> {
  const [person] = (await env.createPeople(1)) as [Person];
  const [roomId] = (await env.createRooms([[person.id]])) as [string];
  const { rows } = await env.owner.query<{ id: string }>(
    `insert into app_public.messages (room_id, author_id, content)
       select $1, $2, case when number > $3 then $4 else 'event ' || number end
         from generate_series(1, $3 + 1) as number
       returning id`,
    [roomId, person.id, BURST, LARGE_CONTENT],
  );
  const ids = rows.map(({ id }) => id);
  return {
    env,
    person,
    roomId,
    messageIds: ids.slice(0, BURST),
    largeMessageId: ids[BURST] as string,
  };
}

function notify({ env, roomId }: Scene, messageId: string): Promise<unknown> {
  return env.owner.query(
    `select pg_notify('stock:' || $1, json_build_object('message_id', $2::text)::text)`,
    [roomId, messageId],
  );
}

/** Publishes the large message until it arrives: everything from before it has arrived then, or never will. */
async function settle(scene: Scene, subscription: Subscription<unknown>): Promise<Set<string>> {
  const seen = new Set<string>();
  let isSettled = false;
  const reading = (async () => {
    for (;;) {
      const id = idOf(await subscription.nextData());
      if (id === scene.largeMessageId) {
        isSettled = true;
        return;
      }
      seen.add(id);
    }
  })();
  while (!isSettled) {
    await notify(scene, scene.largeMessageId);
    await Promise.race([reading, pause(200)]);
  }
  return seen;
}

function idOf(data: unknown): string {
  return (data as { stockMessages: { message: { id: string } } }).stockMessages.message.id;
}

async function publishedRightAfterSubscribe(scene: Scene): Promise<string> {
  const stock = await startStock(scene.env);
  const lost: number[] = [];
  // The first round waits for everything that a server does for the first time, and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const socket = await openSocket(stock.url, { token: scene.person.token });
    const subscription = socket.subscribe(DOCUMENT, { roomId: scene.roomId });
    for (const id of scene.messageIds) {
      await notify(scene, id);
    }
    lost.push(BURST - (await settle(scene, subscription)).size);
    await socket.close();
  }
  await stock.process.stop();
  return `${lost.slice(1).join(', ')} of ${BURST} events lost in ${ROUNDS} rounds, without an error`;
}

async function listeningBackendEnded(scene: Scene): Promise<string> {
  const stock = await startStock(scene.env);
  const socket = await openSocket(stock.url, { token: scene.person.token });
  const first = socket.subscribe(DOCUMENT, { roomId: scene.roomId });
  await settle(scene, first);
  await scene.env.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN "stock:%'`,
  );
  const half = scene.messageIds.length / 2;
  for (const id of scene.messageIds.slice(0, half)) {
    await notify(scene, id);
  }
  // A client that does what it can: it subscribes again as soon as it hears of the end.
  let ended = 'no end of the subscription';
  for (;;) {
    const step = await Promise.race([first.next(), pause(10_000)]);
    if (step === undefined) {
      break;
    }
    if (step.type !== 'next') {
      ended = step.type === 'error' ? 'ended with an error' : 'ended without an error';
      break;
    }
  }
  const second = socket.subscribe(DOCUMENT, { roomId: scene.roomId });
  for (const id of scene.messageIds.slice(half)) {
    await notify(scene, id);
  }
  const seen = await settle(scene, second);
  await socket.close();
  await stock.process.stop();
  return `${ended}; of ${BURST} events around it ${BURST - seen.size} never came, though the client subscribed again at once`;
}

async function linkHalfOpen(scene: Scene): Promise<string> {
  const url = new URL(scene.env.authDatabaseUrl);
  const proxy = await startProxy(Number(url.port));
  url.port = String(proxy.port);
  const stock = await startStock(scene.env, url.href);
  const socket = await openSocket(stock.url, { token: scene.person.token });
  const subscription = socket.subscribe(DOCUMENT, { roomId: scene.roomId });
  await settle(scene, subscription);
  proxy.swallow(['toDatabase', 'toServer'], () => true);
  for (const id of scene.messageIds.slice(0, HALF_OPEN_SECONDS)) {
    await notify(scene, id);
    await pause(1_000);
  }
  const steps = subscription.pending();
  const errors = steps.filter(({ type }) => type !== 'next').length;
  const arrived = steps.length - errors;
  await socket.close();
  await stock.process.stop();
  await proxy.close();
  return `${arrived} of ${HALF_OPEN_SECONDS} events arrived in ${HALF_OPEN_SECONDS} s, ${errors} errors`;
}

async function manyTopics(scene: Scene): Promise<string> {
  const stock = await startStock(scene.env);
  const ask = async () => {
    const startedAt = performance.now();
    await fetch(stock.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${scene.person.token}`,
      },
      body: JSON.stringify({ query: '{ currentUser { id } }' }),
      signal: AbortSignal.timeout(TOPICS_LIMIT_MS),
    });
    return performance.now() - startedAt;
  };
  await ask();
  const before = await ask();
  const socket = await openSocket(stock.url, { token: scene.person.token });
  for (let topic = 0; topic < TOPICS; topic += 1) {
    socket.subscribe(DOCUMENT, { roomId: randomUUID() });
  }
  // Topics are listened to in the order of their subscriptions: when the last one hears, all do.
  const startedAt = performance.now();
  let isListening = false;
  settle(scene, socket.subscribe(DOCUMENT, { roomId: scene.roomId })).then(
    () => {
      isListening = true;
    },
    () => {}, // The server is stopped before.
  );
  let longest = 0;
  while (!isListening && performance.now() - startedAt < TOPICS_LIMIT_MS) {
    longest = Math.max(longest, await ask().catch(() => TOPICS_LIMIT_MS));
  }
  const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
  const listening = isListening ? seconds(performance.now() - startedAt) : 'not at all';
  await stock.process.stop();
  return `all listened after ${listening}; a request over HTTP took ${before.toFixed(0)} ms before and up to ${seconds(longest)} meanwhile`;
}

async function readerStalled(scene: Scene): Promise<string> {
  const stock = await startStock(scene.env);
  const pid = stock.process.child.pid as number;
  const stalled = await openSocket(stock.url, { token: scene.person.token });
  await settle(scene, stalled.subscribe(DOCUMENT, { roomId: scene.roomId }));
  const before = memoryOf(pid).resident;
  stalled.pause();
  for (let event = 0; event < LARGE_EVENTS; event += 100) {
    await scene.env.owner.query(
      `select pg_notify('stock:' || $1, json_build_object('message_id', $2::text, 'n', n, 'content', $4::text)::text)
         from generate_series($3::int, $3::int + 99) as n`,
      [scene.roomId, scene.largeMessageId, event, LARGE_CONTENT],
    );
  }
  // It has worked off all of it when its memory has not risen for a while.
  let highest = memoryOf(pid).highest;
  for (let isRising = true; isRising; ) {
    await pause(10_000);
    const now = memoryOf(pid).highest;
    isRising = now > highest;
    highest = now;
  }
  await stock.process.stop();
  return `server memory ${Math.round(before / MEBIBYTE)} → ${Math.round(highest / MEBIBYTE)} MiB after ${LARGE_EVENTS} events of 7.6 kB, and the reader is never cut`;
}

const SCENES = {
  'published right after subscribe': publishedRightAfterSubscribe,
  'listening backend terminated': listeningBackendEnded,
  'database link half-open': linkHalfOpen,
  'many topics on one socket': manyTopics,
  'one reader stalled': readerStalled,
};

console.log(machine());
const env = await createEnvironment();
try {
  const scene = await prepare(env);
  for (const [name, play] of Object.entries(SCENES)) {
    console.log(`${name}: ${await play(scene)}`);
  }
} finally {
  await env.close();
}
