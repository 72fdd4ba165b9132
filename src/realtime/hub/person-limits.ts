import { TrumpetError } from '../../errors/codes.ts';
import { createPacedTurns } from '../../process/paced-turns.ts';
import { createTokenBucket, type TokenBucket } from '../../process/token-bucket.ts';
import { createDocumentsInUse, type DocumentsInUse } from './documents-in-use.ts';
import { createListeners } from './listeners.ts';
import { createReadingTurns, type ReadingTurns } from './reading-turns.ts';

/*
 * What one person may make the hub do, over all of their sockets and rooms. Each document that differs is executed by
 * itself at every event, and each place to resume from is read by itself: neither may be had without end.
 */

/** Subscriptions that one person may begin at once, and in a second: a device that comes back begins one a room. */
export const SUBSCRIBE_BURST = 500;
export const SUBSCRIBES_PER_SECOND = 10;
/** The part of the process' time that beginning them may take for one person. */
const SUBSCRIBING_SHARE = 1 / 4;
/** What beginning one takes whose document nobody else listens with: it has to be planned. */
const NEW_DOCUMENT_MS = 30;

export interface PersonLimits {
  /**
   * Counts a subscription that begins. Resolves when it is its turn; undefined when it is now.
   *
   * @throws TrumpetError RATE_LIMITED
   */
  begin(userId: string): Promise<void> | undefined;
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
  readonly documents: DocumentsInUse;
  readonly subscribes: TokenBucket;
  readonly readings: ReadingTurns;
  isForgetting: boolean;
}

export function createPersonLimits(): PersonLimits {
  const accounts = new Map<string, Account>();
  const listeners = createListeners();
  const turns = createPacedTurns(SUBSCRIBING_SHARE);

  function accountOf(userId: string): Account {
    const account = accounts.get(userId) ?? {
      documents: createDocumentsInUse(),
      subscribes: createTokenBucket({ burst: SUBSCRIBE_BURST, perSecond: SUBSCRIBES_PER_SECOND }),
      readings: createReadingTurns(() => forgetLater(userId, account)),
      isForgetting: false,
    };
    accounts.set(userId, account);
    return account;
  }

  /** What is over is remembered until nothing follows from it any more. */
  function forgetLater(userId: string, account: Account): void {
    if (account.isForgetting || account.documents.size > 0 || account.readings.isReading) {
      return;
    }
    const leftMs = Math.max(account.subscribes.fullInMs, account.readings.fullInMs);
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

  return {
    begin(userId) {
      const account = accountOf(userId);
      takeSubscribe(account.subscribes);
      forgetLater(userId, account);
      return turns.begin(userId);
    },
    listen(userId, documentKey) {
      const account = accountOf(userId);
      const isNew = listeners.only(documentKey) !== userId;
      const end = account.documents.begin(documentKey, () => {
        listeners.remove(documentKey, userId);
        forgetLater(userId, account);
      });
      listeners.add(documentKey, userId);
      if (isNew && listeners.only(documentKey) === userId) {
        turns.took(userId, NEW_DOCUMENT_MS);
      }
      return end;
    },
    onlyListener: listeners.only,
    read: (userId, ask) => accountOf(userId).readings.read(ask),
  };
}

function takeSubscribe(subscribes: TokenBucket): void {
  const waitMs = subscribes.waitMs(1);
  if (waitMs > 0) {
    throw new TrumpetError('RATE_LIMITED', 'Too many subscriptions: wait before you begin more.', {
      retryAfterMs: Math.ceil(waitMs),
    });
  }
  subscribes.take(1);
}
