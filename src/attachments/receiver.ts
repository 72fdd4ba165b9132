import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Locker, Server, type Upload } from '@tus/server';
import type { Pool } from 'pg';
import type { AttachmentSettings } from '../config/attachments.ts';
import { ERROR_CODES, type ErrorCode, TrumpetError } from '../errors/codes.ts';
import { errorBody } from '../errors/error-body.ts';
import { explainDatabaseError, isDatabaseError } from '../errors/from-sqlstate.ts';
import { httpStatusOf } from '../errors/http-status.ts';
import { logUnexpected } from '../errors/unexpected.ts';
import { type Viewer, viewerOf } from '../identity/viewer.ts';
import {
  claimsToBePicture,
  claimsToBeSoundOrVideo,
  HEAD_BYTES,
  isPicture,
  isReadablePicture,
  isSoundOrVideo,
  PICTURE_TYPES,
  typeOfBytes,
} from './file-types.ts';
import { cleanFilename } from './filename.ts';
import type { Inspector } from './inspector.ts';
import { attachmentMetrics } from './metrics.ts';
import { type AttachmentStorage, STORED_PARTS } from './storage.ts';
import { canBeStripped } from './stripping/strip.ts';
import { collectUploadGarbage } from './upload-garbage.ts';

/** The code of what tus itself refuses. Its 403 is about missing headers. */
const CODE_OF_STATUS: Record<number, ErrorCode> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  410: 'NOT_FOUND',
  413: 'TOO_LARGE',
};

/** What tus answers to extensions of the protocol that it does not have. */
const NOT_IMPLEMENTED = 501;

