import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { sqlTasks } from '../../src/worker/crontab.ts';
import { holdLivenessLock, unlockDeadWorkers } from '../../src/worker/liveness.ts';
import { startWorker } from '../../src/worker/run.ts';
import { offsetWallClock } from '../../testing/clock.ts';
import { createTestDatabase, single } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());

async function lockJobAs(workerId: string): Promise<string> {
  const { rows } = await database.owner.query<{ id: string }>(
    "select id from graphile_worker.add_job('expire_sessions', run_at => now() + interval '1 hour')",
  );
  const { id } = single(rows);
  await database.owner.query(
    'update graphile_worker._private_jobs set locked_by = $2, locked_at = now() where id = $1',
    [id, workerId],
  );
  return id;
}

async function holderOf(jobId: string): Promise<string | null> {
  const { rows } = await database.owner.query<{ locked_by: string | null }>(
    'select locked_by from graphile_worker._private_jobs where id = $1',
    [jobId],
  );
  return single(rows).locked_by;
}

test('the jobs of a dead worker are unlocked, those of a living one are not', async () => {
  const living = holdLivenessLock(database.databaseUrl, 'pool-living');
  await living.tried;
  const jobOfLiving = await lockJobAs('pool-living');
  const jobOfDead = await lockJobAs('pool-dead');

  await expect(unlockDeadWorkers(database.owner)).resolves.toEqual(['pool-dead']);
  expect(await holderOf(jobOfDead)).toBeNull();
  expect(await holderOf(jobOfLiving)).toBe('pool-living');

  await living.release();
  await expect(unlockDeadWorkers(database.owner)).resolves.toEqual(['pool-living']);
});

test('a worker works off the job that a killed one left locked', async () => {
  const client = new pg.Client(database.databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ id: string }>(
    "select id from graphile_worker.add_job('make_partitions')",
  );
  const { id } = single(rows);
  await client.query(
    "update graphile_worker._private_jobs set locked_by = 'pool-killed', locked_at = now() where id = $1",
    [id],
  );
  const done = new Promise<void>((resolve) => {
    client.on('notification', () => resolve());
  });
  await client.query(
    `create function public.tell() returns trigger language plpgsql as
      $$ begin notify job_done; return null; end $$`,
  );
  await client.query(
    'create trigger tell after delete on graphile_worker._private_jobs execute function public.tell()',
  );
  await client.query('listen job_done');

  const worker = await startWorker(database.databaseUrl);
  await done;
  await worker.stop();
  await client.end();
});

test.each(['sweep_presence', 'sweep_typing', ...Object.keys(sqlTasks)])(
  '%s may run twice: the second run has nothing to do',
  async (task) => {
    await database.owner.query(`select app_private.${task}()`);
    const { rows } = await database.owner.query<{ count: number }>(
      `select app_private.${task}() as count`,
    );
    expect(single(rows).count).toBe(0);
  },
);

test('the clock is set half a year forward and back again: the schedule goes on from where it is', async () => {
  const DAY_MS = 24 * 3_600_000;
  const lastRun = async () => {
    const { rows } = await database.owner.query<{ at: Date }>(
      'select max(last_execution) as at from graphile_worker._private_known_crontabs',
    );
    return Number(single(rows).at);
  };
  const realNow = Date.now();
  const worker = await startWorker(database.databaseUrl);
  {
    using _clock = offsetWallClock(220 * DAY_MS);
    while ((await lastRun()) < realNow + 219 * DAY_MS) {
      await pause(200);
    }
  }
  while ((await lastRun()) > realNow + DAY_MS) {
    await pause(200);
  }
  await worker.stop();
});
