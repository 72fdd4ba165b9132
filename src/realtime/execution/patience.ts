import { setTimeout as pause } from 'node:timers/promises';
import { isDatabaseAway } from '../../database/away.ts';
import { log } from '../../process/log.ts';

const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 1_000;

/** Attempts something again for as long as the database is away. */
export type Patiently = <T>(attempt: () => Promise<T>) => Promise<T>;

/**
 * What is in the log will be delivered, late rather than never: so whoever computes it does not give up while the
 * database is away. Any other error is thrown at once.
 *
 * @param ending ends the patience: what fails after that is thrown
 */
export function createPatience(ending: AbortSignal): Patiently {
  return async function patiently(attempt) {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (ending.aborted || !isDatabaseAway(error)) {
          throw error;
        }
        log.warn({ event: 'hub.database_away', pauseMs, reason: (error as Error).message });
        await pause(pauseMs, undefined, { signal: ending }).catch(() => {});
      }
    }
  };
}
