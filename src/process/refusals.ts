import { LRUCache } from 'lru-cache';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/*
 * Refusing a request costs the process about as much as answering one, and whoever does not heed a refusal sends the
 * next one at once. So everyone may be refused so many times; after that their requests are begun one after the other,
 * at the pace at which refusals come back.
 */

/** Requests of one person, or of the visitors of one address, that may be refused at once, and in a second. */
export const REFUSED_BURST = 100;
export const REFUSED_PER_SECOND = 10;
/** How long a request of whoever has been refused too often is kept waiting at most, in milliseconds. */
export const REFUSED_WAIT_MS = 8_000;
/** Of whom it is known; who is forgotten begins anew. */
const MAX_REMEMBERED = 10_000;

export interface Refusals {
  /** Notes that a request was refused, or a part of it. */
  note(key: string): void;
  /**
   * Resolves when the next request may be begun; undefined when it may be now. False when too many wait for that
   * already.
   */
  turn(key: string): Promise<true> | false | undefined;
}

interface Account {
  readonly refused: TokenBucket;
  /** When the last request that waits may begin, in milliseconds of performance.now(). */
  begunAt: number;
}

export function createRefusals(): Refusals {
  const accounts = new LRUCache<string, Account>({ max: MAX_REMEMBERED });
  const rate = { burst: REFUSED_BURST, perSecond: REFUSED_PER_SECOND };

  return {
    note(key) {
      const account = accounts.get(key) ?? { refused: createTokenBucket(rate), begunAt: 0 };
      accounts.set(key, account);
      // What is missing is not more than what is waited for: it ends soon after the last refusal.
      if (account.refused.waitMs(0) < REFUSED_WAIT_MS) {
        account.refused.take(1);
      }
    },
    turn(key) {
      const account = accounts.get(key);
      if (account === undefined || account.refused.waitMs(0) <= 0) {
        return undefined;
      }
      const now = performance.now();
      const beginAt = Math.max(account.begunAt, now) + 1_000 / REFUSED_PER_SECOND;
      if (beginAt - now > REFUSED_WAIT_MS) {
        return false;
      }
      account.begunAt = beginAt;
      return new Promise((resolve) => setTimeout(resolve, beginAt - now, true));
    },
  };
}
