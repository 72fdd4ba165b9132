import { TrumpetError } from '../../errors/codes.ts';

/*
 * What one person may make the hub do, over all of their sockets and rooms. Each document that differs is executed by
 * itself at every event, and each place to resume from is read by itself: neither may be had without end.
 */

/** Different documents that one person may listen with at a time: an app has a few, people have a few apps. */
export const DOCUMENTS_PER_PERSON = 10;
/** Subscriptions that one person may begin at once, and in a second: a device that comes back begins one a room. */
export const SUBSCRIBE_BURST = 500;
export const SUBSCRIBES_PER_SECOND = 10;
/** Readings of the log for one person at a time. */
const READINGS_AT_A_TIME = 1;
/** Changes that one person may read at once, and in a second after that: computing one takes a fifth of a millisecond. */
export const READ_BURST = 5_000;
export const READS_PER_SECOND = 500;

export interface PersonLimits {
  /**
   * Counts a subscription that begins.
   *
   * @throws TrumpetError RATE_LIMITED
   */
  begin(userId: string): void;
  /**
   * Counts its document, until the result is called.
   *
   * @throws TrumpetError RATE_LIMITED
   */
  listen(userId: string, documentKey: string): () => void;
  /** The one person who listens with a document here; undefined when there are several, or none. */
  onlyListener(documentKey: string): string | undefined;
  /** Reads the log when it is this person's turn. */
  readonly read: ReadInTurn;
}

export type ReadInTurn = <Result>(
  userId: string,
  read: () => Promise<readonly Result[]>,
) => Promise<readonly Result[]>;

interface Account {
  /** Subscriptions by their document. */
  readonly documents: Map<string, number>;
  /** When all subscriptions may be begun at once again, in milliseconds of performance.now(). */
  subscribesFullAt: number;
  /** The same of changes to be read. */
  readsFullAt: number;
  readings: number;
  isForgetting: boolean;
  readonly waiting: (() => void)[];
}

export function createPersonLimits(): PersonLimits {
  const accounts = new Map<string, Account>();
  const listeners = new Map<string, Set<string>>();

  function accountOf(userId: string): Account {
    const account = accounts.get(userId) ?? {
      documents: new Map(),
      subscribesFullAt: 0,
      readsFullAt: 0,
      readings: 0,
      isForgetting: false,
      waiting: [],
    };
    accounts.set(userId, account);
    return account;
  }

  /** What is over is remembered until nothing follows from it any more. */
  function forgetLater(userId: string, account: Account): void {
    if (account.isForgetting || account.documents.size > 0 || account.readings > 0) {
      return;
    }
    const leftMs = Math.max(account.subscribesFullAt, account.readsFullAt) - performance.now();
    if (leftMs <= 0) {
      accounts.delete(userId);
      return;
    }
    account.isForgetting = true;
    setTimeout(() => {
      account.isForgetting = false;
      forgetLater(userId, account);
    }, leftMs).unref();
  }

  function stopListening(userId: string, documentKey: string): void {
    const people = listeners.get(documentKey);
    people?.delete(userId);
    if (people?.size === 0) {
      listeners.delete(documentKey);
    }
  }

  function countSubscribe(account: Account): void {
    const now = performance.now();
    const fullAt = Math.max(account.subscribesFullAt, now) + 1_000 / SUBSCRIBES_PER_SECOND;
    const overdrawnMs = fullAt - now - (SUBSCRIBE_BURST / SUBSCRIBES_PER_SECOND) * 1_000;
    if (overdrawnMs > 0) {
      throw new TrumpetError(
        'RATE_LIMITED',
        'Too many subscriptions: wait before you begin more.',
        {
          retryAfterMs: Math.ceil(overdrawnMs),
        },
      );
    }
    account.subscribesFullAt = fullAt;
  }

  function nextTurn(account: Account): Promise<void> | undefined {
    if (account.readings < READINGS_AT_A_TIME) {
      account.readings += 1;
      return undefined;
    }
    return new Promise((resolve) => account.waiting.push(resolve));
  }

  /** Gives the turn on, later when more was read than is free. */
  function endTurn(userId: string, account: Account, changes: number): void {
    const now = performance.now();
    account.readsFullAt = Math.max(account.readsFullAt, now) + (changes * 1_000) / READS_PER_SECOND;
    const overdrawnMs = account.readsFullAt - now - (READ_BURST / READS_PER_SECOND) * 1_000;
    if (overdrawnMs > 0) {
      setTimeout(giveTurn, overdrawnMs, userId, account);
    } else {
      giveTurn(userId, account);
    }
  }

  function giveTurn(userId: string, account: Account): void {
    const next = account.waiting.shift();
    if (next === undefined) {
      account.readings -= 1;
      forgetLater(userId, account);
    } else {
      next();
    }
  }

  return {
    begin(userId) {
      const account = accountOf(userId);
      countSubscribe(account);
      forgetLater(userId, account);
    },
    listen(userId, documentKey) {
      const account = accountOf(userId);
      const { documents } = account;
      const count = documents.get(documentKey) ?? 0;
      if (count === 0 && documents.size >= DOCUMENTS_PER_PERSON) {
        throw new TrumpetError(
          'RATE_LIMITED',
          `Too many different documents: listen with at most ${DOCUMENTS_PER_PERSON} at a time, and give rooms in variables.`,
          { retryAfterMs: 1_000 },
        );
      }
      documents.set(documentKey, count + 1);
      listeners.set(documentKey, (listeners.get(documentKey) ?? new Set()).add(userId));
      let hasEnded = false;
      return () => {
        if (hasEnded) {
          return;
        }
        hasEnded = true;
        const left = (documents.get(documentKey) ?? 0) - 1;
        if (left > 0) {
          documents.set(documentKey, left);
        } else {
          documents.delete(documentKey);
          stopListening(userId, documentKey);
          forgetLater(userId, account);
        }
      };
    },
    onlyListener(documentKey) {
      const people = listeners.get(documentKey);
      return people?.size === 1 ? people.values().next().value : undefined;
    },
    async read(userId, ask) {
      const account = accountOf(userId);
      const turn = nextTurn(account);
      if (turn !== undefined) {
        await turn; // Else at once: those who come back together are read for together.
      }
      let read = 0;
      try {
        const results = await ask();
        read = results.length;
        return results;
      } finally {
        endTurn(userId, account, read);
      }
    },
  };
}
