import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CLOSE_CODES } from '../../errors/codes.ts';
import type { Viewer } from '../../identity/viewer.ts';
import { log } from '../../process/log.ts';
import { createOutbox, type Outbox } from './outbox.ts';

/*
 * What holds for every WebSocket, whatever is spoken on it: a token in time, no more than so many a
 * person, signs of life, a reader that keeps up, an end with the token and with the session.
 */

export interface Connection {
  readonly socket: WebSocket;
  readonly outbox: Outbox;
  /** Set once the token is checked. */
  viewer: Viewer | undefined;
  readonly openedAt: number;
  lastHeardAt: number;
  lastPingAt: number;
}

export interface Connections {
  /** @param stream the connection under the socket */
  open(socket: WebSocket, stream: Duplex): Connection;
  /** Says whose connection it is. Closes it and returns false when that person has too many. */
  admit(connection: Connection, viewer: Viewer): boolean;
  close(connection: Connection, code: number, reason: string): void;
  /** The sessions that have opened connections; some more than once. */
  sessionIds(): readonly string[];
  /** Closes the connections that a session has opened. */
  endSession(sessionId: string): void;
  readonly count: number;
  /** Tells every connection 1012, and waits a moment for them to go. From then on it takes no more. */
  release(): Promise<void>;
}

export interface ConnectionLimits {
  readonly socketsPerUser?: number | undefined;
  /** How long a client may take to show its token. */
  readonly authenticationTimeoutMs?: number | undefined;
}

/** The largest frame that a client may send: the longest message of emoji takes 96 kB as JSON that escapes them. */
export const MAX_PAYLOAD_BYTES = 128 * 1024;
export const SOCKETS_PER_USER = 200;
export const AUTHENTICATION_TIMEOUT_MS = 10_000;
const CHECK_INTERVAL_MS = 1_000;
const PING_INTERVAL_MS = 15_000;
/** Without any sign of life, the other side is gone. */
export const SILENCE_LIMIT_MS = 40_000;
/** A reader that takes nothing for this long is too slow. */
export const STALL_LIMIT_MS = 20_000;
/** How long the other side may take to answer a close frame. */
const GOODBYE_MS = 2_000;

export function createConnections(limits: ConnectionLimits = {}): Connections {
  const socketsPerUser = limits.socketsPerUser ?? SOCKETS_PER_USER;
  const authenticationTimeoutMs = limits.authenticationTimeoutMs ?? AUTHENTICATION_TIMEOUT_MS;
  const connections = new Set<Connection>();
  const perUser = new Map<string, number>();

  function count(userId: string, change: 1 | -1): void {
    const sockets = (perUser.get(userId) ?? 0) + change;
    if (sockets === 0) {
      perUser.delete(userId);
    } else {
      perUser.set(userId, sockets);
    }
  }

  function close({ socket }: Connection, code: number, reason: string): void {
    socket.close(code, reason.slice(0, 100));
    // A dead or stalled peer never answers the close frame.
    setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
  }

  function cut(connection: Connection): void {
    close(connection, CLOSE_CODES.TRY_AGAIN_LATER, 'Too slow to read');
  }

  function check(connection: Connection, now: number): void {
    const { socket, viewer } = connection;
    if (viewer === undefined && now - connection.openedAt > authenticationTimeoutMs) {
      close(connection, CLOSE_CODES.UNAUTHENTICATED, 'No access token came in time');
    } else if (viewer !== undefined && viewer.endsAt <= now) {
      close(connection, CLOSE_CODES.ACCESS_ENDED, 'The access token has expired');
    } else if (now - connection.lastHeardAt > SILENCE_LIMIT_MS) {
      socket.terminate();
    } else if (connection.outbox.stalledMs(now) > STALL_LIMIT_MS) {
      cut(connection);
    } else if (now - connection.lastPingAt > PING_INTERVAL_MS) {
      connection.lastPingAt = now;
      socket.ping();
    }
  }

  const checker = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) {
      if (connection.socket.readyState === connection.socket.OPEN) {
        check(connection, now);
      }
    }
  }, CHECK_INTERVAL_MS);

  return {
    open(socket, stream) {
      const now = performance.now();
      const connection: Connection = {
        socket,
        outbox: createOutbox(socket, stream, () => cut(connection)),
        viewer: undefined,
        openedAt: now,
        lastHeardAt: now,
        lastPingAt: now,
      };
      connections.add(connection);
      const heard = () => {
        connection.lastHeardAt = performance.now();
      };
      socket.on('pong', heard);
      socket.on('message', heard);
      socket.on('error', (error) => log.debug({ event: 'websocket.error', reason: error.message }));
      socket.once('close', () => {
        connections.delete(connection);
        connection.outbox.release();
        if (connection.viewer !== undefined) {
          count(connection.viewer.userId, -1);
        }
      });
      return connection;
    },
    admit(connection, viewer) {
      const { socket } = connection;
      if (socket.readyState !== socket.OPEN) {
        return false; // Gone while its token was checked.
      }
      if ((perUser.get(viewer.userId) ?? 0) >= socketsPerUser) {
        close(connection, CLOSE_CODES.TOO_MANY, 'Too many connections');
        return false;
      }
      connection.viewer = viewer;
      count(viewer.userId, 1);
      return true;
    },
    close,
    sessionIds: () => Array.from(connections, ({ viewer }) => viewer?.sessionId ?? []).flat(),
    endSession(sessionId) {
      for (const connection of connections) {
        if (connection.viewer?.sessionId === sessionId) {
          close(connection, CLOSE_CODES.ACCESS_ENDED, 'The session has ended');
        }
      }
    },
    get count() {
      return connections.size;
    },
    async release() {
      clearInterval(checker);
      const gone = Array.from(
        connections,
        ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
      );
      for (const connection of connections) {
        close(connection, CLOSE_CODES.SERVICE_RESTART, 'The server restarts');
      }
      await Promise.all(gone);
    },
  };
}
