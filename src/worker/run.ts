import type { Pool } from 'pg';
import type { ResolvedConfig } from '../config/load.ts';
import { learnPooler } from '../database/pooler.ts';
import { createApiPool, createOwnerPool } from '../database/pools.ts';
import { log } from '../process/log.ts';
import { createPush } from '../push/create-push.ts';
import { createBeforeSend } from '../webhooks/before-send.ts';
import { createTelling, type Telling } from '../webhooks/telling.ts';
import { setLinkPreviews } from './link-previews.ts';
import { setModerationHook } from './moderate-messages.ts';
import { startQueue } from './queue.ts';
import { startSweeps } from './sweeps.ts';
import {
  commonTasks,
  fetchTasks,
  laterTasks,
  linkTasks,
  openAttachmentTasks,
  pushTasks,
} from './task-list.ts';
import { setUploadLimits } from './upload-limits.ts';

/** What a worker needs of the settings; what is left out it does not do. */
export type WorkerSettings = Partial<
  Pick<
    ResolvedConfig,
    | 'push'
    | 'attachments'
    | 'moderation'
    | 'webhooks'
    | 'links'
    | 'jwtSecret'
    | 'authDatabaseUrl'
    | 'publicUrl'
    | 'host'
    | 'port'
    | 'workerJobs'
  >
>;

/** Jobs under way at a time, unless the settings say how many. */
const CONCURRENT_JOBS = 4;
/** Pages of others that are fetched at a time, each for somebody else. */
const CONCURRENT_FETCHES = 8;
const FETCH_POLL_MS = 500;
/** With which webhooks' events are computed. */
const COMPUTING_CONNECTIONS = 4;

export interface RunningWorker {
  /** Gives unfinished jobs back after four seconds. */
  stop(): Promise<void>;
}

/**
 * Starts working off the jobs of a migrated database, as its owner. Any number may run at once. When
 * the database goes away, the worker waits for it and goes on. Without push settings nobody is
 * notified; without attachment settings files wait; without a moderation service nobody is asked; without webhook
 * settings no webhook is told anything; without link settings links have no previews.
 */
export async function startWorker(
  databaseUrl: string,
  settings: WorkerSettings = {},
): Promise<RunningWorker> {
  const { moderation, links, workerJobs = CONCURRENT_JOBS } = settings;
  await using stack = new AsyncDisposableStack();
  const pool = createOwnerPool(databaseUrl, workerJobs + 6);
  stack.defer(() => pool.end());
  const push = settings.push && (await createPush(settings.push, pool, settings.jwtSecret));
  stack.defer(() => push?.close());
  const attachments = settings.attachments && (await openAttachmentTasks(settings.attachments));
  stack.defer(() => attachments?.close());
  const beforeSend = createBeforeSend({
    trustedOrigins: settings.webhooks?.trustedOrigins ?? [],
    pool,
  });
  stack.defer(() => beforeSend.close());
  const queue = await startQueue(databaseUrl, pool, {
    tasks: {
      ...commonTasks(pool, push?.mailer, settings.push?.email?.publicUrl, settings.jwtSecret),
      ...laterTasks(pool, beforeSend.askFirst, push !== undefined),
      ...(push && pushTasks(pool, push)),
      ...attachments?.tasks,
      ...(links && linkTasks()),
    },
    concurrentJobs: workerJobs,
    hasSchedule: true,
  });
  stack.defer(() => queue.stop());
  // By themselves: nothing else waits for slow sites.
  const fetching =
    links &&
    (await startQueue(databaseUrl, pool, {
      tasks: fetchTasks(links, attachments?.makeThumbnail),
      concurrentJobs: CONCURRENT_FETCHES,
      pollIntervalMs: FETCH_POLL_MS,
      hasSchedule: false,
    }));
  stack.defer(() => fetching?.stop());
  if (moderation === undefined) {
    // It may have been on until now, and nobody would work off its queue.
    await setModerationHook(pool, false).catch((error) => {
      log.warn({ event: 'moderation.not_turned_off', error });
    });
  }
  await setLinkPreviews(pool, links !== undefined).catch((error) => {
    log.warn({ event: 'links.not_turned', error });
  });
  if (settings.attachments !== undefined) {
    await setUploadLimits(pool, settings.attachments);
  }
  const telling = openTelling(pool, settings);
  stack.defer(() => telling?.stop());
  const stopSweeps = startSweeps(pool, { push, moderation, links, telling });
  stack.defer(async () => {
    await Promise.all([stopSweeps(), queue.stop(), fetching?.stop()]);
  });

  // From here on the caller ends what was begun; before, a failure above does.
  const running = stack.move();
  return { stop: () => running.disposeAsync() };
}

/** What tells webhooks. Its schema and its connections are made when there is something to tell. */
function openTelling(pool: Pool, settings: WorkerSettings): Telling | undefined {
  const { webhooks, jwtSecret, authDatabaseUrl, publicUrl, host, port } = settings;
  if (webhooks === undefined || jwtSecret === undefined || authDatabaseUrl === undefined) {
    return undefined;
  }
  let apiPool: Pool | undefined;
  const telling = createTelling({
    ...webhooks,
    pool,
    async openFrames() {
      if (apiPool === undefined) {
        apiPool = createApiPool(authDatabaseUrl, COMPUTING_CONNECTIONS);
        await learnPooler(apiPool);
      }
      const { createFrames } = await import('../webhooks/frames.ts');
      return await createFrames({
        pool: apiPool,
        jwtSecret,
        publicUrl: () => publicUrl ?? `http://${host}:${port}`,
      });
    },
  });
  return {
    ...telling,
    async stop() {
      await telling.stop();
      await apiPool?.end();
    },
  };
}
