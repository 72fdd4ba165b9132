import type { Pool } from 'pg';

/**
 * Makes a job for each person who has been away for an hour and missed something. Runs every few
 * minutes, outside of the job queue, and only where mails can be sent.
 */
export async function enqueueDigests(pool: Pool): Promise<void> {
  await pool.query('select app_private.enqueue_digests()');
}
