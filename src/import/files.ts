import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import {
  claimsToBePicture,
  claimsToBeSoundOrVideo,
  HEAD_BYTES,
  isPicture,
  isSoundOrVideo,
  typeOfBytes,
} from '../attachments/file-types.ts';
import { cleanFilename } from '../attachments/filename.ts';
import type { AttachmentStorage } from '../attachments/storage.ts';
import { canBeStripped } from '../attachments/stripping/strip.ts';
import { endingOfMedia } from '../attachments/uncleaned-kinds.ts';
import type { Archive } from './archive.ts';
import { download } from './download.ts';
import type { Report } from './report.ts';
import { link } from './slack-markdown.ts';
import type { SourceFile, SourceMessage } from './source.ts';

const FILES_AT_ONCE = 200;

/** Where the files of an export are, and where they go. */
export interface FileOptions {
  /** The export, and a folder that files were put in: looked through in this order. */
  readonly archives: readonly Archive[];
  readonly storage: AttachmentStorage;
  readonly maxBytes: number;
  /** Whether what is in no archive is fetched from where the source has it. */
  readonly isDownloading: boolean;
}

export interface StagedFile {
  readonly source_id: string;
  readonly message_source_id: string;
  readonly name: string;
  readonly path: string | null;
  readonly address: string | null;
  /** What the text says in its place where it is not attached. */
  readonly line: string;
}

/**
 * Decides what becomes of the files of a message: what is in an archive is attached; of what is not, the text has a link.
 */
export async function placeFiles(
  message: SourceMessage,
  { archives, maxBytes, isDownloading }: FileOptions,
  report: Report,
): Promise<{ message: SourceMessage; staged: StagedFile[] }> {
  const lines: string[] = [];
  const staged: StagedFile[] = [];
  if (message.content === null) {
    return { message, staged };
  }
  for (const [index, file] of (message.files ?? []).entries()) {
    const found = await find(file, archives);
    const row = {
      source_id: `${message.sourceId}/${index}/${file.sourceId}`,
      message_source_id: message.sourceId,
      name: file.name,
      line: /^https?:/.test(file.address ?? '') ? link(file.name, file.address ?? '') : file.name,
    };
    if (found !== undefined && found.size > 0 && found.size <= maxBytes) {
      staged.push({ ...row, path: found.path, address: null });
      continue;
    }
    if (found !== undefined) {
      report.note('file named in the text, because it is empty or too large', file.name);
    } else if (file.address === undefined) {
      report.note('file named in the text, because it is not in the export', file.name);
    } else if (isDownloading) {
      staged.push({ ...row, path: null, address: file.address });
    } else {
      report.note('file linked in the text, because it is not in the export', file.name);
    }
    lines.push(row.line);
  }
  const content = [message.content ?? '', ...lines].filter((line) => line !== '').join('\n');
  return { message: lines.length > 0 ? { ...message, content } : message, staged };
}

async function find(
  file: SourceFile,
  archives: readonly Archive[],
): Promise<{ path: string; size: number } | undefined> {
  for (const [index, archive] of archives.entries()) {
    const path = file.paths.find((name) => archive.has(name));
    if (path !== undefined) {
      return { path: `${index}:${path}`, size: await archive.size(path) };
    }
  }
  return undefined;
}

/** Brings the staged files of messages that are there into the storage, one by one; those that are in it are passed over. */
export async function bringFiles(
  client: pg.Client,
  importId: number,
  options: FileOptions,
  report: Report,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'trumpet-import-'));
  let count = 0;
  try {
    for (let position = '0'; ; ) {
      const { rows } = await client.query<StagedFile & { position: string; message_id: string }>(
        `select staged.position, staged.source_id, staged.name, staged.path, staged.address, staged.line, message.id as message_id
          from pg_temp.staged_files as staged
          join app_private.imported_ids as message
            on message.import_id = $1 and message.kind = 'message' and message.source_id = staged.message_source_id
          where staged.position > $2
            and not exists (
              select from app_private.imported_ids as known
                where known.import_id = $1 and known.kind = 'file' and known.source_id = staged.source_id)
            -- What was linked in an earlier import stays so.
            and exists (
              select from app_public.messages
                where messages.id = message.id and deleted_at is null
                  and position(e'\\n' || staged.line || e'\\n' in e'\\n' || content || e'\\n') = 0)
          order by staged.position
          limit $3`,
        [importId, position, FILES_AT_ONCE],
      );
      for (const row of rows) {
        position = row.position;
        count += (await bringFile(client, importId, row, join(folder, 'file'), options, report))
          ? 1
          : 0;
      }
      if (rows.length === 0) {
        return count;
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bringFile(
  client: pg.Client,
  importId: number,
  row: StagedFile & { message_id: string },
  path: string,
  { archives, storage, maxBytes }: FileOptions,
  report: Report,
): Promise<boolean> {
  try {
    if (row.path !== null) {
      const [index, name] = row.path.split(/:(.*)/s) as [string, string];
      await pipeline(
        await (archives[Number(index)] as Archive).open(name),
        createWriteStream(path),
      );
    } else {
      await download(row.address ?? '', path, maxBytes);
    }
    const { size } = await stat(path);
    if (size === 0) {
      throw new Error('it is empty');
    }
    const type = await typeOfBytes(await readHead(path));
    const uploadId = await newId(client);
    await storage.put(uploadId, 'original', path, type);
    const filename = cleanFilename(row.name);
    await client.query('select app_private.import_file($1, $2, $3, $4, $5, $6, $7, $8)', [
      importId,
      row.source_id,
      row.message_id,
      uploadId,
      filename,
      size,
      type,
      isKeptAsItIs(filename, type),
    ]);
    return true;
  } catch (error) {
    report.note('file not attached', `${row.name} (${(error as Error).message})`);
    await client.query('select app_private.import_line($1, $2)', [row.message_id, row.line]);
    return false;
  }
}

async function newId(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select uuidv7() as id');
  return (rows[0] as { id: string }).id;
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

/** What cannot be freed of where it was made is kept byte for byte, and says so. Whoever uploads it would be asked. */
function isKeptAsItIs(filename: string, type: string): boolean {
  const isMedia = isPicture(type) || isSoundOrVideo(type);
  return (
    (!isPicture(type) && claimsToBePicture(filename, undefined)) ||
    (!isSoundOrVideo(type) && claimsToBeSoundOrVideo(filename)) ||
    (!canBeStripped(type) && (isMedia || endingOfMedia(filename) !== undefined))
  );
}
