import type { Journal } from './journal.ts';

/** Whom the person has blocked: what they write is not counted, and is not the latest of a room. */
export interface Blocked {
  readonly ids: ReadonlySet<string>;
  set(ids: readonly string[]): void;
}

export function createBlocked(journal: Journal, kept: readonly string[]): Blocked {
  let ids = new Set(kept);

  return {
    get ids() {
      return ids;
    },
    set(now) {
      ids = new Set(now);
      journal.keep('meta', 'blocked', [...now]);
      journal.tell('blocked');
    },
  };
}
