import { CLOSE_CODES, TrumpetError } from '../../errors/codes.ts';
import { TokenExpiredError } from '../../identity/authenticator.ts';
import type { Viewer } from '../../identity/viewer.ts';
import { log } from '../../process/log.ts';
import type { Connection, Connections } from './connections.ts';

/** @throws TrumpetError when the token is not valid, or its session has ended. */
export type Authenticate = (token: string, actAs?: string) => Promise<Viewer>;

interface AuthenticationOptions {
  readonly connections: Connections;
  readonly authenticate: Authenticate;
}

/** What a client has shown to say who it is. */
interface Shown {
  /** The access token, if any. */
  readonly token: string | undefined;
  /** Whom a key is to act as. */
  readonly actAs?: string | undefined;
  /** The person whom the address names, if it names one. */
  readonly expectedUserId?: string | undefined;
}

/** Finds out whose connection it is and admits it. When that fails it closes it, and returns undefined. */
export async function authenticateConnection(
  { connections, authenticate }: AuthenticationOptions,
  connection: Connection,
  { token, actAs, expectedUserId }: Shown,
): Promise<Viewer | undefined> {
  let viewer: Viewer;
  try {
    if (token === undefined) {
      throw new TrumpetError('UNAUTHENTICATED', 'connection_init needs an access token.');
    }
    viewer = await authenticate(token, actAs);
  } catch (error) {
    if (error instanceof TokenExpiredError) {
      connections.close(connection, CLOSE_CODES.ACCESS_ENDED, error.message);
    } else if (error instanceof TrumpetError && error.code !== 'BUSY') {
      connections.close(connection, CLOSE_CODES.UNAUTHENTICATED, error.message);
    } else {
      log.error({ event: 'websocket.authentication_failed', error });
      connections.close(connection, CLOSE_CODES.TRY_AGAIN_LATER, 'Try again later');
    }
    return undefined;
  }
  if (expectedUserId !== undefined && expectedUserId !== viewer.userId) {
    // Not 4403: refreshing the token and coming back here would end the same way.
    connections.close(connection, CLOSE_CODES.UNAUTHENTICATED, 'The token is not of this user');
    return undefined;
  }
  return connections.admit(connection, viewer) ? viewer : undefined;
}
