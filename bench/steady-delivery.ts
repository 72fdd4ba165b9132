import { loadavg } from 'node:os';
import type { BenchEnvironment, Person, ServerProcess } from '../testing/environment.ts';
import { startTestRedis } from '../testing/redis.ts';
import { percentile } from '../testing/send.ts';
import { TRUMPET_DOCUMENT } from './fan-out.ts';
import type { Expectation } from './support/load.ts';
import { cpuOfTree, postmasterOf } from './support/processor.ts';
import type { Row } from './support/report.ts';
import type { SteadyLoad } from './support/steady-load.ts';

/*
 * Delivery at a load that a machine bears: messages that come evenly over HTTP, whether or not earlier ones have been
 * answered, from the moment that each was due until its listeners have it. By one server, and by several with a Redis
 * between them.
 */
const ROOMS = 64;
const WARM_UP_SECONDS = 5;
const SECONDS = 20;
const PATIENCE_MS = 10_000;

interface Place {
  readonly roomId: string;
  readonly people: readonly Person[];
}

interface Steady {
  readonly delaysMs: readonly number[];
  readonly answersMs: readonly number[];
  /** How many events came of those that were due, and how many sends had no answer. */
  readonly missing: number;
  readonly failed: number;
  /** Processor time a message, in microseconds. */
  readonly serversUs: number;
  readonly postgresUs: number;
  readonly redisUs: number;
}

const ms = (values: readonly number[], fraction: number) => percentile(values, fraction);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

async function audience(env: BenchEnvironment, listeners: number): Promise<Place[]> {
  const people = await env.createPeople(listeners);
  const groups = range(ROOMS).map((room) => people.filter((_, index) => index % ROOMS === room));
  const rooms = await env.createRooms(groups.map((group) => group.map(({ id }) => id)));
  return groups.map((group, index) => ({ roomId: rooms[index] as string, people: group }));
}

/** Everybody listens to their room, at one server after another; the messages come in at all of them alike. */
async function steady(
  env: BenchEnvironment,
  servers: readonly ServerProcess[],
  places: readonly Place[],
  perSecond: number,
  redisPid?: number,
): Promise<Steady> {
  const listening = env.startProcess('support/load.ts');
  const listeners = places.flatMap(({ roomId, people }) =>
    people.map(({ token }) => ({
      token,
      subscription: { query: TRUMPET_DOCUMENT, variables: { roomId } },
    })),
  );
  for (const [node, { url }] of servers.entries()) {
    await listening.request({
      type: 'open',
      url: `${url.replace('http', 'ws')}/graphql`,
      // By people and not by rooms: each room has listeners at each server.
      sockets: listeners.filter((_, index) => index % servers.length === node),
      concurrency: 20,
    });
  }
  const senders = servers.map(() => env.startProcess('support/steady-load.ts'));
  const turns = range(places.length * 4).map((turn) => {
    const { roomId, people } = places[turn % places.length] as Place;
    return {
      roomId,
      token: (people[Math.floor(turn / places.length) % people.length] as Person).token,
    };
  });
  const eventsOf = (messages: number) =>
    range(messages)
      .map((index) => places[index % places.length]?.people.length ?? 0)
      .reduce((sum, count) => sum + count, 0);
  const postmaster = await postmasterOf(env.owner);
  const cpus = () =>
    [
      servers.reduce((sum, { child }) => sum + cpuOfTree(child.pid ?? 0), 0),
      cpuOfTree(postmaster),
      redisPid === undefined ? 0 : cpuOfTree(redisPid),
    ] as const;

  async function run(seconds: number): Promise<Steady> {
    const each = perSecond / servers.length;
    const messages = each * seconds * servers.length;
    const due = eventsOf(each * seconds) * servers.length;
    const expected = listening.request({
      type: 'expect',
      frames: due,
      timeoutMs: seconds * 1_000 + PATIENCE_MS,
    }) as Promise<Expectation>;
    const [serversBefore, postgresBefore, redisBefore] = cpus();
    const sent: SteadyLoad[] = await Promise.all(
      senders.map((sender, node) =>
        sender.request({
          type: 'run',
          url: `${servers[node]?.url}/graphql`,
          sends: turns,
          perSecond: each,
          seconds,
          patienceMs: PATIENCE_MS,
        }),
      ),
    );
    const seen = await expected;
    const [serversAfter, postgresAfter, redisAfter] = cpus();
    return {
      delaysMs: seen.delaysMs,
      answersMs: sent.flatMap(({ delaysMs }) => delaysMs),
      missing: due - seen.frames,
      failed: sent.reduce((sum, { failed }) => sum + failed, 0),
      serversUs: (serversAfter - serversBefore) / messages,
      postgresUs: (postgresAfter - postgresBefore) / messages,
      redisUs: (redisAfter - redisBefore) / messages,
    };
  }

  await run(WARM_UP_SECONDS);
  const result = await run(SECONDS);
  for (const helper of [listening, ...senders]) {
    await helper.stop();
  }
  return result;
}

