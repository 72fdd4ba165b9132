import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Queue } from '../../../testing/queue.ts';

export interface Received {
  readonly id: string;
  /** Where it was sent to, such as `/hook`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly frame: any;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Endpoint {
  readonly origin: string;
  readonly url: string;
  /** All that came, in its order. */
  readonly received: readonly Received[];
  /** The next that nobody has taken yet. */
  next(): Promise<Received>;
  /** How to answer from now on; 204 until said otherwise. */
  answer(reply: (received: Received) => Reply | Promise<Reply>): void;
  /** Ends all connections without an answer, and listens no more. */
  close(): Promise<void>;
  /** After `close`, at the same address. */
  open(): Promise<void>;
}

/** Somebody's server that is told what happens. */
export async function startEndpoint(): Promise<Endpoint> {
  const received: Received[] = [];
  const queue = new Queue<Received>();
  let reply: (received: Received) => Reply | Promise<Reply> = () => ({ status: 204 });
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) {
        chunks.push(chunk);
      }
    } catch {
      return; // Whoever sent it has gone.
    }
    const text = Buffer.concat(chunks).toString();
    const { headers, url: path = '' } = incoming;
    const id = String(headers['webhook-id']);
    const one = { id, path, headers, text, frame: JSON.parse(text) };
    received.push(one);
    queue.push(one);
    const { status, headers: added = {}, body } = await reply(one);
    outgoing.writeHead(status, added).end(body);
  });
  let port = 0;
  async function open(): Promise<void> {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }
  await open();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/hook`,
    received,
    next: () => queue.shift(),
    answer(next) {
      reply = next;
    },
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
    open,
  };
}

/** What the library that others use makes of it; throws when the signature is not good. */
export function verify({ text, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(text, headers as Record<string, string>);
}
