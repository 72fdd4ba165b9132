import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { moveMonths } from '../../database/months/partitions.ts';

/** Drops the months of the change log that nobody can resume from any more. */
export function makeTrimChangeLog(pool: Pool): Task {
  return async (_payload, { abortSignal }) => {
    const { rows } = await pool.query<{ month: string }>(
      'select month::text from app_private.expired_log_months() as month',
    );
    await moveMonths(
      pool,
      rows.map(({ month }) => ({ parent: 'app_private.room_changes', month, destination: 'drop' })),
      abortSignal,
    );
  };
}
