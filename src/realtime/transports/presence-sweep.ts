/** Tells listeners who has not come back, once the time for it is over. */
export interface PresenceSweep {
  /** Says that somebody has just left. */
  noteDeparture(): void;
  release(): void;
}

/** A little more than leave_presence leaves them. */
const SWEEP_DELAY_MS = 10_250;

export function createPresenceSweep(sweep: () => Promise<void>): PresenceSweep {
  let timer: NodeJS.Timeout | undefined;
  let lastDepartureAt = 0;

  function schedule(): void {
    timer ??= setTimeout(async () => {
      const startedAt = performance.now();
      await sweep();
      timer = undefined;
      if (lastDepartureAt > startedAt - SWEEP_DELAY_MS) {
        schedule();
      }
    }, SWEEP_DELAY_MS).unref();
  }

  return {
    noteDeparture() {
      lastDepartureAt = performance.now();
      schedule();
    },
    release: () => clearTimeout(timer),
  };
}
