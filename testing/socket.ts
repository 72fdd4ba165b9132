import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Queue } from './queue.ts';

export interface SocketOptions {
  /** The access token; without it the connection is a visitor's. */
  readonly token?: string;
  /** Whom a key is to act as. */
  readonly actAs?: string;
  readonly origin?: string;
  /** Wait for connection_ack before returning (default true). */
  readonly acknowledged?: boolean;
}

/** One step of a subscription: a result, the errors that ended it, or its end. */
export type Step<T> =
  | { readonly type: 'next'; readonly data: T; readonly errors?: readonly SocketError[] }
  | { readonly type: 'error'; readonly errors: readonly SocketError[] }
  | { readonly type: 'complete' };

export interface SocketError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

export interface Subscription<T> {
  /** The next step, as soon as there is one. Never sleeps: the test's own timeout is the limit. */
  next(): Promise<Step<T>>;
  /** The next result's data; fails when the subscription ended instead. */
  nextData(): Promise<T>;
  /** What has arrived and was not asked for yet. */
  pending(): readonly Step<T>[];
  complete(): void;
}

export interface TestSocket {
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  subscribe<T = any>(query: string, variables?: Record<string, unknown>): Subscription<T>;
  /** Sends a frame as it is. */
  send(frame: unknown): void;
  /** Resolves when the socket closes, from either side. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Resolves when the server has answered a ping: all frames sent before it were read. */
  roundTrip(): Promise<void>;
  close(): Promise<void>;
  /** Stops reading, as a stalled client does. */
  pause(): void;
  resume(): void;
}

/** A client for graphql-transport-ws that keeps what arrives in queues, in order. */
export async function openSocket(url: string, options: SocketOptions = {}): Promise<TestSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', {
    origin: options.origin,
  });
  const queues = new Map<string, Queue<Step<unknown>>>();
  const pongs = new Queue<void>();
  const acknowledgement = Promise.withResolvers<void>();
  acknowledgement.promise.catch(() => {}); // Told by `closed` too.
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      acknowledgement.reject(new Error(`The socket closed with ${code} ${reason}`));
      for (const queue of [...queues.values(), pongs]) {
        queue.fail(new Error(`The socket closed with ${code} ${reason}`));
      }
      resolve({ code, reason: reason.toString() });
    });
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
  });
  const send = (frame: unknown) =>
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));

  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    switch (frame.type) {
      case MessageType.ConnectionAck:
        return acknowledgement.resolve();
      case MessageType.Ping:
        return send({ type: MessageType.Pong });
      case MessageType.Pong:
        return pongs.push(undefined);
      case MessageType.Next:
        return queues.get(frame.id)?.push({ type: 'next', ...frame.payload });
      case MessageType.Error:
        return queues.get(frame.id)?.push({ type: 'error', errors: frame.payload });
      case MessageType.Complete:
        return queues.get(frame.id)?.push({ type: 'complete' });
    }
  });

  await opened;
  socket.on('error', () => {}); // A close follows and tells.
  send({
    type: MessageType.ConnectionInit,
    payload: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.actAs === undefined ? {} : { actAs: options.actAs }),
    },
  });
  if (options.acknowledged !== false) {
    await acknowledgement.promise;
  }

  let count = 0;
  return {
    closed,
    send,
    subscribe<T>(query: string, variables: Record<string, unknown> = {}): Subscription<T> {
      const id = String(++count);
      const queue = new Queue<Step<T>>();
      queues.set(id, queue as Queue<Step<unknown>>);
      send({ type: MessageType.Subscribe, id, payload: { query, variables } });
      return {
        next: () => queue.shift(),
        async nextData() {
          const step = await queue.shift();
          if (step.type !== 'next' || step.errors !== undefined) {
            throw new Error(`Expected a result, got ${JSON.stringify(step)}`);
          }
          return step.data;
        },
        pending: () => queue.waiting(),
        complete: () => send({ type: MessageType.Complete, id }),
      };
    },
    async roundTrip() {
      send({ type: MessageType.Ping });
      await pongs.shift();
    },
    async close() {
      socket.close(1000);
      await closed;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}
