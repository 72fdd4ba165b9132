import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { AttachmentStorage } from '../attachments/storage.ts';
import { isUuid } from '../database/uuid.ts';
import { TrumpetError } from '../errors/codes.ts';
import { sendPicture } from './avatars.ts';
import { cors } from './cors.ts';
import type { IsOriginAllowed } from './origins.ts';

/** Far more than 512 by 512 pixels need. */
const MAX_BYTES = 2_000_000;

interface LinkThumbnailsOptions {
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  readonly storage: AttachmentStorage;
  readonly isOriginAllowed: IsOriginAllowed;
}

/** `/link-thumbnails`: the pictures of link previews, for whoever has the address. */
export function createLinkThumbnails({
  pool,
  storage,
  isOriginAllowed,
}: LinkThumbnailsOptions): Router {
  const thumbnail: RequestHandler<{ file: string }> = async (req, res) => {
    const [, id] = /^([0-9a-f-]+)\.webp$/.exec(req.params.file) ?? [];
    const { rows } = isUuid(id ?? '')
      ? await pool.query<{ found: boolean }>('select app_hidden.find_link_thumbnail($1) as found', [
          id,
        ])
      : { rows: [] };
    if (id === undefined || rows[0]?.found !== true) {
      throw new TrumpetError('NOT_FOUND', 'This picture is gone.');
    }
    sendPicture(res, await storage.readHead(id, 'thumbnail', MAX_BYTES));
  };

  const thumbnails = Router();
  thumbnails.get('/:file', cors(isOriginAllowed), thumbnail);
  return thumbnails;
}
