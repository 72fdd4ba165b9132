import { setTimeout as sleep } from 'node:timers/promises';
import { createApiPool } from '../src/database/pools.ts';
import { startWorker } from '../src/worker/run.ts';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile, type Send, sendOne } from '../testing/send.ts';
import { fillHistory } from './support/history.ts';
import type { Row } from './support/report.ts';

/*
 * Whether those who send notice that the worker deletes, moves and erases a million messages: 50 sends
 * a second, each timed from when it was due, while retention empties rooms and drops months, months go
 * to the archive and come back, and accounts are erased. Half of the sends go to the rooms that the
 * work is about. The baseline is the same sending before it.
 */
const MESSAGES = 1_000_000;
const SENDS_PER_SECOND = 50;
const QUIET_SECONDS = 15;
const SENDERS = 20;
/** What nobody may have to wait longer than, in milliseconds. */
const MOST_MS = 250;

export async function lifecycleUnderLoad(env: BenchEnvironment): Promise<Row[]> {
  const { owner } = env;
  const people = await env.createPeople(60);
  const memberIds = people.map(({ id }) => id);
  const leavers = memberIds.slice(0, 5);
  const rooms = await env.createRooms(Array.from({ length: 20 }, () => memberIds.toReversed()));
  const [expiring, staying] = [rooms.slice(0, 5), rooms.slice(5)];
  // 300,000 that expire, 100,000 of them in months where nothing else is.
  await fillHistory(owner, {
    roomIds: expiring,
    authorIds: memberIds,
    count: 100_000,
    isIndexed: true,
    endMonthsAgo: 13,
  });
  await fillHistory(owner, {
    roomIds: expiring,
    authorIds: memberIds,
    count: 200_000,
    isIndexed: true,
    endMonthsAgo: 2,
  });
  // 700,000 that stay, of which 400,000 are by people who delete their accounts.
  await fillHistory(owner, {
    roomIds: staying,
    authorIds: [...Array(8).fill(leavers).flat(), ...memberIds.slice(5, 35)],
    count: 700_000,
    isIndexed: true,
    endMonthsAgo: 2,
  });
  await owner.query('vacuum analyze');

  const senders = memberIds.slice(-SENDERS);
  const sends = senders.map((userId, index): Send => {
    const from = index % 2 === 0 ? expiring : staying;
    return { roomId: from[index % from.length] as string, userId };
  });
  const quiet = await sendFor(env, sends, sleep(QUIET_SECONDS * 1_000));

  await owner.query('update app_public.rooms set retention_days = 30 where id = any ($1)', [
    expiring,
  ]);
  const worker = await startWorker(env.databaseUrl);
  const startedAt = performance.now();
  const busy = await sendFor(env, sends, work(env, leavers));
  const tookMs = performance.now() - startedAt;
  await worker.stop();
  const touched = await countTouched(env, expiring, leavers);

  return [
    {
      bench: 'lifecycle under load: longest send',
      measured: `${Math.round(busy.longestMs)} ms (95th percentile ${busy.p95Ms.toFixed(1)} ms) of ${busy.count} sends, ${busy.failed} failed`,
      baseline: `at most ${MOST_MS} ms`,
      ratio: busy.failed > 0 ? Number.POSITIVE_INFINITY : busy.longestMs / MOST_MS,
      goal: { atMost: 1 },
      remark: `before: ${Math.round(quiet.longestMs)} ms (${quiet.p95Ms.toFixed(1)} ms); ${touched} in ${Math.round(tookMs / 1000)} s`,
    },
  ];
}

/** Has the worker do everything at once, and waits until it has. */
async function work(env: BenchEnvironment, leavers: readonly string[]): Promise<void> {
  const { owner } = env;
  await owner.query(`select graphile_worker.add_job('apply_retention')`);
  for (const userId of leavers) {
    await owner.query('select app_private.begin_erasure($1)', [userId]);
  }
  // After the first retention run the oldest months are gone; the next ones go to the archive.
  const { rows: months } = await owner.query<{ month: string }>(
    `select (date_trunc('month', now()) - make_interval(months => back))::date::text as month
      from generate_series(3, 8) as back`,
  );
  for (const { month } of months) {
    await owner.query('select app_admin.archive_month($1)', [month]);
  }
  await untilIdle(env);
  for (const { month } of months) {
    await owner.query('select app_admin.restore_month($1)', [month]);
  }
  await untilIdle(env);
}

async function untilIdle({ owner }: BenchEnvironment): Promise<void> {
  const isBusy = async () => {
    const { rows } = await owner.query<{ task: string; last_error: string | null }>(
      `select task, last_error from app_admin.jobs
        where task in ('apply_retention', 'erase_user', 'archive_months', 'restore_month')`,
    );
    const failed = rows.find((row) => row.last_error !== null);
    if (failed !== undefined) {
      throw new Error(`${failed.task} failed: ${failed.last_error}`);
    }
    return rows.length > 0;
  };
  while (await isBusy()) {
    await sleep(500);
  }
}

/** Sends evenly, whether or not earlier sends have been answered, until the work is done. */
async function sendFor(env: BenchEnvironment, sends: readonly Send[], until: Promise<void>) {
  const pool = createApiPool(env.authDatabaseUrl, SENDERS);
  const waits: number[] = [];
  const pending = new Set<Promise<void>>();
  let failed = 0;
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  const startedAt = performance.now();
  for (let turn = 0; !isOver; turn += 1) {
    const dueAt = startedAt + (turn * 1_000) / SENDS_PER_SECOND;
    await sleep(Math.max(0, dueAt - performance.now()));
    const send = sends[turn % sends.length] as Send;
    const done = sendFrom(send, dueAt).finally(() => pending.delete(done));
    pending.add(done);
  }
  await Promise.all(pending);
  await pool.end();
  await over;
  return {
    count: waits.length,
    failed,
    longestMs: Math.max(...waits),
    p95Ms: percentile(waits, 0.95),
  };

  async function sendFrom(send: Send, dueAt: number): Promise<void> {
    const client = await pool.connect();
    try {
      await sendOne(client, send, 'A message that is sent while a million others are worked on.');
      waits.push(performance.now() - dueAt);
    } catch (error) {
      failed += 1;
      console.error(error);
      await client.query('rollback');
    } finally {
      client.release();
    }
  }
}

async function countTouched(
  { owner }: BenchEnvironment,
  expiring: readonly string[],
  leavers: readonly string[],
): Promise<string> {
  const { rows } = await owner.query<{ expired: string; erased: string }>(
    `select
      (select sum(first_message_seq - 1) from app_private.room_heads where room_id = any ($1)) as expired,
      (select sum(messages_erased) from app_private.erasures where user_id = any ($2)) as erased`,
    [expiring, leavers],
  );
  const [counts] = rows;
  return `${counts?.expired} expired, ${counts?.erased} erased, six months archived and restored, of ${MESSAGES}`;
}
