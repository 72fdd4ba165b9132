import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Browsers open connections before they have anything to ask. Node takes one without a request for busy, so that closing
 * a server would wait for it until its headers are late.
 *
 * @returns ends those that nobody has asked anything on
 */
export function watchUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  server.on('upgrade', ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) {
      socket.destroy();
    }
  };
}
