import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { runBatches } from '../../database/batches.ts';
import { moveMonths } from '../../database/months/partitions.ts';

/** Deletes the messages that are past their time: whole months first, then room by room. */
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
    const { rows: rooms } = await pool.query<{ room_id: string }>(
      'select app_private.rooms_past_retention() as room_id',
    );
    for (const { room_id: roomId } of rooms) {
      await deleteExpired(pool, roomId, abortSignal);
    }
  };
}

async function deleteExpired(pool: Pool, roomId: string, signal: AbortSignal): Promise<void> {
  let after = '0';
  await runBatches(async (size) => {
    const { rows } = await pool.query<{ deleted_count: number; last_seq: string | null }>(
      'select * from app_private.delete_expired_messages($1, $2, $3)',
      [roomId, after, size],
    );
    after = rows[0]?.last_seq ?? after;
    return rows[0]?.deleted_count === size;
  }, signal);
  await pool.query('select app_private.note_history_start($1)', [roomId]);
}
