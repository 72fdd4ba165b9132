import { type GraphqlError, refusalOf } from '../errors.ts';
import {
  BROKEN,
  type Ending,
  type Listening,
  type ListenOptions,
  type Result,
} from './listening.ts';

/*
 * A subscription by GraphQL over WebSocket. Of its protocol, graphql-transport-ws, this is the part for one
 * subscription that is begun when the socket opens.
 */

export interface SocketOptions extends ListenOptions {
  readonly WebSocket: typeof WebSocket;
}

type Frame =
  | { readonly type: 'connection_ack' | 'ping' | 'pong' | 'complete' }
  | { readonly type: 'next'; readonly payload: Result }
  | { readonly type: 'error'; readonly payload: readonly GraphqlError[] };

/** Until the first result; as long as the server waits for a token. */
const FIRST_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 15_000;
const PONG_TIMEOUT_MS = 10_000;

export function listenBySocket(options: SocketOptions): Listening {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  const socket = openSocket(options);
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let pings: ReturnType<typeof setInterval> | undefined;
  let hasEnded = false;

  const send = (frame: object) => socket.send(JSON.stringify(frame));

  function within(ms: number): void {
    clearTimeout(deadline);
    deadline = setTimeout(() => end(BROKEN), ms);
  }

  function check(): void {
    if (pings !== undefined && !hasEnded) {
      send({ type: 'ping' });
      within(PONG_TIMEOUT_MS);
    }
  }

  function end(ending: Ending): void {
    if (!hasEnded) {
      hasEnded = true;
      clearTimeout(deadline);
      clearInterval(pings);
      socket.close();
      resolve(ending);
    }
  }

  function take(frame: Frame): void {
    switch (frame.type) {
      case 'connection_ack':
        send({ id: '1', type: 'subscribe', payload: options.payload });
        break;
      case 'next':
        clearTimeout(deadline);
        pings ??= setInterval(check, PING_EVERY_MS);
        options.onResult(frame.payload);
        break;
      case 'ping':
        send({ type: 'pong' });
        break;
      case 'pong':
        clearTimeout(deadline);
        break;
      case 'error':
        end({ kind: 'refused', refusal: refusalOf(frame.payload) });
        break;
      case 'complete':
        end({ kind: 'closed', code: 1000 });
        break;
    }
  }

  within(FIRST_TIMEOUT_MS);
  socket.onopen = () =>
    send({ type: 'connection_init', payload: { authorization: `Bearer ${options.token}` } });
  socket.onmessage = ({ data }) => {
    if (!hasEnded) {
      take(JSON.parse(String(data)) as Frame);
    }
  };
  socket.onclose = ({ code }) => end({ kind: 'closed', code });
  return { ended, check, end };
}

export function openSocket({
  url,
  WebSocket,
}: Pick<SocketOptions, 'url' | 'WebSocket'>): WebSocket {
  return new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
}
