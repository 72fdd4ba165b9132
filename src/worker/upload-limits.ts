import type { Pool } from 'pg';
import type { AttachmentSettings } from '../config/attachments.ts';

/** Notes how much a person may upload in a day: files that are forwarded count, and only the database sees them. */
export async function setUploadLimits(
  pool: Pool,
  { maxFilesADay, maxBytesADay }: AttachmentSettings,
): Promise<void> {
  await pool.query('select app_private.set_upload_limits($1, $2)', [maxFilesADay, maxBytesADay]);
}
