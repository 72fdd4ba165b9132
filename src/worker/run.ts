import type { ResolvedConfig } from '../config/load.ts';
import { createOwnerPool } from '../database/pools.ts';
import { log } from '../process/log.ts';
import { createPush } from '../push/create-push.ts';
import { setModerationHook } from './moderate-messages.ts';
import { CONCURRENT_JOBS, startQueue } from './queue.ts';
import { startSweeps } from './sweeps.ts';
import { commonTasks, openAttachmentTasks, pushTasks } from './task-list.ts';

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
  const { moderation } = settings;
  await using stack = new AsyncDisposableStack();
  const pool = createOwnerPool(databaseUrl, CONCURRENT_JOBS + 4);
  stack.defer(() => pool.end());
  const push = settings.push && (await createPush(settings.push, pool, settings.jwtSecret));
  stack.defer(() => push?.close());
  const attachments = settings.attachments && (await openAttachmentTasks(settings.attachments));
  stack.defer(() => attachments?.close());
  const queue = await startQueue(databaseUrl, pool, {
    ...commonTasks(pool, push?.mailer, settings.push?.email?.publicUrl),
    ...(push && pushTasks(pool, push)),
    ...attachments?.tasks,
  });
  if (moderation === undefined) {
    // It may have been on until now, and nobody would work off its queue.
    await setModerationHook(pool, false).catch((error) => {
      log.warn({ event: 'moderation.not_turned_off', error });
    });
  }
  const stopSweeps = startSweeps(pool, { push, moderation });
  stack.defer(async () => {
    await Promise.all([stopSweeps(), queue.stop()]);
  });

  // From here on the caller ends what was begun; before, a failure above does.
  const running = stack.move();
  return { stop: () => running.disposeAsync() };
}
