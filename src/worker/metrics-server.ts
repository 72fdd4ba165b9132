import { createServer } from 'node:http';
import { collectDefaultMetrics, register } from 'prom-client';

/**
 * `/metrics` of a worker that runs without a server beside it. Beside one, the server shows the
 * worker's metrics among its own.
 */
export async function serveWorkerMetrics(
  host: string,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  collectDefaultMetrics();
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.method !== 'GET' || incoming.url !== '/metrics') {
      outgoing.writeHead(404).end();
      return;
    }
    outgoing.writeHead(200, { 'content-type': register.contentType }).end(await register.metrics());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
