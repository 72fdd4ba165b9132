import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';

/** A proxy as in hotels and companies: it lets requests through, and WebSockets only when it is told to. */
export interface StrictProxy {
  readonly url: string;
  /** How many WebSockets it has let through. */
  readonly socketCount: number;
  /** How many answers that do not end. */
  readonly streamCount: number;
  allowSockets(): void;
  /** Breaks every connection that there is. */
  cut(): void;
  close(): Promise<void>;
}

export async function openProxy(serverUrl: string): Promise<StrictProxy> {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let areSocketsAllowed = false;
  let socketCount = 0;
  let streamCount = 0;

  const server = createServer((near, answer) => {
    const { method, url, headers } = near;
    const far = request({ hostname, port, method, path: url, headers }, (response) => {
      streamCount += Number(response.headers['content-type']?.includes('event-stream') ?? false);
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    near.pipe(far);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (near, socket, head) => {
    if (!areSocketsAllowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<h1>Not here</h1>');
      return;
    }
    socketCount += 1;
    const far = connect(Number(port), hostname, () => {
      const headers = near.rawHeaders.map((text, index) =>
        index % 2 === 0 ? `${text}: ` : `${text}\r\n`,
      );
      far.write(`${near.method} ${near.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => socket.destroy());
    socket.on('error', () => far.destroy());
    socket.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get socketCount() {
      return socketCount;
    },
    get streamCount() {
      return streamCount;
    },
    allowSockets() {
      areSocketsAllowed = true;
    },
    cut,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
