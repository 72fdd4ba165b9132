import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createIndexing, indexAll } from '../src/worker/index-messages.ts';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import type { Row } from './support/report.ts';

/*
 * What one message costs: processor time of Postgres and WAL beside a bare insert of the same row in a transaction of the
 * same shape, bytes on disk with all that is kept beside it, and how soon search finds it. The least of several rounds:
 * what else the machine does only adds.
 */
const PEOPLE = 16;
const ROOMS = 16;
const ROUNDS = 8;
const SENDS = 200;
const STORED = 10_000;
const SENDERS = 8;
const LOOK_MS = 10;
const FOUND = 40;

const CONTENT = 'some words, as people write them';
const SETTINGS = {
  name: 'settings',
  text: `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true),
    set_config('trumpet.bell', 'app', true)`,
};

interface Place {
  readonly userId: string;
  readonly roomId: string;
}

interface Cost {
  readonly us: number;
  readonly bytes: number;
}

export async function messageCost(env: BenchEnvironment): Promise<Row[]> {
  const people = (await env.createPeople(PEOPLE)).map(({ id }) => id);
  const rooms = await env.createRooms(Array.from({ length: ROOMS }, () => people));
  await env.owner.query(`
    create table public.bare (id uuid primary key default uuidv7(), room_id uuid not null, seq bigint not null,
      author_id uuid not null, content text, message_type text not null default 'text', metadata jsonb not null default '{}',
      created_at timestamptz not null default now());
    grant select, insert on public.bare to trumpet_user`);
  const client = new pg.Client(env.authDatabaseUrl);
  await client.connect();
  // Waiting for the disk is no processor time.
  await client.query('set synchronous_commit = off');
  const placeOf = (turn: number): Place => ({
    userId: people[turn % PEOPLE] as string,
    roomId: rooms[Math.floor(turn / PEOPLE) % ROOMS] as string,
  });
  const deeds = {
    bare: ({ userId, roomId }: Place, turn: number) =>
      client.query({
        name: 'bare',
        text: 'insert into public.bare (room_id, seq, author_id, content) values ($1, $2, $3, $4) returning *',
        values: [roomId, turn, userId, CONTENT],
      }),
    send: ({ roomId }: Place) =>
      client.query({
        name: 'send',
        text: 'select * from app_public.send_message(room_id => $1, content => $2)',
        values: [roomId, CONTENT],
      }),
    nonce: ({ roomId }: Place) =>
      client.query({
        name: 'nonce',
        text: 'select * from app_public.send_message(room_id => $1, content => $2, nonce => $3)',
        values: [roomId, CONTENT, crypto.randomUUID()],
      }),
  };
  let turn = 0;
  const cost = async (deed: keyof typeof deeds): Promise<Cost> => {
    const [cpu, wal] = [await cpuOf(client), await walOf(env.owner)];
    for (let send = 0; send < SENDS; send += 1, turn += 1) {
      const place = placeOf(turn);
      await client.query('begin');
      await client.query({ ...SETTINGS, values: [place.userId] });
      await deeds[deed](place, turn);
      await client.query('commit');
    }
    return {
      us: ((await cpuOf(client)) - cpu) / 1_000 / SENDS,
      bytes: ((await walOf(env.owner)) - wal) / SENDS,
    };
  };
  const costs: Record<keyof typeof deeds, Cost[]> = { bare: [], send: [], nonce: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const deed of Object.keys(deeds) as (keyof typeof deeds)[]) {
      costs[deed].push(await cost(deed));
    }
  }
  const least = (deed: keyof typeof deeds, what: keyof Cost) =>
    Math.min(...costs[deed].slice(1).map((round) => round[what]));
  await client.end();
  const indexing = await indexCost(env);
  const rows: Row[] = [
    {
      bench: 'processor time of one send',
      measured: `${least('send', 'us').toFixed(0)} µs, ${least('nonce', 'us').toFixed(0)} with a nonce`,
      baseline: `${least('bare', 'us').toFixed(0)} µs, a bare insert`,
      ratio: least('send', 'us') / least('bare', 'us'),
      goal: { atMost: 3.2 },
      remark: `and ${indexing.us.toFixed(0)} µs to index it, behind the commit`,
    },
    {
      bench: 'WAL of one send, with nonce and index',
      measured: `${(least('nonce', 'bytes') + indexing.bytes).toFixed(0)} bytes`,
      baseline: 'at most 2,300',
      ratio: (least('nonce', 'bytes') + indexing.bytes) / 2_300,
      goal: { atMost: 1 },
      remark: `of these ${least('nonce', 'bytes').toFixed(0)} before the commit, ${least('send', 'bytes').toFixed(0)} without a nonce; a bare insert ${least('bare', 'bytes').toFixed(0)}`,
    },
    await bytesOnDisk(env, placeOf),
    await untilFound(env, placeOf),
  ];
  return rows;
}

