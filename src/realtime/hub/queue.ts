/** What waits to be worked on: in order, and what came while one batch was under way goes into the next. */
export interface Queue<Item> {
  append(items: readonly Item[]): void;
  /** Resolves when everything that has been appended until now is done. */
  settled(): Promise<void>;
}

interface QueueOptions<Item> {
  readonly work: (batch: readonly Item[]) => Promise<void>;
  /** Told of more than can be kept waiting, which is dropped. */
  readonly onOverflow: (dropped: readonly Item[]) => void;
  readonly onFailed: (error: unknown, batch: readonly Item[]) => void;
}

interface Marker {
  readonly reached: () => void;
}

const MAX_BATCH = 100;
const MAX_WAITING = 5_000;

export function createQueue<Item extends object>(options: QueueOptions<Item>): Queue<Item> {
  let waiting: (Item | Marker)[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const first = waiting[0] as Item | Marker;
      if (isMarker(first)) {
        waiting.shift();
        first.reached();
        continue;
      }
      const end = waiting.findIndex((item, index) => isMarker(item) || index === MAX_BATCH);
      const batch = waiting.splice(0, end === -1 ? waiting.length : end) as Item[];
      try {
        await options.work(batch);
      } catch (error) {
        options.onFailed(error, batch);
      }
    }
    isRunning = false; // In the same turn as the last look: nobody appends in between and is left waiting.
  }

  return {
    append(items) {
      waiting.push(...items);
      if (waiting.length > MAX_WAITING) {
        const dropped = waiting.filter((item) => !isMarker(item)) as Item[];
        waiting = waiting.filter(isMarker);
        options.onOverflow(dropped);
      }
      if (!isRunning) {
        void run();
      }
    },
    settled() {
      if (!isRunning) {
        return Promise.resolve();
      }
      return new Promise((reached) => {
        waiting.push({ reached });
      });
    },
  };
}

function isMarker(item: object): item is Marker {
  return 'reached' in item;
}
