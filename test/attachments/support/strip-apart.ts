import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface StripQuestion {
  /** Media type. */
  readonly type: string;
  readonly orientation: number;
  readonly bytes: Uint8Array;
}

export type StripAnswer =
  | { readonly kind: 'copied'; readonly bytes: Uint8Array; readonly isRewritten: boolean }
  | { readonly kind: 'refused' }
  | { readonly kind: 'crashed'; readonly reason: string };

/** Strips files in a thread of its own, so that one that makes it hang fails a test instead of stopping it. */
export function createStripper() {
  const worker = new Worker(new URL('./strip-worker.ts', import.meta.url));
  return {
    async strip(question: StripQuestion): Promise<StripAnswer> {
      const answered = once(worker, 'message');
      worker.postMessage(question);
      const [answer] = await answered;
      return answer;
    },
    close: () => worker.terminate(),
  };
}
