import { EventEmitter, once } from 'node:events';
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import { createInspector } from '../attachments/inspector.ts';
import { openStorage } from '../attachments/open-storage.ts';
import { createVirusScanner } from '../attachments/virus-scanner.ts';
import type { AttachmentSettings } from '../config/attachments.ts';
import type { ResolvedConfig } from '../config/load.ts';
import { createOwnerPool } from '../database/pools.ts';
import { createJudge, type Judge } from '../moderation/service.ts';
import { log } from '../process/log.ts';
import { createPush, type Push } from '../push/create-push.ts';
import { crontab } from './crontab.ts';
import { holdLivenessLock, type LivenessLock, unlockDeadWorkers } from './liveness.ts';
import { repeat } from './repeat.ts';
import { makeApplyRetention } from './tasks/apply_retention.ts';
import { makeArchiveMonths } from './tasks/archive_months.ts';
import { makeClearPushes } from './tasks/clear_pushes.ts';
import { enqueueDigests } from './tasks/enqueue_digests.ts';
import { enqueueDuePushes } from './tasks/enqueue_due_pushes.ts';
import eraseUser from './tasks/erase_user.ts';
import expireBansAndMutes from './tasks/expire_bans_and_mutes.ts';
import expireDataExports from './tasks/expire_data_exports.ts';
import expireInvitations from './tasks/expire_invitations.ts';
import expireSessions from './tasks/expire_sessions.ts';
import { makeExportData } from './tasks/export_data.ts';
import indexRoom from './tasks/index_room.ts';
import makePartitions from './tasks/make_partitions.ts';
import { moderateMessages, setModerationHook } from './tasks/moderate_messages.ts';
import notifyRoom from './tasks/notify_room.ts';
import { makeProcessAttachment } from './tasks/process_attachment.ts';
import { makeRemoveUploads } from './tasks/remove_uploads.ts';
import restoreMonth from './tasks/restore_month.ts';
import rollUpStatistics from './tasks/roll_up_statistics.ts';
import { makeSendDigest } from './tasks/send_digest.ts';
import { makeSendPush } from './tasks/send_push.ts';
import { sweepPresence } from './tasks/sweep_presence.ts';
import sweepTokenBuckets from './tasks/sweep_token_buckets.ts';
import { sweepTyping } from './tasks/sweep_typing.ts';
import { makeTrimChangeLog } from './tasks/trim_change_log.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const CONCURRENCY = 4;
/** Typing ends seconds after the last key: cron's minutes are too coarse for it. */
const SWEEP_TYPING_MS = 2_000;
/** How much later than it could be known listeners hear that a server was killed. */
const SWEEP_PRESENCE_MS = 5_000;
/** How much later than its delay a push may be. */
const ENQUEUE_PUSHES_MS = 500;
const MODERATE_MS = 500;
const ENQUEUE_DIGESTS_MS = 5 * 60_000;
const UNLOCK_DEAD_MS = 30_000;
const RESTART_DELAY_MS = 1_000;
const FIRST_FETCH_TIMEOUT_MS = 5_000;
/** Jobs that are not done by then are given back to the queue. */
const SHUTDOWN_TIMEOUT_MS = 4_000;

const taskList: TaskList = {
  sweep_token_buckets: sweepTokenBuckets,
  expire_bans_and_mutes: expireBansAndMutes,
  expire_invitations: expireInvitations,
  expire_sessions: expireSessions,
  make_partitions: makePartitions,
  index_room: indexRoom,
  erase_user: eraseUser,
  expire_data_exports: expireDataExports,
  restore_month: restoreMonth,
  roll_up_statistics: rollUpStatistics,
};

function lifecycleTasks(pool: Pool): TaskList {
  return {
    apply_retention: makeApplyRetention(pool),
    archive_months: makeArchiveMonths(pool),
    export_data: makeExportData(pool),
    trim_change_log: makeTrimChangeLog(pool),
  };
}

function pushTasks(pool: Pool, push: Push): TaskList {
  return {
    notify_room: notifyRoom,
    send_push: makeSendPush(pool, push),
    clear_pushes: makeClearPushes(pool, push),
    ...(push.email && { send_digest: makeSendDigest(pool, push.email) }),
  };
}

