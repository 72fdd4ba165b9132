import type { Pool } from 'pg';
import { runBatches } from '../database/batches.ts';

/** Makes messages found that are new or have changed, until there are no more of them or it is stopping. */
export async function indexMessages(pool: Pool, isStopping: () => boolean): Promise<void> {
  await runBatches(async (size) => {
    if (isStopping()) {
      return false;
    }
    const { rows } = await pool.query<{ count: number }>(
      'select app_private.index_noted($1) as count',
      [size],
    );
    return Number(rows[0]?.count) > 0;
  });
}
