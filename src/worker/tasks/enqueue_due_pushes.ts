import type { Pool } from 'pg';

/** Hands the rooms whose delay is over to the job queue. Runs twice a second, outside of it. */
export async function enqueueDuePushes(pool: Pool, delayMs: number): Promise<void> {
  await pool.query(`select app_private.enqueue_due_pushes($1 * interval '1 ms')`, [delayMs]);
}
