import { wallClockMs } from '../process/clock.ts';
import { EndpointRefusedError } from '../push/endpoint-guard.ts';
import {
  type Answer,
  type GuardedClient,
  retryAfterMs,
  UnansweredError,
} from '../push/guarded-request.ts';
import { signatureHeaders } from './signature.ts';

export interface Message {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly secrets: readonly Buffer[];
  /** How long this answer may take, where it is less than usual. */
  readonly timeoutMs?: number;
}

/** How a try ended. Only what is `delivered` was taken. */
export interface Outcome {
  readonly outcome:
    | 'delivered'
    | 'refused'
    | 'redirected'
    | 'not_reached'
    | 'not_answered'
    | 'address_refused';
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
  /** What was answered by whoever took it. */
  readonly body?: string;
}

/** Sends a message once. */
export async function deliver(
  client: Pick<GuardedClient, 'send'>,
  { id, url, body, secrets, timeoutMs }: Message,
): Promise<Outcome> {
  const timestamp = Math.floor(wallClockMs() / 1_000);
  try {
    return outcomeOf(
      await client.send({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Trumpet',
          ...signatureHeaders({ id, timestamp, body }, secrets),
        },
        body,
        ...(timeoutMs !== undefined && { timeoutMs }),
      }),
    );
  } catch (error) {
    if (error instanceof EndpointRefusedError) {
      return { outcome: 'address_refused' };
    }
    if (error instanceof UnansweredError) {
      return { outcome: error.unsent ? 'not_reached' : 'not_answered' };
    }
    throw error;
  }
}

function outcomeOf({ status, headers, body }: Answer): Outcome {
  if (status >= 200 && status < 300) {
    return { outcome: 'delivered', status, body };
  }
  return status >= 300 && status < 400
    ? { outcome: 'redirected', status }
    : { outcome: 'refused', status, retryAfterMs: retryAfterMs(headers) };
}