/** What is offered of tus beyond its core. Stores would offer sizes that are told later, and uploads that expire. */
const EXTENSIONS = ['creation', 'creation-with-upload', 'termination'];

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
  const { pool, storage, inspector, settings } = options;
  collectUploadGarbage(storage.uploads);
  storage.uploads.extensions = [...EXTENSIONS];
  const server = new Server({
    path: '/attachments',
    relativeLocation: true,
    datastore: storage.uploads,
    locker: options.locker,
    maxSize: settings.maxBytes,
    // The caller has taken away an origin that is not.
    allowedOrigins: () => true,
    namingFunction: (request, metadata) =>
      begin(
        viewerOf(request.runtime?.node?.req),
        request.headers.get('upload-length'),
        metadata?.filename ?? metadata?.name,
      ),
    async onUploadFinish(_request, upload) {
      await finish(upload);
      return {};
    },
    onResponseError: (_request, error) => responseTo(error),
  });
  // The worker may have removed some of it already, and a request that was ended by this one may have added to it.
  server.datastore.remove = (id) => storage.remove(id, STORED_PARTS);
  const write = server.write.bind(server);
  server.write = (context, headers, status, body = '') => {
    if (status < 400) {
      return write(context, headers, status, body);
    }
    headers.set('Content-Type', 'application/json; charset=utf-8');
    const refusal = body.startsWith('{') ? body : tusRefusal(status, body);
    const code: string | undefined = JSON.parse(refusal).errors[0].extensions.code;
    attachmentMetrics.refused.inc({ cause: code?.toLowerCase() ?? 'error' });
    return write(context, headers, status, refusal);
  };

  async function begin(
    viewer: Viewer | undefined,
    length: string | null,
    filename: string | null | undefined,
  ): Promise<string> {
    if (viewer === undefined) {
      throw new TrumpetError('UNAUTHENTICATED');
    }
    if (length === null) {
      throw new TrumpetError('BAD_INPUT', 'Upload-Length is needed: the size is known beforehand.');
    }
    const byteSize = Number(length);
    if (byteSize === 0) {
      throw new TrumpetError('BAD_INPUT', 'An empty file cannot be sent.');
    }
    if (byteSize > settings.maxBytes) {
      throw new TrumpetError('TOO_LARGE', `A file has at most ${settings.maxBytes} bytes.`);
    }
    const { rows } = await pool.query<{ id: string }>(
      'select app_hidden.begin_upload($1, $2, $3, $4, $5) as id',
      [
        viewer.userId,
        cleanFilename(filename),
        byteSize,
        settings.maxFilesADay,
        settings.maxBytesADay,
      ],
    );
    return (rows[0] as { id: string }).id;
  }

  async function finish(upload: Upload): Promise<void> {
    const head = await storage.readHead(upload.id, 'original', HEAD_BYTES);
    const type = await typeOfBytes(head);
    try {
      if (isAvatar(upload) && !isReadablePicture(type)) {
        throw new TrumpetError('BAD_INPUT', 'An avatar is a PNG, JPEG, GIF, WebP, AVIF or TIFF.');
      }
      if (!isOriginal(upload)) {
        refuseUnclean(upload, type);
      }
      if (PICTURE_TYPES.has(type)) {
        await refuseBomb(head);
      }
    } catch (error) {
      await discard(upload.id);
      throw error;
    }
    await pool.query('select app_hidden.receive_upload($1, $2, $3, $4)', [
      upload.id,
      type,
      isOriginal(upload),
      isAvatar(upload),
    ]);
    attachmentMetrics.received.inc();
    attachmentMetrics.receivedBytes.inc(upload.size ?? 0);
  }

  /**
   * Files of people's lives tell where they were made. What cannot be freed of that is refused, and what has the name
   * of such a file and is not known here: it would be shown by its name.
   */
  function refuseUnclean({ metadata }: Upload, type: string): void {
    const filename = metadata?.filename ?? metadata?.name ?? '';
    if (!isPicture(type) && claimsToBePicture(filename, metadata?.filetype)) {
      throw new TrumpetError('BAD_INPUT', 'This file is called a picture and is none.');
    }
    if (!isSoundOrVideo(type) && claimsToBeSoundOrVideo(filename)) {
      throw new TrumpetError('BAD_INPUT', 'This file is called a sound or video and is none.');
    }
    if ((isPicture(type) || isSoundOrVideo(type)) && !canBeStripped(type)) {
      throw new TrumpetError(
        'BAD_INPUT',
        `Files of the type ${type} may tell where they were made. To send one as it is, upload it with the metadata "original true".`,
      );
    }
  }

  /** The worker looks closely; what the first bytes give away is told at once. */
  async function refuseBomb(head: Uint8Array): Promise<void> {
    const result = await inspector.inspect({ kind: 'measure', head }).catch(() => undefined);
    if (result?.kind === 'too_large') {
      throw new TrumpetError('TOO_LARGE', 'This picture has too many pixels.');
    }
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

/** Whether it is to be the picture of its uploader. */
function isAvatar({ metadata }: Upload): boolean {
  return metadata?.purpose === 'avatar';
}

/** Whether its uploader wants it kept byte for byte, and has said so. */
function isOriginal({ metadata }: Upload): boolean {
  return metadata?.original === 'true';
}

/** What a refusal or a failure looks like to the one who uploads: GraphQL's shape, as everywhere. */
function responseTo(error: unknown): { status_code: number; body: string } {
  const known = asTrumpetError(error);
  if (known !== undefined) {
    return {
      // tus clients give up on all of these but 409.
      status_code: httpStatusOf(known.code),
      body: JSON.stringify(errorBody(known)),
    };
  }
  const { status_code, body } = error as { status_code?: number; body?: string };
  if (status_code === NOT_IMPLEMENTED) {
    // It is the request that is wrong: trying again, as clients do after 5xx, does not help.
    return { status_code: 400, body: tusRefusal(400, body ?? '') };
  }
  if (status_code !== undefined && status_code < 500) {
    return { status_code, body: tusRefusal(status_code, body ?? '') };
  }
  return {
    status_code: 500,
    body: JSON.stringify(errorBody(logUnexpected('attachments.upload_failed', error))),
  };
}

function tusRefusal(status: number, text: string): string {
  const code = CODE_OF_STATUS[status] ?? 'BAD_INPUT';
  const message = text.trim() || ERROR_CODES[code];
  return JSON.stringify(errorBody({ message, extensions: { code } }));
}

/** Ours, thrown here or raised by SQL. */
function asTrumpetError(error: unknown): TrumpetError | undefined {
  if (error instanceof TrumpetError) {
    return error;
  }
  return isDatabaseError(error) ? explainDatabaseError(error, false) : undefined;
}
