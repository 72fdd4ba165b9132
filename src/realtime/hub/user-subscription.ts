import type { Recipe } from '../execution/recipes.ts';
import { otherHistory } from '../log/resync.ts';
import type { UserCursor } from '../log/user-cursor.ts';
import type { RoomStart } from '../log/user-start.ts';
import { createFollower, type Follower } from './follower.ts';
import type { Group } from './group.ts';
import type { Rooms } from './rooms.ts';
import type { Subscriber } from './subscriber.ts';

/** One subscription to all rooms of a user. */
export interface UserSubscription {
  /** Follows a room that the user is a member of. */
  follow(start: RoomStart): void;
  /**
   * Follows a room that the user has come into, by this change, and was in when the room had come to `head`. May be told
   * more than once.
   */
  join(roomId: string, changeSeq: number, head: number): void;
  /**
   * Everything before this cursor has been handed over to whoever was listening at `asOf` (milliseconds of
   * performance.now()).
   */
  moveCursor(cursor: UserCursor, asOf: number): void;
  /** Ends it when its user is in other rooms beside those that are followed: something was lost on the way. */
  compare(roomIds: readonly string[]): void;
  release(): void;
}

interface UserSubscriptionOptions {
  readonly rooms: Rooms;
  readonly recipe: Recipe;
  readonly subscriber: Subscriber;
  /** Where to resume until it moves. */
  readonly cursor: UserCursor;
  /** A cursor as it is sent. */
  readonly encode: (cursor: UserCursor) => string;
}

interface Following {
  readonly follower: Follower;
  readonly group: Group;
}

export function createUserSubscription(options: UserSubscriptionOptions): UserSubscription {
  const { rooms, recipe, subscriber } = options;
  const { userId } = recipe.viewer;
  const followings = new Map<string, Following>();
  /** Room → the change by which the user came in, so that being told twice does nothing. */
  const joins = new Map<string, number>();
  const registeredAt = performance.now();
  let { cursor } = options;

  function follow({ roomId, head, after }: RoomStart): void {
    const earlier = followings.get(roomId);
    if (earlier !== undefined) {
      // Removed and back again before the removal was delivered: as if nothing had been.
      earlier.group.stay(earlier.follower, head);
      return;
    }
    const follower = createFollower({
      userId,
      endsWithArchiving: false,
      position: after.seq,
      checkedAt: head,
      reader: {
        deliver: (batch) => subscriber.next(batch, options.encode(cursor)),
        drained: subscriber.drained,
        onEnd(error) {
          followings.delete(roomId);
          if (error !== undefined) {
            subscriber.end(error);
          }
        },
      },
    });
    const group = rooms.obtain(roomId, after).follow(recipe, follower);
    if (follower.state !== 'gone') {
      followings.set(roomId, { follower, group });
    }
  }

  return {
    follow,
    join(roomId, changeSeq, head) {
      const checkedAt = followings.get(roomId)?.follower.checkedAt ?? 0;
      if (Math.max(checkedAt, joins.get(roomId) ?? 0) < changeSeq) {
        joins.set(roomId, changeSeq);
        follow({ roomId, head, after: { seq: changeSeq - 1, at: null } });
      }
    },
    moveCursor(to, asOf) {
      const followers = followings.values();
      if (registeredAt <= asOf && followers.every(({ follower }) => follower.state === 'live')) {
        cursor = to;
      }
    },
    compare(roomIds) {
      if (roomIds.some((roomId) => !followings.has(roomId))) {
        subscriber.end(otherHistory('your rooms'));
      }
    },
    release() {
      for (const { follower, group } of followings.values()) {
        group.unfollow(follower);
      }
      followings.clear();
    },
  };
}
