import type { SharedResult } from '../execution/result.ts';

/** Results that are kept for those who come back within minutes. The oldest go first. */
export interface KeptResults {
  get(changeSeq: number): SharedResult | undefined;
  keep(changeSeq: number, result: SharedResult): void;
  forget(): void;
}

/** Counts what all groups of a hub keep. */
export interface KeptBytes {
  together: number;
}

const MAX_KEPT_RESULTS = 512;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
/** Together, the groups keep no more than this, but for a few results each. */
const MAX_KEPT_BYTES_TOGETHER = 64 * 1024 * 1024;
const MIN_KEPT_RESULTS = 16;

export function createKeptResults(bytes: KeptBytes): KeptResults {
  const kept = new Map<number, SharedResult>();
  let ownBytes = 0;
  let newest = 0;
  /** No result of an earlier change is kept. */
  let oldest = Number.POSITIVE_INFINITY;

  function isTooMuch(): boolean {
    return (
      kept.size > MAX_KEPT_RESULTS ||
      ownBytes > MAX_KEPT_BYTES ||
      (bytes.together > MAX_KEPT_BYTES_TOGETHER && kept.size > MIN_KEPT_RESULTS)
    );
  }

  function forgetOne(changeSeq: number): void {
    const { byteLength = 0 } = kept.get(changeSeq) ?? {};
    ownBytes -= byteLength;
    bytes.together -= byteLength;
    kept.delete(changeSeq);
  }

  function forgetOldest(): void {
    if (!kept.has(oldest)) {
      oldest = Math.min(...kept.keys());
    }
    forgetOne(oldest);
    oldest += 1;
  }

  return {
    get: (changeSeq) => kept.get(changeSeq),
    keep(changeSeq, result) {
      newest = Math.max(newest, changeSeq);
      if (changeSeq <= newest - MAX_KEPT_RESULTS) {
        return;
      }
      forgetOne(changeSeq);
      kept.set(changeSeq, result);
      ownBytes += result.byteLength;
      bytes.together += result.byteLength;
      oldest = Math.min(oldest, changeSeq);
      while (isTooMuch()) {
        forgetOldest();
      }
    },
    forget() {
      for (const changeSeq of [...kept.keys()]) {
        forgetOne(changeSeq);
      }
      oldest = Number.POSITIVE_INFINITY;
    },
  };
}
