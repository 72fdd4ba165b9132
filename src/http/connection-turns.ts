import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/*
 * A thousand connections that are opened at once come with a thousand requests in one turn of the event loop, and
 * whoever has a connection already waits until all of them are read. So a few are begun in each turn, one address after
 * the other.
 */

/** Connections that are begun in one turn of the event loop. */
const EACH_TURN = 4;

/** Begins a connection when it is its turn. */
export type BeginConnection = (socket: Socket, address: string) => void;

/** Takes the beginning of connections from a server's hands. */
export function takeTurns(server: Server): BeginConnection {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  /** Who wait, by address; the address whose turn is next first. */
  const waiting = new Map<string, Socket[]>();
  let isScheduled = false;

  function schedule(): void {
    if (!isScheduled && waiting.size > 0) {
      isScheduled = true;
      setImmediate(() => {
        isScheduled = false;
        beginSome();
        schedule();
      });
    }
  }

  function begin(socket: Socket): void {
    if (!socket.destroyed) {
      for (const listener of listeners) {
        listener.call(server, socket);
      }
    }
  }

  function beginSome(): void {
    for (let begun = 0; begun < EACH_TURN; begun += 1) {
      const [next] = waiting;
      if (next === undefined) {
        return;
      }
      const [address, sockets] = next;
      waiting.delete(address);
      begin(sockets.shift() as Socket);
      if (sockets.length > 0) {
        waiting.set(address, sockets); // Behind the other addresses.
      }
    }
  }

  return (socket, address) => {
    socket.on('error', ignore); // One that is reset before its turn has nobody else to tell.
    const sockets = waiting.get(address) ?? [];
    sockets.push(socket);
    waiting.set(address, sockets);
    schedule();
  };
}

function ignore(): void {}
