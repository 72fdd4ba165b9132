import { setTimeout as sleep } from 'node:timers/promises';

/** Messages or reactions that one transaction of bulk work touches, at first and at most. */
const FIRST_SIZE = 10;
const MOST = 200;
/** What a transaction should take: the room's head is locked for it, and those who send wait. */
const AIM_MS = 25;

/**
 * Runs a step again and again while it has something to do. How much a step is given follows from how
 * long the last one took, so that it stays short on a busy machine too. It rests after each for as long
 * as the step took: bulk work never takes more than half of what the database can do.
 *
 * @param step one short transaction over at most `size` rows; false when there is nothing left
 * @throws the signal's reason, between two steps
 */
export async function runBatches(
  step: (size: number) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  let size = FIRST_SIZE;
  for (;;) {
    signal?.throwIfAborted();
    const startedAt = performance.now();
    if (!(await step(size))) {
      return;
    }
    const tookMs = performance.now() - startedAt;
    size = nextSize(size, tookMs);
    await sleep(tookMs);
  }
}

/** Never more than twice as much: one quick step says little. */
export function nextSize(size: number, tookMs: number): number {
  const fitting = Math.floor((size * AIM_MS) / tookMs);
  return Math.max(1, Math.min(fitting, size * 2, MOST));
}
