import type { Pool } from 'pg';
import { isUuid } from '../database/uuid.ts';

/** What `app_hidden.find_upload` knows. */
export interface StoredUpload {
  readonly uploader_id: string | null;
  readonly filename: string;
  readonly mime_type: string | null;
  readonly status: 'processing' | 'ready' | 'refused';
  readonly is_original: boolean;
  readonly is_rewritten: boolean;
  readonly has_thumbnail: boolean;
  readonly is_received: boolean;
  /** Whether the message that it is bound to waits for a moderator. */
  readonly is_held: boolean;
}

export type FindUpload = (id: string) => Promise<StoredUpload | undefined>;

/** @param pool connections of the unprivileged login */
export function createUploadFinder(pool: Pool): FindUpload {
  return async function findUpload(id) {
    if (!isUuid(id)) {
      return undefined;
    }
    const { rows } = await pool.query<StoredUpload>('select * from app_hidden.find_upload($1)', [
      id,
    ]);
    return rows[0];
  };
}
