import type { WebSocket } from 'ws';

/*
 * What waits to be sent on one socket, bounded. Above the low mark typing and presence are dropped, and
 * whoever reads the log for this socket pauses until it has drained: the log is the buffer, not memory.
 */

export interface Outbox {
  /** Sends one text frame. Fleeting ones are dropped while the reader is slow. */
  send(frame: string | Buffer, isFleeting?: boolean): void;
  /** A promise to wait for before sending more of the log; undefined when there is room. */
  drained(): Promise<void> | undefined;
  /** For how long nothing has been taken though something waits, in milliseconds. */
  stalledMs(now: number): number;
  /** Lets everyone go who waits: the socket is gone. */
  release(): void;
}

const LOW_MARK_BYTES = 256 * 1024;
/** What cannot wait in the log, such as answers to queries, ends the connection above this. */
const HIGH_MARK_BYTES = 8 * 1024 * 1024;

export function createOutbox(socket: WebSocket, onOverflow: () => void): Outbox {
  let waiters: (() => void)[] = [];
  let lastTakenAt = performance.now();

  function release(): void {
    const waiting = waiters;
    waiters = [];
    for (const resume of waiting) {
      resume();
    }
  }

  function onTaken(): void {
    lastTakenAt = performance.now();
    if (waiters.length > 0 && socket.bufferedAmount < LOW_MARK_BYTES) {
      release();
    }
  }

  return {
    send(frame, isFleeting = false) {
      if (
        socket.readyState !== socket.OPEN ||
        (isFleeting && socket.bufferedAmount > LOW_MARK_BYTES)
      ) {
        return;
      }
      if (socket.bufferedAmount > HIGH_MARK_BYTES) {
        onOverflow();
        return;
      }
      if (socket.bufferedAmount === 0) {
        lastTakenAt = performance.now();
      }
      socket.send(frame, { binary: false }, onTaken);
    },
    drained() {
      if (socket.bufferedAmount < LOW_MARK_BYTES || socket.readyState !== socket.OPEN) {
        return undefined;
      }
      return new Promise((resume) => {
        waiters.push(resume);
      });
    },
    stalledMs: (now) => (socket.bufferedAmount === 0 ? 0 : now - lastTakenAt),
    release,
  };
}
