import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Something that is spoken on a WebSocket. */
export interface Transport {
  /** Whether a path is one of its. */
  accepts(path: string): boolean;
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
}

interface UpgradeOptions {
  readonly server: Server;
  readonly transports: readonly Transport[];
  /** Whether a page of this origin may connect to this host, both as the browser names them. */
  readonly isOriginAllowed: (origin: string, host: string | undefined) => boolean;
}

/** Gives each upgrade to the transport of its path. Returns what stops that: from then on the answer is 503. */
export function routeUpgrades({ server, transports, isOriginAllowed }: UpgradeOptions): () => void {
  let isClosing = false;
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', destroyThis);
    const transport = transports.find(({ accepts }) => accepts(pathOf(request)));
    if (isClosing) {
      refuse(stream, '503 Service Unavailable');
    } else if (transport === undefined) {
      refuse(stream, '404 Not Found');
    } else if (!mayConnect(request, isOriginAllowed)) {
      refuse(stream, '403 Forbidden');
    } else {
      transport.upgrade(request, stream, head);
    }
  });
  return () => {
    isClosing = true;
  };
}

/** No closure: it stays as long as the connection, and would keep the request with all its headers. */
function destroyThis(this: Duplex): void {
  this.destroy();
}

/** The path of a request, without its query. */
export function pathOf({ url }: IncomingMessage): string {
  return (url ?? '/').split('?', 1)[0] as string;
}

/** Browsers name the page that connects; other programs send no Origin. */
function mayConnect(
  { headers }: IncomingMessage,
  isOriginAllowed: UpgradeOptions['isOriginAllowed'],
): boolean {
  const { origin, host } = headers;
  return origin === undefined || isOriginAllowed(origin, host);
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
