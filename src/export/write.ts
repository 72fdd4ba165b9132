import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import type { AttachmentStorage } from '../attachments/storage.ts';
import { keptConnection } from '../database/kept-connection.ts';
import { StartError } from '../process/start-error.ts';
import { type ExportedMessage, readMessages, readPeople, readRooms } from './rows.ts';

export interface ExportOptions {
  readonly databaseUrl: string;
  readonly storage: AttachmentStorage;
  /** A slug or an id; undefined: everything. */
  readonly room: string | undefined;
  /** Made if it is not there; empty if it is. */
  readonly directory: string;
}

export interface ExportResult {
  readonly rooms: number;
  readonly messages: number;
  readonly files: number;
}

/**
 * Writes rooms with their people, messages and files as lines of JSON: all of one moment, however long it takes, and
 * without memory that grows with it.
 *
 * @throws StartError when there is no such room, or something is in the folder already.
 */
export async function writeExport(options: ExportOptions): Promise<ExportResult> {
  const { directory, storage } = options;
  await makeEmpty(directory);
  const client = new pg.Client(
    keptConnection(options.databaseUrl, 'trumpet export', { jit: 'off' }),
  );
  client.on('error', () => {}); // The query that is under way, or the next, fails and tells.
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const rooms = await readRooms(client, options.room);
    if (rooms.length === 0 && options.room !== undefined) {
      throw new StartError(`There is no room ${options.room}.`);
    }
    const roomIds = rooms.map(({ id }) => id);
    await writeLines(join(directory, 'trumpet.ndjson'), [await readHead(client)]);
    await writeLines(
      join(directory, 'people.ndjson'),
      readPeople(client, options.room === undefined ? undefined : roomIds),
    );
    await writeLines(join(directory, 'rooms.ndjson'), rooms);
    let messages = 0;
    let files = 0;
    async function* counted(roomId: string): AsyncGenerator<ExportedMessage> {
      for await (const message of readMessages(client, roomId)) {
        messages += 1;
        for (const file of message.files ?? []) {
          const bytes = await storage.read(file.id, file.rewritten ? 'rewritten' : 'original');
          await pipeline(bytes, createWriteStream(join(directory, 'files', file.id)));
          files += 1;
        }
        yield message;
      }
    }
    for (const { id } of rooms) {
      await writeLines(join(directory, 'messages', `${id}.ndjson`), counted(id));
    }
    return { rooms: rooms.length, messages, files };
  } finally {
    await client.end();
  }
}

async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) {
    throw new StartError(`${directory} is not empty.`);
  }
  await mkdir(join(directory, 'messages'));
  await mkdir(join(directory, 'files'));
}

/** Which installation it is of: where messages are brought in, these are the same things whenever they are exported. */
async function readHead(client: pg.ClientBase): Promise<object> {
  const { rows } = await client.query<{ source: string; at: string }>(
    `select 'trumpet ' || system_identifier || '/' || (select oid from pg_database where datname = current_database()) as source,
        now()::text as at
      from pg_control_system()`,
  );
  return { format: 'trumpet', version: 1, source: rows[0]?.source, exportedAt: rows[0]?.at };
}

async function writeLines(
  path: string,
  items: Iterable<object> | AsyncIterable<object>,
): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    for await (const item of items) {
      yield `${JSON.stringify(item)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
}