/** Of the worker, for each of the messages that were just sent. */
async function indexCost(env: BenchEnvironment): Promise<Cost> {
  const client = new pg.Client(env.databaseUrl);
  await client.connect();
  const [cpu, wal] = [await cpuOf(client), await walOf(env.owner)];
  let count = 0;
  for (let batch = 1; batch > 0; ) {
    const { rows } = await client.query<{ count: number }>(
      'select app_private.index_sent(array(select app_private.rooms_to_index(200)), 200) as count',
    );
    batch = rows[0]?.count ?? 0;
    count += batch;
  }
  const cost = {
    us: ((await cpuOf(client)) - cpu) / 1_000 / count,
    bytes: ((await walOf(env.owner)) - wal) / count,
  };
  await client.end();
  return cost;
}

/** Of what is kept for ever: the message, its row in the log (which is kept for a time) and in the index of search. */
async function bytesOnDisk(env: BenchEnvironment, placeOf: (turn: number) => Place): Promise<Row> {
  const [before, nonces] = [await sizes(env), await nonceSize(env)];
  await sendMany(env, STORED, placeOf, () => false);
  await indexAll(env.owner);
  const after = await sizes(env);
  const each = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / STORED;
  const total = Object.keys(after).reduce((sum, name) => sum + each(name), 0);
  return {
    bench: 'bytes a message on disk, log and search included',
    measured: total.toFixed(0),
    baseline: 'at most 800',
    ratio: total / 800,
    goal: { atMost: 1 },
    remark: `${Object.keys(after)
      .map((name) => `${name} ${each(name).toFixed(0)}`)
      .join(
        ', ',
      )}; and its nonce ${(((await nonceSize(env)) - nonces) / STORED).toFixed(0)}, for 90 days`,
  };
}

async function sizes(env: BenchEnvironment): Promise<Record<string, number>> {
  const { rows } = await env.owner.query<{ name: string; bytes: number }>(
    `select parent.relname as name, sum(pg_total_relation_size(pg_inherits.inhrelid))::float8 as bytes
      from pg_inherits join pg_class as parent on parent.oid = pg_inherits.inhparent
      where parent.relname in ('messages', 'room_changes', 'message_search')
      group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}

async function nonceSize(env: BenchEnvironment): Promise<number> {
  const { rows } = await env.owner.query<{ bytes: number }>(
    `select pg_total_relation_size('app_private.message_nonces')::float8 as bytes`,
  );
  return rows[0]?.bytes ?? 0;
}

/** How long after its commit a message is found by search, while others send as fast as they can. */
async function untilFound(env: BenchEnvironment, placeOf: (turn: number) => Place): Promise<Row> {
  let isOver = false;
  const others = sendMany(env, Number.POSITIVE_INFINITY, placeOf, () => isOver);
  const indexing = createIndexing(env.owner, () => isOver);
  const worker = (async () => {
    while (!isOver) {
      await indexing.run();
      await sleep(200);
    }
  })();
  const client = new pg.Client(env.databaseUrl);
  await client.connect();
  const delays: number[] = [];
  for (let number = 0; number < FOUND; number += 1) {
    const { userId, roomId } = placeOf(number);
    const word = `found${crypto.randomUUID().slice(0, 8)}`;
    await client.query('begin');
    await client.query({ ...SETTINGS, values: [userId] });
    await client.query('select from app_public.send_message(room_id => $1, content => $2)', [
      roomId,
      word,
    ]);
    await client.query('commit');
    const sentAt = performance.now();
    for (let isFound = false; !isFound; ) {
      await sleep(LOOK_MS);
      const { rowCount } = await client.query(
        'select from app_private.message_search where words @@ $1::tsquery',
        [`'${word}'`],
      );
      isFound = rowCount === 1;
    }
    delays.push(performance.now() - sentAt);
  }
  isOver = true;
  const [sent] = await Promise.all([others, worker]);
  await client.end();
  const slowest = Math.max(...delays);
  return {
    bench: `until search finds a message, beside ${SENDERS} who send`,
    measured: `${percentile(delays, 0.5).toFixed(0)} ms, at most ${slowest.toFixed(0)}`,
    baseline: 'a second',
    ratio: slowest / 1_000,
    goal: { atMost: 1 },
    remark: `${FOUND} messages, among ${sent.toLocaleString('en')} of the others`,
  };
}

/** @returns how many were sent */
async function sendMany(
  env: BenchEnvironment,
  count: number,
  placeOf: (turn: number) => Place,
  isOver: () => boolean,
): Promise<number> {
  let turn = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      const client = new pg.Client(env.authDatabaseUrl);
      await client.connect();
      await client.query('set synchronous_commit = off');
      while (turn < count && !isOver()) {
        turn += 1;
        const { userId, roomId } = placeOf(turn);
        await client.query('begin');
        await client.query({ ...SETTINGS, values: [userId] });
        await client.query({
          name: 'nonce',
          text: 'select from app_public.send_message(room_id => $1, content => $2, nonce => $3)',
          values: [roomId, `${CONTENT} ${turn % 100}`, crypto.randomUUID()],
        });
        await client.query('commit');
      }
      await client.end();
    }),
  );
  return turn;
}

/** Processor time of a connection's backend, in nanoseconds: Linux tells it. */
async function cpuOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>({
    name: 'pid',
    text: 'select pg_backend_pid() as pid',
  });
  return Number(readFileSync(`/proc/${rows[0]?.pid}/schedstat`, 'utf8').split(' ')[0]);
}

async function walOf(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ bytes: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`,
  );
  return rows[0]?.bytes ?? 0;
}
