import { pipeline, type Readable, Transform } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DataStore } from '@tus/server';

/** So much may be received, over all uploads, before its buffers are collected. To S3 each byte is in several. */
const COLLECT_AFTER_BYTES = 4 * 1024 * 1024;

type CollectGarbage = (options: { type: 'minor' }) => void;

/**
 * Has a store collect the buffers of what it receives. They lie outside of V8's heap, where it lets 64 MB of them wait
 * for a collection, however quickly they come; an upload makes little else. A young collection when nearly nothing in
 * the young generation lives takes about a millisecond.
 */
export function collectUploadGarbage(store: DataStore): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as CollectGarbage;
  const write = store.write.bind(store);
  let received = 0;
  store.write = (stream, ...rest) => {
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, callback) {
        received += chunk.length;
        if (received >= COLLECT_AFTER_BYTES) {
          received = 0;
          collectGarbage({ type: 'minor' });
        }
        callback(null, chunk);
      },
    });
    pipeline(stream as Readable, counted, () => {});
    return write(counted, ...rest);
  };
}
