import type { Notice } from './events.ts';
import type { LogQueries } from './log-queries.ts';
import type { Watchers } from './watchers.ts';

/** What is told to one person and not to a room: interactions with bots, what they keep for themselves, and the emoji of their workspace. */
export interface PersonNews {
  /** Somebody has news. */
  hear(userId: string): void;
  /** There is news for many, such as a whole workspace. */
  hearAll(): void;
  /** Reads the news of those who watch and have some, and hands them over: some may be known. */
  readDue(): Promise<void>;
  readonly isDue: boolean;
}

interface PersonNewsOptions {
  readonly watchers: Watchers;
  readonly readNews: LogQueries['readNews'];
  readonly onNews: (notice: Notice) => void;
}

export function createPersonNews(options: PersonNewsOptions): PersonNews {
  const { watchers } = options;
  let due = new Set<string>();
  return {
    hear(userId) {
      if (watchers.has(userId)) {
        due.add(userId);
      }
    },
    hearAll() {
      for (const { userId } of watchers.list()) {
        due.add(userId);
      }
    },
    async readDue() {
      const asked = due;
      due = new Set();
      const found = await options.readNews(
        watchers.list().filter(({ userId }) => asked.has(userId)),
      );
      found.forEach(options.onNews);
    },
    get isDue() {
      return due.size > 0;
    },
  };
}
