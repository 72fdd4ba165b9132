import { basename, dirname } from 'node:path';
import { create as contentDisposition } from 'content-disposition';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { PICTURE_TYPES, typeToServe } from '../attachments/file-types.ts';
import { THUMBNAIL_TYPE } from '../attachments/inspection.ts';
import { createInspector } from '../attachments/inspector.ts';
import { openStorage } from '../attachments/open-storage.ts';
import { createReceiver } from '../attachments/receiver.ts';
import {
  ATTACHMENT_PARTS,
  type AttachmentPart,
  createAddressSigner,
} from '../attachments/signed-url.ts';
import { type DownloadHeaders, STORED_PARTS, type StoredPart } from '../attachments/storage.ts';
import { createUploadLocker } from '../attachments/upload-locker.ts';
import type { AttachmentSettings } from '../config/attachments.ts';
import { isUuid } from '../database/uuid.ts';
import { TrumpetError } from '../errors/codes.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { rememberViewer, type Viewer } from '../identity/viewer.ts';
import { cors } from './cors.ts';
import type { IsOriginAllowed } from './origins.ts';

/** The last part of the address of a square. */
const AVATAR_PARTS: ReadonlyMap<string, StoredPart> = new Map([
  ['64.webp', 'square64'],
  ['256.webp', 'square256'],
]);
/** Far more than 256 by 256 pixels need. */
const MAX_SQUARE_BYTES = 1_000_000;
/** How long caches may keep the picture of a person, which is how long one that was taken away may still be seen. */
const AVATAR_LIFETIME_S = 24 * 60 * 60;

export interface AttachmentsOptions {
  readonly settings: AttachmentSettings;
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  /** The same login, for a connection that is kept. */
  readonly authDatabaseUrl: string;
  readonly authenticator: Authenticator;
  /** The addresses of downloads are signed with a key derived from it. */
  readonly jwtSecret: string;
  readonly isOriginAllowed: IsOriginAllowed;
}

export interface Attachments {
  readonly router: Router;
  /** `/avatars`: the pictures of people, for whoever has the address. */
  readonly avatars: Router;
  close(): Promise<void>;
}

/** What `app_hidden.find_upload` knows. */
interface StoredUpload {
  readonly uploader_id: string | null;
  readonly filename: string;
  readonly mime_type: string | null;
  readonly status: 'processing' | 'ready' | 'refused';
  readonly is_original: boolean;
  readonly is_rewritten: boolean;
  readonly has_thumbnail: boolean;
  readonly is_received: boolean;
}

/**
 * `/attachments`: uploads by tus 1.0 for whoever is signed in, and downloads for whoever holds a signed address. To be
 * mounted before `cors`, because tus has methods and headers of its own that pages have to be allowed.
 */