/**
 * The same load by one server, by two and by four with a Redis between them: what more servers cost, beside one in the
 * same run. Two cores bear all of it together, so what more servers could carry is not seen here.
 */
export async function serverNodes(env: BenchEnvironment): Promise<Row[]> {
  const [perSecond, listeners] = [50, 640];
  const places = await audience(env, listeners);
  const redis = await startTestRedis();
  const rows: Row[] = [];
  let alone: Steady | undefined;
  for (const count of [1, 2, 4]) {
    const before = loadavg()[0] ?? 0;
    const servers: ServerProcess[] = [];
    for (const _ of range(count)) {
      servers.push(await env.startServer({ REDIS_URL: redis.url }));
    }
    const result = await steady(env, servers, places, perSecond, redis.pid());
    await Promise.all(servers.map((server) => server.stop()));
    alone ??= result;
    const us = ({ serversUs, postgresUs, redisUs }: Steady) => serversUs + postgresUs + redisUs;
    rows.push({
      bench: `${count} ${count === 1 ? 'server' : 'servers'} and a Redis, ${perSecond} sends/s, ${listeners.toLocaleString('en')} listeners: processor time a message`,
      measured: `${us(result).toFixed(0)} µs (servers ${result.serversUs.toFixed(0)}, Postgres ${result.postgresUs.toFixed(0)}, Redis ${result.redisUs.toFixed(0)})`,
      baseline: `${us(alone).toFixed(0)} µs by one`,
      ratio: us(result) / us(alone),
      goal: { atMost: 4 },
      remark: `delivery p50 ${ms(result.delaysMs, 0.5).toFixed(0)} ms, p99 ${ms(result.delaysMs, 0.99).toFixed(0)}; ${told(result)}; load before it ${before.toFixed(1)}`,
    });
  }
  await redis.stop();
  return rows;
}

const told = ({ missing, failed }: Steady) =>
  `${missing === 0 ? 'nothing missing' : `${missing} events missing`}${failed === 0 ? '' : `, ${failed} sends without an answer`}`;

export async function steadyDelivery(env: BenchEnvironment): Promise<Row[]> {
  const [perSecond, listeners] = [500, 2_000];
  const places = await audience(env, listeners);
  const before = loadavg()[0] ?? 0;
  const server = await env.startServer();
  const result = await steady(env, [server], places, perSecond);
  await server.stop();
  const p99 = ms(result.delaysMs, 0.99);
  return [
    {
      bench: `live delivery at a steady ${perSecond} sends/s over HTTP in ${ROOMS} rooms, ${listeners.toLocaleString('en')} listeners`,
      measured: `p50 ${ms(result.delaysMs, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      baseline: 'p99 of 50 ms asked',
      ratio: p99 / 50,
      goal: { atMost: 1 },
      remark: `${told(result)}; answers p50 ${ms(result.answersMs, 0.5).toFixed(0)} ms, p99 ${ms(result.answersMs, 0.99).toFixed(0)}; a message costs ${result.serversUs.toFixed(0)} µs of the server and ${result.postgresUs.toFixed(0)} of Postgres; load before it ${before.toFixed(1)}`,
    },
  ];
}
