import { type AskFirst, UnaskedError } from '../database/unasked.ts';
import { TrumpetError } from '../errors/codes.ts';
import type { Asking, AskingOptions } from './asking.ts';

/*
 * Hooks are asked while no connection is held and nothing is locked. A transaction that would send a message into a room
 * with a hook is refused, and rolled back; then the hooks are asked, the database keeps what they decided, and the same is
 * run again: see consult_hooks.
 */

/** As often the same is run: hooks may change in between. */
const MOST_ROUNDS = 5;
const RETRY_MS = 1_000;

export interface BeforeSend {
  /** @throws whatever `Asking.decide` or the attempt throws */
  readonly askFirst: AskFirst;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Asks hooks before messages are accepted. What that takes is loaded with the first question. */
export function createBeforeSend(options: AskingOptions): BeforeSend {
  let asking: Promise<Asking> | undefined;

  function openAsking(): Promise<Asking> {
    asking ??= import('./asking.ts').then(({ createAsking }) => createAsking(options));
    return asking;
  }

  return {
    async askFirst(attempt) {
      let settings: Readonly<Record<string, string>> = {};
      for (let round = 1; round <= MOST_ROUNDS; round += 1) {
        try {
          return await attempt(settings);
        } catch (error) {
          if (!(error instanceof UnaskedError)) {
            throw error;
          }
          const id = error.question && (await (await openAsking()).decide(error.question));
          settings = id === undefined ? {} : { 'trumpet.hook_question': id };
        }
      }
      throw new TrumpetError('BUSY', undefined, { retryAfterMs: RETRY_MS });
    },
    async close() {
      (await asking)?.close();
    },
  };
}
