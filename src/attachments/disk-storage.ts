import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { makeDataFolder } from '../process/data-folder.ts';
import { type AttachmentStorage, objectName, type StoredPart } from './storage.ts';

/** What file systems say that know no second name for a file, or no further one for this. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/** Attachments in one folder: `<id>`, beside it tus's `<id>.json`, and what was made of it. */
export async function createDiskStorage(directory: string): Promise<AttachmentStorage> {
  makeDataFolder(directory, 0o700);

  function pathOf(uploadId: string, part: StoredPart): string {
    return join(directory, objectName(uploadId, part));
  }

  /** What a part is written to before it takes its place. */
  function draftOf(uploadId: string, part: StoredPart): string {
    return `${pathOf(uploadId, part)}.new`;
  }

  return {
    uploads: new FileStore({ directory }),
    async readHead(uploadId, part, byteCount) {
      const file = await open(pathOf(uploadId, part));
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(byteCount), 0, byteCount, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    async read(uploadId, part) {
      // Opened here, so that who asks for what is gone hears of it at once.
      return (await open(pathOf(uploadId, part))).createReadStream();
    },
    async localFile(uploadId, part) {
      return pathOf(uploadId, part);
    },
    async put(uploadId, part, path) {
      // Whole or not at all: who is killed half-way leaves the earlier one in place.
      await copyFile(path, draftOf(uploadId, part));
      await rename(draftOf(uploadId, part), pathOf(uploadId, part));
    },
    async copy(fromId, toId, part) {
      await rm(draftOf(toId, part), { force: true });
      try {
        // Nothing changes a file once it is whole, so two names for the same bytes do.
        await link(pathOf(fromId, part), draftOf(toId, part));
      } catch (error) {
        if (!WITHOUT_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) {
          throw error;
        }
        await copyFile(pathOf(fromId, part), draftOf(toId, part));
      }
      await rename(draftOf(toId, part), pathOf(toId, part));
    },
    async remove(uploadId, parts) {
      const paths = parts.flatMap((part) => [pathOf(uploadId, part), draftOf(uploadId, part)]);
      const extra = parts.includes('original') ? [`${pathOf(uploadId, 'original')}.json`] : [];
      await Promise.all([...paths, ...extra].map((path) => rm(path, { force: true })));
    },
    async locate(uploadId, part) {
      return { kind: 'file', path: pathOf(uploadId, part) };
    },
    close() {},
  };
}
