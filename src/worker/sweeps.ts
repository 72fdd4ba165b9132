import type { Pool } from 'pg';
import type { LinkSettings } from '../config/links.ts';
import type { ModerationSettings } from '../config/moderation.ts';
import { PRESENCE_SWEEP_LOCK, TYPING_SWEEP_LOCK } from '../database/locks.ts';
import { createJudge } from '../moderation/service.ts';
import { repeat } from '../process/repeat.ts';
import type { Push } from '../push/create-push.ts';
import type { Telling } from '../webhooks/telling.ts';
import { createIndexing } from './index-messages.ts';
import { setLinkPreviews } from './link-previews.ts';
import { unlockDeadWorkers } from './liveness.ts';
import { moderateMessages, setModerationHook } from './moderate-messages.ts';

/** Whoever sends to a room waits while a batch of it is deleted. */
const DISAPPEARED_AT_ONCE = 100;

/** What is done again and again, every time after a pause. */
interface Sweep {
  readonly name: string;
  readonly pauseMs: number;
  run(): Promise<unknown>;
}

export interface SweepOptions {
  readonly push: Push | undefined;
  readonly moderation: ModerationSettings | undefined;
  readonly links: LinkSettings | undefined;
  readonly telling: Telling | undefined;
}

/**
 * Starts what runs every few seconds, outside the job queue: a job each time would write to disk for something that
 * mostly has nothing to do.
 *
 * @returns a function that stops it and waits for what is under way
 */
export function startSweeps(pool: Pool, options: SweepOptions): () => Promise<void> {
  let isStopping = false;
  const stops = sweeps(pool, options, () => isStopping).map(({ name, pauseMs, run }) =>
    repeat(name, pauseMs, run),
  );
  return async () => {
    isStopping = true;
    await Promise.all(stops.map((stop) => stop()));
  };
}

function sweeps(
  pool: Pool,
  { push, moderation, links, telling }: SweepOptions,
  isStopping: () => boolean,
): Sweep[] {
  const sweeps: Sweep[] = [
    {
      // The pause is how much later than its commit a message is found.
      name: 'index_messages',
      pauseMs: 200,
      run: createIndexing(pool, isStopping).run,
    },
    {
      // Typing ends seconds after the last key: cron's minutes are too coarse for it.
      name: 'sweep_typing',
      pauseMs: 2_000,
      run: () => callAlone(pool, 'sweep_typing', TYPING_SWEEP_LOCK),
    },
    {
      // The pause is how much later than it could be known listeners hear that a server was killed.
      name: 'sweep_presence',
      pauseMs: 5_000,
      run: () => callAlone(pool, 'sweep_presence', PRESENCE_SWEEP_LOCK),
    },
    {
      // Nobody can send while it is missing.
      name: 'make_missing_month',
      pauseMs: 60_000,
      run: () => pool.query('select app_private.make_missing_month()'),
    },
    { name: 'unlock_dead_workers', pauseMs: 30_000, run: () => unlockDeadWorkers(pool) },
  ];
  sweeps.push({
    // The pause is how much later than its time a message is sent that was to be sent later.
    name: 'enqueue_due',
    pauseMs: 500,
    run: () => pool.query('select app_private.enqueue_due()'),
  });
  sweeps.push({
    // Nobody is shown it by then: the pause is how much later than its time it is deleted, and clients are told.
    name: 'delete_disappeared',
    pauseMs: 500,
    run: () => deleteDisappeared(pool, isStopping),
  });
  sweeps.push({
    // The pause is how much later than a second after the last count the results of a poll are told.
    name: 'count_polls',
    pauseMs: 500,
    run: () => countPolls(pool, isStopping),
  });
  if (push !== undefined) {
    // The pause is how much later than its delay a push may be.
    sweeps.push({
      name: 'enqueue_due_pushes',
      pauseMs: 500,
      run: () => enqueueDuePushes(pool, push.delayMs),
    });
  }
  if (push?.email !== undefined) {
    sweeps.push({
      name: 'enqueue_digests',
      pauseMs: 5 * 60_000,
      run: () => pool.query('select app_private.enqueue_digests()'),
    });
  }
  if (telling !== undefined) {
    // The pause is how much later than its commit a webhook is told of a change.
    sweeps.push({ name: 'tell_webhooks', pauseMs: 200, run: () => telling.tellDue() });
  }
  if (links !== undefined) {
    // One query, which mostly finds that they are on.
    sweeps.push({
      name: 'set_link_previews',
      pauseMs: 5_000,
      run: () => setLinkPreviews(pool, true),
    });
  }
  if (moderation !== undefined) {
    const judge = createJudge(moderation);
    sweeps.push({
      name: 'moderate_messages',
      pauseMs: 500,
      async run() {
        await setModerationHook(pool, true);
        await moderateMessages(pool, judge, moderation.timeoutMs);
      },
    });
  }
  return sweeps;
}

/** Calls a function of app_private, unless another worker is doing so. */
async function callAlone(pool: Pool, name: string, lock: number): Promise<void> {
  await pool.query(`select app_private.${name}() where pg_try_advisory_xact_lock($1)`, [lock]);
}

/** Counts each poll in which somebody has voted, in a transaction of its own. */
async function countPolls(pool: Pool, isStopping: () => boolean): Promise<void> {
  let isGoingOn = true;
  while (isGoingOn && !isStopping()) {
    const { rows } = await pool.query<{ is_going_on: boolean }>(
      'select app_private.count_next_poll() as is_going_on',
    );
    isGoingOn = rows[0]?.is_going_on === true;
  }
}

/** A room that cannot be dealt with holds up none of the others. */
export async function deleteDisappeared(pool: Pool, isStopping: () => boolean): Promise<void> {
  const { rows } = await pool.query<{ room_id: string }>(
    'select room_id from app_private.rooms_with_disappeared() as room_id',
  );
  const errors: unknown[] = [];
  for (const { room_id: roomId } of rows) {
    try {
      await deleteFromRoom(pool, roomId, isStopping);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    throw new AggregateError(errors, 'Messages that have disappeared could not be deleted.');
  }
}

async function deleteFromRoom(
  pool: Pool,
  roomId: string,
  isStopping: () => boolean,
): Promise<void> {
  let deleted = DISAPPEARED_AT_ONCE;
  while (deleted === DISAPPEARED_AT_ONCE && !isStopping()) {
    const { rows } = await pool.query<{ deleted: number }>(
      'select app_private.delete_disappeared($1, $2) as deleted',
      [roomId, DISAPPEARED_AT_ONCE],
    );
    deleted = rows[0]?.deleted ?? 0;
  }
}

/** Hands the rooms whose delay is over to the job queue. */
export async function enqueueDuePushes(pool: Pool, delayMs: number): Promise<void> {
  await pool.query(`select app_private.enqueue_due_pushes($1 * interval '1 ms')`, [delayMs]);
}
