import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import { TRUMPET_DOCUMENT } from './fan-out.ts';
import type { Row } from './support/report.ts';

/*
 * What delivery costs those who write, and what GraphQL costs beside an endpoint written by hand.
 */
const ROOMS = 32;
const ROUNDS = 9;
const SECONDS = 5;
/** A server that has just started compiles itself for some seconds, on the same two cores. */
const WARM_UP_SECONDS = 3;
const NO_RING = `
  create or replace function app_private.ring(payload text) returns void language plpgsql volatile
  set search_path = pg_catalog as $$ begin end $$`;

const median = (values: readonly number[]) => percentile(values, 0.5);
/** Each round beside its own baseline: the machine is not equally fast all the time. */
const medianRatio = (measured: readonly number[], baseline: readonly number[]) =>
  median(measured.map((perSecond, round) => perSecond / (baseline[round] as number)));
const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString('en')}/s`;

async function audience(env: BenchEnvironment, size: number) {
  const people = await env.createPeople(size);
  const rooms = await env.createRooms(
    Array.from({ length: ROOMS }, () => people.map((person) => person.id)),
  );
  return { people, rooms };
}

/** `send_message` on so many connections, with somebody listening to every room and with delivery off, in turn. */
export async function sendSql(env: BenchEnvironment): Promise<Row[]> {
  const rows: Row[] = [];
  const { rows: sources } = await env.owner.query<{ source: string }>(
    "select pg_get_functiondef('app_private.ring(text)'::regprocedure) as source",
  );
  const ring = sources[0]?.source as string;
  for (const size of [16, 64]) {
    const { people, rooms } = await audience(env, size);
    const connections = people.map((person, index) =>
      rooms.map((_, turn) => ({
        roomId: rooms[(turn + index) % rooms.length] as string,
        userId: person.id,
      })),
    );
    const load = env.startProcess('support/sql-load.ts');
    const run = async (relayUrl: string | null, seconds = SECONDS) => {
      const { perSecond } = await load.request({
        type: 'run',
        authDatabaseUrl: env.authDatabaseUrl,
        relayUrl,
        connections,
        seconds,
      });
      return perSecond as number;
    };
    const server = await env.startServer();
    const listeners = env.startProcess('support/load.ts');
    await listeners.request({
      type: 'open',
      url: `${server.url.replace('http', 'ws')}/graphql`,
      sockets: rooms.map((roomId, index) => ({
        token: people[index % people.length]?.token ?? null,
        subscription: { query: TRUMPET_DOCUMENT, variables: { roomId } },
      })),
      concurrency: 8,
    });
    const delivering = async (seconds?: number) => {
      await env.owner.query(ring);
      return run(env.databaseUrl, seconds);
    };
    // The server stays: that it sweeps its rooms every second and finds nothing is a third of a percent.
    const silent = async () => {
      await env.owner.query(NO_RING);
      return run(null);
    };
    await delivering(ROUNDS * WARM_UP_SECONDS); // Not counted.
    const on: number[] = [];
    const off: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      off.push(await silent());
      on.push(await delivering());
    }
    await listeners.stop();
    await server.stop();
    await env.owner.query(ring);
    await load.stop();
    rows.push({
      bench: `send_message, ${size} connections, ${ROOMS} rooms, a listener in each`,
      measured: rate(median(on)),
      baseline: `${rate(median(off))} with delivery off`,
      ratio: medianRatio(on, off),
      goal: { atLeast: 0.85 },
    });
  }
  return rows;
}

const MUTATION = `mutation ($roomId: UUID!, $content: String!) {
  sendMessage(input: { roomId: $roomId, content: $content }) { message { id seq content createdAt } }
}`;

export async function sendHttp(env: BenchEnvironment): Promise<Row[]> {
  const { people, rooms } = await audience(env, 16);
  const server = await env.startServer();
  const express = env.startProcess('baselines/express-endpoint.ts', [
    env.authDatabaseUrl,
    env.jwtSecret,
  ]);
  const { port } = await express.listening;
  const load = env.startProcess('support/http-load.ts');
  const content = 'some words, as people write them';
  const run = async (url: string, body: (roomId: string) => unknown, seconds = SECONDS) => {
    const { perSecond } = await load.request({
      type: 'run',
      url,
      connections: people.map(({ token }, index) => ({
        token,
        bodies: rooms.map((_, turn) =>
          JSON.stringify(body(rooms[(turn + index) % rooms.length] as string)),
        ),
      })),
      seconds,
    });
    return perSecond as number;
  };
  const graphql = (seconds?: number) =>
    run(
      `${server.url}/graphql`,
      (roomId) => ({ query: MUTATION, variables: { roomId, content } }),
      seconds,
    );
  const byHand = (seconds?: number) =>
    run(`http://127.0.0.1:${port}/send`, (roomId) => ({ roomId, content }), seconds);
  for (let round = 0; round < ROUNDS; round += 1) {
    await byHand(WARM_UP_SECONDS); // Not counted.
    await graphql(WARM_UP_SECONDS);
  }
  const measured: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    baseline.push(await byHand());
    measured.push(await graphql());
  }
  await Promise.all([load.stop(), express.stop(), server.stop()]);
  return [
    {
      bench: 'sendMessage over HTTP, 16 connections',
      measured: rate(median(measured)),
      baseline: `${rate(median(baseline))} by express and pg`,
      ratio: medianRatio(measured, baseline),
      goal: { atLeast: 0.8 },
    },
  ];
}
