import type { Client } from '../client.ts';
import { TrumpetError } from '../errors.ts';
import { mayPass } from '../queue/may-pass.ts';

const RETRY_MS = 10_000;
const SHORTEST_MS = 2_000;

/**
 * How long to wait before the same is asked again, in milliseconds; undefined: the client is not live, and says when it
 * is. Being live does not mean that every request is answered: the server may be busy, or the network was away for too
 * short a time to be noticed otherwise.
 */
export function pauseAfter(client: Client, error: unknown): number | undefined {
  const retryAfterMs = error instanceof TrumpetError ? error.retryAfterMs : undefined;
  return client.state.get() === 'live'
    ? Math.max(retryAfterMs ?? RETRY_MS, SHORTEST_MS)
    : undefined;
}

/**
 * Asks again whenever it is called. One question is under way, and at most one waits behind it; what gets no answer while
 * the client is live is asked again by itself. Whoever uses it calls it when the client becomes live.
 *
 * @param ask rejects as `client.ask` does
 * @returns never rejects, but for defects
 */
export function createAsking(client: Client, ask: () => Promise<void>): () => Promise<void> {
  let isAsking = false;
  let isDoubted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  return async function again() {
    isDoubted = true;
    clearTimeout(timer);
    if (isAsking) {
      return;
    }
    isAsking = true;
    try {
      while (isDoubted) {
        isDoubted = false;
        await ask();
      }
    } catch (error) {
      const pause = mayPass(error) ? pauseAfter(client, error) : undefined;
      if (pause !== undefined) {
        timer = setTimeout(() => void again(), pause);
      }
    } finally {
      isAsking = false;
    }
  };
}
