import type { Desk } from './desk.ts';
import { NetworkError, TrumpetError } from './errors.ts';
import type { Errand } from './tabs.ts';

/** Asks for what a view shows and the replica does not have: once, however many look at it. */
export type Asking = (errand: Errand) => void;

/** What fails is asked for again when something changes, such as the state of the connection. */
export function createAsking(desk: () => Desk | null): Asking {
  const underWay = new Set<string>();

  return (errand) => {
    const key = JSON.stringify(errand);
    if (underWay.has(key)) {
      return;
    }
    underWay.add(key);
    desk()
      ?.run(errand)
      .catch(ignoreRefusal)
      .finally(() => underWay.delete(key));
  };
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
    throw error;
  }
}
