import type { DurableEvent } from '../log/events.ts';

/** The latest changes of a room, without gap up to its head: what most of those who come back have missed. */
export interface RecentChanges {
  append(events: readonly DurableEvent[]): void;
  /** The changes behind `after`, at most `limit`; undefined when they begin later than that. */
  behind(after: number, limit: number): readonly DurableEvent[] | undefined;
  forget(): void;
  readonly size: number;
}

const MAX_RECENT_CHANGES = 512;

export function createRecentChanges(): RecentChanges {
  let changes: DurableEvent[] = [];
  return {
    append(events) {
      changes.push(...events);
      // Not at each change: moving them all costs as much as keeping twice as many.
      if (changes.length > 2 * MAX_RECENT_CHANGES) {
        changes = changes.slice(-MAX_RECENT_CHANGES);
      }
    },
    behind(after, limit) {
      const first = changes[0]?.changeSeq;
      if (first === undefined || after + 1 < first) {
        return undefined;
      }
      return changes.slice(after + 1 - first, after + 1 - first + limit);
    },
    forget() {
      changes = [];
    },
    get size() {
      return changes.length;
    },
  };
}
