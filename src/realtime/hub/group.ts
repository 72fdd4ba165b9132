import { TrumpetError } from '../../errors/codes.ts';
import { log } from '../../process/log.ts';
import { createBatch, type SharedResult } from '../execution/result.ts';
import type { DurableEvent, Happening } from '../log/events.ts';
import { createCatchUp } from './catch-up.ts';
import {
  catchUp,
  deliver,
  deliverRemoval,
  type Follower,
  fallBehind,
  hasLeft,
  isOnItsOwn,
  leaveAfter,
  letGo,
  remove,
  stay,
} from './follower.ts';
import type { ReadInTurn } from './person-limits.ts';
import { createQueue } from './queue.ts';
import { type Results, sliceResults } from './results.ts';

/*
 * A group is everyone who listens to a room with one recipe. What happens in the room is computed once and given to
 * all who are live. Whoever is behind, or leaving, reads on by itself. There is one rule, and it is checked: after n
 * comes n + 1.
 */

export interface Group {
  /** Appends what has happened in the room. */
  append(events: readonly Happening[]): void;
  follow(follower: Follower): void;
  unfollow(follower: Follower): void;
  /** Sees to it that a follower gets nothing behind this change. */
  leaveAfter(follower: Follower, changeSeq: number): void;
  /** Ends the access of followers by this change: they get it, and nothing else that they have not got yet. */
  remove(removed: readonly Follower[], removal: DurableEvent): void;
  /** Takes either back: the person may listen, as was checked at this head of the room. */
  stay(follower: Follower, checkedAt: number): void;
  /** Lets all followers go: it cannot go on. */
  releaseAll(error: TrumpetError): void;
  /** Resolves when everything that has been appended until now is delivered. */
  settled(): Promise<void>;
  readonly followers: ReadonlySet<Follower>;
  /** When the last follower left, in milliseconds of performance.now(). */
  readonly idleSince: number;
}

interface GroupOptions {
  readonly roomId: string;
  /** The room's last change that has been appended to no group: appending begins behind it. */
  readonly head: number;
  readonly results: Results;
  readonly readInTurn: ReadInTurn;
  /** Executes the recipe over events as those may see them who are not in the room. */
  readonly runOutside: (events: readonly Happening[]) => Promise<SharedResult[]>;
  /** Told when all live followers have been given events. */
  readonly onDelivered: (events: readonly Happening[]) => void;
}

