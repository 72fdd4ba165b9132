import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  NoSuchUpload,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { S3Store } from '@tus/s3-store';
import type { S3Settings } from '../config/attachments.ts';
import { type AttachmentStorage, objectName, type StoredPart } from './storage.ts';

/** S3 takes parts of 5 MB or more, all but the last. Each is on the local disk while it is sent. */
const UPLOAD_PART_BYTES = 8 * 1024 * 1024;
const CONCURRENT_PARTS = 4;

/** Attachments in a bucket of S3 or what speaks like it: `<id>`, tus's `<id>.info`, and what was made of it. */
export function createS3Storage(settings: S3Settings): AttachmentStorage {
  const clientConfig: S3ClientConfig = {
    region: settings.region,
    endpoint: settings.endpoint,
    // Buckets as a part of the host name are for AWS; others seldom have the names for it.
    forcePathStyle: settings.endpoint !== undefined,
    credentials: settings.credentials,
    // Checksums of the SDK's own are more than many S3-compatible servers understand.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
  const client = new S3Client(clientConfig);
  const uploads = new ClosableStore({
    partSize: UPLOAD_PART_BYTES,
    maxConcurrentPartUploads: CONCURRENT_PARTS,
    // Tags need a right of their own, and Trumpet removes what is left over itself.
    useTags: false,
    s3ClientConfig: { ...clientConfig, bucket: settings.bucket },
  });

  // As the store does it, whatever is put in the place of that for those who speak tus to it.
  const abandon = uploads.remove.bind(uploads);

  function objectOf(uploadId: string, part: StoredPart) {
    return { Bucket: settings.bucket, Key: objectName(uploadId, part) };
  }
  async function read(uploadId: string, part: StoredPart, range?: string): Promise<Readable> {
    const { Body } = await client.send(
      new GetObjectCommand({ ...objectOf(uploadId, part), Range: range }),
    );
    return Body as Readable;
  }

  return {
    uploads,
    async readHead(uploadId, part, byteCount) {
      const chunks: Buffer[] = [];
      for await (const chunk of await read(uploadId, part, `bytes=0-${byteCount - 1}`)) {
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    read: (uploadId, part) => read(uploadId, part),
    async localFile(uploadId, part, folder) {
      const path = join(folder, 'file');
      await pipeline(await read(uploadId, part), createWriteStream(path));
      return path;
    },
    async put(uploadId, part, path, contentType) {
      const { size } = await stat(path);
      await client.send(
        new PutObjectCommand({
          ...objectOf(uploadId, part),
          Body: createReadStream(path),
          ContentLength: size,
          ContentType: contentType,
        }),
      );
    },
    async copy(fromId, toId, part) {
      const { Bucket, Key } = objectOf(fromId, part);
      await client.send(
        new CopyObjectCommand({ ...objectOf(toId, part), CopySource: `${Bucket}/${Key}` }),
      );
    },
    async remove(uploadId, parts) {
      if (parts.includes('original')) {
        await abandonUpload(abandon, uploadId);
      }
      const keys = parts.map((part) => objectName(uploadId, part));
      const extra = parts.includes('original') ? [`${uploadId}.info`, `${uploadId}.part`] : [];
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({
          Bucket: settings.bucket,
          Delete: { Objects: [...keys, ...extra].map((Key) => ({ Key })), Quiet: true },
        }),
      );
      const failure = Errors.find(({ Code }) => Code !== 'NoSuchKey');
      if (failure !== undefined) {
        throw new Error(`S3 did not remove ${failure.Key}: ${failure.Code}`);
      }
    },
    async locate(uploadId, part, headers, lifetime_s) {
      const command = new GetObjectCommand({
        ...objectOf(uploadId, part),
        ResponseContentType: headers.contentType,
        ResponseContentDisposition: headers.contentDisposition,
        ResponseCacheControl: 'private, max-age=300',
      });
      const address = await getSignedUrl(client, command, { expiresIn: lifetime_s });
      return { kind: 'address', address };
    },
    close() {
      client.destroy();
      uploads.close();
    },
  };
}

/** Lets go of its own connections too, which tus does not. */
class ClosableStore extends S3Store {
  close(): void {
    this.client.destroy();
  }
}

/** Lets go of the parts of an upload that was never finished: S3 keeps, and charges for, them otherwise. */
async function abandonUpload(abandon: S3Store['remove'], uploadId: string): Promise<void> {
  try {
    await abandon(uploadId);
  } catch (error) {
    const isGone =
      error instanceof NoSuchKey ||
      error instanceof NoSuchUpload ||
      (error as { status_code?: number }).status_code === 404;
    if (!isGone) {
      throw error;
    }
  }
}
