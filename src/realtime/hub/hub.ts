import type { Pool } from 'pg';
import type { GraphQLSchema } from 'postgraphile/graphql';
import type { Bell } from '../bells/bells.ts';
import type { Executor } from '../execution/executor.ts';
import { createPatience } from '../execution/patience.ts';
import { createRecipes, type RecipeStatistics } from '../execution/recipes.ts';
import { createAccessCheck, createArchiveCheck } from '../log/access.ts';
import { createFeed, type FeedStatistics } from '../log/feed.ts';
import { createPrivacyReader } from '../log/privacy.ts';
import { createUnseenFilter } from '../log/unseen.ts';
import { createUserStartReader } from '../log/user-start.ts';
import { createPersonLimits } from './person-limits.ts';
import { createPrivacies } from './privacies.ts';
import type { OnDelivered } from './publication.ts';
import { createRoomChanges } from './room-changes.ts';
import { createRooms } from './rooms.ts';
import { createSubscribing, type Subscribe } from './subscribing.ts';
import { createUserSubscriptions } from './user-subscriptions.ts';

export interface Hub {
  readonly subscribe: Subscribe;
  /** Bells of this process and of others. */
  ring(bells: readonly Bell[]): void;
  /** Looks whether bells went missing, now rather than within a second. */
  sweep(): void;
  /**
   * Resolves when those who are served may be: whoever is given anything waits for it first. Rejects when the database
   * cannot be asked whether their sessions have ended.
   */
  readonly confirmed: () => Promise<void>;
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
  /** The sessions that anything is given out to. */
  readonly servedSessions: () => readonly string[];
  readonly onSessionEnded: (sessionId: string) => void;
  /** Told of events that have been given to everyone who listens with one document. */
  readonly onDelivered: OnDelivered;
}

/*
 * Where the feed meets those who listen. What the feed tells goes to rooms, which give it to their groups; what is
 * asked for becomes followers of rooms. Here the two are put together, and nothing is kept.
 */
export function createHub(options: HubOptions): Hub {
  const { pool, schema, execute, onDelivered, servedSessions, onSessionEnded } = options;
  const ending = new AbortController();
  const patiently = createPatience(ending.signal);
  const limits = createPersonLimits();
  const { onlyListener } = limits;
  const recipes = createRecipes({
    execute,
    patiently,
    onlyListener,
    leaveOutUnseen: createUnseenFilter(pool),
  });
  const privacies = createPrivacies(createPrivacyReader(pool));
  const feed = createFeed({
    pool,
    onChanges: (roomId, changes) => hearChanges(roomId, changes),
    onFleeting: (event) => rooms.get(event.roomId)?.tell(event),
    onLost: (roomId) => rooms.lose(roomId),
    onJoined: (joined) => users.join(joined),
    onNews: (notice) => users.tell(notice),
    onHorizon: (cursor, asOf) => void users.moveCursors(cursor, asOf),
    onNewRun: (memberships) => users.compare(memberships),
    servedSessions,
    onSessionEnded,
    onPrivacy: privacies.hear,
  });
  const rooms = createRooms({
    watch: feed.watchRoom,
    unwatch: feed.unwatchRoom,
    readLog: (roomId, after, limit, known) =>
      patiently(() => feed.readLog(roomId, after, limit, known)),
    readRemovals: (roomId, known) => patiently(() => feed.readRemovals(roomId, known)),
    async run(recipe, roomId, events) {
      const results = await recipes.run(recipe, roomId, events);
      await patiently(feed.confirmed); // Before it is given out.
      return results;
    },
    onDelivered,
    readInTurn: limits.read,
  });
  const users = createUserSubscriptions({
    rooms,
    recipes,
    confirmed: () => patiently(feed.confirmed),
    readUserStart: createUserStartReader(pool),
    watch: feed.watchUser,
    unwatch: feed.unwatchUser,
    latestChange: () => feed.witness,
  });
  const isArchived = createArchiveCheck(pool);
  const checkAccess = createAccessCheck(pool);
  const { ring, sweep, confirmed } = feed;
  const hearChanges = createRoomChanges({ rooms, users, sweep, patiently, isArchived });

  return {
    subscribe: createSubscribing({
      schema,
      limits,
      rooms,
      recipes,
      users,
      privacies,
      checkAccess,
      confirmed,
    }),
    ring,
    sweep,
    confirmed,
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
