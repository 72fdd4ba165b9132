/** How much may be done at once, and in a second over time. */
export interface TokenBucket {
  take(tokens: number): void;
  /** How long to wait until this many may be taken, in milliseconds: 0 or less when they may be now. */
  waitMs(tokens: number): number;
  /** How long until nothing is missing, in milliseconds: 0 or less when nothing is. */
  readonly fullInMs: number;
}

interface TokenBucketOptions {
  readonly burst: number;
  readonly perSecond: number;
}

export function createTokenBucket({ burst, perSecond }: TokenBucketOptions): TokenBucket {
  const msPerToken = 1_000 / perSecond;
  /** In milliseconds of performance.now(). */
  let fullAt = 0;

  function fullAfter(tokens: number): number {
    return Math.max(fullAt, performance.now()) + tokens * msPerToken;
  }

  return {
    take(tokens) {
      fullAt = fullAfter(tokens);
    },
    waitMs: (tokens) => fullAfter(tokens) - performance.now() - burst * msPerToken,
    get fullInMs() {
      return fullAt - performance.now();
    },
  };
}
