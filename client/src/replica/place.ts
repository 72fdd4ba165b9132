import type { UserEvent } from './inputs.ts';
import type { Journal } from './journal.ts';

/** Where in the stream of events a replica is. */
export interface Place {
  /** Where to resume; null when everything has to be fetched first. */
  readonly cursor: string | null;
  /** Whether what was asked for at this version may lack what came before the stream began anew. */
  isTooEarly(since: number): boolean;
  /** @returns whether the stream begins anew here: what was fetched before may lack what came until now */
  advance(userEvent: UserEvent): boolean;
  /** There is an inbox for the stream to advance: from now on it can be resumed. */
  settle(): void;
  /** The stream cannot be resumed. */
  lose(): void;
}

export function createPlace(journal: Journal, kept: string | null): Place {
  let cursor = kept;
  /** Where the stream is; it becomes the cursor once there is an inbox for it to advance. */
  let streamCursor = kept;
  let beganAt = -1;

  function setCursor(to: string | null): void {
    if (to !== cursor) {
      cursor = to;
      journal.keep('meta', 'cursor', to ?? undefined);
    }
  }

  return {
    get cursor() {
      return cursor;
    },
    isTooEarly: (since) => since < beganAt,
    advance(userEvent) {
      streamCursor = userEvent.cursor;
      if (cursor !== null) {
        setCursor(streamCursor);
        return false;
      }
      const isBeginning = userEvent.event.__typename === 'ReadyEvent';
      beganAt = isBeginning ? journal.version : beganAt;
      return isBeginning;
    },
    settle: () => setCursor(streamCursor),
    lose() {
      streamCursor = null;
      setCursor(null);
    },
  };
}
