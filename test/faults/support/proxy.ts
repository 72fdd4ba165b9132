import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/*
 * A TCP proxy before Postgres that can swallow what passes: the connection stays open on both sides, and
 * nothing arrives. TCP itself never notices, as behind a firewall that has forgotten a connection.
 */

export type Direction = 'toDatabase' | 'toServer';
const BOTH_DIRECTIONS: readonly Direction[] = ['toDatabase', 'toServer'];

export interface SwallowedLink {
  /** What the connection called itself at its start. */
  readonly applicationName: string;
  /** Since when something of it is missing; undefined when nothing was sent since. */
  readonly missingSince: number | undefined;
  /** When the server gave it up. */
  readonly closedAt: number | undefined;
}

export interface Proxy {
  readonly port: number;
  /** Swallows on the connections that exist now, for good; new ones pass. */
  swallow(
    directions: readonly Direction[],
    isMeant: (applicationName: string) => boolean,
  ): SwallowedLink[];
  /** New connections go to another Postgres; those that exist are cut. */
  redirect(databasePort: number): void;
  /** The same, and new connections are swallowed too until it is called off: then they pass. */
  cutOff(isMeant: (applicationName: string) => boolean): { readonly callOff: () => void };
  close(): Promise<void>;
}

interface Link {
  applicationName: string;
  swallows: readonly Direction[];
  missingSince: number | undefined;
  closedAt: number | undefined;
}

export async function startProxy(databasePort: number): Promise<Proxy> {
  const links = new Set<Link>();
  const sockets = new Set<Socket>();
  let target = databasePort;
  let isCutOff = (_applicationName: string): boolean => false;

  const server = createServer((fromServer) => {
    const toDatabase = connect(target, '127.0.0.1');
    const link: Link = {
      applicationName: '',
      swallows: [],
      missingSince: undefined,
      closedAt: undefined,
    };
    links.add(link);
    const pass = (chunk: Buffer, direction: Direction, target: Socket) => {
      if (link.swallows.includes(direction)) {
        link.missingSince ??= performance.now();
      } else {
        target.write(chunk);
      }
    };
    fromServer.once('data', (chunk) => {
      link.applicationName = applicationNameIn(chunk);
      if (isCutOff(link.applicationName)) {
        link.swallows = BOTH_DIRECTIONS;
      }
    });
    fromServer.on('data', (chunk: Buffer) => pass(chunk, 'toDatabase', toDatabase));
    toDatabase.on('data', (chunk: Buffer) => pass(chunk, 'toServer', fromServer));
    for (const [socket, other] of [
      [fromServer, toDatabase],
      [toDatabase, fromServer],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {}); // A close follows.
      socket.once('close', () => {
        sockets.delete(socket);
        if (socket === fromServer) {
          link.closedAt = performance.now();
          links.delete(link);
        }
        // A swallowed direction does not carry the end of the connection either.
        if (!link.swallows.includes(socket === fromServer ? 'toDatabase' : 'toServer')) {
          other.destroy();
        }
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  const cut = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  function swallow(
    directions: readonly Direction[],
    isMeant: (applicationName: string) => boolean,
  ): Link[] {
    const meant = [...links].filter(({ applicationName }) => isMeant(applicationName));
    for (const link of meant) {
      link.swallows = directions;
    }
    return meant;
  }

  return {
    port: (server.address() as AddressInfo).port,
    swallow,
    cutOff(isMeant) {
      swallow(BOTH_DIRECTIONS, isMeant);
      isCutOff = isMeant;
      return {
        callOff() {
          isCutOff = () => false;
        },
      };
    },
    redirect(port) {
      target = port;
      cut();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

/** Postgres' StartupMessage is a list of names and values, each ended by a zero byte. */
function applicationNameIn(startup: Buffer): string {
  const words = startup.toString('latin1', 8).split('\0');
  const at = words.indexOf('application_name');
  return at === -1 ? '' : (words[at + 1] ?? '');
}
