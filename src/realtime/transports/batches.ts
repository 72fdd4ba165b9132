import type { Batch, SharedResult } from '../execution/result.ts';
import type { Outbox } from './outbox.ts';

/**
 * Writes results to one reader, without typing and presence while it is slow. What is written is made once for all
 * readers with the same key.
 *
 * @param key everything that `encode` depends on beside the results
 */
export function writeBatch(
  outbox: Outbox,
  batch: Batch,
  key: string,
  encode: (results: readonly SharedResult[]) => Buffer,
): void {
  outbox.write(
    outbox.isSlow
      ? batch.encoded(`${key} durable`, (results) => encode(results.filter(isDurable)))
      : batch.encoded(key, encode),
  );
}

function isDurable({ isFleeting }: SharedResult): boolean {
  return !isFleeting;
}
