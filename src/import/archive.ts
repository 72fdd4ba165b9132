import { createReadStream } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Entry, open as openZip, type ZipFile } from 'yauzl';
import { StartError } from '../process/start-error.ts';
import type { Report } from './report.ts';

/** Texts are packed to a tenth, rarely to a fiftieth. What promises more is a bomb. */
const MOST_EXPANSION = 200;
/** Below this nobody minds. */
const ALWAYS_BYTES = 10_000_000;
const MOST_FILES = 2_000_000;

/** The files of an export, packed or not. Nothing of it is ever written to a path that it names. */
export interface Archive {
  /** What it is called on this machine, for messages. */
  readonly name: string;
  /** All names, with `/` between folders, without those that lead out of it. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** How many bytes a file has, unpacked. */
  size(name: string): Promise<number>;
  /** @throws Error when there is no such file, or it cannot be unpacked. */
  open(name: string): Promise<Readable>;
  close(): void;
}

/**
 * Opens a ZIP file, a folder, or a single file, which is then all there is in it.
 *
 * @throws StartError when it can be none of them.
 */
export async function openArchive(path: string, report: Report): Promise<Archive> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new StartError(`There is no ${path}.`);
  }
  if (found.isDirectory()) {
    return openFolder(path);
  }
  return /\.zip$/i.test(path) ? openZipArchive(path, report) : singleFile(path);
}

async function openFolder(path: string): Promise<Archive> {
  const names: string[] = [];
  for await (const entry of await opendir(path, { recursive: true })) {
    // Links are not followed: they may lead anywhere.
    if (entry.isFile() && names.length < MOST_FILES) {
      names.push(relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
    }
  }
  return ofFiles(path, names.sort(), (name) => join(path, ...name.split('/')));
}

function singleFile(path: string): Archive {
  return ofFiles(path, [basename(path)], (name) => join(dirname(path), name));
}

function ofFiles(
  name: string,
  names: readonly string[],
  pathOf: (name: string) => string,
): Archive {
  const known = new Set(names);
  return {
    name,
    names,
    has: (file) => known.has(file),
    size: async (file) => (await stat(pathOf(file))).size,
    async open(file) {
      if (!known.has(file)) {
        throw new Error(`No ${file} in ${name}`);
      }
      return createReadStream(pathOf(file));
    },
    close() {},
  };
}

async function openZipArchive(path: string, report: Report): Promise<Archive> {
  // Names are decoded here: one that is no name is not the end of the others.
  const zip = await promisify<string, object, ZipFile>(openZip)(path, {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: true,
  }).catch((error: Error) => {
    throw new StartError(`${path} is no ZIP file: ${error.message}.`, { cause: error });
  });
  const entries = await readEntries(zip, report).catch((error: Error) => {
    zip.close();
    throw new StartError(`${path} cannot be read: ${error.message}.`, { cause: error });
  });
  return {
    name: path,
    names: [...entries.keys()].sort(),
    has: (name) => entries.has(name),
    size: async (name) => entries.get(name)?.uncompressedSize ?? 0,
    open(name) {
      const entry = entries.get(name);
      if (entry === undefined) {
        return Promise.reject(new Error(`No ${name} in ${path}`));
      }
      return new Promise((resolve, reject) => {
        zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
      });
    },
    close: () => zip.close(),
  };
}

function readEntries(zip: ZipFile, report: Report): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      const name = Buffer.from(entry.fileName as unknown as Buffer).toString('utf8');
      const problem = problemOf(name, entry, entries);
      if (problem !== undefined) {
        report.note(problem, name);
      } else if (!name.endsWith('/')) {
        entries.set(name, entry);
      }
      if (entries.size >= MOST_FILES) {
        reject(new Error(`it has more than ${MOST_FILES} files`));
      } else {
        zip.readEntry();
      }
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', reject);
    zip.readEntry();
  });
}

function problemOf(
  name: string,
  entry: Entry,
  entries: ReadonlyMap<string, Entry>,
): string | undefined {
  if (name.split(/[/\\]/).includes('..') || /^[/\\]|^[a-z]:|\0/i.test(name)) {
    return 'file not read, because its name leads out of the archive';
  }
  if (entries.has(name)) {
    return 'file not read, because another has its name';
  }
  if (
    entry.uncompressedSize > ALWAYS_BYTES &&
    entry.uncompressedSize > entry.compressedSize * MOST_EXPANSION
  ) {
    return `file not read, because it would unpack to more than ${MOST_EXPANSION} times its size`;
  }
  return undefined;
}
