/*
 * A node that was cut off does not know which of the sessions that it serves have ended meanwhile. So what sweeps find
 * holds for some seconds, and not at all when one has failed: until the next one has asked about every session that is
 * served, nothing is given out.
 */

export interface Confirmation {
  /**
   * Resolves when what is served may be: at once while sweeps succeed, else with the next one. Rejects when that fails.
   */
  confirmed(): Promise<void>;
  /** Sweeps, and tells those who wait for it. It is told whether to ask about every session that is served. */
  by<T>(sweep: (isAboutAll: boolean) => Promise<T>): Promise<T>;
}

/** How long a sweep holds: as long as a session counts as alive without asking again. */
const CONFIRMATION_MS = 5_000;
/** How often sweeps ask about every session that is served; those between ask which have ended lately. */
const ALL_SESSIONS_INTERVAL_MS = 30_000;

/** @param schedule asks for a sweep, soon */
export function createConfirmation(schedule: () => void): Confirmation {
  /** When the last sweep began, in milliseconds of performance.now(); undefined while none has succeeded since a failure. */
  let confirmedAt: number | undefined;
  let allAskedAt = Number.NEGATIVE_INFINITY;
  /** The sweep that has not begun yet. */
  let next: PromiseWithResolvers<void> | undefined;

  return {
    async confirmed() {
      if (confirmedAt === undefined || performance.now() - confirmedAt > CONFIRMATION_MS) {
        next ??= Promise.withResolvers();
        schedule();
        await next.promise;
      }
    },
    async by(sweep) {
      const waited = next;
      next = undefined;
      const asOf = performance.now();
      const isAboutAll = confirmedAt === undefined || asOf - allAskedAt > ALL_SESSIONS_INTERVAL_MS;
      try {
        const found = await sweep(isAboutAll);
        confirmedAt = asOf;
        allAskedAt = isAboutAll ? asOf : allAskedAt;
        waited?.resolve();
        return found;
      } catch (error) {
        confirmedAt = undefined;
        waited?.reject(error);
        throw error;
      }
    },
  };
}
