import { LRUCache } from 'lru-cache';

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

/** Frames a second over time, and at once. */
interface FrameRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What one socket may send. */
export const SOCKET_FRAMES: FrameRate = { perSecond: 25, burst: 100 };
/** What all sockets of one person may send together: reading a frame and refusing it costs something, too. */
export const PERSON_FRAMES: FrameRate = { perSecond: 100, burst: 1_000 };
/** Of whom it is known how much they have sent; who is forgotten may send all of it. */
const MAX_REMEMBERED = 10_000;

export function createAllowance(now: number, { perSecond, burst }: FrameRate): Allowance {
  /** Below zero the client has been told to wait. */
  let left = burst;
  let countedAt = now;
  return {
    take(at) {
      const refill = ((at - countedAt) / 1_000) * perSecond;
      left = Math.min(burst, left + refill) - 1;
      countedAt = at;
      if (left >= 0) {
        return 0;
      }
      return left < -burst ? undefined : Math.ceil((-left / perSecond) * 1_000);
    },
  };
}

/** What all sockets of a person may send together. `now` is in milliseconds of performance.now(). */
export type AllowanceOf = (userId: string, now: number) => Allowance;

/** The allowance of everyone who has a socket here. */
export function createPersonAllowances(): AllowanceOf {
  const allowances = new LRUCache<string, Allowance>({ max: MAX_REMEMBERED });
  return (userId, now) => {
    const allowance = allowances.get(userId) ?? createAllowance(now, PERSON_FRAMES);
    allowances.set(userId, allowance);
    return allowance;
  };
}
