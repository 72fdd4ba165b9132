import type { Recipe } from '../execution/recipes.ts';
import type { SharedResult } from '../execution/result.ts';
import type { DurableEvent, FleetingEvent, Happening, MemberEvent } from '../log/events.ts';
import type { LogPlace } from '../log/place.ts';
import { otherHistory } from '../log/resync.ts';
import type { Follower } from './follower.ts';
import { createGroup, type Group } from './group.ts';
import { createGroups } from './groups.ts';
import type { ReadInTurn } from './person-limits.ts';
import type { OnDelivered } from './publication.ts';
import { createResults } from './results.ts';
import { createRevocations, type Revocations } from './revocations.ts';
import { createRoomLog, type ReadLog, type RoomLog } from './room-log.ts';

/** A room that is listened to here, or was until a moment ago. */
export interface Room {
  readonly id: string;
  /** Takes changes as the feed hands them over. */
  append(changes: readonly DurableEvent[]): void;
  tell(event: FleetingEvent): void;
  /** @throws TrumpetError when the log of the room does not go on from `after`. */
  requireLog(after: LogPlace): Promise<void>;
  /** Places a follower among those who listen with the same recipe. Returns its group. */
  follow(recipe: Recipe, follower: Follower): Group;
  /** The room is archived, by this change: the last one that is told, until it is unarchived. */
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
  readonly head: LogPlace;
  readonly readLog: ReadLog;
  /** Who was removed behind a change, as of now. */
  readonly readRemovals: (known: number) => Promise<readonly MemberEvent[]>;
  readonly run: (recipe: Recipe, events: readonly Happening[]) => Promise<SharedResult[]>;
  /** The same as those see it who are not in the room. */
  readonly runOutside: (recipe: Recipe, events: readonly Happening[]) => Promise<SharedResult[]>;
  readonly onDelivered: OnDelivered;
  readonly readInTurn: ReadInTurn;
}

export function createRoom(options: RoomOptions): Room {
  const roomLog = createRoomLog(options);
  const groups = createGroups((recipe) => beginGroup(recipe, options, { roomLog, revocations }));
  const revocations = createRevocations(groups);
  const openedAt = performance.now();
  let isGone = false;

  return {
    id: options.id,
    append(changes) {
      roomLog.append(changes);
      revocations.hear(changes);
      groups.append(changes);
    },
    tell: groups.tell,
    requireLog: roomLog.requireFrom,
    follow(recipe, follower) {
      const group = groups.obtain(recipe);
      group.follow(follower);
      revocations.recheck(follower, group);
      return group;
    },
    archive: groups.archive,
    lose() {
      isGone = true;
      groups.releaseAll(otherHistory());
    },
    forget(before) {
      groups.forget(before);
      roomLog.forget(before);
      isGone ||= groups.statistics.groups === 0 && openedAt < before;
      return isGone;
    },
    settled: groups.settled,
    get isGone() {
      return isGone;
    },
    get statistics() {
      return groups.statistics;
    },
  };
}

interface RoomState {
  readonly roomLog: RoomLog;
  readonly revocations: Revocations;
}

function beginGroup(
  recipe: Recipe,
  options: RoomOptions,
  { roomLog, revocations }: RoomState,
): Group {
  /*
   * An execution may see what was committed after somebody's removal, which the feed has not heard of yet. So whoever
   * was removed by the end of it is let go before anything of it is given out.
   */
  async function run(events: readonly Happening[]): Promise<SharedResult[]> {
    const results = await options.run(recipe, events);
    const removals = await options.readRemovals(roomLog.head.seq);
    removals.forEach(revocations.revoke);
    return results;
  }

  return createGroup({
    roomId: options.id,
    privacy: recipe.privacy,
    head: roomLog.head.seq,
    results: createResults({ run, readEvents: roomLog.read }),
    runOutside: (events) => options.runOutside(recipe, events),
    onDelivered: options.onDelivered,
    readInTurn: options.readInTurn,
  });
}
