import { setTimeout as pause } from 'node:timers/promises';
import { isDatabaseAway } from '../../database/away.ts';
import { isPassing } from '../../database/passing.ts';
import { log } from '../../process/log.ts';

const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 1_000;
/** How often what took too long is attempted: a document may be too much at any time. */
const MAX_PASSING_ATTEMPTS = 6;

/** Attempts something again for as long as the database is away, and a few times when it took too long. */
export type Patiently = <T>(attempt: () => Promise<T>) => Promise<T>;

/**
 * What is in the log will be delivered, late rather than never: so whoever computes it does not give up while the
 * database is away, nor at once when others hold a lock. Any other error is thrown at once.
 *
 * @param ending ends the patience: what fails after that is thrown
 */
export function createPatience(ending: AbortSignal): Patiently {
  return async function patiently(attempt) {
    let passingAttempts = 0;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        passingAttempts += isPassing(error) ? 1 : 0;
        const isHopeful = isDatabaseAway(error) || isPassing(error);
        if (ending.aborted || !isHopeful || passingAttempts === MAX_PASSING_ATTEMPTS) {
          throw error;
        }
        log.warn({ event: 'hub.attempted_in_vain', pauseMs, reason: (error as Error).message });
        await pause(pauseMs, undefined, { signal: ending }).catch(() => {});
      }
    }
  };
}
