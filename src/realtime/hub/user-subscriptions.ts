import { TrumpetError } from '../../errors/codes.ts';
import type { Recipe, Recipes } from '../execution/recipes.ts';
import { createBatch } from '../execution/result.ts';
import { type Notice, readyEvent } from '../log/events.ts';
import type { Joined, Membership } from '../log/log-queries.ts';
import {
  createCursorEncoder,
  decodeCursor,
  type UserCursor,
  type Witness,
} from '../log/user-cursor.ts';
import type { ReadUserStart } from '../log/user-start.ts';
import type { UserWatch } from '../log/watchers.ts';
import type { Rooms } from './rooms.ts';
import type { Subscriber } from './subscriber.ts';
import { createUserSubscription, type UserSubscription } from './user-subscription.ts';

/** The subscriptions to all rooms of a user. */
export interface UserSubscriptions {
  /**
   * Begins one. When it resolves, Ready has been sent; the result stops it.
   *
   * @throws TrumpetError BAD_INPUT.
   */
  subscribe(recipe: Recipe, subscriber: Subscriber): Promise<() => void>;
  /** Whether anything of a user's is subscribed to. */
  has(userId: string): boolean;
  /** A user has come into a room, or it was unarchived. May be told more than once. */
  join(joined: Joined): void;
  /** Something is news for a user alone. May be told more than once. */
  tell(notice: Notice): void;
  /**
   * Moves the cursors of those who were listening at `asOf` (milliseconds of performance.now()): everything
   * before this cursor has been handed over.
   */
  moveCursors(to: UserCursor, asOf: number): Promise<void>;
  /** Ends the subscriptions of users who are in other rooms beside those that are followed for them. */
  compare(memberships: readonly Membership[]): void;
}

interface UserSubscriptionsOptions {
  readonly rooms: Rooms;
  readonly recipes: Recipes;
  readonly readUserStart: ReadUserStart;
  /** Resolves when those who are served may be. */
  readonly confirmed: () => Promise<void>;
  /** Begins and ends the telling of rooms that a user comes into. */
  readonly watch: (watch: UserWatch) => void;
  readonly unwatch: (userId: string) => void;
  /** The latest change that is known of any room. */
  readonly latestChange: () => Witness | undefined;
}

export function createUserSubscriptions(options: UserSubscriptionsOptions): UserSubscriptions {
  const { rooms, recipes, readUserStart } = options;
  const users = new Map<string, Set<UserSubscription>>();
  const encode = createCursorEncoder(options.latestChange);

  function register(userId: string, subscription: UserSubscription): void {
    users.set(userId, (users.get(userId) ?? new Set()).add(subscription));
  }

  function remove(userId: string, subscription: UserSubscription): void {
    subscription.release();
    const ofUser = users.get(userId);
    if (ofUser?.delete(subscription) && ofUser.size === 0) {
      users.delete(userId);
      options.unwatch(userId);
    }
  }

  return {
    async subscribe(recipe, subscriber) {
      const { userId } = recipe.viewer;
      const resumeFrom = parseCursor(recipe.plan.arguments.after);
      const start = await readUserStart(userId, resumeFrom);
      const cursor = resumeFrom ?? start.cursor;
      const isAboutRooms = recipe.plan.arguments.interactionsOnly !== true;
      const departures = isAboutRooms ? start.departures : [];
      for (const event of [readyEvent(null), ...departures]) {
        const results = await recipes.run(recipe, null, [event]); // They are in none of these rooms.
        subscriber.next(createBatch(results), encode(cursor));
      }
      const subscription = createUserSubscription({
        rooms,
        recipe,
        subscriber,
        cursor,
        encode,
        isAboutRooms,
        async run(event) {
          const results = await recipes.run(recipe, null, [event]);
          await options.confirmed(); // Before it is given out.
          return results;
        },
      });
      start.news.forEach(subscription.tell);
      for (const room of start.rooms) {
        subscription.follow(room);
      }
      register(userId, subscription);
      options.watch({ userId, horizon: start.cursor.horizon });
      return () => remove(userId, subscription);
    },
    has: (userId) => users.has(userId),
    join(joined) {
      const [userId] = joined;
      for (const subscription of users.get(userId) ?? []) {
        subscription.join(joined);
      }
    },
    tell(notice) {
      for (const subscription of users.get(notice.userId) ?? []) {
        subscription.tell(notice);
      }
    },
    /*
     * A cursor may say "everything before this horizon" only when that is delivered, in every room of the
     * subscription: so not before the groups have delivered what the feed had handed over, and not while a room is
     * still being replayed.
     */
    async moveCursors(to, asOf) {
      if (users.size === 0) {
        return;
      }
      await rooms.settled();
      for (const subscriptions of users.values()) {
        for (const subscription of subscriptions) {
          subscription.moveCursor(to, asOf);
        }
      }
    },
    compare(memberships) {
      for (const { userId, roomIds } of memberships) {
        for (const subscription of users.get(userId) ?? []) {
          subscription.compare(roomIds);
        }
      }
    },
  };
}

/** @throws TrumpetError BAD_INPUT when it is none of ours. */
function parseCursor(after: string | null | undefined): UserCursor | null {
  const cursor = after == null ? null : decodeCursor(after);
  if (cursor === undefined) {
    throw new TrumpetError('BAD_INPUT', '`after` is not a cursor of userEvents.');
  }
  return cursor;
}
