import { EventEmitter, once } from 'node:events';
import { Logger, run, type Task, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import { wallClockMs, watchWallClock } from '../process/clock.ts';
import { log } from '../process/log.ts';
import { inTrace, tracing } from '../process/tracing.ts';
import { crontab } from './crontab.ts';
import { holdLivenessLock, type LivenessLock, unlockDeadWorkers } from './liveness.ts';
import { observeJobs } from './metrics.ts';

/** What one worker works off, and how. */
export interface QueueOptions {
  readonly tasks: TaskList;
  /** Jobs that are under way at a time. */
  readonly concurrentJobs: number;
  /** How soon what had to wait for another job of its queue is found. */
  readonly pollIntervalMs?: number;
  /** Whether it keeps the schedule, too. */
  readonly hasSchedule: boolean;
}

const RESTART_DELAY_MS = 1_000;
/** How far the clock may be set before the schedule begins anew: it works with minutes. */
const CLOCK_STEP_MS = 60_000;
const CLOCK_CHECK_INTERVAL_MS = 5_000;
const FIRST_FETCH_TIMEOUT_MS = 5_000;
/** Jobs that are not done by then are given back to the queue. */
const SHUTDOWN_TIMEOUT_MS = 4_000;

export interface Queue {
  /** Gives unfinished jobs back after four seconds. */
  stop(): Promise<void>;
}

/**
 * Works off the jobs of a database, and goes on when it was away for a while: graphile-worker gives up after some failed
 * queries in a row; we do not. Nor does it notice that the clock has been set: it would go through half a year minute by
 * minute, or sleep until the old time has come again. So it begins anew then.
 *
 * @throws when the first job cannot be asked for
 */
export async function startQueue(
  databaseUrl: string,
  pool: Pool,
  options: QueueOptions,
): Promise<Queue> {
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Run;
  let clockStepMs = watchWallClock();

  function beginAnewWhenClockIsSet(): void {
    const steppedMs = clockStepMs();
    if (Math.abs(steppedMs) > CLOCK_STEP_MS) {
      log.warn({ event: 'worker.clock_set', steppedMs });
      clockStepMs = watchWallClock();
      void current.stop(); // It is over then, and the next begins.
    }
  }

  async function runOn(): Promise<void> {
    current = await startRun(databaseUrl, pool, options);
    current.ended.then((error) => {
      if (!stopping) {
        log.warn({ event: 'worker.ended', error });
        timer = setTimeout(restart, RESTART_DELAY_MS);
      }
    });
  }
  function restart(): void {
    runOn().catch((error) => {
      log.warn({ event: 'worker.not_restarted', error });
      if (!stopping) {
        timer = setTimeout(restart, RESTART_DELAY_MS);
      }
    });
  }

  await runOn();
  const clockCheck = setInterval(beginAnewWhenClockIsSet, CLOCK_CHECK_INTERVAL_MS);
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      clearInterval(clockCheck);
      await current.stop();
    },
  };
}

interface Run {
  /** Resolves with the reason when the run is over; never rejects. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

async function startRun(
  databaseUrl: string,
  pool: Pool,
  { tasks, concurrentJobs, pollIntervalMs, hasSchedule }: QueueOptions,
): Promise<Run> {
  await unlockDeadWorkers(pool);
  await forgetFutureRuns(pool);
  const locks: LivenessLock[] = [];
  const events: WorkerEvents = new EventEmitter();
  observeJobs(events);
  events.on('pool:create', ({ workerPool }) => {
    locks.push(holdLivenessLock(databaseUrl, workerPool.id));
  });
  const firstFetch = once(events, 'localQueue:getJobs:complete', {
    signal: AbortSignal.timeout(FIRST_FETCH_TIMEOUT_MS),
  });
  firstFetch.catch(() => {}); // Awaited below, unless the run does not even begin.
  const runner = await run({
    pgPool: pool,
    events,
    taskList: tracing === undefined ? tasks : traced(tasks),
    parsedCronItems: hasSchedule ? crontab : [],
    noHandleSignals: true,
    logger: new Logger(writeToLog),
    preset: {
      worker: {
        concurrentJobs,
        ...(pollIntervalMs !== undefined && { pollInterval: pollIntervalMs }),
        gracefulShutdownAbortTimeout: SHUTDOWN_TIMEOUT_MS,
        localQueue: { size: concurrentJobs + 1 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  const ended = runner.promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  ended.then(() => Promise.all(locks.map((lock) => lock.release())));
  async function stop(): Promise<void> {
    // Stopping one that has ended by itself throws; it is what we want then.
    await runner.stop().catch(() => {});
    await ended;
    await Promise.all(locks.map((lock) => lock.release()));
  }

  try {
    // graphile-worker 0.18 remembers a failure of its first look-up of task ids for ever and never
    // fetches a job again: a run counts when it has fetched once.
    await firstFetch;
    // Before whoever starts next looks for the dead.
    await Promise.all(locks.map(({ tried }) => tried));
  } catch (error) {
    await stop();
    throw error;
  }
  return { ended, stop };
}

/** The same tasks, a trace for each job. Payloads and keys of jobs are not in it. */
function traced(tasks: TaskList): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, work]) => {
      const task: Task = (payload, helpers) => {
        const { id, attempts } = helpers.job;
        const attributes = { 'trumpet.job.id': id, 'trumpet.job.attempt': attempts };
        return inTrace(`job ${name}`, { kind: 'consumer', attributes }, async () =>
          (work as Task)(payload, helpers),
        );
      };
      return [name, task];
    }),
  );
}

/** What ran before the clock was set back would keep the schedule from running until then. */
async function forgetFutureRuns(pool: Pool): Promise<void> {
  const now = new Date(wallClockMs());
  await pool.query(
    `update graphile_worker._private_known_crontabs
      set known_since = least(known_since, $1), last_execution = least(last_execution, $1)
      where greatest(known_since, last_execution) > $1::timestamptz + interval '2 minutes'`,
    [now],
  );
}

/** graphile-worker's own log lines. They name tasks and job ids; payloads are not among them. */
function writeToLog(scope: { label?: string; taskIdentifier?: string; jobId?: string }) {
  // Its "info" is a line for every job, which would drown the rest.
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'debug' } as const;
  return (level: keyof typeof levels, message: string): void => {
    log[levels[level]]({ event: 'worker.message', ...scope, message });
  };
}
