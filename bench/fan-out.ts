import { epochMs } from '../testing/clock.ts';
import type { BenchEnvironment, Helper, Person } from '../testing/environment.ts';
import { percentile, type Send, sendAll, spread } from '../testing/send.ts';
import type { Expectation, SocketPlan } from './support/load.ts';
import type { Row } from './support/report.ts';

/*
 * How fast one message reaches everybody: Trumpet, beside stock subscriptions and a raw broadcast of the same bytes.
 */
const MESSAGE = `message {
  id roomId seq content messageType metadata createdAt editedAt replyCount parentMessageId
  author { username displayName }
}`;
export const TRUMPET_DOCUMENT = `subscription ($roomId: UUID!, $after: BigInt) {
  roomEvents(roomId: $roomId, after: $after) { __typename changeSeq ... on MessageEvent { ${MESSAGE} } }
}`;
const STOCK_DOCUMENT = `subscription ($roomId: UUID!) { stockMessages(roomId: $roomId) { ${MESSAGE} } }`;

const STOCK_TRIGGER = `
  create function public.stock_notify() returns trigger language plpgsql as $$
  begin
    perform pg_notify('stock:' || new.room_id, json_build_object('message_id', new.id)::text);
    return null;
  end $$;
  create trigger stock_notify after insert on app_public.messages
    for each row execute function public.stock_notify()`;
const NO_STOCK_TRIGGER =
  'drop trigger stock_notify on app_public.messages; drop function public.stock_notify';

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly frameBytes: number;
}

interface Audience {
  readonly rooms: readonly string[];
  readonly members: readonly (readonly Person[])[];
}

function measure(startedAt: number, wanted: number, seen: Expectation): Measured {
  if (seen.frames !== wanted) {
    throw new Error(`${seen.frames} frames came, not ${wanted}`);
  }
  return {
    perSecond: (seen.frames / (seen.lastAt - startedAt)) * 1000,
    p50Ms: percentile(seen.delaysMs, 0.5),
    p99Ms: percentile(seen.delaysMs, 0.99),
    frameBytes: Math.round(seen.bytes / seen.frames),
  };
}

function plans(audience: Audience, query: string): SocketPlan[] {
  return audience.rooms.flatMap((roomId, index) =>
    (audience.members[index] ?? []).map(({ token }) => ({
      token,
      subscription: { query, variables: { roomId } },
    })),
  );
}

/** Sends while the sockets of a load process listen; a warm-up of a tenth first. */
async function deliver(
  env: BenchEnvironment,
  load: Helper,
  sends: readonly Send[],
  listeners: number,
): Promise<Measured> {
  // Each room is locked from one send to the next, so more rooms take more senders.
  const connections = new Set(sends.map((send) => send.roomId)).size > 1 ? 16 : 4;
  const warmUp = sends.slice(0, Math.ceil(sends.length / 10));
  for (const [batch, isWarmUp] of [
    [warmUp, true],
    [sends, false],
  ] as const) {
    const expectation = load.request({
      type: 'expect',
      frames: batch.length * listeners,
      timeoutMs: 240_000,
    });
    const startedAt = await sendAll(env.authDatabaseUrl, batch, connections);
    const seen = await expectation;
    if (!isWarmUp) {
      return measure(startedAt, batch.length * listeners, seen);
    }
  }
  throw new Error('unreachable');
}

async function throughTrumpet(env: BenchEnvironment, audience: Audience, messages: number) {
  const server = await env.startServer({ LOG_LEVEL: 'info' });
  const load = env.startProcess('support/load.ts');
  await load.request({
    type: 'open',
    url: `${server.url.replace('http', 'ws')}/graphql`,
    sockets: plans(audience, TRUMPET_DOCUMENT),
    concurrency: 20,
  });
  const result = await deliver(
    env,
    load,
    spread(audience.rooms, audience.members, messages),
    (audience.members[0] ?? []).length,
  );
  await load.stop();
  await server.stop();
  return result;
}

