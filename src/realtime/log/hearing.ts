import { tracing } from '../../process/tracing.ts';
import type { Bell } from '../bells/bells.ts';
import type { AwaitedTraces } from './awaited-traces.ts';
import type { FleetingEvent } from './events.ts';
import type { PersonNews } from './person-news.ts';
import type { PresenceSpreading } from './presence-spreading.ts';
import type { StrangeRooms } from './strange-rooms.ts';
import { createTypingThrottle, typingEvent } from './typing-throttle.ts';
import type { WatchedRooms } from './watched-rooms.ts';

/** Takes each bell to what it is for, and leaves out those that concern nobody here. */
export interface Hearing {
  hear(bell: Bell): void;
  release(): void;
}

interface HearingOptions {
  readonly rooms: WatchedRooms;
  readonly strangeRooms: StrangeRooms;
  readonly presence: PresenceSpreading;
  readonly interactions: Pick<PersonNews, 'hear' | 'hearAll'>;
  readonly awaitedTraces: Pick<AwaitedTraces, 'hear'>;
  readonly onFleeting: (event: FleetingEvent) => void;
  readonly onSessionEnded: (sessionId: string) => void;
  /** What somebody hides has changed. */
  readonly onPrivacyBell: () => void;
}

export function createHearing(options: HearingOptions): Hearing {
  const { rooms, strangeRooms, presence, interactions } = options;
  const typing = createTypingThrottle((bell) => options.onFleeting(typingEvent(bell)));
  return {
    hear(bell) {
      switch (bell.kind) {
        case 'changes':
          if (rooms.has(bell.roomId)) {
            rooms.makeDue(bell.roomId);
          } else {
            strangeRooms.hear(bell.roomId);
          }
          break;
        case 'typing':
          if (rooms.has(bell.roomId)) {
            typing.hear(bell);
          }
          break;
        case 'presence':
          if (rooms.count > 0) {
            presence.hear(bell.userId, bell.status);
          }
          break;
        case 'session':
          options.onSessionEnded(bell.sessionId);
          break;
        case 'interactions':
          interactions.hear(bell.userId);
          break;
        case 'workspace':
          interactions.hearAll();
          break;
        case 'statusText':
          if (rooms.count > 0) {
            presence.hearStatusText(bell.userId);
          }
          break;
        case 'profile':
          if (rooms.count > 0) {
            presence.hearProfile(bell.userId);
          }
          break;
        case 'privacy':
          options.onPrivacyBell();
          break;
        case 'trace':
          if (tracing !== undefined && rooms.has(bell.roomId)) {
            options.awaitedTraces.hear(bell.roomId, bell);
          }
          break;
      }
    },
    release: typing.release,
  };
}
