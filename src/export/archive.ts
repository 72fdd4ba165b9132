import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Where an export goes: its files, one after the other. */
export interface Archive {
  write(name: string, content: Iterable<string> | AsyncIterable<string | Buffer>): Promise<void>;
  /** After the last. */
  finish(): Promise<void>;
}

/** A folder that is there. Its files can be read by its owner alone. */
export function createFolder(directory: string): Archive {
  return {
    async write(name, content) {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await pipeline(Readable.from(content), createWriteStream(path, { mode: 0o600 }));
    },
    async finish() {},
  };
}

/** A ZIP file, which must not be there yet. Nothing is whole in memory. */
export function createZip(path: string): Archive {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  written.catch(() => {}); // Whoever writes, or finishes it, hears of that.
  return {
    async write(name, content) {
      const bytes = Readable.from(content, { objectMode: false });
      const read = new Promise<void>((resolve, reject) => {
        bytes.once('end', resolve).once('error', reject);
      });
      zip.addReadStreamLazy(name, { mode: 0o100600 }, (done) => done(null, bytes));
      await Promise.race([read, written.then(() => read)]);
    },
    async finish() {
      zip.end();
      await written;
    },
  };
}
