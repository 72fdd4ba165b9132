import { type Recipe, recipeKey } from '../execution/recipes.ts';
import type { SharedResult } from '../execution/result.ts';
import type { DurableEvent, FleetingEvent, Happening, MemberEvent } from '../log/events.ts';
import { logTooShort } from '../log/resync.ts';
import type { Follower } from './follower.ts';
import { createGroup, type Group } from './group.ts';
import type { ReadInTurn } from './person-limits.ts';
import { createRecentChanges } from './recent-changes.ts';
import { createResults } from './results.ts';

/** A room that is listened to here, or was until a moment ago. */
export interface Room {
  readonly id: string;
  /** Takes changes as the feed hands them over. */
  append(changes: readonly DurableEvent[]): void;
  tell(event: FleetingEvent): void;
  /** @throws TrumpetError when the log of the room does not reach back to `after`. */
  requireLog(after: number): Promise<void>;
  /** Places a follower among those who listen with the same recipe. Returns its group. */
  follow(recipe: Recipe, follower: Follower): Group;
  /** The room is archived, by this change: the last one of those who listen to nothing else. */
  archive(changeSeq: number): void;
  /** Nothing more can be told: the log of the room is lost, or the room is. */
  lose(): void;
  /** Lets go of what was of use to those who come back, and came before then. Returns whether nothing is left. */
  forget(before: number): boolean;
  /** Resolves when everything that has been appended until now is delivered. */
  settled(): Promise<unknown>;
  /** Whether it is listened to no more: who wants it has to begin anew. */
  readonly isGone: boolean;
  readonly statistics: { readonly groups: number; readonly followers: number };
}

interface RoomOptions {
  readonly id: string;
  /** The last change that is known: the feed hands over what comes behind it. */
  readonly head: number;
  /** Changes from the log behind `after`, at most `limit`; null when it does not reach back that far. */
  readonly readLog: (after: number, limit: number) => Promise<readonly DurableEvent[] | null>;
  /** Who was removed behind a change, as of now. */
  readonly readRemovals: (known: number) => Promise<readonly MemberEvent[]>;
  readonly run: (recipe: Recipe, events: readonly Happening[]) => Promise<SharedResult[]>;
  /** The same as those see it who are not in the room. */
  readonly runOutside: (recipe: Recipe, events: readonly Happening[]) => Promise<SharedResult[]>;
  readonly onDelivered: (events: readonly Happening[]) => void;
  readonly readInTurn: ReadInTurn;
}

export function createRoom(options: RoomOptions): Room {
  const { id, readLog } = options;
  const recent = createRecentChanges();
  const groups = new Map<string, Group>();
  /** The last removal of each person since the room is listened to here: it reaches whoever was checked before it. */
  const removals = new Map<string, MemberEvent>();
  const requireLog = createLogProbe(options);
  const openedAt = performance.now();
  let changedAt = openedAt;
  let { head } = options;
  let isGone = false;

  async function readEvents(after: number, limit: number): Promise<readonly DurableEvent[] | null> {
    return recent.behind(after, limit) ?? (await readLog(after, limit));
  }

  function obtainGroup(recipe: Recipe): Group {
    const key = recipeKey(recipe);
    let group = groups.get(key);
    if (group === undefined) {
      const results = createResults({
        run: (events) => runForMembers(recipe, events),
        readEvents,
      });
      group = createGroup({
        roomId: id,
        head,
        results,
        runOutside: (events) => options.runOutside(recipe, events),
        onDelivered: options.onDelivered,
        readInTurn: options.readInTurn,
      });
      groups.set(key, group);
    }
    return group;
  }

  /*
   * An execution may see what was committed after somebody's removal, which the feed has not heard of yet. So whoever
   * was removed by the end of it is let go before anything of it is given out.
   */
  async function runForMembers(
    recipe: Recipe,
    events: readonly Happening[],
  ): Promise<SharedResult[]> {
    const results = await options.run(recipe, events);
    const removals = await options.readRemovals(head);
    removals.forEach(revoke);
    return results;
  }

  /** Ends the access of a person who was removed. */
  function revoke(removal: MemberEvent): void {
    removals.set(removal.userId, removal);
    for (const group of groups.values()) {
      const removed = [...group.followers].filter((follower) => isRemovedBy(removal, follower));
      if (removed.length > 0) {
        group.remove(removed, removal);
      }
    }
  }

  return {
    id,
    append(changes) {
      head = changes.at(-1)?.changeSeq ?? head;
      changedAt = performance.now();
      recent.append(changes);
      for (const change of changes) {
        if (change.__typename === 'MemberEvent' && change.event === 'delete') {
          revoke(change);
        }
      }
      for (const group of groups.values()) {
        group.append(changes);
      }
    },
    tell(event) {
      for (const group of groups.values()) {
        if (group.followers.size > 0) {
          group.append([event]);
        }
      }
    },
    requireLog,
    follow(recipe, follower) {
      const group = obtainGroup(recipe);
      group.follow(follower);
      // The person may have been removed since the check: the feed has told the others already.
      const removal = removals.get(follower.userId);
      if (removal !== undefined && isRemovedBy(removal, follower)) {
        group.remove([follower], removal);
      }
      return group;
    },
    archive(changeSeq) {
      for (const group of groups.values()) {
        for (const follower of group.followers) {
          if (follower.endsWithArchiving && changeSeq > follower.checkedAt) {
            group.leaveAfter(follower, changeSeq);
          }
        }
      }
    },
    lose() {
      isGone = true;
      for (const group of groups.values()) {
        group.releaseAll(logTooShort());
      }
    },
    forget(before) {
      for (const [key, group] of groups) {
        if (group.followers.size === 0 && group.idleSince < before) {
          groups.delete(key);
        }
      }
      if (changedAt < before && recent.size > 0) {
        recent.forget();
      }
      isGone ||= groups.size === 0 && openedAt < before;
      return isGone;
    },
    settled: () => Promise.all(Array.from(groups.values(), (group) => group.settled())),
    get isGone() {
      return isGone;
    },
    get statistics() {
      let followers = 0;
      for (const group of groups.values()) {
        followers += group.followers.size;
      }
      return { groups: groups.size, followers };
    },
  };
}

function isRemovedBy(removal: MemberEvent, { userId, checkedAt }: Follower): boolean {
  return removal.userId === userId && removal.changeSeq > checkedAt;
}

/** Remembers how far back the log of a room has been seen to reach. */
function createLogProbe({ head, readLog }: RoomOptions): Room['requireLog'] {
  const probes = new Map<number, Promise<readonly DurableEvent[] | null>>();
  let reachesBackTo = head;
  return async function requireLog(after) {
    if (after >= reachesBackTo) {
      return;
    }
    // A thousand clients that come back together ask the same.
    const probe = probes.get(after) ?? readLog(after, 1).finally(() => probes.delete(after));
    probes.set(after, probe);
    const events = await probe;
    if (events === null || events.length === 0) {
      throw logTooShort();
    }
    reachesBackTo = Math.min(reachesBackTo, after);
  };
}
