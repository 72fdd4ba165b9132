import type { Pool } from 'pg';

/** First key of an advisory lock, so that of several workers one sweeps at a time. */
const SWEEP_LOCK = 7_878_673_002;

/**
 * Ends the typing indicators whose time is over, and tells listeners. Runs every two seconds, outside
 * the job queue: a job each time would write to disk for something that mostly has nothing to do.
 */
export async function sweepTyping(pool: Pool): Promise<void> {
  await pool.query('select app_private.sweep_typing() where pg_try_advisory_xact_lock($1)', [
    SWEEP_LOCK,
  ]);
}
