import { timestamp } from '../../process/clock.ts';
import type { Bell } from '../bells/bells.ts';
import type { TypingEvent } from './events.ts';
import { createThrottle } from './throttle.ts';

type TypingBell = Extract<Bell, { kind: 'typing' }>;

/** Lets so much typing through that people can read it, and no more. */
export interface TypingThrottle {
  hear(bell: TypingBell): void;
  release(): void;
}

/** In a room where more people begin at once nobody reads who they are. */
const MAX_BEGINNINGS_A_SECOND = 20;
const MAX_EVENTS_A_SECOND = 40;

export function createTypingThrottle(tell: (bell: TypingBell) => void): TypingThrottle {
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

  const { hear, release } = createThrottle<TypingBell>({
    tell: (_key, bell) => tell(bell),
    isSame: (told, bell) => told.event === bell.event,
    // The end of what has been told is never late; the next beginning is.
    isUrgent: (told, bell) => told.event === 'insert' && bell.event === 'delete',
    isAllowed: isRoomLeft,
  });
  return { hear: (bell) => hear(`${bell.roomId} ${bell.userId}`, bell), release };
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
