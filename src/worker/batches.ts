import { setTimeout as sleep } from 'node:timers/promises';

/** Messages or reactions that one transaction of bulk work touches: the room's head is locked for it. */
export const BATCH_SIZE = 100;

/**
 * Runs a step again and again while it has something to do. It rests after each for as long as the
 * step took, so that bulk work never takes more than half of what the database can do.
 *
 * @param step one short transaction; false when there is nothing left
 * @throws the signal's reason, between two steps
 */
export async function runBatches(step: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    if (!(await step())) {
      return;
    }
    await sleep(performance.now() - startedAt);
  }
}
