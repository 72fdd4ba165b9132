import { loadavg } from 'node:os';
import pg from 'pg';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import type { Row } from './support/report.ts';

/*
 * The longest send of many beside the usual one: what anything that happens only now and then (a page that splits, a
 * table that grows, a vacuum) does to whoever meets it. There is no checkpoint meanwhile, which would be the disk's. As
 * many bare inserts in transactions of the same shape, in turns with the sends, say what the machine itself does.
 */
const SENDS = 200_000;
const ROUNDS = 20;
const SENDERS = 4;
const ROOMS = 32;
const CONTENT = 'some words, as people write them';
const SETTINGS = `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true),
  set_config('trumpet.bell', 'app', true)`;

interface Deed {
  readonly name: string;
  readonly text: string;
  values(roomId: string, userId: string, turn: number): unknown[];
}

const SEND: Deed = {
  name: 'send',
  text: 'select from app_public.send_message(room_id => $1, content => $2)',
  values: (roomId) => [roomId, CONTENT],
};
const BARE: Deed = {
  name: 'bare',
  text: 'insert into public.bare (room_id, seq, author_id, content) values ($1, $2, $3, $4)',
  values: (roomId, userId, turn) => [roomId, turn, userId, CONTENT],
};

export async function longestSend(env: BenchEnvironment): Promise<Row[]> {
  const people = (await env.createPeople(SENDERS)).map(({ id }) => id);
  const rooms = await env.createRooms(Array.from({ length: ROOMS }, () => people));
  await env.owner.query(`
    create table public.bare (id uuid primary key default uuidv7(), room_id uuid not null, seq bigint not null,
      author_id uuid not null, content text, created_at timestamptz not null default now());
    grant insert on public.bare to trumpet_user`);
  await env.owner.query(`alter system set checkpoint_timeout = '1d'`);
  await env.owner.query(`alter system set max_wal_size = '64GB'`);
  await env.owner.query('select pg_reload_conf()');
  await env.owner.query('checkpoint');
  const clients = await Promise.all(
    people.map(async () => {
      const client = new pg.Client(env.authDatabaseUrl);
      await client.connect();
      return client;
    }),
  );

  async function run(deed: Deed, count: number): Promise<number[]> {
    const delaysMs: number[] = [];
    let turn = 0;
    await Promise.all(
      clients.map(async (client, index) => {
        const userId = people[index] as string;
        while (turn < count) {
          turn += 1;
          const roomId = rooms[turn % ROOMS] as string;
          const startedAt = performance.now();
          await client.query('begin');
          await client.query({ name: 'settings', text: SETTINGS, values: [userId] });
          await client.query({
            name: deed.name,
            text: deed.text,
            values: deed.values(roomId, userId, turn),
          });
          await client.query('commit');
          delaysMs.push(performance.now() - startedAt);
        }
      }),
    );
    return delaysMs;
  }

  const load = loadavg()[0] ?? 0;
  await run(SEND, 2_000); // Not counted: what each connection plans once.
  await run(BARE, 2_000);
  const checkpoints = await checkpointsOf(env);
  const sends: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    sends.push(...(await run(SEND, SENDS / ROUNDS)));
    bare.push(...(await run(BARE, SENDS / ROUNDS)));
  }
  for (const client of clients) {
    await client.end();
  }
  if ((await checkpointsOf(env)) !== checkpoints) {
    throw new Error('There was a checkpoint');
  }
  const [p50, longest] = [percentile(sends, 0.5), percentile(sends, 1)];
  const told = (values: readonly number[]) =>
    [0.5, 0.99, 0.9999, 1].map((fraction) => percentile(values, fraction).toFixed(1)).join(' / ');
  return [
    {
      bench: `the longest of ${SENDS.toLocaleString('en')} sends, ${SENDERS} at a time in ${ROOMS} rooms`,
      measured: `${longest.toFixed(1)} ms`,
      baseline: `p50 ${p50.toFixed(1)} ms`,
      ratio: longest / p50,
      goal: { atMost: 5 },
      remark: `p50 / p99 / p99.99 / longest: ${told(sends)} ms; of bare inserts in turns with them ${told(bare)}; load before it ${load.toFixed(1)}`,
    },
  ];
}

async function checkpointsOf(env: BenchEnvironment): Promise<string | undefined> {
  const { rows } = await env.owner.query<{ count: string }>(
    'select (num_timed + num_requested)::text as count from pg_stat_checkpointer',
  );
  return rows[0]?.count;
}
