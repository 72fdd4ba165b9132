import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { listen, type PlaceToListen } from './listen.ts';

/**
 * `/metrics` on a port of its own, for those whom a firewall lets there.
 *
 * @throws StartError when it cannot listen.
 */
export async function startMetricsServer(
  registry: Registry,
  place: PlaceToListen,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.method !== 'GET' || incoming.url !== '/metrics') {
      outgoing.writeHead(404).end();
      return;
    }
    outgoing.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  });
  const port = await listen(server, place);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
