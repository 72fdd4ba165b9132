import { log } from '../../process/log.ts';
import { workFor } from '../../process/tracing.ts';
import type { PersonNews } from './person-news.ts';
import type { PresenceSpreading } from './presence-spreading.ts';
import type { Reading } from './reading.ts';
import { createRounds, type Rounds } from './rounds.ts';
import type { StrangeRooms } from './strange-rooms.ts';
import type { Sweeping } from './sweep.ts';
import type { WatchedRooms } from './watched-rooms.ts';

/** What the feed does in a round, when something is due. */
export interface FeedRounds extends Rounds {
  /** Compares everything that is watched with the database in the next round. */
  sweep(): void;
}

interface FeedRoundsOptions {
  readonly rooms: WatchedRooms;
  readonly reading: Reading;
  readonly sweeping: Sweeping;
  readonly strangeRooms: StrangeRooms;
  readonly presence: PresenceSpreading;
  readonly interactions: PersonNews;
}

export function createFeedRounds(options: FeedRoundsOptions): FeedRounds {
  const { rooms, reading, sweeping, strangeRooms, presence, interactions } = options;
  let isSweepDue = false;

  async function work(): Promise<void> {
    if (isSweepDue) {
      isSweepDue = false;
      await sweeping.sweep();
    } else {
      await reading.readDue();
    }
    if (strangeRooms.isDue && (await strangeRooms.ask())) {
      // Who is new in which of them, and since when, the sweep finds out for all at once.
      isSweepDue = true;
    }
    if (interactions.isDue) {
      await interactions.readDue(); // When that fails, the sweep finds them.
    }
    if (presence.isDue) {
      await presence.spread();
    }
  }

  const rounds = createRounds({
    isDue: () =>
      rooms.dueCount > 0 ||
      strangeRooms.isDue ||
      interactions.isDue ||
      presence.isDue ||
      isSweepDue,
    work: () => workFor(undefined, work), // Whoever asked for the round to begin.
    pauseMs: () => reading.pauseMs,
    onFailed(error) {
      log.error({ event: 'feed.failed', error });
      isSweepDue = true;
    },
  });

  return {
    ...rounds,
    sweep() {
      isSweepDue = true;
      rounds.schedule();
    },
  };
}
