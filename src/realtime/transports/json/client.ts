import type { Connection } from '../connections.ts';
import type { PresenceSession } from '../presence-session.ts';
import type { ServerFrame } from './server-frames.ts';

/** One socket, and what it has asked for. */
export interface Client {
  readonly connection: Connection;
  /** What stops listening, by room. */
  readonly rooms: Map<string, () => void>;
  /** Room → when it last said that it types, in milliseconds of performance.now(). */
  readonly typingSince: Map<string, number>;
  /** Set once the viewer is known; of a server's key once it has said that the person is here. */
  presence: { readonly session: PresenceSession; readonly begun: Promise<void> } | undefined;
  readonly isOpen: boolean;
  send(frame: ServerFrame): void;
  /** Does something after everything before it is done, unless the socket has closed by then. */
  enqueue(job: () => Promise<void>): void;
  /** How many jobs wait for those before them. */
  readonly waiting: number;
}

export function createClient(connection: Connection): Client {
  const { socket, outbox } = connection;
  let idle: Promise<void> = Promise.resolve();
  let waiting = 0;
  return {
    connection,
    rooms: new Map(),
    typingSince: new Map(),
    presence: undefined,
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    send: (frame) => outbox.send(JSON.stringify(frame)),
    enqueue(job) {
      waiting += 1;
      idle = idle.then(async () => {
        waiting -= 1;
        if (socket.readyState === socket.OPEN) {
          await job();
        }
      });
    },
    get waiting() {
      return waiting;
    },
  };
}
