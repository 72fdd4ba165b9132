import type { TrumpetError } from '../../errors/codes.ts';
import { log } from '../../process/log.ts';
import type { SharedResult } from '../execution/result.ts';
import { logTooShort } from '../log/resync.ts';
import {
  beginReading,
  catchUp,
  deliverNext,
  endReading,
  type Follower,
  hasLeft,
  isOnItsOwn,
} from './follower.ts';
import type { ReadInTurn } from './person-limits.ts';
import { type Results, sliceResults } from './results.ts';

interface CatchUpOptions {
  readonly roomId: string;
  readonly results: Pick<Results, 'read'>;
  readonly readInTurn: ReadInTurn;
  /** The last change that followers on their own may read. */
  readonly published: () => number;
  /** Lets a follower go: it has left, or cannot go on. */
  readonly release: (follower: Follower, error?: TrumpetError) => void;
}

/** Reads on for a follower on its own until it is live or gone, or has to wait for the change that is its last. */
export type ReadOn = (follower: Follower) => Promise<void>;

/** How many changes are read at a time. */
const CHUNK = 64;

export function createCatchUp(options: CatchUpOptions): ReadOn {
  const { roomId, results, readInTurn, published, release } = options;

  /** The next results of a follower, from its next change on. None when it is gone by the time of its turn. */
  async function readNext(follower: Follower): Promise<readonly SharedResult[]> {
    if (!isOnItsOwn(follower)) {
      return [];
    }
    const to = Math.min(published(), follower.position + CHUNK, follower.lastAllowed);
    return (await results.read(follower.position + 1, to)) ?? [];
  }

  /** Delivers the next changes to a follower, no faster than it takes them. */
  async function readSome(follower: Follower): Promise<void> {
    const from = follower.position + 1;
    const found = await readInTurn(follower.userId, () => readNext(follower));
    if (!isOnItsOwn(follower)) {
      return;
    }
    if (found.length === 0) {
      release(follower, logTooShort());
      return;
    }
    for (const { start, end } of sliceResults(found)) {
      await follower.reader.drained();
      if (!isOnItsOwn(follower)) {
        return;
      }
      deliverNext(follower, from + start, found.slice(start, end));
      if (hasLeft(follower)) {
        release(follower);
      }
    }
  }

  return async function readOn(follower) {
    if (!beginReading(follower)) {
      return;
    }
    try {
      for (;;) {
        await follower.reader.drained();
        if (!isOnItsOwn(follower)) {
          return;
        }
        if (follower.position >= published()) {
          if (follower.state === 'behind') {
            catchUp(follower);
          }
          return;
        }
        await readSome(follower);
      }
    } catch (error) {
      log.error({ event: 'group.catch_up_failed', roomId, error });
      release(follower, logTooShort());
    } finally {
      endReading(follower);
    }
  };
}
