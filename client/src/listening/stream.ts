import { refusalOf } from '../errors.ts';
import type { Fetch } from '../http.ts';
import { BROKEN, type Ending, type Listening, type Result, SOCKETS_OPEN } from './listening.ts';
import { openSocket, type SocketOptions } from './socket.ts';

/*
 * The same subscription by Server-Sent Events, where no WebSocket gets through: a POST whose answer does not end. It is left
 * as soon as sockets open again.
 */

export interface StreamOptions extends SocketOptions {
  readonly fetch: Fetch;
}

/** The server says something every 15 seconds. */
const SILENCE_MS = 25_000;
/** How often is looked whether sockets open again. */
const SOCKET_AGAIN_MS = 60_000;
/** Until a socket opens. */
const SOCKET_TIMEOUT_MS = 10_000;
const EVENT_STREAM = 'text/event-stream';

export function listenByStream(options: StreamOptions): Listening {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  const ending = new AbortController();
  let watch: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;

  function end(as: Ending): void {
    clearTimeout(watch);
    clearInterval(looks);
    resolve(as);
    ending.abort();
  }

  function watchSilence(): void {
    clearTimeout(watch);
    watch = setTimeout(() => end(BROKEN), SILENCE_MS);
  }

  async function listen(): Promise<Ending> {
    const response = await options.fetch(`${options.url}/events`, {
      method: 'POST',
      headers: {
        accept: EVENT_STREAM,
        'content-type': 'application/json',
        authorization: `Bearer ${options.token}`,
      },
      body: JSON.stringify(options.payload),
      signal: ending.signal,
    });
    if (!response.headers.get('content-type')?.startsWith(EVENT_STREAM) || !response.body) {
      return { kind: 'refused', refusal: refusalOf((await response.json()).errors) };
    }
    let text = '';
    const decoder = new TextDecoder();
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done || ending.signal.aborted) {
        return BROKEN;
      }
      watchSilence();
      const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      blocks.forEach(take);
    }
  }

  function take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data !== undefined && !ending.signal.aborted) {
      options.onResult(JSON.parse(data) as Result);
    }
  }

  async function look(): Promise<void> {
    if (!isLooking) {
      isLooking = true;
      if (await canOpenSocket(options)) {
        end(SOCKETS_OPEN);
      }
      isLooking = false;
    }
  }

  watchSilence();
  const looks = setInterval(look, SOCKET_AGAIN_MS);
  listen().then(end, () => end(BROKEN));
  return { ended, check: () => void look(), end };
}

/** Resolves whether a WebSocket opens at all. */
function canOpenSocket(options: SocketOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(options);
    const deadline = setTimeout(() => settle(false), SOCKET_TIMEOUT_MS);
    const settle = (canOpen: boolean) => {
      clearTimeout(deadline);
      socket.close();
      resolve(canOpen);
    };
    socket.onopen = () => settle(true);
    socket.onclose = () => settle(false);
  });
}
