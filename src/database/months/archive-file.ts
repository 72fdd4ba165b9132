import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ClientBase } from 'pg';
import { StartError } from '../../process/start-error.ts';
import { deleteMonthChildren } from './partitions.ts';

/*
 * A month of the archive as a file: JSON lines, compressed with gzip. A line is a message, as its table
 * has it, with all that hangs on it: `{"message": {…}, "app_public.message_reactions": [{…}], …}`.
 */

const LINES_A_QUERY = 500;

export interface ArchiveFile {
  readonly messages: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes a month to a file, and notes that it is there. The file gets its name when it is complete.
 *
 * @param month its first day, `2025-01-01`
 * @throws StartError when it is not in the archive
 */
export async function writeArchiveFile(
  client: ClientBase,
  month: string,
  file: string,
): Promise<ArchiveFile> {
  await requireArchived(client, month);
  const count = { messages: 0 };
  const hash = createHash('sha256');
  const partial = `${file}.partial`;
  await pipeline(
    readLines(client, month, count),
    createGzip(),
    new Transform({
      transform(chunk, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    }),
    createWriteStream(partial, { flush: true }),
  );
  await rename(partial, file);
  const { size: bytes } = await stat(file);
  const sha256 = hash.digest('hex');
  await client.query(
    `update app_private.archived_months
      set file_name = $2, file_bytes = $3, file_sha256 = $4, exported_at = now()
      where month = $1`,
    [month, file, bytes, sha256],
  );
  return { ...count, bytes, sha256 };
}

/**
 * Reads a file into the archive, from where the month can be restored. Reading it twice is the same as
 * once.
 *
 * @returns how many messages it had
 * @throws StartError when the file is not the one that was written
 */
export async function readArchiveFile(
  client: ClientBase,
  month: string,
  file: string,
): Promise<number> {
  const { rows } = await client.query<{ file_sha256: string | null }>(
    'select file_sha256 from app_private.archived_months where month = $1',
    [month],
  );
  const expected = rows[0]?.file_sha256;
  if (expected && expected !== (await sha256Of(file))) {
    throw new StartError(
      `${file} is not the file that was written for ${month}: its SHA-256 differs.`,
    );
  }
  await checkLines(file, month);
  await client.query('select app_private.begin_restore($1)', [month]);
  let messages = 0;
  for await (const lines of inGroups(createReadStream(file).pipe(createGunzip()))) {
    await client.query('select app_private.restore_lines($1, $2::text[]::jsonb[])', [month, lines]);
    messages += lines.length;
  }
  await client.query('select app_private.note_archived($1)', [month]);
  await client.query('select app_private.erase_again($1)', [month]);
  return messages;
}

/** Drops a month of the archive that is in a file, and what hangs on its messages. */
export async function dropArchivedMonth(client: ClientBase, month: string): Promise<void> {
  const { rows } = await client.query<{ is_exported: boolean }>(
    'select exported_at is not null as is_exported from app_private.archived_months where month = $1',
    [month],
  );
  if (rows[0]?.is_exported !== true) {
    throw new StartError(`${month.slice(0, 7)} is not in a file yet: export it first.`);
  }
  await deleteMonthChildren(client, month, { keepFiles: true });
  await client.query('select app_private.drop_archived_month($1)', [month]);
}

async function requireArchived(client: ClientBase, month: string): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>(
    `select to_regclass('app_archive.' || app_private.month_table($1)) is not null as found`,
    [month],
  );
  if (rows[0]?.found !== true) {
    throw new StartError(
      `${month.slice(0, 7)} is not in the archive: app_admin.months says where each month is.`,
    );
  }
}

async function* readLines(
  client: ClientBase,
  month: string,
  count: { messages: number },
): AsyncGenerator<string> {
  let after: string | null = null;
  for (;;) {
    const { rows }: { rows: { message_id: string; line: string }[] } = await client.query(
      'select message_id, line::text from app_private.archive_lines($1, $2, $3)',
      [month, after, LINES_A_QUERY],
    );
    if (rows.length === 0) {
      return;
    }
    count.messages += rows.length;
    after = rows.at(-1)?.message_id ?? null;
    yield `${rows.map(({ line }) => line).join('\n')}\n`;
  }
}

async function* inGroups(source: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  let lines: string[] = [];
  for await (const line of createInterface({ input: source })) {
    lines.push(line);
    if (lines.length === LINES_A_QUERY) {
      yield lines;
      lines = [];
    }
  }
  if (lines.length > 0) {
    yield lines;
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await readWhole(file, hash);
  return hash.digest('hex');
}

/** @throws StartError before anything of it is written, when it is no file of this month. */
async function checkLines(file: string, month: string): Promise<void> {
  const source = new PassThrough();
  const [read, checked] = await Promise.allSettled([
    readWhole(file, createGunzip(), source),
    (async () => {
      for await (const line of createInterface({ input: source })) {
        const found = monthOf(line);
        if (found === undefined) {
          throw new StartError(`${file} is no file of the archive.`);
        }
        if (found !== month.slice(0, 7)) {
          throw new StartError(`${file} has messages of ${found}, not of ${month.slice(0, 7)}.`);
        }
      }
    })().catch((error) => {
      source.destroy();
      throw error;
    }),
  ]);
  // Each ends the other: what the lines are says more than that reading them was broken off.
  if (checked.status === 'rejected' && checked.reason instanceof StartError) {
    throw checked.reason;
  }
  if (read.status === 'rejected') {
    throw read.reason;
  }
}

/** The month of the message in a line, by its id; undefined when there is none. */
function monthOf(line: string): string | undefined {
  try {
    const { id } = JSON.parse(line).message;
    const sentAt = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    return new Date(sentAt).toISOString().slice(0, 7);
  } catch {
    return undefined;
  }
}

/** @throws StartError when there is no such file, or it cannot be read to its end. */
async function readWhole(file: string, ...steps: NodeJS.ReadWriteStream[]): Promise<void> {
  try {
    await pipeline([createReadStream(file), ...steps]);
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