export async function createAttachments(options: AttachmentsOptions): Promise<Attachments> {
  const { pool, authenticator, isOriginAllowed } = options;
  const storage = await openStorage(options.settings);
  const inspector = createInspector();
  const locker = createUploadLocker(options.authDatabaseUrl);
  const signer = createAddressSigner(options.jwtSecret);
  const receiver = createReceiver({
    pool,
    storage,
    inspector,
    locker,
    settings: options.settings,
  });

  async function findUpload(id: string): Promise<StoredUpload | undefined> {
    if (!isUuid(id)) {
      return undefined;
    }
    const { rows } = await pool.query<StoredUpload>('select * from app_hidden.find_upload($1)', [
      id,
    ]);
    return rows[0];
  }

  async function requireViewer(authorization: string | undefined): Promise<Viewer> {
    const viewer = await authenticator.authenticateHeader(authorization);
    if (viewer === undefined) {
      throw new TrumpetError('UNAUTHENTICATED');
    }
    return viewer;
  }

  const begin: RequestHandler = async (req, res) => {
    rememberViewer(req, await requireViewer(req.headers.authorization));
    await receiver.handle(req, res);
  };

  const proceed: RequestHandler<{ id: string }> = async (req, res) => {
    const viewer = await requireViewer(req.headers.authorization);
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

  const download: RequestHandler<{ id: string; part: string }> = async (req, res, next) => {
    const { id, part } = req.params;
    if (!isAttachmentPart(part)) {
      throw new TrumpetError('NOT_FOUND');
    }
    const { expires, signature } = req.query;
    const lifetime_s = signer.verify(id, part, expires, signature);
    if (lifetime_s === undefined) {
      throw new TrumpetError(
        'FORBIDDEN',
        'This address has expired or is not ours: ask for a new one.',
      );
    }
    const upload = await findUpload(id);
    if (upload?.status !== 'ready' || (part === 'thumbnail' && !upload.has_thumbnail)) {
      throw new TrumpetError('NOT_FOUND', 'This file is gone.');
    }
    const headers = downloadHeaders(upload, part);
    const location = await storage.locate(id, storedPart(upload, part), headers, lifetime_s);
    res.set({
      'Cache-Control': `private, max-age=${lifetime_s}`,
      // Pages of other origins show pictures too; the signature is what guards them.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (location.kind === 'address') {
      res.redirect(302, location.address);
      return;
    }
    res.set({
      'Content-Type': headers.contentType,
      'Content-Disposition': headers.contentDisposition,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
    });
    // With a root, and a name of our own below it, nothing but that file can be meant.
    const file = { root: dirname(location.path), cacheControl: false };
    res.sendFile(basename(location.path), file, (error) => {
      if (error !== undefined && !res.headersSent) {
        next(error);
      }
    });
  };

  /** tus answers with the origin that it was asked from. */
  const hideOrigin: RequestHandler = (req, _res, next) => {
    const { origin, host } = req.headers;
    if (origin !== undefined && !isOriginAllowed(origin, host)) {
      delete req.headers.origin;
    }
    next();
  };

  const avatar: RequestHandler<{ id: string; square: string }> = async (req, res) => {
    const { id, square } = req.params;
    const part = AVATAR_PARTS.get(square);
    const { rows } =
      part !== undefined && isUuid(id)
        ? await pool.query<{ found: boolean }>('select app_hidden.find_avatar($1) as found', [id])
        : { rows: [] };
    if (part === undefined || rows[0]?.found !== true) {
      throw new TrumpetError('NOT_FOUND', 'This picture is gone.');
    }
    // Some kilobytes. Another picture has another address.
    const bytes = await storage.readHead(id, part, MAX_SQUARE_BYTES);
    res.set({
      'Cache-Control': `public, max-age=${AVATAR_LIFETIME_S}, immutable`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Content-Type': THUMBNAIL_TYPE,
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    res.send(bytes);
  };

  const avatars = Router();
  avatars.get('/:id/:square', cors(isOriginAllowed), avatar);

  const router = Router();
  router.use(hideOrigin);
  router.options('/', (req, res) => receiver.handle(req, res));
  router.options('/:id', async (req, res, next) => {
    // Whether there is such an upload is told to its uploader alone; what cannot be one is none to anybody.
    if (isUuid(req.params.id)) {
      await receiver.handle(req, res);
    } else {
      next();
    }
  });
  router.post('/', begin);
  for (const method of ['head', 'patch', 'delete'] as const) {
    router[method]('/:id', proceed);
  }
  router.get('/:id/:part', cors(isOriginAllowed), download);
  return {
    router,
    avatars,
    async close() {
      await Promise.all([inspector.close(), locker.close()]);
      storage.close();
    },
  };
}

function isAttachmentPart(part: string): part is AttachmentPart {
  return (ATTACHMENT_PARTS as readonly string[]).includes(part);
}

function storedPart(upload: StoredUpload, part: AttachmentPart): StoredPart {
  if (part === 'thumbnail') {
    return 'thumbnail';
  }
  return upload.is_rewritten ? 'rewritten' : 'original';
}

/** Pictures that are safe are shown in place; everything else is saved to disk, whatever it is. */
function downloadHeaders(upload: StoredUpload, part: AttachmentPart): DownloadHeaders {
  // What was not cleaned is not shown by a browser either.
  const type = upload.is_original ? '' : (upload.mime_type ?? '');
  if (part === 'thumbnail') {
    return { contentType: THUMBNAIL_TYPE, contentDisposition: 'inline' };
  }
  return {
    contentType: typeToServe(type),
    contentDisposition: contentDisposition(upload.filename, {
      type: PICTURE_TYPES.has(type) ? 'inline' : 'attachment',
    }),
  };
}
