import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { runBatches } from '../../database/batches.ts';
import { eachAlone, stepsAlone } from '../../database/each-alone.ts';
import { dropExpiredArchives, moveMonths } from '../../database/months/partitions.ts';

/**
 * Deletes the messages that are past their time: whole months first, then room by room; the archive too. A month or a
 * room that cannot be dealt with holds up none of the others.
 */
export function makeApplyRetention(pool: Pool): Task {
  return (_payload, { abortSignal }) =>
    stepsAlone(
      abortSignal,
      () => dropExpiredMonths(pool, abortSignal),
      () => dropExpiredArchives(pool, abortSignal),
      () => deleteFromRooms(pool, abortSignal),
      () => pool.query('select app_private.release_expired_uploads()'),
      () => forgetWords(pool, abortSignal),
    );
}

async function dropExpiredMonths(pool: Pool, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ month: string }>(
    'select month::text from app_private.expired_months() as month',
  );
  await moveMonths(
    pool,
    rows.map(({ month }) => ({ parent: 'app_public.messages', month, destination: 'drop' })),
    signal,
  );
}

async function deleteFromRooms(pool: Pool, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<Place>(
    'select room_id as "roomId", found_in as "foundIn" from app_private.rooms_past_retention()',
  );
  await eachAlone(rows, signal, (place) => deleteExpired(pool, place, signal));
}

async function forgetWords(pool: Pool, signal: AbortSignal): Promise<void> {
  await runBatches(async (size) => {
    const { rows } = await pool.query<{ is_going_on: boolean }>(
      'select app_private.forget_words($1) as is_going_on',
      [size],
    );
    return rows[0]?.is_going_on === true;
  }, signal);
}

/** The messages of one room that are in one table. */
interface Place {
  readonly roomId: string;
  readonly foundIn: string;
}

async function deleteExpired(
  pool: Pool,
  { roomId, foundIn }: Place,
  signal: AbortSignal,
): Promise<void> {
  let after = '0';
  await runBatches(async (size) => {
    const { rows } = await pool.query<{ deleted_count: number; last_seq: string | null }>(
      'select * from app_private.delete_expired_messages($1, $2, $3, $4)',
      [roomId, after, size, foundIn],
    );
    after = rows[0]?.last_seq ?? after;
    return rows[0]?.deleted_count === size;
  }, signal);
  await pool.query('select app_private.note_history_start($1)', [roomId]);
}
