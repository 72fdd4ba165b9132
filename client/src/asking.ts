import type { Desk } from './desk.ts';
import { throwDefect } from './errors.ts';
import type { Errand } from './tabs.ts';

/** Asks for what is shown and the replica does not have: once at a time, however many look at it. */
export interface Asking {
  /** @throws TrumpetError, NetworkError. */
  now(errand: Errand): Promise<void>;
  /** What fails is asked for again when something changes, such as the state of the connection. */
  quietly(errand: Errand): void;
}

export function createAsking(desk: () => Desk | null): Asking {
  const underWay = new Map<string, Promise<void>>();

  function now(errand: Errand): Promise<void> {
    const key = JSON.stringify(errand);
    const asked =
      underWay.get(key) ?? Promise.resolve(desk()?.run(errand)).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  return { now, quietly: (errand) => void now(errand).catch(throwDefect) };
}
