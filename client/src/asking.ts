import type { Desk } from './desk.ts';
import { NetworkError, throwDefect } from './errors.ts';
import type { Errand } from './tabs.ts';

const AGAIN_MS = 2_000;
/** After so many failures it is asked for when something changes. */
const MOST_FAILURES = 5;

/** Asks for what is shown and the replica does not have: once at a time, however many look at it. */
export interface Asking {
  /** @throws TrumpetError, NetworkError. */
  now(errand: Errand): Promise<void>;
  /** What fails is asked for again some times, and when something changes, such as the state of the connection. */
  quietly(errand: Errand): void;
}

export function createAsking(desk: () => Desk | null): Asking {
  const underWay = new Map<string, Promise<void>>();

  function now(errand: Errand): Promise<void> {
    const asker = desk();
    const key = asker?.userId + JSON.stringify(errand);
    const asked =
      underWay.get(key) ?? Promise.resolve(asker?.run(errand)).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  function quietly(errand: Errand, failures = 0): void {
    now(errand).catch((error) => {
      throwDefect(error);
      if (error instanceof NetworkError && failures < MOST_FAILURES) {
        setTimeout(() => quietly(errand, failures + 1), AGAIN_MS);
      }
    });
  }

  return { now, quietly: (errand) => quietly(errand) };
}
