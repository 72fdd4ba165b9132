import type { TrumpetError } from '../../errors/codes.ts';
import { type Batch, createBatch, type SharedResult } from '../execution/result.ts';
import type { Transport } from './subscriber.ts';

/*
 * A follower is one subscriber's place in the log of one room, and in one of five states:
 *
 *             catchUp                 leaveAfter
 *   ──▶ behind ──────▶ live     behind, live ──▶ leaving     any ──▶ gone
 *             ◀──────                    ◀──
 *            fallBehind                 stay (behind)
 *
 *                      remove
 *   behind, live, leaving ──▶ removed
 *                         ◀──
 *                      stay (behind)
 *
 * behind   there is something in the log that it has not got; it reads on by itself
 * live     it has all that is published, and gets what is published next
 * leaving  its subscription ends with a change that it has not got yet: that will be its last
 * removed  its access has ended: it gets nothing more but the change that did it
 * gone     it gets nothing more
 *
 * These functions alone change a follower. There is no way back from gone.
 */

export type FollowerState = 'live' | 'behind' | 'leaving' | 'removed' | 'gone';

/** Whom a follower reads for. */
export interface Reader {
  readonly transport: Transport;
  /** Hands over results, in order; must not throw. */
  deliver(batch: Batch): void;
  /** A promise to wait for before more is delivered; undefined when the reader keeps up. */
  drained(): Promise<void> | undefined;
  /** Called once, when the follower is let go of: access ended, or it cannot go on. */
  onEnd(error?: TrumpetError): void;
}

interface Place {
  readonly userId: string;
  readonly reader: Reader;
  state: FollowerState;
  /** The last change that has been delivered. */
  position: number;
  /** The room's head when it was checked that the person may listen. */
  checkedAt: number;
  /** The last change that it may get: infinite unless it is leaving or removed. */
  lastAllowed: number;
  /** Whether it is being read for: once at a time. */
  isReading: boolean;
}

export type Follower = Readonly<Place>;

export function createFollower(
  where: Pick<Place, 'userId' | 'position' | 'checkedAt' | 'reader'>,
): Follower {
  return { ...where, state: 'behind', lastAllowed: Number.POSITIVE_INFINITY, isReading: false };
}

export function catchUp(follower: Place): void {
  expectState(follower, follower.state === 'behind');
  follower.state = 'live';
}

export function fallBehind(follower: Place): void {
  expectState(follower, follower.state === 'live');
  follower.state = 'behind';
}

/** Makes a change the last one that is delivered, unless an earlier one is. */
export function leaveAfter(follower: Place, changeSeq: number): void {
  expectState(follower, follower.state !== 'gone');
  follower.state = 'leaving';
  follower.lastAllowed = Math.min(follower.lastAllowed, changeSeq);
}

/** Ends its access by this change, the only one that it gets from now on. */
export function remove(follower: Place, changeSeq: number): void {
  expectState(follower, follower.state !== 'gone');
  follower.state = 'removed';
  follower.lastAllowed = changeSeq;
}

/** Takes back that it leaves or is removed: the person has come back. A check from before it left says nothing. */
export function stay(follower: Place, checkedAt: number): void {
  expectState(follower, follower.state !== 'gone');
  if (isLeaving(follower) && checkedAt < follower.lastAllowed) {
    return;
  }
  follower.checkedAt = checkedAt;
  follower.lastAllowed = Number.POSITIVE_INFINITY;
  follower.state = follower.state === 'live' ? 'live' : 'behind';
}

export function letGo(follower: Place): void {
  follower.state = 'gone';
}

/** Whether it has to be read for: it gets nothing of what is published. */
export function isOnItsOwn({ state }: Follower): boolean {
  return state === 'behind' || state === 'leaving';
}

function isLeaving({ lastAllowed }: Follower): boolean {
  return lastAllowed < Number.POSITIVE_INFINITY;
}

/** Whether it has got the change with which its access ends. */
export function hasLeft({ state, position, lastAllowed }: Follower): boolean {
  return state === 'leaving' && position >= lastAllowed;
}

/** Delivers a batch to a live follower, after which it has everything up to `position`. */
export function deliver(follower: Place, batch: Batch, position: number): void {
  expectState(follower, follower.state === 'live');
  follower.position = Math.max(follower.position, position);
  if (batch.results.length > 0) {
    follower.reader.deliver(batch);
  }
}

/** Delivers the results of the changes from `first` on to a follower on its own, as far as it may get them. */
export function deliverNext(
  follower: Place,
  first: number,
  results: readonly SharedResult[],
): void {
  expectState(follower, isOnItsOwn(follower));
  if (first !== follower.position + 1) {
    throw new Error(`After change ${follower.position} comes not ${first}`);
  }
  const end = Math.min(follower.position + results.length, follower.lastAllowed);
  const due = results.slice(0, end - follower.position);
  if (due.length > 0) {
    follower.position = end;
    follower.reader.deliver(createBatch(due));
  }
}

/** Delivers the change that ended its access. What it had not got before that is left out. */
export function deliverRemoval(follower: Place, batch: Batch): void {
  expectState(follower, follower.state === 'removed');
  follower.position = follower.lastAllowed;
  follower.reader.deliver(batch);
}

/** Says that someone begins to read for a follower. Returns false when someone does already. */
export function beginReading(follower: Place): boolean {
  const isFree = !follower.isReading;
  follower.isReading = true;
  return isFree;
}

export function endReading(follower: Place): void {
  follower.isReading = false;
}

function expectState({ state }: Follower, isExpected: boolean): void {
  if (!isExpected) {
    throw new Error(`This cannot be done to a follower that is ${state}.`);
  }
}
