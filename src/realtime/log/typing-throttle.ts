import { timestamp } from '../../process/clock.ts';

import type { Bell } from '../bells/bells.ts';
import type { TypingEvent } from './events.ts';

type TypingBell = Extract<Bell, { kind: 'typing' }>;

/** Lets so much typing through that people can read it, and no more. */
export interface TypingThrottle {
  hear(bell: TypingBell): void;
  release(): void;
}

/** What one person does in one room is told at most this often; the last word always. */
const INTERVAL_MS = 1_000;
/** In a room where more people begin at once nobody reads who they are. */
const MAX_BEGINNINGS_A_SECOND = 20;
const MAX_EVENTS_A_SECOND = 40;

interface Told {
  event: TypingBell['event'];
  waiting: TypingBell | undefined;
  readonly timer: NodeJS.Timeout;
}

export function createTypingThrottle(tell: (bell: TypingBell) => void): TypingThrottle {
  const told = new Map<string, Told>();
  let countedFrom = 0;
  let counts = new Map<string, number>();

  /** Whether the room has had less than it can take within this second. */
  function isRoomLeft({ roomId, event }: TypingBell): boolean {
    const now = performance.now();
    if (now - countedFrom >= 1_000) {
      countedFrom = now;
      counts = new Map();
    }
    const count = counts.get(roomId) ?? 0;
    counts.set(roomId, count + 1);
    return count < (event === 'insert' ? MAX_BEGINNINGS_A_SECOND : MAX_EVENTS_A_SECOND);
  }

  function pass(key: string, bell: TypingBell): void {
    if (!isRoomLeft(bell)) {
      return;
    }
    const timer = setTimeout(() => {
      const { event, waiting } = told.get(key) as Told;
      told.delete(key);
      if (waiting !== undefined && waiting.event !== event) {
        pass(key, waiting);
      }
    }, INTERVAL_MS);
    timer.unref();
    told.set(key, { event: bell.event, waiting: undefined, timer });
    tell(bell);
  }

  return {
    hear(bell) {
      const key = `${bell.roomId} ${bell.userId}`;
      const earlier = told.get(key);
      if (earlier === undefined) {
        pass(key, bell);
      } else if (bell.event === 'delete' && earlier.event === 'insert') {
        // The end of what has been told is never late; the next beginning is.
        earlier.event = 'delete';
        earlier.waiting = undefined;
        tell(bell);
      } else {
        earlier.waiting = bell;
      }
    },
    release() {
      for (const { timer } of told.values()) {
        clearTimeout(timer);
      }
      told.clear();
    },
  };
}

export function typingEvent({ roomId, userId, event }: TypingBell): TypingEvent {
  return {
    __typename: 'TypingEvent',
    roomId,
    changeSeq: null,
    cursor: null,
    occurredAt: timestamp(),
    event,
    userId,
  };
}
