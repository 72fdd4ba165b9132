import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { runBatches } from '../../database/batches.ts';
import { dropExpiredArchives, moveMonths } from '../../database/months/partitions.ts';

/** Deletes the messages that are past their time: whole months first, then room by room; the archive too. */
export function makeApplyRetention(pool: Pool): Task {
  return async (_payload, { abortSignal }) => {
    const { rows: months } = await pool.query<{ month: string }>(
      'select month::text from app_private.expired_months() as month',
    );
    await moveMonths(
      pool,
      months.map(({ month }) => ({ parent: 'app_public.messages', month, destination: 'drop' })),
      abortSignal,
    );
    await dropExpiredArchives(pool, abortSignal);
    const { rows: places } = await pool.query<Place>(
      'select room_id as "roomId", found_in as "foundIn" from app_private.rooms_past_retention()',
    );
    for (const place of places) {
      await deleteExpired(pool, place, abortSignal);
    }
    await pool.query('select app_private.release_expired_uploads()');
    await runBatches(async (size) => {
      const { rows } = await pool.query<{ is_going_on: boolean }>(
        'select app_private.forget_words($1) as is_going_on',
        [size],
      );
      return rows[0]?.is_going_on === true;
    }, abortSignal);
  };
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
