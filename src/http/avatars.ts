import { type RequestHandler, type Response, Router } from 'express';
import type { Pool } from 'pg';
import { THUMBNAIL_TYPE } from '../attachments/inspection.ts';
import type { AttachmentStorage, StoredPart } from '../attachments/storage.ts';
import { isUuid } from '../database/uuid.ts';
import { TrumpetError } from '../errors/codes.ts';
import { cors } from './cors.ts';
import type { IsOriginAllowed } from './origins.ts';

/** The last part of the address of a square. */
const AVATAR_PARTS: ReadonlyMap<string, StoredPart> = new Map([
  ['64.webp', 'square64'],
  ['256.webp', 'square256'],
]);
/** Far more than 256 by 256 pixels need. */
const MAX_SQUARE_BYTES = 1_000_000;
/** How long caches may keep a picture, which is how long one that was taken away may still be seen. */
const PICTURE_LIFETIME_S = 24 * 60 * 60;

interface AvatarsOptions {
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  readonly storage: AttachmentStorage;
  readonly isOriginAllowed: IsOriginAllowed;
}

/** `/avatars`: the pictures of people, for whoever has the address. */
export function createAvatars({ pool, storage, isOriginAllowed }: AvatarsOptions): Router {
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
    sendPicture(res, await storage.readHead(id, part, MAX_SQUARE_BYTES));
  };

  const avatars = Router();
  avatars.get('/:id/:square', cors(isOriginAllowed), avatar);
  return avatars;
}

/** Sends a picture that the worker has made, and that never changes. */
export function sendPicture(res: Response, bytes: Buffer): void {
  res.set({
    'Cache-Control': `public, max-age=${PICTURE_LIFETIME_S}, immutable`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Content-Type': THUMBNAIL_TYPE,
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
  res.send(bytes);
}
