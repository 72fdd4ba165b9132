import type { TrumpetError } from '../../errors/codes.ts';
import { type Follower, letGo } from './follower.ts';

/** The followers of one group. */
export interface Followers {
  add(follower: Follower): void;
  /** Lets a follower go, as it asked. */
  drop(follower: Follower): void;
  /** Lets a follower go and tells it: it has left, or cannot go on. */
  release(follower: Follower, error?: TrumpetError): void;
  releaseAll(error: TrumpetError): void;
  readonly all: ReadonlySet<Follower>;
  /** When the last follower left, in milliseconds of performance.now(). */
  readonly idleSince: number;
}

export function createFollowers(): Followers {
  const all = new Set<Follower>();
  let idleSince = performance.now();

  function drop(follower: Follower): void {
    letGo(follower);
    if (all.delete(follower)) {
      idleSince = performance.now();
    }
  }

  function release(follower: Follower, error?: TrumpetError): void {
    if (all.has(follower)) {
      drop(follower);
      follower.reader.onEnd(error);
    }
  }

  return {
    add: (follower) => void all.add(follower),
    drop,
    release,
    releaseAll(error) {
      for (const follower of all) {
        release(follower, error);
      }
    },
    all,
    get idleSince() {
      return idleSince;
    },
  };
}
