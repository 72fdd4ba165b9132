import type { Server } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Connections that may wait until they are accepted; the system may allow fewer. One more is refused without a word, and
 * its client tries again a second later: with Node's 511 that happened to everyone while somebody opened a thousand.
 */
const BACKLOG = 4_096;

export interface PlaceToListen {
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** Which setting says the port, for the message when it cannot be had. */
  readonly setting: string;
}

/**
 * Resolves with the port that was taken.
 *
 * @throws StartError that says what to set.
 */
export async function listen(server: Server, place: PlaceToListen): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(place.port, place.host, BACKLOG, resolve);
  await promise.catch((error) => {
    throw cannotListen(place, error);
  });
  server.off('error', reject);
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : place.port;
}

function cannotListen({ host, port, setting }: PlaceToListen, error: NodeJS.ErrnoException) {
  const reasons: Record<string, string> = {
    EADDRINUSE: `another program uses this port; set ${setting} to another one, or to 0 for any`,
    EACCES: `this user may not use this port; set ${setting} to one above 1023`,
    EADDRNOTAVAIL: 'this machine has no such address; set HOST',
    ENOTFOUND: 'the host name is not known; set HOST',
  };
  return new StartError(
    `Cannot listen on ${host}:${port}: ${reasons[error.code ?? ''] ?? error.message}.`,
  );
}
