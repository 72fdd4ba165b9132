import pg from 'pg';
import { keptConnection } from '../../database/kept-connection.ts';
import { log } from '../../process/log.ts';
import { CONNECT_TIMEOUT_MS } from '../../process/time-limits.ts';
import { BELL_CHANNEL, type Bell, parseBells } from './bells.ts';

export interface Listener {
  /** False while there is no connection that is known to deliver. */
  readonly isListening: boolean;
  /** How often the connection had to be made anew. */
  readonly reconnects: number;
  release(): Promise<void>;
}

interface ListenerOptions {
  /** The owner's database. */
  readonly connectionString: string;
  /** Bells that this node has sent itself come back and are left out. */
  readonly nodeId: string;
  readonly onBells: (bells: readonly Bell[]) => void;
  /** Called each time listening has begun: what rang before then was not heard. */
  readonly onListening: () => void;
}

const HEARTBEAT_INTERVAL_MS = 2_000;
/** A beat that has not come back after this long means that the connection is dead, whatever TCP thinks. */
const HEARTBEAT_TIMEOUT_MS = 4_000;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;
/** How long the other side may take to say goodbye. */
const GOODBYE_MS = 500;

/**
 * Listens for the bells of everyone who is not this process, for as long as it lives. The connection
 * sends itself a NOTIFY every two seconds; when one does not come back the connection is thrown away,
 * which also finds links that are open on one side only. Never throws: it tries again until released.
 */
export function createListener(options: ListenerOptions): Listener {
  const heartbeatChannel = `trumpet_heartbeat_${options.nodeId}`;
  let current: pg.Client | undefined;
  let isListening = false;
  let connections = 0;
  let released = false;
  let wakeUp: (() => void) | undefined;

  /** Resolves when the connection is dead, however it died. */
  async function listenUntilDead(): Promise<void> {
    const client = new pg.Client({
      ...keptConnection(options.connectionString, 'trumpet listener'),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    current = client;
    let heartbeat: NodeJS.Timeout | undefined;
    let deadline: NodeJS.Timeout | undefined;
    try {
      const died = new Promise<Error>((resolve) => {
        client.on('error', resolve);
        client.on('end', () => resolve(new Error('The connection was closed')));
        const expectWithin = (milliseconds: number) => {
          clearTimeout(deadline);
          deadline = setTimeout(() => resolve(new Error('No heartbeat')), milliseconds);
        };
        const beat = () => {
          client.query(`notify ${heartbeatChannel}`).catch(() => {});
          expectWithin(HEARTBEAT_TIMEOUT_MS);
        };
        client.on('notification', ({ channel, payload }) => {
          if (channel === heartbeatChannel) {
            clearTimeout(deadline);
            clearTimeout(heartbeat);
            heartbeat = setTimeout(beat, HEARTBEAT_INTERVAL_MS);
            return;
          }
          const message = parseBells(payload ?? '');
          if (message.sender !== options.nodeId && message.bells.length > 0) {
            options.onBells(message.bells);
          }
        });
        expectWithin(CONNECT_TIMEOUT_MS + HEARTBEAT_TIMEOUT_MS);
        client
          .connect()
          .then(() => client.query(`listen ${BELL_CHANNEL}; listen ${heartbeatChannel}`))
          .then(() => {
            isListening = true;
            connections += 1;
            beat();
            log.info({ event: 'listener.listening', connections });
            options.onListening();
          })
          .catch(resolve);
      });
      const error = await died;
      if (!released) {
        log.warn({ event: 'listener.lost', reason: error.message });
      }
    } finally {
      isListening = false;
      clearTimeout(heartbeat);
      clearTimeout(deadline);
      abandon(client);
    }
  }

  async function supervise(): Promise<void> {
    let backoff = MIN_BACKOFF_MS;
    while (!released) {
      const before = connections;
      await listenUntilDead();
      backoff = connections > before ? MIN_BACKOFF_MS : Math.min(backoff * 2, MAX_BACKOFF_MS);
      if (!released) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, backoff);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  }

  const supervised = supervise();

  return {
    get isListening() {
      return isListening;
    },
    get reconnects() {
      return Math.max(0, connections - 1);
    },
    async release() {
      released = true;
      wakeUp?.();
      if (current !== undefined) {
        current.end().catch(() => {});
        setTimeout(destroy, GOODBYE_MS, current).unref();
      }
      await supervised;
    },
  };
}

/** Closes a connection that may not answer: a polite end would wait for the other side. */
function abandon(client: pg.Client): void {
  client.removeAllListeners();
  client.on('error', () => {});
  client.end().catch(() => {});
  destroy(client);
}

function destroy(client: pg.Client): void {
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
}
