import type { Writable } from 'node:stream';

/*
 * What waits to be sent on one socket, bounded. Above the low mark typing and presence are dropped, and
 * whoever reads the log for this socket pauses until it has drained: the log is the buffer, not memory.
 */

/** A WebSocket, or what does for one. */
export interface Sink {
  readonly OPEN: number;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string, onTaken: () => void): void;
}

export interface Outbox {
  /** Sends one text frame. */
  send(text: string): void;
  /** Writes whole frames, made by `textFrames`, in one go. */
  write(frames: Buffer): void;
  /** Whether the reader is slow: then typing and presence are left out. */
  readonly isSlow: boolean;
  /** A promise to wait for before sending more of the log; undefined when there is room. */
  drained(): Promise<void> | undefined;
  /** For how long nothing has been taken though something waits, in milliseconds. */
  stalledMs(now: number): number;
  /** Lets everyone go who waits: the socket is gone. */
  release(): void;
}

const LOW_MARK_BYTES = 64 * 1024;
/** What cannot wait in the log, such as answers to queries, ends the connection above this. */
const HIGH_MARK_BYTES = 8 * 1024 * 1024;

/**
 * @param stream the connection under the socket. Frames made by `textFrames` are written to it past
 *   the socket: one write for many, which `ws` has no way to say. That is safe as long as `ws` itself
 *   writes its frames whole and at once, as it does without compression.
 * @param onOverflow called when the reader is so slow that the connection has to go
 */
export function createOutbox(socket: Sink, stream: Writable, onOverflow: () => void): Outbox {
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

  /** False when nothing more can be sent. */
  function makeRoom(): boolean {
    if (socket.readyState !== socket.OPEN) {
      return false;
    }
    if (socket.bufferedAmount > HIGH_MARK_BYTES) {
      onOverflow();
      return false;
    }
    if (socket.bufferedAmount === 0) {
      lastTakenAt = performance.now();
    }
    return true;
  }

  return {
    send(text) {
      if (makeRoom()) {
        socket.send(text, onTaken);
      }
    },
    write(frames) {
      if (makeRoom()) {
        stream.write(frames, onTaken);
      }
    },
    get isSlow() {
      return socket.bufferedAmount >= LOW_MARK_BYTES;
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

/** The text frames (RFC 6455, unmasked, unfragmented) for messages that are given in parts, in one buffer. */
export function textFrames(messages: readonly (readonly Buffer[])[]): Buffer {
  const lengths = messages.map((parts) => parts.reduce((sum, part) => sum + part.length, 0));
  const frames = Buffer.allocUnsafe(
    lengths.reduce((sum, length) => sum + headerLength(length) + length, 0),
  );
  let offset = 0;
  for (const [index, parts] of messages.entries()) {
    offset = writeHeader(frames, offset, lengths[index] as number);
    for (const part of parts) {
      offset += part.copy(frames, offset);
    }
  }
  return frames;
}

const FINAL_TEXT_FRAME = 0x81;

function headerLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(frames: Buffer, offset: number, length: number): number {
  frames[offset] = FINAL_TEXT_FRAME;
  if (length < 126) {
    frames[offset + 1] = length;
  } else if (length < 65_536) {
    frames[offset + 1] = 126;
    frames.writeUInt16BE(length, offset + 2);
  } else {
    frames[offset + 1] = 127;
    frames.writeBigUInt64BE(BigInt(length), offset + 2);
  }
  return offset + headerLength(length);
}
