import { type Locker, Server, type Upload } from '@tus/server';
import { ERROR_CODES, type ErrorCode, type TrumpetError } from '../errors/codes.ts';
import { errorBody } from '../errors/error-body.ts';
import { httpStatusOf } from '../errors/http-status.ts';
import { logUnexpected } from '../errors/unexpected.ts';
import { type Viewer, viewerOf } from '../identity/viewer.ts';
import { attachmentMetrics } from './metrics.ts';
import { type AttachmentStorage, STORED_PARTS } from './storage.ts';
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

/** What somebody asks who begins an upload. */
export interface BeginRequest {
  readonly viewer: Viewer | undefined;
  readonly length: string | null;
  readonly filename: string | null | undefined;
}

interface TusServerOptions {
  readonly storage: AttachmentStorage;
  readonly locker: Locker;
  readonly maxBytes: number;
  /** Gives a new upload its id. @throws what is told to the one who uploads */
  readonly begin: (request: BeginRequest) => Promise<string>;
  /** Told when all bytes are there. @throws what is told to the one who uploads */
  readonly finish: (upload: Upload) => Promise<void>;
  /** An error as it may be told; undefined when it is unexpected. */
  readonly explain: (error: unknown) => TrumpetError | undefined;
}

/** A server of tus 1.0 that refuses in the shape of GraphQL, as everything else here. */
export function createTusServer(options: TusServerOptions): Server {
  const { storage } = options;
  collectUploadGarbage(storage.uploads);
  storage.uploads.extensions = [...EXTENSIONS];
  const server = new Server({
    path: '/attachments',
    relativeLocation: true,
    datastore: storage.uploads,
    locker: options.locker,
    maxSize: options.maxBytes,
    // The caller has taken away an origin that is not.
    allowedOrigins: () => true,
    namingFunction: (request, metadata) =>
      options.begin({
        viewer: viewerOf(request.runtime?.node?.req),
        length: request.headers.get('upload-length'),
        filename: metadata?.filename ?? metadata?.name,
      }),
    async onUploadFinish(_request, upload) {
      await options.finish(upload);
      return {};
    },
    onResponseError: (_request, error) => responseTo(error, options.explain(error)),
  });
  // The worker may have removed some of it already, and a request that was ended by this one may have added to it.
  server.datastore.remove = (id) => storage.remove(id, STORED_PARTS);
  shapeRefusals(server);
  return server;
}

/** Gives what tus itself refuses the same shape, and counts everything that is refused. */
function shapeRefusals(server: Server): void {
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
}

/** What a refusal or a failure looks like to the one who uploads: GraphQL's shape, as everywhere. */
function responseTo(
  error: unknown,
  known: TrumpetError | undefined,
): { status_code: number; body: string } {
  if (known !== undefined) {
    return {
      // tus clients give up on all of these but 409.
      status_code: httpStatusOf(known.code),
      body: JSON.stringify(errorBody(known)),
    };
  }
  const { status_code, body = '' } = error as { status_code?: number; body?: string };
  if (status_code === NOT_IMPLEMENTED) {
    // It is the request that is wrong: trying again, as clients do after 5xx, does not help.
    return { status_code: 400, body: tusRefusal(400, body) };
  }
  if (status_code !== undefined && status_code < 500) {
    return { status_code, body: tusRefusal(status_code, body) };
  }
  // What tus throws of its own is no Error, and the log tells of nothing else.
  const reason = error instanceof Error ? error : new Error(body.trim() || String(error));
  return {
    status_code: 500,
    body: JSON.stringify(errorBody(logUnexpected('attachments.upload_failed', reason))),
  };
}

function tusRefusal(status: number, text: string): string {
  const code = CODE_OF_STATUS[status] ?? 'BAD_INPUT';
  const message = text.trim() || ERROR_CODES[code];
  return JSON.stringify(errorBody({ message, extensions: { code } }));
}
