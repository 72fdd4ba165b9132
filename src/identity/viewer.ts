import { TrumpetError } from '../errors/codes.ts';

/** Who is asking, as a verified access token says. No viewer is a visitor. */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  /** When the access token or its session ends, in milliseconds of performance.now(): sockets that it opened are closed then. */
  readonly endsAt: number;
  /** With which key of a server; undefined for whoever has signed in. */
  readonly key?: { readonly id: string; readonly mayRead: boolean };
}

/**
 * What is listened to is found by the server's own connections, so it asks here for what a query asks by its role.
 *
 * @throws TrumpetError FORBIDDEN for a key that may not read
 */
export function requireReader({ key }: Viewer): void {
  if (key?.mayRead === false) {
    throw new TrumpetError('FORBIDDEN', 'This key has not the scope that this needs: read.');
  }
}

const viewers = new WeakMap<object, Viewer>();

/** Notes who sent an HTTP request, or the request that opened a WebSocket, once its token is verified. */
export function rememberViewer(request: object, viewer: Viewer): void {
  viewers.set(request, viewer);
}

/** Who sent a request; undefined for a visitor. */
export function viewerOf(request: object | undefined): Viewer | undefined {
  return request === undefined ? undefined : viewers.get(request);
}
