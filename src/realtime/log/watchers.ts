import { earlierHorizon } from './horizon.ts';

/** Someone listens to all of their rooms, those joined later included. */
export interface UserWatch {
  readonly userId: string;
  /** Everything that committed before this transaction horizon is known to the watcher. */
  readonly horizon: string;
}

/** Who listens to all of their rooms, and since when. */
export interface Watchers {
  /** Someone who watches already goes back to the earlier of the two horizons. */
  watch(watch: UserWatch): void;
  unwatch(userId: string): void;
  has(userId: string): boolean;
  /** Everyone as they are now, to be asked about. */
  list(): readonly UserWatch[];
  /** Everyone of a list knows everything before a horizon, but for those who have come or gone back since. */
  advance(list: readonly UserWatch[], horizon: string): void;
  readonly count: number;
}

export function createWatchers(): Watchers {
  const watchers = new Map<string, UserWatch>();
  return {
    watch({ userId, horizon }) {
      const earlier = watchers.get(userId)?.horizon ?? horizon;
      watchers.set(userId, { userId, horizon: earlierHorizon(earlier, horizon) });
    },
    unwatch(userId) {
      watchers.delete(userId);
    },
    has: (userId) => watchers.has(userId),
    list: () => [...watchers.values()],
    advance(list, horizon) {
      for (const watch of list) {
        if (watchers.get(watch.userId) === watch) {
          watchers.set(watch.userId, { userId: watch.userId, horizon });
        }
      }
    },
    get count() {
      return watchers.size;
    },
  };
}
