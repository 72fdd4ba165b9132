import type { AttachmentSettings } from '../config/attachments.ts';

/** From where a browser gets files that this server does not send itself. */
export function storageOrigin({ s3 }: Pick<AttachmentSettings, 's3'>): string | undefined {
  if (s3 === undefined) {
    return undefined;
  }
  return s3.endpoint === undefined
    ? `https://${s3.bucket}.s3.${s3.region}.amazonaws.com`
    : new URL(s3.endpoint).origin;
}
