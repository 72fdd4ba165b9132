import type { Server } from 'node:http';
import { type BlockList, isIP } from 'node:net';
import { log } from '../process/log.ts';
import { plainAddress } from './client-address.ts';
import { takeTurns } from './connection-turns.ts';

interface ConnectionLimit {
  readonly connectionsPerAddress: number;
  /** A proxy's connections are those of many. */
  readonly trustedProxies: BlockList;
}

/** Closes connections of an address that has too many, before anything is read from them, and begins the others in turns. */
export function limitConnections(
  server: Server,
  { connectionsPerAddress, trustedProxies }: ConnectionLimit,
): void {
  const counts = new Map<string, number>();
  const turns = takeTurns(server, connectionsPerAddress);
  server.on('connection', (socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const family = isIP(address);
    if (family !== 0 && trustedProxies.check(address, family === 4 ? 'ipv4' : 'ipv6')) {
      turns.beginUnpaced(socket, address);
      return;
    }
    const count = counts.get(address) ?? 0;
    if (count >= connectionsPerAddress) {
      log.debug({ event: 'http.too_many_connections', connections: count });
      socket.destroy();
      return;
    }
    counts.set(address, count + 1);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 0) - 1;
      if (left > 0) {
        counts.set(address, left);
      } else {
        counts.delete(address);
      }
    });
    turns.begin(socket, address);
  });
}
