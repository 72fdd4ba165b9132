import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a scanner says of a file. Larger than it takes is not clean: nobody has looked at it. */
export type ScanVerdict = 'clean' | 'infected' | 'too_large';

export type ScanForViruses = (file: Readable) => Promise<ScanVerdict>;

/** How long clamd may be silent, connecting included, in milliseconds. */
const SILENCE_LIMIT_MS = 120_000;
/** A verdict is a line with the name of a virus. */
const MAX_ANSWER_LENGTH = 4_096;

/**
 * Asks ClamAV's daemon about files by its INSTREAM command: each chunk behind its length in four bytes, a length of
 * zero at the end.
 *
 * @throws what keeps clamd from answering, or an answer that is no verdict; the file is then still to be scanned
 */
export function createVirusScanner(address: { host: string; port: number }): ScanForViruses {
  return async function scanForViruses(file) {
    const socket = connect(address);
    socket.setTimeout(SILENCE_LIMIT_MS, () => {
      socket.destroy(new Error('clamd has been silent for too long'));
    });
    try {
      const [answer, sent] = await Promise.allSettled([
        readAnswer(socket),
        pipeline(Readable.from(framed(file)), socket, { end: false }),
      ]);
      // clamd answers and hangs up before it has read everything when that is too much: the answer counts.
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

async function* framed(file: Readable): AsyncGenerator<Buffer> {
  yield Buffer.from('zINSTREAM\0');
  for await (const chunk of file) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.byteLength);
    yield length;
    yield chunk;
  }
  yield Buffer.alloc(4);
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
