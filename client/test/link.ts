import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../testing/free-port.ts';

/** The network between a client and a server: it can break, and be away. */
export interface Link {
  readonly url: string;
  /** Breaks every connection that there is. */
  cut(): void;
  /** From now on nobody gets through. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
}

export async function openLink(serverUrl: string): Promise<Link> {
  const target = Number(new URL(serverUrl).port);
  const port = await freePort();
  const sockets = new Set<Socket>();
  let isAway = false;
  const server = createServer((near) => {
    if (isAway) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {}); // A close follows.
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    goAway() {
      isAway = true;
      cut();
    },
    comeBack() {
      isAway = false;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
