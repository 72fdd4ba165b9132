import { timestamp } from '../../process/clock.ts';

import type { PresenceEvent } from './events.ts';
import type { LogQueries } from './log-queries.ts';
import { createPresenceThrottle } from './presence-throttle.ts';

/** Tells the rooms that are listened to here who of their members comes and goes. */
export interface PresenceSpreading {
  hear(userId: string, status: string): void;
  /** Tells what has been heard: of each person the latest. */
  spread(): Promise<void>;
  readonly isDue: boolean;
  release(): void;
}

interface PresenceSpreadingOptions {
  readonly membersIn: LogQueries['membersIn'];
  /** Rooms that are listened to here. */
  readonly roomIds: () => readonly string[];
  readonly tell: (event: PresenceEvent) => void;
  /** Told when something is due to be spread. */
  readonly onDue: () => void;
}

const MAX_WAITING = 5_000;
/** In larger rooms nobody is told who comes and goes: it would be most of what is sent. They are counted (`onlineCount`). */
const MAX_MEMBERS_TOLD = 1_000;

export function createPresenceSpreading(options: PresenceSpreadingOptions): PresenceSpreading {
  let statuses = new Map<string, string>();
  const throttle = createPresenceThrottle((userId, status) => {
    if (statuses.size < MAX_WAITING) {
      statuses.set(userId, status);
    }
    options.onDue();
  });
  return {
    hear: throttle.hear,
    async spread() {
      const heard = statuses;
      statuses = new Map();
      const places = await options.membersIn(
        options.roomIds(),
        [...heard.keys()],
        MAX_MEMBERS_TOLD,
      );
      const occurredAt = timestamp();
      for (const { roomId, userId, hiddenFrom } of places) {
        options.tell({
          __typename: 'PresenceEvent',
          roomId,
          changeSeq: null,
          cursor: null,
          occurredAt,
          event: 'update',
          userId,
          status: heard.get(userId) as string,
          hiddenFrom: new Set(hiddenFrom),
        });
      }
    },
    get isDue() {
      return statuses.size > 0;
    },
    release: throttle.release,
  };
}
