import pg from 'pg';
import { keptConnection } from '../database/kept-connection.ts';
import { LIVENESS_LOCKS } from '../database/locks.ts';
import { log } from '../process/log.ts';

/*
 * A worker that is killed leaves its jobs locked, for four hours as graphile-worker has it. Which
 * worker is dead, Postgres knows: a living one holds an advisory lock named after its pool on a
 * connection of its own, and a lock goes with its connection, whatever ended the process.
 */

const RECONNECT_DELAY_MS = 1_000;

export interface LivenessLock {
  /** Resolves when the lock was first tried for: it is held then, unless the database is away. */
  readonly tried: Promise<void>;
  release(): Promise<void>;
}

/** Holds the lock of a worker pool until released, and takes it again when its connection breaks. */
export function holdLivenessLock(databaseUrl: string, poolId: string): LivenessLock {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let released = false;

  async function take(): Promise<void> {
    const candidate = new pg.Client(keptConnection(databaseUrl, 'trumpet worker'));
    candidate.on('error', () => {});
    try {
      await candidate.connect();
      candidate.once('end', retry);
      await candidate.query('select pg_advisory_lock_shared($1, hashtext($2))', [
        LIVENESS_LOCKS,
        poolId,
      ]);
      client = candidate;
    } catch (error) {
      log.warn({ event: 'worker.lock_not_taken', error });
      candidate.removeListener('end', retry);
      await candidate.end().catch(() => {});
      retry();
    }
    if (released) {
      await candidate.end().catch(() => {});
    }
  }
  function retry(): void {
    client = undefined;
    if (!released) {
      timer = setTimeout(take, RECONNECT_DELAY_MS);
    }
  }

  return {
    tried: take(),
    async release() {
      released = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}

/**
 * Unlocks the jobs and queues of workers that are no more, so that the living take them over. Safe
 * to call at any time from any number of workers.
 *
 * @returns the ids of the pools that were found dead
 */
export async function unlockDeadWorkers(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id
    from (
      select locked_by as id from graphile_worker._private_jobs where locked_by is not null
      union
      select locked_by from graphile_worker._private_job_queues where locked_by is not null
    ) as holders
    where not exists (
      select
      from pg_locks
      where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())
        and classid = $1
        -- pg_locks shows the key unsigned.
        and objid = (hashtext(holders.id)::bigint & 4294967295)::oid
        and granted
    )`,
    [LIVENESS_LOCKS],
  );
  const dead = rows.map((row) => row.id);
  if (dead.length > 0) {
    await pool.query('select graphile_worker.force_unlock_workers($1)', [dead]);
    log.warn({ event: 'worker.dead_unlocked', workers: dead });
  }
  return dead;
}
