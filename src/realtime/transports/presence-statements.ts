import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { log } from '../../process/log.ts';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import type { PresenceSession, SessionWithStatus } from './presence-session.ts';

/** What is said to the database of the sessions here. None of it rejects. */
export interface PresenceStatements {
  /** Begins sessions that are not there, and lets all of them hold for another lease. */
  renew(sessions: readonly SessionWithStatus[]): Promise<void>;
  /** Lets sessions lapse, with time to come back. */
  leave(sessions: readonly PresenceSession[]): Promise<void>;
  /** Tells listeners whose sessions have lapsed. */
  sweep(): Promise<void>;
}

/** @param leaseMs how long a session holds without being renewed */
export function createPresenceStatements(pool: Pool, leaseMs: number): PresenceStatements {
  /** A session may be held by other nodes, too: each lets go of what is its own. */
  const nodeId = randomBytes(8).toString('hex');

  async function query(text: string, values: unknown[]): Promise<void> {
    const timed = { text, values, query_timeout: QUERY_TIMEOUT_MS };
    try {
      await pool.query(timed);
    } catch (error) {
      // The next renewal says it all again; what was to be ended lapses by itself.
      log.warn({ event: 'presence.failed', error });
    }
  }

  return {
    renew: (sessions) =>
      query(
        `select app_private.renew_presence(
          $1, $2, $3::app_public.user_status[], make_interval(secs => $4::float8 / 1000), $5)`,
        [
          sessions.map(({ userId }) => userId),
          sessions.map(({ key }) => key),
          sessions.map(({ status }) => status),
          leaseMs,
          nodeId,
        ],
      ),
    leave: (sessions) =>
      query('select app_private.leave_presence($1, $2, $3)', [
        sessions.map(({ userId }) => userId),
        sessions.map(({ key }) => key),
        nodeId,
      ]),
    sweep: () => query('select app_private.sweep_presence()', []),
  };
}
