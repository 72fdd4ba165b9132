import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { AttachmentStorage, StoredPart } from '../attachments/storage.ts';
import { isUuid } from '../database/uuid.ts';
import { TrumpetError } from '../errors/codes.ts';
import { sendPicture } from './avatars.ts';
import { cors } from './cors.ts';
import type { IsOriginAllowed } from './origins.ts';

/** The last part of the address of a picture. */
const EMOJI_PARTS: ReadonlyMap<string, StoredPart> = new Map([
  ['emoji.webp', 'emoji'],
  ['still.webp', 'stillEmoji'],
]);
/** What comes in is half as large, and frames may need more as WebP. */
const MAX_BYTES = 2_000_000;

interface CustomEmojiOptions {
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  readonly storage: AttachmentStorage;
  readonly isOriginAllowed: IsOriginAllowed;
}

/** `/custom-emoji`: the pictures of custom emoji, for whoever has the address. */
export function createCustomEmoji({ pool, storage, isOriginAllowed }: CustomEmojiOptions): Router {
  const picture: RequestHandler<{ id: string; file: string }> = async (req, res) => {
    const { id, file } = req.params;
    const part = EMOJI_PARTS.get(file);
    const { rows } =
      part !== undefined && isUuid(id)
        ? await pool.query<{ found: boolean }>('select app_hidden.find_custom_emoji($1) as found', [
            id,
          ])
        : { rows: [] };
    if (part === undefined || rows[0]?.found !== true) {
      throw new TrumpetError('NOT_FOUND', 'This picture is gone.');
    }
    sendPicture(res, await storage.readHead(id, part, MAX_BYTES));
  };

  const customEmoji = Router();
  customEmoji.get('/:id/:file', cors(isOriginAllowed), picture);
  return customEmoji;
}