/** The tasks about files, and what they need until the worker stops. */
async function attachmentTasks(settings: AttachmentSettings) {
  const storage = await openStorage(settings);
  const inspector = createInspector();
  const temporary = await createTemporaryFolder();
  const scanForViruses = settings.clamd && createVirusScanner(settings.clamd);
  const tasks: TaskList = {
    process_attachment: makeProcessAttachment({ storage, inspector, temporary, scanForViruses }),
    remove_uploads: makeRemoveUploads(storage),
  };
  return {
    tasks,
    async close() {
      await inspector.close();
      await temporary.close();
      storage.close();
    },
  };
}

export interface RunningWorker {
  /** Gives unfinished jobs back after four seconds. */
  stop(): Promise<void>;
}

/**
 * Starts working off the jobs of a migrated database, as its owner. Any number may run at once. When
 * the database goes away, the worker waits for it and goes on. Without push settings nobody is
 * notified; without attachment settings files wait; without a moderation service nobody is asked.
 */
export async function startWorker(
  databaseUrl: string,
  settings: Partial<Pick<ResolvedConfig, 'push' | 'attachments' | 'moderation' | 'jwtSecret'>> = {},
): Promise<RunningWorker> {
  const pool = createOwnerPool(databaseUrl, CONCURRENCY + 4);
  let push: Push | undefined;
  let attachments: Awaited<ReturnType<typeof attachmentTasks>> | undefined;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Run;

  async function runOn(): Promise<void> {
    current = await startRun(databaseUrl, pool, {
      ...taskList,
      ...lifecycleTasks(pool),
      ...(push && pushTasks(pool, push)),
      ...attachments?.tasks,
    });
    // graphile-worker gives up after some failed queries in a row; we do not.
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

  try {
    push = settings.push && (await createPush(settings.push, pool, settings.jwtSecret));
    attachments = settings.attachments && (await attachmentTasks(settings.attachments));
    await runOn();
  } catch (error) {
    await attachments?.close();
    await pool.end();
    throw error;
  }
  const stopSweeping = [
    repeat('sweep_typing', SWEEP_TYPING_MS, () => sweepTyping(pool)),
    repeat('sweep_presence', SWEEP_PRESENCE_MS, () => sweepPresence(pool)),
  ];
  const stopUnlocking = repeat('unlock_dead_workers', UNLOCK_DEAD_MS, () =>
    unlockDeadWorkers(pool),
  );
  const stopPushing =
    push &&
    repeat('enqueue_due_pushes', ENQUEUE_PUSHES_MS, () => enqueueDuePushes(pool, push.delayMs));
  const judge = settings.moderation && createJudge(settings.moderation);
  const stopModerating =
    judge && repeat('moderate_messages', MODERATE_MS, () => moderate(pool, judge));
  if (judge === undefined) {
    // It may have been on until now, and nobody would work off the queue.
    await setModerationHook(pool, false).catch((error) => {
      log.warn({ event: 'moderation.not_turned_off', error });
    });
  }
  const stopWriting =
    push?.email && repeat('enqueue_digests', ENQUEUE_DIGESTS_MS, () => enqueueDigests(pool));
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await Promise.all([
        ...stopSweeping.map((stop) => stop()),
        stopUnlocking(),
        stopPushing?.(),
        stopModerating?.(),
        stopWriting?.(),
        current.stop(),
      ]);
      await Promise.all([push?.close(), attachments?.close()]);
      await pool.end();
    },
  };
}

async function moderate(pool: Pool, judge: Judge): Promise<void> {
  await setModerationHook(pool, true);
  await moderateMessages(pool, judge);
}

interface Run {
  /** Resolves with the reason when the run is over; never rejects. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

async function startRun(databaseUrl: string, pool: Pool, tasks: TaskList): Promise<Run> {
  await unlockDeadWorkers(pool);
  const locks: LivenessLock[] = [];
  const events: WorkerEvents = new EventEmitter();
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
    taskList: tasks,
    parsedCronItems: crontab,
    noHandleSignals: true,
    logger: new Logger(writeToLog),
    preset: {
      worker: {
        concurrentJobs: CONCURRENCY,
        gracefulShutdownAbortTimeout: SHUTDOWN_TIMEOUT_MS,
        localQueue: { size: CONCURRENCY + 1 },
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
  } catch (error) {
    await stop();
    throw error;
  }
  return { ended, stop };
}

/** graphile-worker's own log lines. They name tasks and job ids; payloads are not among them. */
function writeToLog(scope: { label?: string; taskIdentifier?: string; jobId?: string }) {
  // Its "info" is a line for every job, which would drown the rest.
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'debug' } as const;
  return (level: keyof typeof levels, message: string): void => {
    log[levels[level]]({ event: 'worker.message', ...scope, message });
  };
}
