/*
 * How long bells are gathered before Postgres is asked about them. On a machine that is busy every question costs those
 * who write, and costs the same for one bell as for fifty; on one that is not, waiting only makes delivery late.
 */

export interface Pace {
  /** How long to gather before the next question, in milliseconds. */
  readonly pauseMs: number;
  /** Asks, and takes the time. `sizeOf` says how much the question was about. */
  timed<T>(question: () => Promise<T>, sizeOf: (answer: T) => number): Promise<T>;
}

/** Pauses are at most so many times as long as the last answer was later than the quickest: that is how busy Postgres is. */
const LATENESS_FACTOR = 40;
/** Nor longer than this for each thing asked about, so that they grow only where some 300 a second keep coming. */
const MS_EACH = 3;

export function createPace({ minMs, maxMs }: { minMs: number; maxMs: number }): Pace {
  let pauseMs = minMs;
  let quickestMs = Number.POSITIVE_INFINITY;
  return {
    get pauseMs() {
      return pauseMs;
    },
    async timed(question, sizeOf) {
      const startedAt = performance.now();
      const answer = await question();
      const tookMs = performance.now() - startedAt;
      quickestMs = Math.min(quickestMs, tookMs);
      const wantedMs = Math.min(LATENESS_FACTOR * (tookMs - quickestMs), MS_EACH * sizeOf(answer));
      pauseMs = Math.min(maxMs, Math.max(minMs, wantedMs));
      return answer;
    },
  };
}
