/*
 * How long bells are gathered before Postgres is asked about them. On a machine that is busy every question costs those
 * who write, and costs the same for one bell as for fifty; on one that is not, waiting only makes delivery late. How
 * long the last answer took tells the two apart.
 */

export interface Pace {
  /** How long to gather before the next question, in milliseconds. */
  readonly pauseMs: number;
  /** Asks, and takes the time. */
  timed<T>(question: () => Promise<T>): Promise<T>;
}

/** Pauses are so many times as long as the answer took, so that asking takes a twentieth of the time at most. */
const PAUSE_FACTOR = 20;

export function createPace({ minMs, maxMs }: { minMs: number; maxMs: number }): Pace {
  let pauseMs = minMs;
  return {
    get pauseMs() {
      return pauseMs;
    },
    async timed(question) {
      const startedAt = performance.now();
      try {
        return await question();
      } finally {
        const tookMs = performance.now() - startedAt;
        pauseMs = Math.min(maxMs, Math.max(minMs, PAUSE_FACTOR * tookMs));
      }
    },
  };
}
