import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Locker, Upload } from '@tus/server';
import type { Pool } from 'pg';
import type { AttachmentSettings } from '../config/attachments.ts';
import { isDatabaseAway } from '../database/away.ts';
import { TrumpetError } from '../errors/codes.ts';
import { databaseAway } from '../errors/database-away.ts';
import { explainDatabaseError, isDatabaseError } from '../errors/from-sqlstate.ts';
import { HEAD_BYTES, typeOfBytes } from './file-types.ts';
import { cleanFilename } from './filename.ts';
import type { Inspector } from './inspector.ts';
import { attachmentMetrics } from './metrics.ts';
import { createReceivedFileCheck, isAvatar, isCustomEmoji, isOriginal } from './received-file.ts';
import type { AttachmentStorage } from './storage.ts';
import { type BeginRequest, createTusServer } from './tus-server.ts';

export interface ReceiverOptions {
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  readonly storage: AttachmentStorage;
  readonly inspector: Inspector;
  /** Lets one request at a time write to an upload. */
  readonly locker: Locker;
  readonly settings: Pick<AttachmentSettings, 'maxBytes' | 'maxBytesADay' | 'maxFilesADay'>;
}

export interface Receiver {
  /** Answers a request of the tus protocol. The caller has checked who sends it and whose upload it is about. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Notes that an upload is complete, should the process have died before it could. */
  finishIfComplete(uploadId: string): Promise<void>;
  /** Gives up an upload. @throws TrumpetError CONFLICT when it belongs to a message. */
  discard(uploadId: string): Promise<void>;
}

/** Receives uploads by tus 1.0: begun by POST, continued by PATCH from where HEAD says that it stopped. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { pool, storage, locker, settings } = options;
  const { maxBytes, maxFilesADay, maxBytesADay } = settings;
  const checkReceived = createReceivedFileCheck(options.inspector);
  const explain = asTrumpetError;
  const server = createTusServer({ storage, locker, maxBytes, begin, finish, explain });

  async function begin({ viewer, length, filename }: BeginRequest): Promise<string> {
    if (viewer === undefined) {
      throw new TrumpetError('UNAUTHENTICATED');
    }
    const byteSize = parseByteSize(length, maxBytes);
    const { rows } = await pool.query<{ id: string }>(
      'select app_hidden.begin_upload($1, $2, $3, $4, $5, $6) as id',
      [
        viewer.userId,
        viewer.sessionId,
        cleanFilename(filename),
        byteSize,
        maxFilesADay,
        maxBytesADay,
      ],
    );
    return (rows[0] as { id: string }).id;
  }

  async function finish(upload: Upload): Promise<void> {
    const head = await storage.readHead(upload.id, 'original', HEAD_BYTES);
    const type = await typeOfBytes(head);
    try {
      await checkReceived(upload, head, type);
    } catch (error) {
      await discard(upload.id);
      throw error;
    }
    await pool.query('select app_hidden.receive_upload($1, $2, $3, $4, $5)', [
      upload.id,
      type,
      isOriginal(upload),
      isAvatar(upload),
      isCustomEmoji(upload),
    ]);
    attachmentMetrics.received.inc();
    attachmentMetrics.receivedBytes.inc(upload.size ?? 0);
  }

  async function discard(uploadId: string): Promise<void> {
    try {
      await pool.query('select app_hidden.discard_upload($1)', [uploadId]);
    } catch (error) {
      throw asTrumpetError(error) ?? error;
    }
  }

  return {
    handle: (request, response) => server.handle(request, response),
    async finishIfComplete(uploadId) {
      const upload = await storage.uploads.getUpload(uploadId);
      if (upload.offset === upload.size) {
        await finish(upload);
      }
    },
    discard,
  };
}

/** @throws TrumpetError BAD_INPUT, TOO_LARGE */
function parseByteSize(length: string | null, maxBytes: number): number {
  if (length === null) {
    throw new TrumpetError('BAD_INPUT', 'Upload-Length is needed: the size is known beforehand.');
  }
  const byteSize = Number(length);
  if (byteSize === 0) {
    throw new TrumpetError('BAD_INPUT', 'An empty file cannot be sent.');
  }
  if (byteSize > maxBytes) {
    throw new TrumpetError('TOO_LARGE', `A file has at most ${maxBytes} bytes.`);
  }
  return byteSize;
}

/** Ours, thrown here or raised by SQL. */
function asTrumpetError(error: unknown): TrumpetError | undefined {
  if (error instanceof TrumpetError) {
    return error;
  }
  if (isDatabaseAway(error)) {
    return databaseAway();
  }
  return isDatabaseError(error) ? explainDatabaseError(error, false) : undefined;
}
