import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobHelpers } from 'graphile-worker';
import { THUMBNAIL_SIDE, THUMBNAIL_TYPE } from '../attachments/inspection.ts';
import type { Inspector } from '../attachments/inspector.ts';
import type { AttachmentStorage } from '../attachments/storage.ts';
import type { TemporaryFolder } from '../attachments/temporary-folder.ts';
import { type FetchPageOptions, fetchPicture } from './fetch-page.ts';

/** The small picture of a preview, which is in the storage. */
export interface Thumbnail {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Fetches a picture, and puts a small one that was made of it into the storage: no reader asks the other site. Null for
 * what is no picture to be looked at.
 *
 * @throws Error that says why it is not fetched
 */
export type MakeThumbnail = (
  address: string,
  options: FetchPageOptions & Pick<JobHelpers, 'query'>,
) => Promise<Thumbnail | null>;

export interface ThumbnailMakerOptions {
  readonly storage: AttachmentStorage;
  /** Of its own: no file of a message waits for pictures of strangers. */
  readonly inspector: Inspector;
  readonly temporary: TemporaryFolder;
}

const TIMEOUT_MS = 5_000;
/** What is smaller on a side counts visits, or divides lines. */
const LEAST_SIDE = 32;

export function createThumbnailMaker(options: ThumbnailMakerOptions): MakeThumbnail {
  const { storage, inspector, temporary } = options;
  return async function makeThumbnail(address, { query, ...fetching }) {
    const { bytes, mimeType } = await fetchPicture(address, { ...fetching, timeoutMs: TIMEOUT_MS });
    return await temporary.using(async (folder) => {
      const [path, thumbnailPath] = [join(folder, 'picture'), join(folder, 'thumbnail')];
      await writeFile(path, bytes);
      const result = await inspector.inspect({
        ...{ kind: 'picture', mimeType, path, thumbnailPath },
        rewrittenPath: join(folder, 'rewritten'),
      });
      if (result.kind !== 'picture' || !result.hasThumbnail) {
        return null;
      }
      const [width, height] = [result.width ?? 0, result.height ?? 0];
      if (Math.min(width, height) < LEAST_SIDE) {
        return null;
      }
      const { rows } = await query<{ id: string }>(
        'select app_private.begin_link_thumbnail() as id',
      );
      const { id } = rows[0] as { id: string };
      await storage.put(id, 'thumbnail', thumbnailPath, THUMBNAIL_TYPE);
      const scale = Math.min(1, THUMBNAIL_SIDE / Math.max(width, height));
      const scaled = (side: number) => Math.max(1, Math.round(side * scale));
      return { id, width: scaled(width), height: scaled(height) };
    });
  };
}
