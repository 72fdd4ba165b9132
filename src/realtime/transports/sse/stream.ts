import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrumpetError } from '../../../errors/codes.ts';
import { TokenExpiredError } from '../../../identity/authenticator.ts';
import type { Viewer } from '../../../identity/viewer.ts';
import type { Batch } from '../../execution/result.ts';
import type { Hub } from '../../hub/hub.ts';
import { writeBatch } from '../batches.ts';
import { createOutbox, type Outbox, type Sink } from '../outbox.ts';
import type { StreamContent } from './content.ts';

export interface EventStreamRequest {
  readonly viewer: Viewer;
  readonly content: StreamContent;
}

/** One response that is an event stream, or will be. */
export interface Stream {
  readonly viewer: Viewer;
  readonly outbox: Outbox;
  readonly hasBegun: boolean;
  /** Milliseconds of performance.now(). */
  lastHeartbeatAt: number;
  /**
   * Answers with the events. Resolves when the stream has begun.
   *
   * @throws TrumpetError before anything is sent: NOT_FOUND, BAD_INPUT, UNAUTHENTICATED.
   */
  begin(hub: Hub): Promise<void>;
  /** Ends it, or says why it cannot go on and ends it. */
  finish(error?: TrumpetError): void;
  /** Cuts the connection. */
  destroy(): void;
}

/** How long a browser waits before it reconnects; spread, so that not all come back at once. */
const RETRY_MS = 1_000;
const RETRY_SPREAD_MS = 2_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // Proxies are not to keep it, compress it or hold it back.
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

export function createStream(
  request: IncomingMessage,
  response: ServerResponse,
  { viewer, content }: EventStreamRequest,
): Stream {
  const destroy = () => void response.destroy();
  const outbox = createOutbox(asSink(response), response, destroy);

  function next(batch: Batch, cursor: string): void {
    if (!response.headersSent) {
      sendHead(request, response);
    }
    writeBatch(outbox, batch, content.key(cursor), (results) =>
      Buffer.concat(results.map((result) => content.block(result, cursor))),
    );
  }

  function finish(error?: TrumpetError): void {
    if (error !== undefined) {
      outbox.send(content.errorBlock(error));
    }
    response.end();
  }

  return {
    viewer,
    outbox,
    get hasBegun() {
      return response.headersSent;
    },
    lastHeartbeatAt: performance.now(),
    async begin(hub) {
      let stop: (() => void) | undefined;
      let hasClosed = false;
      response.once('close', () => {
        hasClosed = true;
        outbox.release();
        stop?.();
      });
      stop = await hub.subscribe(
        { viewer, ...content.subscription },
        {
          transport: 'sse',
          isWanted: () => !hasClosed,
          next,
          drained: outbox.drained,
          end: finish,
        },
      );
      if (hasClosed) {
        stop();
      } else if (!response.headersSent) {
        stop();
        throw new TokenExpiredError(); // On the way here: nothing is told on it, not even Ready.
      }
    },
    finish,
    destroy,
  };
}

function sendHead(request: IncomingMessage, response: ServerResponse): void {
  request.socket.setNoDelay(true);
  response.writeHead(200, HEADERS);
  response.write(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS)}\n\n`);
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
