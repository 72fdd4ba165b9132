import { log } from '../../process/log.ts';
import type { Recipe } from '../execution/recipes.ts';
import { createBatch, type SharedResult } from '../execution/result.ts';
import { type NewsEvent, type Notice, newsEvent, subjectOf } from '../log/events.ts';
import type { Joined } from '../log/log-queries.ts';
import { otherHistory } from '../log/resync.ts';
import type { UserCursor } from '../log/user-cursor.ts';
import type { RoomStart } from '../log/user-start.ts';
import { createFollower, type Follower } from './follower.ts';
import type { Group } from './group.ts';
import type { Rooms } from './rooms.ts';
import type { Subscriber } from './subscriber.ts';

/** One subscription to all rooms of a user. */
export interface UserSubscription {
  /** Follows a room that the user is a member of, until it is archived. */
  follow(start: RoomStart): void;
  /** Follows a room that the user has come into, or that was unarchived. May be told more than once. */
  join(joined: Joined): void;
  /** Tells of an interaction, or of what the user keeps for themselves, unless it was told of this already. */
  tell(notice: Notice): void;
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
  /** Whether it tells of rooms, and not of interactions alone. */
  readonly isAboutRooms: boolean;
  /** Computes an event for the user. */
  readonly run: (event: NewsEvent) => Promise<readonly SharedResult[]>;
  /** A cursor as it is sent. */
  readonly encode: (cursor: UserCursor) => string;
}

/** Of more it is forgotten that they were told: telling one again does no harm. */
const MAX_TOLD = 2_000;

interface Following {
  readonly follower: Follower;
  readonly seesFrom: number | null;
  readonly group: Group;
}

export function createUserSubscription(options: UserSubscriptionOptions): UserSubscription {
  const { rooms, recipe, subscriber } = options;
  const { userId } = recipe.viewer;
  const followings = new Map<string, Following>();
  /** Room → the change up to which ways into it are known, so that being told twice does nothing. */
  const known = new Map<string, number>();
  /** Subject → the transaction of the news that was told. */
  const told = new Map<string, string>();
  const registeredAt = performance.now();
  let telling = 0;
  let lastTold = Promise.resolve();
  let hasEnded = false;
  let { cursor } = options;

  function know(roomId: string, changeSeq: number): void {
    known.set(roomId, Math.max(known.get(roomId) ?? 0, changeSeq));
  }

  function follow(start: RoomStart): void {
    if (!options.isAboutRooms) {
      return;
    }
    const { roomId, head, after, archivedBy } = start;
    know(roomId, head);
    if (archivedBy !== null && archivedBy <= after.seq) {
      return; // Silent until it is unarchived.
    }
    const { group, follower } = goOn(start) ?? begin(start);
    if (archivedBy !== null && follower.state !== 'gone') {
      group.leaveAfter(follower, archivedBy);
    }
  }

  /** Goes on where they were removed and are back before that was delivered: as if nothing had been. */
  function goOn({ roomId, head, seesFrom }: RoomStart): Following | undefined {
    const earlier = followings.get(roomId);
    if (earlier?.seesFrom === seesFrom) {
      earlier.group.stay(earlier.follower, head);
      return earlier;
    }
    // They see less than before, or more: what was computed for that is not for them any more.
    earlier?.group.unfollow(earlier.follower);
    return (
      earlier &&
      begin({ roomId, head, seesFrom, after: { seq: earlier.follower.position, at: null } })
    );
  }

  function begin({ roomId, head, after, seesFrom }: Omit<RoomStart, 'archivedBy'>): Following {
    const follower = createFollower({
      userId,
      position: after.seq,
      checkedAt: head,
      reader: {
        transport: subscriber.transport,
        deliver: (batch) => subscriber.next(batch, options.encode(cursor)),
        drained: subscriber.drained,
        onEnd(error) {
          followings.delete(roomId);
          know(roomId, follower.position);
          if (error !== undefined) {
            subscriber.end(error);
          }
        },
      },
    });
    const group = rooms.obtain(roomId, after).follow({ ...recipe, seesFrom }, follower);
    const following = { follower, group, seesFrom };
    if (follower.state !== 'gone') {
      followings.set(roomId, following);
    }
    return following;
  }

  /** Never rejects. */
  async function deliverNotice(notice: Notice): Promise<void> {
    try {
      if (!hasEnded) {
        const results = await options.run(newsEvent(notice));
        if (!hasEnded) {
          subscriber.next(createBatch([...results]), options.encode(cursor));
        }
      }
      telling -= 1;
    } catch (error) {
      // The cursor stays behind it from here on.
      log.error({ event: 'hub.news_failed', subject: subjectOf(notice), error });
    }
  }

  return {
    follow,
    join([, roomId, changeSeq, head, archivedBy, seesFrom]) {
      if ((known.get(roomId) ?? 0) < changeSeq) {
        follow({
          roomId,
          head,
          after: { seq: changeSeq - 1, at: null },
          archivedBy,
          seesFrom,
        });
      }
    },
    tell(notice) {
      if (!options.isAboutRooms && !('interactionId' in notice)) {
        return;
      }
      const subject = subjectOf(notice);
      if (told.get(subject) === notice.xid) {
        return;
      }
      told.delete(subject);
      told.set(subject, notice.xid);
      if (told.size > MAX_TOLD) {
        told.delete(told.keys().next().value as string);
      }
      telling += 1;
      lastTold = lastTold.then(() => deliverNotice(notice));
    },
    moveCursor(to, asOf) {
      const followers = followings.values();
      if (telling > 0) {
        return; // Whoever comes back is told what was under way.
      }
      if (registeredAt <= asOf && followers.every(({ follower }) => follower.state === 'live')) {
        cursor = to;
      }
    },
    compare(roomIds) {
      if (options.isAboutRooms && roomIds.some((roomId) => !followings.has(roomId))) {
        subscriber.end(otherHistory('your rooms'));
      }
    },
    release() {
      hasEnded = true;
      for (const { follower, group } of followings.values()) {
        group.unfollow(follower);
      }
      followings.clear();
    },
  };
}
