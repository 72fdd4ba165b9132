import type { AttachmentSettings } from '../config/attachments.ts';
import { createDiskStorage } from './disk-storage.ts';
import type { AttachmentStorage } from './storage.ts';

/** The storage that the settings name: an S3 bucket, or a folder under DATA_DIR. */
export async function openStorage(settings: AttachmentSettings): Promise<AttachmentStorage> {
  if (settings.s3 === undefined) {
    return createDiskStorage(settings.directory);
  }
  // The SDK is large: only who uses it pays for it.
  const { createS3Storage } = await import('./s3-storage.ts');
  return createS3Storage(settings.s3);
}
