import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Writes a ZIP file. What is a function gives the text when its turn has come, so that a large one is never whole in memory. */
export async function writeZip(
  path: string,
  files: Iterable<readonly [name: string, content: string | Buffer | (() => string)]>,
): Promise<void> {
  const zip = new ZipFile();
  for (const [name, content] of files) {
    if (typeof content === 'function') {
      zip.addReadStreamLazy(name, {}, (done) =>
        done(null, Readable.from([Buffer.from(content())])),
      );
    } else {
      zip.addBuffer(Buffer.from(content), name);
    }
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