export function createGroup(options: GroupOptions): Group {
  const { roomId, head, results, onDelivered } = options;
  const followers = new Set<Follower>();
  let idleSince = performance.now();
  /** The last change that is published: live followers have got it, all others may read up to it. */
  let published = head;
  const queue = createQueue({ work, onOverflow, onFailed });
  const readOn = createCatchUp({
    roomId,
    results,
    readInTurn: options.readInTurn,
    published: () => published,
    release,
  });

  async function work(events: readonly Happening[]): Promise<void> {
    if (!followers.values().some(({ state }) => state === 'live')) {
      advance(lastSeq(events));
      return;
    }
    const computed = await results.compute(events);
    for (const { start, end } of sliceResults(computed)) {
      publish(events.slice(start, end), computed.slice(start, end));
    }
  }

  /** Gives results to all live followers; those who are where the batch begins share all of it. */
  function publish(events: readonly Happening[], computed: readonly SharedResult[]): void {
    const first = events.find(({ changeSeq }) => changeSeq !== null)?.changeSeq ?? undefined;
    if (first !== undefined && first !== published + 1) {
      skip(first, lastSeq(events));
      return;
    }
    const last = lastSeq(events) ?? published;
    const batch = createBatch(computed);
    let isAnyOnItsOwn = false;
    for (const follower of followers) {
      if (follower.state === 'live') {
        const isWhole = first === undefined || follower.position === published;
        const due = isWhole ? batch : createBatch(behind(follower.position, events, computed));
        deliver(follower, due, last);
        if (follower.reader.drained() !== undefined) {
          fallBehind(follower); // Too slow: reads on by itself, from the log.
        }
      }
      isAnyOnItsOwn ||= isOnItsOwn(follower);
    }
    published = last;
    if (isAnyOnItsOwn) {
      advance(last);
    }
    onDelivered(events);
  }

  /** Results that do not follow what is published: what they show is read from the log. */
  function skip(first: number, last: number | undefined): void {
    if (first > published + 1) {
      log.error({ event: 'group.gap', roomId, published, first });
    }
    if (last !== undefined && last > published) {
      everyoneReadsOn(last);
    }
  }

  /** More than can be kept waiting. */
  function onOverflow(dropped: readonly Happening[]): void {
    log.warn({ event: 'group.overflow', roomId, waiting: dropped.length });
    everyoneReadsOn(lastSeq(dropped));
  }

  function onFailed(error: unknown, events: readonly Happening[]): void {
    log.error({ event: 'group.failed', roomId, error });
    releaseAll(new TrumpetError('CONFLICT', 'The subscription broke off: subscribe again.'));
    advance(lastSeq(events));
  }

  function everyoneReadsOn(last: number | undefined): void {
    for (const follower of followers) {
      if (follower.state === 'live') {
        fallBehind(follower);
      }
    }
    advance(last);
  }

  /** From now on followers on their own may read up to `last`. */
  function advance(last = published): void {
    published = Math.max(published, last);
    for (const follower of followers) {
      if (isOnItsOwn(follower)) {
        void readOn(follower);
      }
    }
  }

  /*
   * What is computed from now on is computed after the access has ended. So changes that a removed follower has not got
   * are left out, and its removal is computed as for someone outside.
   */
  async function sayGoodbye(removed: readonly Follower[], removal: DurableEvent): Promise<void> {
    const batch = createBatch(await options.runOutside([removal]));
    for (const follower of removed) {
      if (follower.state === 'removed' && follower.lastAllowed === removal.changeSeq) {
        deliverRemoval(follower, batch);
        release(follower);
      }
    }
  }

  function unfollow(follower: Follower): void {
    letGo(follower);
    if (followers.delete(follower)) {
      idleSince = performance.now();
    }
  }

  function release(follower: Follower, error?: TrumpetError): void {
    if (followers.has(follower)) {
      unfollow(follower);
      follower.reader.onEnd(error);
    }
  }

  function releaseAll(error: TrumpetError): void {
    for (const follower of followers) {
      release(follower, error);
    }
  }

  return {
    append: queue.append,
    follow(follower) {
      followers.add(follower);
      if (follower.position >= published) {
        catchUp(follower);
      } else {
        void readOn(follower);
      }
    },
    unfollow,
    leaveAfter(follower, changeSeq) {
      if (follower.state === 'removed') {
        return;
      }
      leaveAfter(follower, changeSeq);
      if (hasLeft(follower)) {
        release(follower);
      } else {
        void readOn(follower);
      }
    },
    remove(removed, removal) {
      for (const follower of removed) {
        remove(follower, removal.changeSeq);
      }
      sayGoodbye(removed, removal).catch((error) => {
        log.error({ event: 'group.goodbye_failed', roomId, error });
        for (const follower of removed) {
          if (follower.state === 'removed') {
            release(follower);
          }
        }
      });
    },
    stay(follower, checkedAt) {
      stay(follower, checkedAt);
      void readOn(follower);
    },
    releaseAll,
    settled: queue.settled,
    followers,
    get idleSince() {
      return idleSince;
    },
  };
}

/** The results that a follower has not got which is at `position`. */
function behind(
  position: number,
  events: readonly Happening[],
  computed: readonly SharedResult[],
): SharedResult[] {
  return computed.filter((_, index) => (events[index]?.changeSeq ?? Infinity) > position);
}

function lastSeq(events: readonly Happening[]): number | undefined {
  return events.findLast(({ changeSeq }) => changeSeq !== null)?.changeSeq ?? undefined;
}
