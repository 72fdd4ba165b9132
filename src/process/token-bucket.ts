/**
 * How much may be done at once, and in a second over time. More may be taken than there is: what is missing has to be
 * waited for. Times are in milliseconds of performance.now().
 */
export interface TokenBucket {
  take(tokens: number, now?: number): void;
  /** How long to wait until this many may be taken, in milliseconds: 0 or less when they may be now. */
  waitMs(tokens: number, now?: number): number;
  /** How long until nothing is missing, in milliseconds: 0 or less when nothing is. */
  readonly fullInMs: number;
}

export interface TokenBucketOptions {
  readonly burst: number;
  readonly perSecond: number;
}

export function createTokenBucket({ burst, perSecond }: TokenBucketOptions): TokenBucket {
  const msPerToken = 1_000 / perSecond;
  let fullAt = Number.NEGATIVE_INFINITY;

  function fullAfter(tokens: number, now: number): number {
    return Math.max(fullAt, now) + tokens * msPerToken;
  }

  return {
    take(tokens, now = performance.now()) {
      fullAt = fullAfter(tokens, now);
    },
    waitMs: (tokens, now = performance.now()) => fullAfter(tokens, now) - now - burst * msPerToken,
    get fullInMs() {
      return fullAt - performance.now();
    },
  };
}
