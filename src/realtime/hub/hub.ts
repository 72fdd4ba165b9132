import type { Pool } from 'pg';
import type { GraphQLSchema } from 'postgraphile/graphql';
import { log } from '../../process/log.ts';
import type { Bell } from '../bells/bells.ts';
import { planSubscription } from '../execution/document.ts';
import type { Executor } from '../execution/executor.ts';
import { createPatience } from '../execution/patience.ts';
import { createRecipes, type Recipe, type RecipeStatistics } from '../execution/recipes.ts';
import { createAccessCheck, createArchiveCheck } from '../log/access.ts';
import type { DurableEvent, Happening } from '../log/events.ts';
import { createFeed, type FeedStatistics } from '../log/feed.ts';
import { createUserStartReader } from '../log/user-start.ts';
import { createPersonLimits } from './person-limits.ts';
import { subscribeToRoom } from './room-subscription.ts';
import { createRooms } from './rooms.ts';
import { type SubscribeRequest, type Subscriber, untilExpiry } from './subscriber.ts';
import { createUserSubscriptions } from './user-subscriptions.ts';

export interface Hub {
  /**
   * Begins a subscription. When it resolves, Ready has been sent; the result stops it.
   *
   * @throws TrumpetError NOT_FOUND, BAD_INPUT, RATE_LIMITED.
   */
  subscribe(request: SubscribeRequest, subscriber: Subscriber): Promise<() => void>;
  /** Bells of this process and of others. */
  ring(bells: readonly Bell[]): void;
  /** Looks whether bells went missing, now rather than within a second. */
  sweep(): void;
  readonly statistics: HubStatistics;
  release(): Promise<void>;
}

export interface HubStatistics extends RecipeStatistics {
  readonly feed: FeedStatistics;
  readonly rooms: number;
  readonly groups: number;
  readonly followers: number;
}

interface HubOptions {
  /** Connections of the owner. */
  readonly pool: Pool;
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  readonly onSessionEnded: (sessionId: string) => void;
  /** Told of events that have been given to everyone who listens with one document. */
  readonly onDelivered: (events: readonly Happening[]) => void;
}

/*
 * Where the feed meets those who listen. What the feed tells goes to rooms, which give it to their groups; what is
 * asked for becomes followers of rooms. Here the two are put together, and nothing is kept.
 */
export function createHub(options: HubOptions): Hub {
  const { pool, schema } = options;
  const ending = new AbortController();
  const patiently = createPatience(ending.signal);
  const checkAccess = createAccessCheck(pool);
  const isArchived = createArchiveCheck(pool);
  const limits = createPersonLimits();
  const recipes = createRecipes({
    execute: options.execute,
    patiently,
    onlyListener: limits.onlyListener,
  });
  const feed = createFeed({
    pool,
    onChanges,
    onFleeting: (event) => rooms.get(event.roomId)?.tell(event),
    onLost: (roomId) => rooms.lose(roomId),
    onJoined: (userId, roomId, changeSeq, head) => users.join(userId, roomId, changeSeq, head),
    onHorizon: (horizon, asOf) => void users.moveCursors(horizon, asOf),
    onSessionEnded: options.onSessionEnded,
  });
  const rooms = createRooms({
    watch: feed.watchRoom,
    unwatch: feed.unwatchRoom,
    readLog: (roomId, after, limit) => patiently(() => feed.readLog(roomId, after, limit)),
    readRemovals: (roomId, known) => patiently(() => feed.readRemovals(roomId, known)),
    run: recipes.run,
    onDelivered: options.onDelivered,
    readInTurn: limits.read,
  });
  const users = createUserSubscriptions({
    rooms,
    recipes,
    readUserStart: createUserStartReader(pool),
    watch: feed.watchUser,
    unwatch: feed.unwatchUser,
  });

  function onChanges(roomId: string, changes: readonly DurableEvent[]): void {
    rooms.get(roomId)?.append(changes);
    if (changes.some((change) => isJoin(change) && users.has(change.userId))) {
      // The log may be old: whether someone is a member now, the sweep asks for all at once.
      feed.sweep();
    }
    const settings = changes.findLast(({ __typename }) => __typename === 'RoomChangedEvent');
    if (settings !== undefined) {
      endIfArchived(roomId, settings.changeSeq).catch((error) => {
        log.error({ event: 'hub.archive_check_failed', roomId, error });
      });
    }
  }

  async function endIfArchived(roomId: string, changeSeq: number): Promise<void> {
    if (await patiently(() => isArchived(roomId))) {
      rooms.get(roomId)?.archive(changeSeq);
    }
  }

  return {
    async subscribe(request, subscriber) {
      limits.begin(request.viewer.userId);
      const recipe: Recipe = { ...request, plan: planSubscription(schema, request) };
      const uncount = limits.listen(request.viewer.userId, recipe.plan.shareKey);
      const counted: Subscriber = {
        ...untilExpiry(request.viewer, subscriber),
        end(error) {
          uncount();
          subscriber.end(error);
        },
      };
      try {
        const stop =
          recipe.plan.field === 'roomEvents'
            ? await subscribeToRoom({ rooms, recipes, checkAccess }, recipe, counted)
            : await users.subscribe(recipe, counted);
        return () => {
          uncount();
          stop();
        };
      } catch (error) {
        uncount();
        throw error;
      }
    },
    ring: feed.ring,
    sweep: feed.sweep,
    get statistics() {
      return { feed: feed.statistics, ...rooms.statistics, ...recipes.statistics };
    },
    async release() {
      ending.abort();
      rooms.release();
      await feed.release();
    },
  };
}

function isJoin(
  change: DurableEvent,
): change is DurableEvent & { readonly __typename: 'MemberEvent' } {
  return change.__typename === 'MemberEvent' && change.event === 'insert';
}
