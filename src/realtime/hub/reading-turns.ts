import { createTokenBucket } from '../../process/token-bucket.ts';

/** Changes that one person may read at once, and in a second after that: computing one takes a fifth of a millisecond. */
export const READ_BURST = 5_000;
export const READS_PER_SECOND = 500;

/** How long the next reading waits at most because the last one took long, in milliseconds. */
const MAX_PAUSE_MS = 100;

/** Whose turn it is to read the log for one person. */
export interface ReadingTurns {
  /**
   * Reads when it is its turn. The next turn comes after a pause of as long as this one took, in which others are served,
   * and later when more was read than is free.
   */
  read<Result>(ask: () => Promise<readonly Result[]>): Promise<readonly Result[]>;
  readonly isReading: boolean;
  /** How long until nothing that was read counts any more, in milliseconds. */
  readonly fullInMs: number;
}

/** @param onIdle told when nothing is read any more */
export function createReadingTurns(onIdle: () => void): ReadingTurns {
  const bucket = createTokenBucket({ burst: READ_BURST, perSecond: READS_PER_SECOND });
  const waiting: (() => void)[] = [];
  let isReading = false;

  function nextTurn(): Promise<void> | undefined {
    if (!isReading) {
      isReading = true;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveTurn(): void {
    const next = waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    isReading = false;
    onIdle();
  }

  return {
    async read(ask) {
      const turn = nextTurn();
      if (turn !== undefined) {
        await turn; // Else at once: those who come back together are read for together.
      }
      const beganAt = performance.now();
      try {
        const results = await ask();
        bucket.take(results.length);
        return results;
      } finally {
        const tookMs = performance.now() - beganAt;
        const waitMs = Math.max(bucket.waitMs(0), Math.min(tookMs, MAX_PAUSE_MS));
        if (waitMs > 0) {
          setTimeout(giveTurn, waitMs);
        } else {
          giveTurn();
        }
      }
    },
    get isReading() {
      return isReading;
    },
    get fullInMs() {
      return bucket.fullInMs;
    },
  };
}
