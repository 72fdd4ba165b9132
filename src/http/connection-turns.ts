import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import { createTokenBucket, type TokenBucket } from '../process/token-bucket.ts';

/*
 * A thousand connections that are opened at once come with a thousand requests in one turn of the event loop, and
 * whoever has a connection already waits until all of them are read. So a few are begun in each turn, one address after
 * the other, and of one address no more in a second than others notice.
 */

/** Connections that are begun in one turn of the event loop. */
const EACH_TURN = 4;
/** Of one address: so many at once, and so many a second over time. More where an address may have more. */
export const BEGUN_AT_ONCE = 50;
export const BEGUN_PER_SECOND = 100;
/** The address may have begun all that it may have after so many seconds. */
const SECONDS_TO_ALL = 10;
/** Of which addresses it is known what they began; who is forgotten begins anew. */
const MAX_REMEMBERED = 10_000;

/** Begins a connection when it is its turn. */
export type BeginConnection = (socket: Socket, address: string) => void;

export interface ConnectionTurns {
  /** A connection of somebody. */
  readonly begin: BeginConnection;
  /** A connection of many, such as a proxy's: as fast as it comes. */
  readonly beginUnpaced: BeginConnection;
}

interface Line {
  readonly address: string;
  readonly sockets: Socket[];
  readonly pace: TokenBucket | undefined;
}

/**
 * Takes the beginning of connections from a server's hands.
 *
 * @param connectionsPerAddress how many an address may have
 */
export function takeTurns(server: Server, connectionsPerAddress: number): ConnectionTurns {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  /** Who wait, by address. */
  const lines = new Map<string, Line>();
  /** Those of them whose turn it is, the next first. */
  const ready = new Set<Line>();
  const paces = new LRUCache<string, TokenBucket>({ max: MAX_REMEMBERED });
  const perSecond = Math.max(BEGUN_PER_SECOND, connectionsPerAddress / SECONDS_TO_ALL);
  const burst = (perSecond * BEGUN_AT_ONCE) / BEGUN_PER_SECOND;
  let isScheduled = false;

  function paceOf(address: string): TokenBucket {
    const pace = paces.get(address) ?? createTokenBucket({ burst, perSecond });
    paces.set(address, pace);
    return pace;
  }

  function schedule(): void {
    if (!isScheduled && ready.size > 0) {
      isScheduled = true;
      setImmediate(() => {
        isScheduled = false;
        beginSome();
        schedule();
      });
    }
  }

  function becomeReady(line: Line): void {
    ready.add(line);
    schedule();
  }

  function begin(socket: Socket): void {
    for (const listener of listeners) {
      listener.call(server, socket);
    }
  }

  /** The next of a line that is still there. */
  function nextOf({ sockets }: Line): Socket | undefined {
    while (sockets[0]?.destroyed) {
      sockets.shift();
    }
    return sockets[0];
  }

  function beginSome(): void {
    for (let begun = 0; begun < EACH_TURN; ) {
      const [line] = ready;
      if (line === undefined) {
        return;
      }
      ready.delete(line);
      const socket = nextOf(line);
      const waitMs = line.pace?.waitMs(1) ?? 0;
      if (socket === undefined) {
        lines.delete(line.address);
      } else if (waitMs > 0) {
        setTimeout(becomeReady, waitMs, line).unref();
      } else {
        line.sockets.shift();
        line.pace?.take(1);
        begin(socket);
        begun += 1;
        ready.add(line); // Behind the other addresses.
      }
    }
  }

  function waitInLine(socket: Socket, address: string, pace: TokenBucket | undefined): void {
    socket.on('error', ignore); // One that is reset before its turn has nobody else to tell.
    const known = lines.get(address);
    if (known !== undefined) {
      known.sockets.push(socket);
      return;
    }
    const line = { address, sockets: [socket], pace };
    lines.set(address, line);
    becomeReady(line);
  }

  return {
    begin: (socket, address) => waitInLine(socket, address, paceOf(address)),
    beginUnpaced: (socket, address) => waitInLine(socket, address, undefined),
  };
}

function ignore(): void {}
