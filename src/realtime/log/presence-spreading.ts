import { timestamp } from '../../process/clock.ts';

import type { PresenceEvent, ProfileEvent, StatusTextEvent } from './events.ts';
import type { LogQueries } from './log-queries.ts';
import { createPresenceThrottle } from './presence-throttle.ts';

/** Tells the rooms that are listened to here who of their members comes and goes, or says something of themselves. */
export interface PresenceSpreading {
  hear(userId: string, status: string): void;
  /** What somebody says of themselves has changed. */
  hearStatusText(userId: string): void;
  /** What somebody says in the fields of their profile has changed. */
  hearProfile(userId: string): void;
  /** Tells what has been heard: of each person the latest. */
  spread(): Promise<void>;
  readonly isDue: boolean;
  release(): void;
}

interface PresenceSpreadingOptions {
  readonly membersIn: LogQueries['membersIn'];
  /** Rooms that are listened to here. */
  readonly roomIds: () => readonly string[];
  readonly tell: (event: PresenceEvent | ProfileEvent | StatusTextEvent) => void;
  /** Told when something is due to be spread. */
  readonly onDue: () => void;
}

const MAX_WAITING = 5_000;
/** In larger rooms nobody is told who comes and goes: it would be most of what is sent. They are counted (`onlineCount`). */
const MAX_MEMBERS_TOLD = 1_000;

export function createPresenceSpreading(options: PresenceSpreadingOptions): PresenceSpreading {
  let statuses = new Map<string, string>();
  let saying = new Set<string>();
  let described = new Set<string>();
  const throttle = createPresenceThrottle((userId, status) => {
    if (statuses.size < MAX_WAITING) {
      statuses.set(userId, status);
    }
    options.onDue();
  });
  return {
    hear: throttle.hear,
    hearStatusText(userId) {
      if (saying.size < MAX_WAITING) {
        saying.add(userId);
      }
      options.onDue();
    },
    hearProfile(userId) {
      if (described.size < MAX_WAITING) {
        described.add(userId);
      }
      options.onDue();
    },
    async spread() {
      const heard = statuses;
      const said = saying;
      const changed = described;
      statuses = new Map();
      saying = new Set();
      described = new Set();
      const places = await options.membersIn(
        options.roomIds(),
        [...new Set([...heard.keys(), ...said, ...changed])],
        MAX_MEMBERS_TOLD,
      );
      const occurredAt = timestamp();
      for (const { roomId, userId, hiddenFrom, isHidden } of places) {
        const event = {
          roomId,
          changeSeq: null,
          cursor: null,
          occurredAt,
          userId,
          hiddenFrom: new Set(hiddenFrom),
        } as const;
        if (said.has(userId)) {
          options.tell({ __typename: 'StatusTextEvent', ...event });
        }
        if (changed.has(userId)) {
          options.tell({ __typename: 'ProfileEvent', ...event });
        }
        const status = heard.get(userId);
        if (status === undefined) {
          continue;
        }
        options.tell({
          __typename: 'PresenceEvent',
          ...event,
          event: 'update',
          // Who began to hide it while they came is told to have gone.
          status: isHidden ? 'offline' : status,
        });
      }
    },
    get isDue() {
      return statuses.size > 0 || saying.size > 0 || described.size > 0;
    },
    release: throttle.release,
  };
}
