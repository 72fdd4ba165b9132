import { TrumpetError } from '../../errors/codes.ts';

/** Different documents that one person may listen with at a time: an app has a few, people have a few apps. */
export const DOCUMENTS_PER_PERSON = 10;

/** The documents that one person listens with. */
export interface DocumentsInUse {
  /**
   * Counts a subscription with a document until the result is called.
   *
   * @param onUnused told when it was the last one with this document
   * @throws TrumpetError RATE_LIMITED when it would be one document too many
   */
  begin(documentKey: string, onUnused: () => void): () => void;
  readonly size: number;
}

export function createDocumentsInUse(): DocumentsInUse {
  /** Subscriptions by their document. */
  const counts = new Map<string, number>();
  return {
    begin(documentKey, onUnused) {
      const count = counts.get(documentKey) ?? 0;
      if (count === 0 && counts.size >= DOCUMENTS_PER_PERSON) {
        throw new TrumpetError(
          'RATE_LIMITED',
          `Too many different documents: listen with at most ${DOCUMENTS_PER_PERSON} at a time, and give rooms in variables.`,
          { retryAfterMs: 1_000 },
        );
      }
      counts.set(documentKey, count + 1);
      let hasEnded = false;
      return () => {
        if (hasEnded) {
          return;
        }
        hasEnded = true;
        const left = (counts.get(documentKey) ?? 0) - 1;
        if (left > 0) {
          counts.set(documentKey, left);
        } else {
          counts.delete(documentKey);
          onUnused();
        }
      };
    },
    get size() {
      return counts.size;
    },
  };
}
