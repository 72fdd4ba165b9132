import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** What a scanner says of a file. Larger than it takes is not clean: nobody has looked at it. */
export type ScanVerdict = 'clean' | 'infected' | 'too_large';

/** @param byteSize of all of the file */
export type ScanForViruses = (file: Readable, byteSize: number) => Promise<ScanVerdict>;

/** How long clamd may be silent, connecting included, in milliseconds. */
const SILENCE_LIMIT_MS = 120_000;
/** A verdict is a line with the name of a virus. */
const MAX_ANSWER_LENGTH = 4_096;

/** How long clamd has to say that a file is too large, before any of it is sent, in milliseconds. */
const OBJECTION_MS = 100;
const LONGEST_CHUNK_BYTES = 2 ** 32 - 1;

/**
 * Asks ClamAV's daemon about files by its INSTREAM command: chunks, each behind its length in four bytes, and a length of
 * zero at the end. A file is sent as one chunk: then clamd knows at once whether it is too large, and says so before
 * anything is on its way. From chunk to chunk it would hang up on bytes that it has not read, and TCP drops its answer.
 *
 * @throws what keeps clamd from answering, or an answer that is no verdict; the file is then still to be scanned
 */
export function createVirusScanner(address: { host: string; port: number }): ScanForViruses {
  return async function scanForViruses(file, byteSize) {
    if (byteSize > LONGEST_CHUNK_BYTES) {
      file.destroy();
      return 'too_large';
    }
    const socket = connect(address);
    socket.setTimeout(SILENCE_LIMIT_MS, () => {
      socket.destroy(new Error('clamd has been silent for too long'));
    });
    try {
      const [answer, sent] = await Promise.allSettled([
        readAnswer(socket),
        send(file, byteSize, socket),
      ]);
      // An answer counts, whether or not everything could be sent.
      if (answer.status === 'rejected') {
        throw sent.status === 'rejected' ? sent.reason : answer.reason;
      }
      return verdictOf(answer.value);
    } finally {
      socket.destroy();
      file.destroy();
    }
  };
}

async function send(file: Readable, byteSize: number, socket: Socket): Promise<void> {
  socket.write('zINSTREAM\0');
  socket.write(uint32(byteSize));
  await pause(OBJECTION_MS);
  if (!socket.destroyed) {
    await pipeline(file, socket, { end: false });
    socket.write(uint32(0));
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

async function readAnswer(socket: Socket): Promise<string> {
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    answer += text;
    if (answer.includes('\0') || answer.length > MAX_ANSWER_LENGTH) {
      socket.destroy();
    }
  });
  await once(socket, 'close');
  return answer.split('\0', 1)[0] ?? '';
}

function verdictOf(answer: string): ScanVerdict {
  if (/^stream: OK$/.test(answer)) {
    return 'clean';
  }
  if (/^stream: .+ FOUND$/.test(answer)) {
    return 'infected';
  }
  if (/size limit exceeded/.test(answer)) {
    return 'too_large';
  }
  throw new Error(`clamd gave no verdict: ${JSON.stringify(answer)}`);
}