async function throughStock(env: BenchEnvironment, audience: Audience, messages: number) {
  await env.owner.query(STOCK_TRIGGER);
  const server = env.startProcess('baselines/stock-subscriptions.ts', [env.authDatabaseUrl]);
  const { port } = await server.listening;
  const load = env.startProcess('support/load.ts');
  // It says nothing when a subscription has begun: the first frame to come is a message of our own, to each room.
  const opened = load.request({
    type: 'open',
    url: `ws://127.0.0.1:${port}/graphql`,
    sockets: plans(audience, STOCK_DOCUMENT),
    concurrency: 2_000,
  });
  let isOpen = false;
  opened.finally(() => {
    isOpen = true;
  });
  while (!isOpen) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await sendAll(
      env.authDatabaseUrl,
      isOpen ? [] : spread(audience.rooms, audience.members, audience.rooms.length),
      4,
    );
  }
  await opened;
  // What those greetings still bring is drained before anything is counted.
  await load.request({ type: 'expect', frames: Number.POSITIVE_INFINITY, timeoutMs: 15_000 });
  const result = await deliver(
    env,
    load,
    spread(audience.rooms, audience.members, messages),
    (audience.members[0] ?? []).length,
  );
  await load.stop();
  await server.stop();
  await env.owner.query(NO_STOCK_TRIGGER);
  return result;
}

async function throughRaw(env: BenchEnvironment, listeners: number, rounds: number, size: number) {
  const server = env.startProcess('baselines/raw-broadcast.ts');
  const { port } = await server.listening;
  const load = env.startProcess('support/load.ts');
  await load.request({
    type: 'open',
    url: `ws://127.0.0.1:${port}`,
    sockets: Array.from({ length: listeners }, () => ({ token: null, subscription: null })),
    concurrency: 20,
  });
  let result: Measured | undefined;
  for (const count of [Math.ceil(rounds / 10), rounds]) {
    const expectation = load.request({
      type: 'expect',
      frames: count * listeners,
      timeoutMs: 60_000,
    });
    const { startedAt } = await server.request({ type: 'broadcast', size, rounds: count });
    result = measure(startedAt ?? epochMs(), count * listeners, await expectation);
  }
  await load.stop();
  await server.stop();
  return result as Measured;
}

const rate = ({ perSecond }: Measured) => `${Math.round(perSecond).toLocaleString('en')}/s`;

export async function fanOut(env: BenchEnvironment): Promise<Row[]> {
  const listeners = 1_000;
  const messages = 100;
  const people = await env.createPeople(listeners);
  const rooms = await env.createRooms([people.map((person) => person.id)]);
  const audience = { rooms, members: [people] };
  const trumpet = await throughTrumpet(env, audience, messages);
  const raw = await throughRaw(env, listeners, messages, trumpet.frameBytes);
  // A hundred messages would take it minutes; its rate does not depend on how many there are.
  const stock = await throughStock(env, audience, 10);
  const bench = `fan-out, 1 room × ${listeners} subscribers, ${messages} messages`;
  return [
    {
      bench: `${bench}, against raw ws`,
      measured: rate(trumpet),
      baseline: rate(raw),
      ratio: trumpet.perSecond / raw.perSecond,
      goal: { atLeast: 0.8 },
      remark: `${trumpet.frameBytes} bytes a frame, p99 ${trumpet.p99Ms.toFixed(0)} ms`,
    },
    {
      bench: `${bench}, against stock`,
      measured: rate(trumpet),
      baseline: rate(stock),
      ratio: trumpet.perSecond / stock.perSecond,
      goal: { atLeast: 40 },
    },
  ];
}

export async function smallRooms(env: BenchEnvironment): Promise<Row[]> {
  const roomCount = 500;
  const messages = 2_000;
  const people = await env.createPeople(roomCount * 4);
  const members = Array.from({ length: roomCount }, (_, index) =>
    people.slice(index * 4, index * 4 + 4),
  );
  const rooms = await env.createRooms(members.map((list) => list.map((person) => person.id)));
  const audience = { rooms, members };
  const trumpet = await throughTrumpet(env, audience, messages);
  const stock = await throughStock(env, audience, messages);
  const bench = `${roomCount} rooms × 4 subscribers, ${messages} messages`;
  return [
    {
      bench: `${bench}, rate`,
      measured: rate(trumpet),
      baseline: rate(stock),
      ratio: trumpet.perSecond / stock.perSecond,
      goal: { atLeast: 3 },
    },
    {
      bench: `${bench}, p99 of the delay`,
      measured: `${trumpet.p99Ms.toFixed(0)} ms`,
      baseline: `${stock.p99Ms.toFixed(0)} ms`,
      ratio: trumpet.p99Ms / stock.p99Ms,
      goal: { atMost: 1 },
    },
  ];
}
