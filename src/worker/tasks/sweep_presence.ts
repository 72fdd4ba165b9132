import type { Pool } from 'pg';

/** First key of an advisory lock, so that of several workers one sweeps at a time. */
const SWEEP_LOCK = 7_878_673_004;

/**
 * Ends the sessions of people whose server died without saying so, and tells listeners who went offline. Runs every
 * few seconds, outside the job queue, as `sweep_typing` does.
 */
export async function sweepPresence(pool: Pool): Promise<void> {
  await pool.query('select app_private.sweep_presence() where pg_try_advisory_xact_lock($1)', [
    SWEEP_LOCK,
  ]);
}
