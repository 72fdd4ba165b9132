/*
 * How long bells are gathered before Postgres is asked about them. On a machine that is busy every question costs those
 * who write, and costs the same for one bell as for fifty; on one that is not, waiting only makes delivery late.
 */

export interface Pace {
  /** How long to gather before the next question, in milliseconds. */
  readonly pauseMs: number;
  /** Asks, and takes the time. `gainOf` says what the question was about. */
  timed<T>(question: () => Promise<T>, gainOf: (answer: T) => Gain): Promise<T>;
}

/** What asking about several things at once has saved. */
export interface Gain {
  readonly things: number;
  /** Things of one group are sent on together. */
  readonly groups: number;
}

/** Pauses are at most so many times as long as the last answer was later than the quickest: that is how busy Postgres is. */
const LATENESS_FACTOR = 40;
/** Nor longer than this for each thing asked about, so that they grow only where some 300 a second keep coming. */
const MS_EACH = 3;
/** Where groups had several things each, waiting spares the sending, too, and may last so many times as long. */
const GROUPED_FACTOR = 2;

export function createPace({ minMs, maxMs }: { minMs: number; maxMs: number }): Pace {
  let pauseMs = minMs;
  let quickestMs = Number.POSITIVE_INFINITY;
  return {
    get pauseMs() {
      return pauseMs;
    },
    async timed(question, gainOf) {
      const startedAt = performance.now();
      const answer = await question();
      const tookMs = performance.now() - startedAt;
      quickestMs = Math.min(quickestMs, tookMs);
      const { things, groups } = gainOf(answer);
      const mostMs = maxMs * Math.min(GROUPED_FACTOR, Math.max(1, things / groups));
      const wantedMs = Math.min(LATENESS_FACTOR * (tookMs - quickestMs), MS_EACH * things);
      pauseMs = Math.max(minMs, Math.min(mostMs, wantedMs));
      return answer;
    },
  };
}
