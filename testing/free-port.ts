import { createServer } from 'node:net';

/** A free port on 127.0.0.1 below the range of outgoing connections: it can be taken again after a crash. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer()
        .once('error', () => resolve(false))
        .listen({ port, host: '127.0.0.1', exclusive: true }, () =>
          probe.close(() => resolve(true)),
        );
    });
    if (isFree) {
      return port;
    }
  }
}
