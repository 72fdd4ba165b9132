import type { IncomingMessage, ServerResponse } from 'node:http';
import { TrumpetError } from '../../errors/codes.ts';
import type { Viewer } from '../../identity/viewer.ts';
import type { SharedResult } from '../execution/result.ts';
import type { Hub } from '../hub/hub.ts';
import { STALL_LIMIT_MS } from './connections.ts';
import { errorFrame, frameOfResult, ROOM_SUBSCRIPTION } from './json-frames.ts';
import { createOutbox, type Outbox, type Sink } from './outbox.ts';

/*
 * Server-Sent Events: one room as a stream that a browser reads and resumes by itself. The data of an
 * event is the frame of the JSON WebSocket, its id the changeSeq.
 */

export interface EventStreamRequest {
  readonly viewer: Viewer;
  readonly roomId: string;
  /** The last changeSeq that the client has seen. */
  readonly after: string | undefined;
}

export interface ServerSentEvents {
  /**
   * Answers a request with the events of a room. Resolves when the stream has begun.
   *
   * @throws TrumpetError before anything is sent: NOT_FOUND, BAD_INPUT, RATE_LIMITED.
   */
  open(request: IncomingMessage, response: ServerResponse, what: EventStreamRequest): Promise<void>;
  /** Ends the streams that a session has opened. */
  endSession(sessionId: string): void;
  readonly streamCount: number;
  /** Ends all streams; clients reconnect by themselves. */
  release(): void;
}

interface Stream {
  readonly viewer: Viewer;
  readonly response: ServerResponse;
  readonly outbox: Outbox;
  lastHeartbeatAt: number;
}

export const STREAMS_PER_USER = 200;
export const HEARTBEAT_INTERVAL_MS = 15_000;
const CHECK_INTERVAL_MS = 1_000;
/** How long a browser waits before it reconnects; spread, so that not all come back at once. */
const RETRY_MS = 1_000;
const RETRY_SPREAD_MS = 2_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // Proxies are not to keep it, compress it or hold it back.
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

export function createServerSentEvents({ hub }: { readonly hub: Hub }): ServerSentEvents {
  const streams = new Set<Stream>();

  async function open(
    request: IncomingMessage,
    response: ServerResponse,
    { viewer, roomId, after }: EventStreamRequest,
  ): Promise<void> {
    if (countOf(viewer.userId) >= STREAMS_PER_USER) {
      throw new TrumpetError('RATE_LIMITED', 'Too many event streams: close one first.', {
        retryAfterMs: 10_000,
      });
    }
    const outbox = createOutbox(asSink(response), response, () => response.destroy());
    const stream: Stream = { viewer, response, outbox, lastHeartbeatAt: performance.now() };
    let stop: (() => void) | undefined;
    let hasEnded = false;
    streams.add(stream);
    response.once('close', () => {
      hasEnded = true;
      streams.delete(stream);
      outbox.release();
      stop?.();
    });
    try {
      stop = await hub.subscribe(
        { viewer, ...ROOM_SUBSCRIPTION, variables: { roomId, after: after ?? null } },
        {
          next(batch) {
            if (!response.headersSent) {
              begin(request, response); // The first event is always `joined`.
              outbox.write(
                Buffer.concat(batch.results.map((ready) => blockOfJoined(ready, after))),
              );
              return;
            }
            const withFleeting = !outbox.isSlow;
            const blocks = batch.encoded(`sse ${withFleeting}`, (results) =>
              Buffer.concat(
                results.filter(({ isFleeting }) => withFleeting || !isFleeting).map(blockOf),
              ),
            );
            outbox.write(blocks);
          },
          drained: outbox.drained,
          end: (error) => finish(stream, error),
        },
      );
    } catch (error) {
      streams.delete(stream);
      throw error;
    }
    if (hasEnded) {
      stop();
    }
  }

  function countOf(userId: string): number {
    let count = 0;
    for (const { viewer } of streams) {
      count += viewer.userId === userId ? 1 : 0;
    }
    return count;
  }

  function finish(stream: Stream, error?: TrumpetError): void {
    if (error !== undefined) {
      writeError(stream, error);
    }
    stream.response.end();
  }

  const checker = setInterval(() => {
    const now = performance.now();
    for (const stream of streams) {
      const { viewer, response, outbox } = stream;
      if (!response.headersSent) {
        continue;
      }
      if (viewer.expiresAt.getTime() <= Date.now()) {
        finish(
          stream,
          new TrumpetError('UNAUTHENTICATED', 'The access token has expired: refresh the session.'),
        );
      } else if (outbox.stalledMs(now) > STALL_LIMIT_MS) {
        response.destroy();
      } else if (now - stream.lastHeartbeatAt > HEARTBEAT_INTERVAL_MS) {
        stream.lastHeartbeatAt = now;
        outbox.send(':\n\n');
      }
    }
  }, CHECK_INTERVAL_MS);

  return {
    open,
    endSession(sessionId) {
      for (const stream of streams) {
        if (stream.viewer.sessionId === sessionId) {
          finish(
            stream,
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
      for (const { response } of streams) {
        response.end();
      }
    },
  };
}

function begin(request: IncomingMessage, response: ServerResponse): void {
  request.socket.setNoDelay(true);
  response.writeHead(200, HEADERS);
  response.write(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS)}\n\n`);
}

function blockOf(result: SharedResult): Buffer {
  const { type, json, changeSeq } = frameOfResult(result);
  return block(changeSeq, type, json);
}

/** Where a client resumes that hears nothing more: where it asked to begin. */
function blockOfJoined(result: SharedResult, after: string | undefined): Buffer {
  const { type, json } = frameOfResult(result);
  const { change_seq: head } = JSON.parse(json.toString()) as { change_seq?: number };
  return block(after ?? head ?? null, type, json);
}

function block(id: string | number | null, event: string, data: Buffer): Buffer {
  const head = `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: `;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\n\n')]);
}

function writeError({ outbox }: Stream, error: { code: string; message: string }): void {
  outbox.send(`event: error\ndata: ${JSON.stringify(errorFrame(error))}\n\n`);
}

/** A response as an outbox sees it. */
function asSink(response: ServerResponse): Sink {
  const OPEN = 1;
  return {
    OPEN,
    get readyState() {
      return response.writableEnded || response.destroyed ? OPEN + 1 : OPEN;
    },
    get bufferedAmount() {
      return response.writableLength;
    },
    send(text, onTaken) {
      response.write(text, onTaken);
    },
  };
}
