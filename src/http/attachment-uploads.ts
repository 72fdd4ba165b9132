import { type RequestHandler, Router } from 'express';
import type { Receiver } from '../attachments/receiver.ts';
import { type AttachmentStorage, STORED_PARTS } from '../attachments/storage.ts';
import { isUuid } from '../database/uuid.ts';
import { TrumpetError } from '../errors/codes.ts';
import type { Authenticator, CredentialHeaders } from '../identity/authenticator.ts';
import type { ServerKeys } from '../identity/server-keys.ts';
import { rememberViewer, type Viewer } from '../identity/viewer.ts';
import type { IsOriginAllowed } from './origins.ts';
import type { FindUpload } from './stored-upload.ts';

interface UploadsOptions {
  readonly authenticator: Authenticator;
  readonly serverKeys: ServerKeys;
  readonly receiver: Receiver;
  readonly storage: AttachmentStorage;
  readonly findUpload: FindUpload;
  readonly isOriginAllowed: IsOriginAllowed;
}

/** Uploads by tus for whoever is signed in. */
export function createUploads(options: UploadsOptions): Router {
  const { receiver } = options;
  const router = Router();
  router.use(hideOrigin(options.isOriginAllowed));
  router.options('/', (req, res) => receiver.handle(req, res));
  router.options('/:id', async (req, res, next) => {
    // Whether there is such an upload is told to its uploader alone; what cannot be one is none to anybody.
    if (isUuid(req.params.id)) {
      await receiver.handle(req, res);
    } else {
      next();
    }
  });
  router.post('/', createBegin(options));
  const proceed = createProceed(options);
  for (const method of ['head', 'patch', 'delete'] as const) {
    router[method]('/:id', proceed);
  }
  return router;
}

/** tus answers with the origin that it was asked from. */
function hideOrigin(isOriginAllowed: IsOriginAllowed): RequestHandler {
  return (req, _res, next) => {
    const { origin, host } = req.headers;
    if (origin !== undefined && !isOriginAllowed(origin, host)) {
      delete req.headers.origin;
    }
    next();
  };
}

/** @throws TrumpetError UNAUTHENTICATED, and FORBIDDEN for a key that may not write */
async function requireViewer(
  { authenticator, serverKeys }: UploadsOptions,
  headers: CredentialHeaders,
): Promise<Viewer> {
  const viewer = await authenticator.authenticateHeaders(headers);
  if (viewer === undefined) {
    throw new TrumpetError('UNAUTHENTICATED');
  }
  await serverKeys.checkUpload(viewer);
  return viewer;
}

function createBegin(options: UploadsOptions): RequestHandler {
  return async function begin(req, res) {
    rememberViewer(req, await requireViewer(options, req.headers));
    await options.receiver.handle(req, res);
  };
}

/** Goes on with an upload, tells how far it has come, or gives it up. */
function createProceed(options: UploadsOptions): RequestHandler<{ id: string }> {
  const { receiver, storage, findUpload } = options;
  return async function proceed(req, res) {
    const viewer = await requireViewer(options, req.headers);
    const { id } = req.params;
    const upload = await findUpload(id);
    // Someone else's is as if it were not there.
    if (upload?.uploader_id !== viewer.userId) {
      throw new TrumpetError('NOT_FOUND', 'There is no such upload.');
    }
    if (req.method === 'DELETE') {
      await receiver.discard(id);
    } else if (!upload.is_received && req.method === 'HEAD') {
      await receiver.finishIfComplete(id);
    }
    await receiver.handle(req, res);
    if (req.method === 'PATCH' && (await findUpload(id)) === undefined) {
      // Given up while it came: what came since the worker removed the rest is not to stay.
      await storage.remove(id, STORED_PARTS);
    }
  };
}
