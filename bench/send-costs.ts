import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type pg from 'pg';
import { pgSettingsFor } from '../src/database/pg-settings.ts';
import { createApiPool } from '../src/database/pools.ts';
import type { BenchEnvironment, Person } from '../testing/environment.ts';
import { percentile, type Send } from '../testing/send.ts';
import type { Row } from './support/report.ts';

/*
 * What a message costs beside a bare insert of its row, alone, with others to one room, and in many rooms.
 */
const SENDERS = 64;
const TOGETHER = 32;
const ROUNDS = 5;
const MESSAGES = 640;
const SECONDS = 4;
const CONTENT = 'some words, as people write them';

const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString('en')}/s`;
const micros = (value: number) => `${Math.round(value)} µs`;
const median = (values: readonly number[]) => percentile(values, 0.5);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Microseconds, by the scheduler's clock: ticks of 10 ms are a fifth of what a round of bare inserts takes. */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
}

/** Messages of different people to one room in one transaction, as a server sends them. */
async function sendTogether(client: pg.ClientBase, roomId: string, people: readonly Person[]) {
  const each = (value: string | null) => people.map(() => value);
  await client.query({
    name: 'together',
    text: `select state, (message).id, (message).seq, (message).content, (message).created_at
      from app_hidden.send_together($1, $2, $3, $3, $3, $4, $5, $6, $7, $7, $7, $7)`,
    values: [
      roomId,
      people.map(({ id }) => id),
      each(''),
      each(CONTENT),
      each('text'),
      each('{}'),
      each(null),
    ],
  });
}

/** One statement as a person, sent in one write with its transaction and settings, as the server does. */
async function asPerson(client: pg.PoolClient, userId: string, query: pg.QueryConfig) {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  const answers = Promise.all([
    client.query('begin'),
    client.query({
      name: 'settings',
      text: 'select set_config(setting.key, setting.value, true) from json_each_text($1) as setting',
      values: [JSON.stringify(pgSettingsFor({ userId, sessionId: '' }))],
    }),
    client.query(query),
    client.query('commit'),
  ]);
  stream.uncork();
  await answers;
}

const sendOne = (client: pg.PoolClient, { roomId, userId }: Send) =>
  asPerson(client, userId, {
    name: 'send',
    text: 'select id, seq, content, created_at from app_public.send_message($1, $2)',
    values: [roomId, CONTENT],
  });

/** One row of a message with its indexes, by the same role, after the same settings. */
const insertBare = (client: pg.PoolClient, { roomId, userId }: Send, seq: number) =>
  asPerson(client, userId, {
    name: 'bare',
    text: `insert into bench.messages (room_id, seq, author_id, content) values ($1, $2, $3, $4)
      returning id, seq, content, created_at`,
    values: [roomId, seq, userId, CONTENT],
  });

async function audience(env: BenchEnvironment) {
  const people = await env.createPeople(SENDERS);
  const rooms = await env.createRooms(range(SENDERS).map(() => people.map(({ id }) => id)));
  return { people, rooms };
}

/** A table like that of messages with its indexes, and without all else. */
const createBareTable = (env: BenchEnvironment) =>
  env.owner.query(
    `create schema bench;
    create table bench.messages (like app_public.messages including defaults including indexes);
    grant usage on schema bench to trumpet_user;
    grant insert, select on bench.messages to trumpet_user`,
  );

/** How often so many do something again and again, each as soon as it is done, in a second. */
async function perSecond(count: number, send: (index: number, turn: number) => Promise<unknown>) {
  const startedAt = performance.now();
  const endsAt = startedAt + SECONDS * 1000;
  let turns = 0;
  await Promise.all(
    range(count).map(async (index) => {
      while (performance.now() < endsAt) {
        turns += 1;
        await send(index, turns);
      }
    }),
  );
  return (turns / (performance.now() - startedAt)) * 1000;
}

/** The processor time of one message in Postgres, beside that of a bare insert. */
export async function sendCpu(env: BenchEnvironment): Promise<Row[]> {
  const { people, rooms } = await audience(env);
  await createBareTable(env);
  const pool = createApiPool(env.authDatabaseUrl, 1);
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid as number;
  // The flush is the same for all, and most of what the kernel does for a bare insert.
  await client.query('set synchronous_commit = off');
  const sendOf = (turn: number): Send => ({
    roomId: rooms[turn % rooms.length] as string,
    userId: people[(turn * 7) % people.length]?.id as string,
  });
  const kinds = {
    bare: { per: 1, run: (turn: number) => insertBare(client, sendOf(turn), turn) },
    alone: { per: 1, run: (turn: number) => sendOne(client, sendOf(turn)) },
    together: {
      per: TOGETHER,
      run: (turn: number) =>
        sendTogether(
          client,
          rooms[turn % rooms.length] as string,
          people.slice((turn % 2) * TOGETHER, (turn % 2) * TOGETHER + TOGETHER),
        ),
    },
  };
  const costs: Record<keyof typeof kinds, number[]> = { bare: [], alone: [], together: [] };
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, { per, run }] of Object.entries(kinds)) {
      const beganAt = cpuOf(pid);
      for (const turn of range(MESSAGES / per)) {
        await run(turn);
      }
      if (round >= 0) {
        costs[name as keyof typeof kinds].push((cpuOf(pid) - beganAt) / MESSAGES);
      }
    }
  }
  client.release();
  await pool.end();
  const least = (name: keyof typeof kinds) => Math.min(...costs[name]);
  const baseline = `${micros(least('bare'))} for a bare insert of the same row`;
  const row = (bench: string, name: 'alone' | 'together', atMost: number): Row => ({
    bench,
    measured: micros(least(name)),
    baseline,
    ratio: least(name) / least('bare'),
    goal: { atMost },
  });
  return [
    row('processor time in Postgres of one message, alone', 'alone', 3.2),
    row(`the same of one of ${TOGETHER} that are sent together to one room`, 'together', 1.2),
  ];
}

/** What one room takes in a second, with every flush of the log waited for. */
export async function oneRoom(env: BenchEnvironment): Promise<Row[]> {
  const { people, rooms } = await audience(env);
  const [roomId] = rooms as [string];
  const pool = createApiPool(env.authDatabaseUrl, 8);
  const clients = await Promise.all(range(8).map(() => pool.connect()));
  const alone = () =>
    perSecond(clients.length, (index) =>
      sendOne(clients[index] as pg.PoolClient, { roomId, userId: people[index]?.id as string }),
    );
  const together = async () =>
    TOGETHER *
    (await perSecond(1, () =>
      sendTogether(clients[0] as pg.PoolClient, roomId, people.slice(0, TOGETHER)),
    ));
  const server = await env.startServer();
  const load = env.startProcess('support/http-load.ts');
  const http = async () => {
    const answer = await load.request({
      type: 'run',
      url: `${server.url}/graphql`,
      connections: people.map(({ token }) => ({
        token,
        bodies: [
          JSON.stringify({
            query: `mutation ($roomId: UUID!, $content: String!) {
              sendMessage(input: { roomId: $roomId, content: $content }) { message { id seq content createdAt } }
            }`,
            variables: { roomId, content: CONTENT },
          }),
        ],
      })),
      seconds: SECONDS,
    });
    return answer.perSecond as number;
  };
  const measured: Record<'alone' | 'together' | 'http', number[]> = {
    alone: [],
    together: [],
    http: [],
  };
  await http(); // Not counted.
  for (const _ of range(ROUNDS)) {
    measured.alone.push(await alone());
    measured.together.push(await together());
    measured.http.push(await http());
  }
  for (const client of clients) {
    client.release();
  }
  await Promise.all([load.stop(), server.stop(), pool.end()]);
  const baseline = `${rate(median(measured.alone))} one after another, 8 connections`;
  const row = (bench: string, kind: 'together' | 'http', atLeast: number): Row => ({
    bench,
    measured: rate(median(measured[kind])),
    baseline,
    ratio: median(measured[kind]) / median(measured.alone),
    goal: { atLeast },
  });
  return [
    row(`one room, ${TOGETHER} messages a transaction, by SQL`, 'together', 4),
    row(`one room, ${SENDERS} senders, over HTTP`, 'http', 1.5),
  ];
}

/** What a database takes in a second from eight connections in 64 rooms, with every flush of the log waited for. */
export async function manyRooms(env: BenchEnvironment): Promise<Row[]> {
  const { people, rooms } = await audience(env);
  await createBareTable(env);
  const pool = createApiPool(env.authDatabaseUrl, 8);
  const clients = await Promise.all(range(8).map(() => pool.connect()));
  const sendOf = (index: number, turn: number): Send => ({
    roomId: rooms[(index + turn) % rooms.length] as string,
    userId: people[(index * 8 + (turn % 8)) % people.length]?.id as string,
  });
  const sends = () =>
    perSecond(clients.length, (index, turn) =>
      sendOne(clients[index] as pg.PoolClient, sendOf(index, turn)),
    );
  const bare = () =>
    perSecond(clients.length, (index, turn) =>
      insertBare(clients[index] as pg.PoolClient, sendOf(index, turn), turn),
    );
  await sends(); // Not counted.
  const measured: number[] = [];
  const baseline: number[] = [];
  for (const _ of range(ROUNDS)) {
    baseline.push(await bare());
    measured.push(await sends());
  }
  for (const client of clients) {
    client.release();
  }
  await pool.end();
  return [
    {
      bench: `sends by SQL, ${clients.length} connections, ${rooms.length} rooms`,
      measured: rate(median(measured)),
      baseline: `${rate(median(baseline))} bare inserts of the same row`,
      ratio: median(measured) / median(baseline),
      goal: { atLeast: 0.45 },
    },
  ];
}
