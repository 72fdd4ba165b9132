import { LRUCache } from 'lru-cache';
import { createTokenBucket, type TokenBucketOptions } from '../../../process/token-bucket.ts';

/** How many frames a client may send: so many at once, and so many a second over time. */
export interface Allowance {
  /**
   * Counts a frame. Returns how long the client has to wait before it may send more, in milliseconds: 0 when this one
   * is fine, and undefined when it goes on and on though it has been told.
   *
   * @param now milliseconds of performance.now()
   */
  take(now: number): number | undefined;
}

/** What one socket may send. */
export const SOCKET_FRAMES: TokenBucketOptions = { perSecond: 25, burst: 100 };
/** What all sockets of one person may send together: reading a frame and refusing it costs something, too. */
export const PERSON_FRAMES: TokenBucketOptions = { perSecond: 100, burst: 1_000 };
/** Of whom it is known how much they have sent; who is forgotten may send all of it. */
const MAX_REMEMBERED = 10_000;

export function createAllowance(rate: TokenBucketOptions): Allowance {
  const bucket = createTokenBucket(rate);
  const toldForMs = (rate.burst / rate.perSecond) * 1_000;
  return {
    take(now) {
      bucket.take(1, now);
      const waitMs = bucket.waitMs(0, now);
      if (waitMs <= 0) {
        return 0;
      }
      return waitMs > toldForMs ? undefined : Math.ceil(waitMs);
    },
  };
}

/** What all sockets of a person may send together. */
export type AllowanceOf = (userId: string) => Allowance;

/** The allowance of everyone who has a socket here. */
export function createPersonAllowances(): AllowanceOf {
  const allowances = new LRUCache<string, Allowance>({ max: MAX_REMEMBERED });
  return (userId) => {
    const allowance = allowances.get(userId) ?? createAllowance(PERSON_FRAMES);
    allowances.set(userId, allowance);
    return allowance;
  };
}
