import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { importJWK, jwtVerify } from 'jose';
import { type Browser, createBrowser } from './browser.ts';
import type { Certificate } from './certificate.ts';

export interface ReceivedPush {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface PushServer {
  readonly origin: string;
  /** Everything that came in, in order. */
  readonly received: ReceivedPush[];
  /** Connections ever opened. */
  readonly connections: () => number;
  /** How to answer from now on; 201 until said otherwise. */
  answer(reply: (push: ReceivedPush) => Answer | Promise<Answer>): void;
  /** The next push that nobody has taken yet. Rejects after 10 s. */
  next(): Promise<ReceivedPush>;
  /** A browser that is subscribed here. */
  browser(): Browser;
  /** Ends all connections without an answer. */
  dropConnections(): void;
  close(): Promise<void>;
  /** After `close`, at the same address. */
  open(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** A push service on this machine, which takes whatever it is sent. */
export async function startPushServer(certificate: Certificate): Promise<PushServer> {
  const received: ReceivedPush[] = [];
  let taken = 0;
  let connections = 0;
  let reply: (push: ReceivedPush) => Answer | Promise<Answer> = () => ({ status: 201 });
  const waiting: (() => void)[] = [];

  const server = createServer(certificate, async (incoming, outgoing) => {
    const push = await read(incoming);
    if (push === undefined) {
      return;
    }
    received.push(push);
    waiting.splice(0).forEach((wake) => {
      wake();
    });
    const { status, headers = {}, body } = await reply(push);
    outgoing.writeHead(status, headers).end(body);
  });
  server.on('connection', () => {
    connections += 1;
  });
  const origin = await listen(server);
  let browsers = 0;
  return {
    origin,
    received,
    connections: () => connections,
    answer(next) {
      reply = next;
    },
    async next() {
      const deadline = AbortSignal.timeout(TIMEOUT_MS);
      while (received.length <= taken) {
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          deadline.addEventListener('abort', () => reject(new Error('No push came')), {
            once: true,
          });
        });
      }
      return received[taken++] as ReceivedPush;
    },
    browser() {
      browsers += 1;
      return createBrowser(`${origin}/push/${browsers}`);
    },
    dropConnections() {
      server.closeAllConnections();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async open() {
      await listen(server, Number(new URL(origin).port));
    },
  };
}

/** Undefined when it was abandoned. One that is complete counts, also when nobody waits for the answer any more. */
function read(incoming: IncomingMessage): Promise<ReceivedPush | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = () =>
      resolve(
        incoming.complete
          ? { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks) }
          : undefined,
      );
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => {}); // `close` follows.
    incoming.on('end', finish);
    incoming.on('close', finish);
  });
}

function listen(server: Server, port = 0): Promise<string> {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve(`https://localhost:${(server.address() as AddressInfo).port}`);
    });
  });
}

/**
 * Checks who signed a push (RFC 8292): the key in `k` must be the one that the browser subscribed
 * with, and the token must be made for this push service.
 */
export async function verifyVapid(
  { headers }: ReceivedPush,
  expected: { publicKey: string; audience: string },
): Promise<{ subject: string | undefined; expiresInSeconds: number }> {
  const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
  if (token === undefined || key !== expected.publicKey) {
    throw new Error('Not signed with the key that the browser subscribed with');
  }
  const point = Buffer.from(key, 'base64url');
  const publicKey = await importJWK({
    kty: 'EC',
    alg: 'ES256',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  });
  const { payload } = await jwtVerify(token, publicKey, {
    algorithms: ['ES256'],
    audience: expected.audience,
  });
  return {
    subject: payload.sub,
    expiresInSeconds: (payload.exp ?? 0) - Math.floor(Date.now() / 1_000),
  };
}
