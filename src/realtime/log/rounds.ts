/** Work that is done in rounds: what becomes due while one is under way is done in the next. */
export interface Rounds {
  /** Says that something may be due. */
  schedule(): void;
  /** Begins no more rounds, and waits for the last. */
  release(): Promise<void>;
}

interface RoundsOptions {
  readonly isDue: () => boolean;
  readonly work: () => Promise<void>;
  /** Rounds begin no faster than this after each other, in milliseconds. */
  readonly pauseMs: () => number;
  readonly onFailed: (error: unknown) => void;
}

/** How long after a round that has failed the next begins. */
const RETRY_MS = 200;

export function createRounds({ isDue, work, pauseMs, onFailed }: RoundsOptions): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let startedAt = Number.NEGATIVE_INFINITY;
  let isReleased = false;

  function scheduleIn(delayMs: number): void {
    if (timer === undefined && running === undefined && !isReleased && isDue()) {
      timer = setTimeout(() => {
        timer = undefined;
        running = run();
      }, delayMs);
    }
  }

  function schedule(): void {
    scheduleIn(Math.max(0, startedAt + pauseMs() - performance.now()));
  }

  async function run(): Promise<void> {
    startedAt = performance.now();
    try {
      await work();
      running = undefined;
      schedule();
    } catch (error) {
      onFailed(error);
      running = undefined;
      scheduleIn(RETRY_MS);
    }
  }

  return {
    schedule,
    async release() {
      isReleased = true;
      clearTimeout(timer);
      await running;
    },
  };
}
