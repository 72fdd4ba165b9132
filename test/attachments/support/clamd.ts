import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Any file with this text is infected, as with the EICAR test file. */
export const VIRUS = 'THIS-IS-A-VIRUS';

/** How long it takes to object to a file's size, in milliseconds. */
const ANSWER_AFTER_MS = 20;

export interface Clamd {
  readonly port: number;
  /** What was scanned, whole. */
  readonly scanned: readonly Buffer[];
  /** Waits with every answer until `answer` is called. */
  hold(): void;
  answer(): void;
  close(): Promise<void>;
}

/** Speaks clamd's INSTREAM, with a limit on size as clamd has one. */
export async function startClamd({ maxBytes = 1_000_000 } = {}): Promise<Clamd> {
  const scanned: Buffer[] = [];
  const sockets = new Set<Socket>();
  let released = Promise.resolve();
  let release = () => {};

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const file = readStream(received);
      if (file.isTooLong) {
        // TCP drops the answer when there are bytes that nobody reads any more.
        socket.removeAllListeners('data').once('data', () => socket.resetAndDestroy());
        setTimeout(() => socket.end('INSTREAM size limit exceeded. ERROR\0'), ANSWER_AFTER_MS);
      } else if (file.content !== undefined) {
        scanned.push(file.content);
        const verdict = file.content.includes(VIRUS) ? 'Test.Virus FOUND' : 'OK';
        released.then(() => socket.end(`stream: ${verdict}\0`));
      }
    });
  });

  function readStream(bytes: Buffer): { content?: Buffer; isTooLong?: boolean } {
    const command = 'zINSTREAM\0';
    if (bytes.length >= command.length && bytes.toString('latin1', 0, command.length) !== command) {
      throw new Error('Not the command that was expected');
    }
    const chunks: Buffer[] = [];
    let total = 0;
    let offset = command.length;
    while (bytes.length >= offset + 4) {
      const length = bytes.readUInt32BE(offset);
      offset += 4;
      if (length === 0) {
        return { content: Buffer.concat(chunks) };
      }
      total += length;
      if (total > maxBytes) {
        return { isTooLong: true };
      }
      chunks.push(bytes.subarray(offset, offset + length));
      offset += length;
    }
    return {};
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    scanned,
    hold() {
      const gate = Promise.withResolvers<void>();
      released = gate.promise;
      release = gate.resolve;
    },
    answer: () => release(),
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((done) => server.close(done));
    },
  };
}
