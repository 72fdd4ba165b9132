import type { TrumpetError } from '../../errors/codes.ts';
import type { SharedResult } from '../execution/result.ts';
import type { Happening } from '../log/events.ts';
import type { Privacy } from '../log/privacy.ts';
import { createCatchUp } from './catch-up.ts';
import { createComputing } from './computing.ts';
import { catchUp, type Follower, hasLeft, leaveAfter, stay } from './follower.ts';
import { createFollowers } from './followers.ts';
import type { ReadInTurn } from './person-limits.ts';
import { createPublication, type OnDelivered } from './publication.ts';
import { createRemoving, type RemoveFollowers } from './removing.ts';
import type { Results } from './results.ts';

/*
 * A group is everyone who listens to a room with one recipe. What happens in the room is computed once and given to
 * all who are live. Whoever is behind, or leaving, reads on by itself.
 */

export interface Group {
  /** Appends what has happened in the room. */
  append(events: readonly Happening[]): void;
  follow(follower: Follower): void;
  unfollow(follower: Follower): void;
  /** Lets a follower go, which cannot go on as it is. */
  release(follower: Follower, error: TrumpetError): void;
  /** Sees to it that a follower gets nothing behind this change. */
  leaveAfter(follower: Follower, changeSeq: number): void;
  readonly remove: RemoveFollowers;
  /** Takes either back: the person may listen, as was checked at this head of the room. */
  stay(follower: Follower, checkedAt: number): void;
  /** Lets all followers go: it cannot go on. */
  releaseAll(error: TrumpetError): void;
  /** Resolves when everything that has been appended until now is delivered. */
  settled(): Promise<void>;
  readonly followers: ReadonlySet<Follower>;
  /** What they hide, and so are not told of others. */
  readonly privacy: Privacy;
  /** When the last follower left, in milliseconds of performance.now(). */
  readonly idleSince: number;
}

interface GroupOptions {
  readonly roomId: string;
  readonly privacy: Privacy;
  /** The room's last change that has been appended to no group: appending begins behind it. */
  readonly head: number;
  readonly results: Results;
  readonly readInTurn: ReadInTurn;
  /** Executes the recipe over events as those may see them who are not in the room. */
  readonly runOutside: (events: readonly Happening[]) => Promise<SharedResult[]>;
  /** Told when all live followers have been given events. */
  readonly onDelivered: OnDelivered;
}

export function createGroup(options: GroupOptions): Group {
  const { roomId, results } = options;
  const followers = createFollowers();
  const { release } = followers;
  const publication = createPublication({
    roomId,
    head: options.head,
    followers: followers.all,
    readOn: (follower) => void readOn(follower),
    onDelivered: options.onDelivered,
  });
  const readOn = createCatchUp({
    roomId,
    results,
    readInTurn: options.readInTurn,
    published: () => publication.head,
    release,
  });
  const computing = createComputing({ roomId, results, followers, publication });

  return {
    append: computing.append,
    follow(follower) {
      followers.add(follower);
      if (follower.position >= publication.head) {
        catchUp(follower);
      } else {
        void readOn(follower);
      }
    },
    unfollow: followers.drop,
    release,
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
    remove: createRemoving({ roomId, runOutside: options.runOutside, release }),
    stay(follower, checkedAt) {
      stay(follower, checkedAt);
      void readOn(follower);
    },
    releaseAll: followers.releaseAll,
    settled: computing.settled,
    followers: followers.all,
    privacy: options.privacy,
    get idleSince() {
      return followers.idleSince;
    },
  };
}
