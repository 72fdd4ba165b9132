import type { InteractionNotice } from './events.ts';
import type { LogQueries } from './log-queries.ts';
import type { Watchers } from './watchers.ts';

/** What is told to one person and not to a room: interactions with bots. */
export interface InteractionNews {
  /** Somebody has news. */
  hear(userId: string): void;
  /** Reads the news of those who watch and have some, and hands them over: some may be known. */
  readDue(): Promise<void>;
  readonly isDue: boolean;
}

interface InteractionNewsOptions {
  readonly watchers: Watchers;
  readonly readInteractions: LogQueries['readInteractions'];
  readonly onInteraction: (notice: InteractionNotice) => void;
}

export function createInteractionNews(options: InteractionNewsOptions): InteractionNews {
  const { watchers } = options;
  let due = new Set<string>();
  return {
    hear(userId) {
      if (watchers.has(userId)) {
        due.add(userId);
      }
    },
    async readDue() {
      const asked = due;
      due = new Set();
      const found = await options.readInteractions(
        watchers.list().filter(({ userId }) => asked.has(userId)),
      );
      found.forEach(options.onInteraction);
    },
    get isDue() {
      return due.size > 0;
    },
  };
}
