import type { TrumpetError } from '../../errors/codes.ts';
import { type Recipe, recipeKey } from '../execution/recipes.ts';
import type { Happening } from '../log/events.ts';
import { isKeptFrom } from '../log/privacy.ts';
import type { Group } from './group.ts';

/** The groups of one room, one for each recipe. */
export interface Groups extends Iterable<Group> {
  obtain(recipe: Recipe): Group;
  append(events: readonly Happening[]): void;
  /** Appends what only matters now: nobody reads it later. */
  tell(event: Happening): void;
  /** Makes this change the last one of all followers, unless they were checked behind it. */
  archive(changeSeq: number): void;
  /** Lets all followers go: none can go on. */
  releaseAll(error: TrumpetError): void;
  /** Lets go of the groups whose last follower left before then, in milliseconds of performance.now(). */
  forget(before: number): void;
  /** Resolves when everything that has been appended until now is delivered. */
  settled(): Promise<unknown>;
  readonly statistics: { readonly groups: number; readonly followers: number };
}

/** @param begin makes the group of a recipe that nobody listens with yet */
export function createGroups(begin: (recipe: Recipe) => Group): Groups {
  const groups = new Map<string, Group>();
  return {
    [Symbol.iterator]: () => groups.values(),
    obtain(recipe) {
      const key = recipeKey(recipe);
      const group = groups.get(key) ?? begin(recipe);
      groups.set(key, group);
      return group;
    },
    append(events) {
      for (const group of groups.values()) {
        group.append(events);
      }
    },
    tell(event) {
      for (const group of groups.values()) {
        if (group.followers.size > 0 && !isKeptFrom(group.privacy, event)) {
          group.append([event]);
        }
      }
    },
    archive(changeSeq) {
      for (const group of groups.values()) {
        for (const follower of group.followers) {
          if (changeSeq > follower.checkedAt) {
            group.leaveAfter(follower, changeSeq);
          }
        }
      }
    },
    releaseAll(error) {
      for (const group of groups.values()) {
        group.releaseAll(error);
      }
    },
    forget(before) {
      for (const [key, group] of groups) {
        if (group.followers.size === 0 && group.idleSince < before) {
          groups.delete(key);
        }
      }
    },
    settled: () => Promise.all(Array.from(groups.values(), (group) => group.settled())),
    get statistics() {
      let followers = 0;
      for (const group of groups.values()) {
        followers += group.followers.size;
      }
      return { groups: groups.size, followers };
    },
  };
}
