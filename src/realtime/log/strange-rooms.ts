import type { LogQueries } from './log-queries.ts';
import type { Watchers } from './watchers.ts';

/** Rooms that rang though nobody listens to them here: perhaps someone who watches has joined one. */
export interface StrangeRooms {
  hear(roomId: string): void;
  /** Whether someone who watches is a member of any that rang. They are forgotten. */
  ask(): Promise<boolean>;
  readonly isDue: boolean;
}

interface StrangeRoomsOptions {
  readonly watchers: Watchers;
  readonly isAnyMember: LogQueries['isAnyMember'];
}

export function createStrangeRooms({ watchers, isAnyMember }: StrangeRoomsOptions): StrangeRooms {
  let rang = new Set<string>();
  return {
    hear(roomId) {
      if (watchers.count > 0) {
        rang.add(roomId);
      }
    },
    async ask() {
      const roomIds = [...rang];
      rang = new Set();
      const userIds = watchers.list().map(({ userId }) => userId);
      return userIds.length > 0 && (await isAnyMember(roomIds, userIds));
    },
    get isDue() {
      return rang.size > 0;
    },
  };
}
