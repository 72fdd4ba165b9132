import type { IncomingMessage, ServerResponse } from 'node:http';
import { TrumpetError } from '../../../errors/codes.ts';
import type { Hub } from '../../hub/hub.ts';
import { STALL_LIMIT_MS } from '../connections.ts';
import { createStream, type EventStreamRequest, type Stream } from './stream.ts';

/*
 * Server-Sent Events: one room as a stream that a browser reads and resumes by itself, or a subscription of GraphQL for
 * those whose network lets no WebSocket through.
 */

export interface ServerSentEvents {
  /**
   * Answers a request with events. Resolves when the stream has begun.
   *
   * @throws TrumpetError before anything is sent: NOT_FOUND, BAD_INPUT, RATE_LIMITED.
   */
  open(request: IncomingMessage, response: ServerResponse, what: EventStreamRequest): Promise<void>;
  /** The sessions that have opened streams; some more than once. */
  sessionIds(): readonly string[];
  /** Ends the streams that a session has opened. */
  endSession(sessionId: string): void;
  readonly streamCount: number;
  /** Ends all streams; clients reconnect by themselves. */
  release(): void;
}

export const STREAMS_PER_USER = 200;
export const HEARTBEAT_INTERVAL_MS = 15_000;
const CHECK_INTERVAL_MS = 1_000;

export function createServerSentEvents({ hub }: { readonly hub: Hub }): ServerSentEvents {
  const streams = new Set<Stream>();

  function countOf(userId: string): number {
    let count = 0;
    for (const { viewer } of streams) {
      count += viewer.userId === userId ? 1 : 0;
    }
    return count;
  }

  const checker = setInterval(() => {
    const now = performance.now();
    for (const stream of streams) {
      if (stream.hasBegun) {
        check(stream, now);
      }
    }
  }, CHECK_INTERVAL_MS);

  return {
    async open(request, response, what) {
      if (countOf(what.viewer.userId) >= STREAMS_PER_USER) {
        throw new TrumpetError('RATE_LIMITED', 'Too many event streams: close one first.', {
          retryAfterMs: 10_000,
        });
      }
      const stream = createStream(request, response, what);
      streams.add(stream);
      response.once('close', () => streams.delete(stream));
      try {
        await stream.begin(hub);
      } catch (error) {
        streams.delete(stream);
        throw error;
      }
    },
    sessionIds: () => Array.from(streams, ({ viewer }) => viewer.sessionId),
    endSession(sessionId) {
      for (const stream of streams) {
        if (stream.viewer.sessionId === sessionId) {
          stream.finish(
            new TrumpetError('UNAUTHENTICATED', 'This session has ended: sign in again.'),
          );
        }
      }
    },
    get streamCount() {
      return streams.size;
    },
    release() {
      clearInterval(checker);
      for (const stream of streams) {
        stream.finish();
      }
    },
  };
}

function check(stream: Stream, now: number): void {
  const { viewer, outbox } = stream;
  if (viewer.endsAt <= now) {
    stream.finish(
      new TrumpetError('UNAUTHENTICATED', 'The access token has expired: refresh the session.'),
    );
  } else if (outbox.stalledMs(now) > STALL_LIMIT_MS) {
    stream.destroy();
  } else if (now - stream.lastHeartbeatAt > HEARTBEAT_INTERVAL_MS) {
    stream.lastHeartbeatAt = now;
    outbox.send(':\n\n');
  }
}
