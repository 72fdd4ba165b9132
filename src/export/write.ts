import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import pg from 'pg';
import type { AttachmentStorage } from '../attachments/storage.ts';
import { keptConnection } from '../database/kept-connection.ts';
import { StartError } from '../process/start-error.ts';
import { type Archive, createFolder, createZip } from './archive.ts';
import {
  type ExportedMessage,
  type ExportedRoom,
  type ExportResult,
  readBytes,
  readFiles,
  readMessages,
  readPeople,
  readRooms,
  readSource,
} from './rows.ts';
import { writeSlack } from './slack.ts';

export interface ExportOptions {
  readonly databaseUrl: string;
  readonly storage: AttachmentStorage;
  /** A slug or an id; undefined: everything. */
  readonly room: string | undefined;
  /** The name of the workspace that is exported. Undefined: the default one. */
  readonly workspace?: string | undefined;
  /** A folder, made if it is not there, empty if it is; or a ZIP file, which is not there yet. */
  readonly target: string;
  /** Lines of JSON, unless it is to be as Slack's exports are. */
  readonly format?: 'trumpet' | 'slack';
}

/**
 * Writes rooms with their people, messages and files: all of one moment, however long it takes, and without memory that
 * grows with it.
 *
 * @throws StartError when there is no such room, or something is there already.
 */
export async function writeExport(options: ExportOptions): Promise<ExportResult> {
  const { storage, format = 'trumpet' } = options;
  const archive = await openArchive(options.target);
  const client = new pg.Client(
    keptConnection(options.databaseUrl, 'trumpet export', { jit: 'off' }),
  );
  client.on('error', () => {}); // The query that is under way, or the next, fails and tells.
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query('select app_admin.use_workspace($1) where $1::text is not null', [
      options.workspace,
    ]);
    const rooms = await readRooms(client, options.room);
    if (rooms.length === 0 && options.room !== undefined) {
      throw new StartError(`There is no room ${options.room}.`);
    }
    const write = format === 'slack' ? writeSlack : writeTrumpet;
    const result = await write(client, rooms, options.room === undefined, { archive, storage });
    await archive.finish();
    return result;
  } finally {
    await client.end();
  }
}

async function openArchive(target: string): Promise<Archive> {
  if (target.endsWith('.zip')) {
    if (existsSync(target)) {
      throw new StartError(`${target} is there already.`);
    }
    return createZip(target);
  }
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) {
    throw new StartError(`${target} is not empty.`);
  }
  return createFolder(target);
}

/** Lines of JSON: a file for people, one for rooms, and one for the messages of each room. */
async function writeTrumpet(
  client: pg.ClientBase,
  rooms: readonly ExportedRoom[],
  isEverything: boolean,
  { archive, storage }: { readonly archive: Archive; readonly storage: AttachmentStorage },
): Promise<ExportResult> {
  const roomIds = rooms.map(({ id }) => id);
  await archive.write('trumpet.ndjson', lines([await readHead(client)]));
  await archive.write(
    'people.ndjson',
    lines(readPeople(client, isEverything ? undefined : roomIds)),
  );
  await archive.write('rooms.ndjson', lines(rooms));
  let messages = 0;
  let files = 0;
  let gone = 0;
  async function* counted(roomId: string): AsyncGenerator<ExportedMessage> {
    for await (const message of readMessages(client, roomId)) {
      messages += 1;
      yield message;
    }
  }
  for (const { id } of rooms) {
    await archive.write(`messages/${id}.ndjson`, lines(counted(id)));
    for await (const file of readFiles(client, id)) {
      const bytes = await readBytes(storage, file);
      if (bytes === undefined) {
        gone += 1;
        continue;
      }
      await archive.write(`files/${file.id}`, bytes);
      files += 1;
    }
  }
  return { rooms: rooms.length, messages, files, leftOut: 0, gone };
}

async function readHead(client: pg.ClientBase): Promise<object> {
  const { rows } = await client.query<{ at: string }>('select now()::text as at');
  const source = await readSource(client);
  return { format: 'trumpet', version: 1, source, exportedAt: rows[0]?.at };
}

async function* lines(items: Iterable<object> | AsyncIterable<object>): AsyncGenerator<string> {
  for await (const item of items) {
    yield `${JSON.stringify(item)}\n`;
  }
}
