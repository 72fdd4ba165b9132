import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import type { TestUser } from '../../support/database.ts';

export interface UploadSettings {
  readonly filename?: string;
  readonly filetype?: string;
  /** Breaks the connection once so many bytes have been sent. */
  readonly breakAt?: number;
  readonly chunkSize?: number;
  readonly options?: Partial<UploadOptions>;
}

/** What the server answered to an upload that it refused. */
export class UploadRefused extends Error {
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(error: Error | DetailedError) {
    super(error.message);
    const response = 'originalResponse' in error ? error.originalResponse : undefined;
    this.status = response?.getStatus();
    try {
      this.code = JSON.parse(response?.getBody() ?? '').errors[0].extensions.code;
    } catch {
      this.code = undefined;
    }
  }
}

/** Uploads with tus-js-client, as an app does. Resolves with the upload's id. */
export async function uploadFile(
  serverUrl: string,
  uploader: TestUser,
  bytes: Buffer,
  settings: UploadSettings = {},
): Promise<string> {
  const {
    filename = 'file.bin',
    filetype = '',
    breakAt,
    chunkSize = Number.POSITIVE_INFINITY,
  } = settings;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let isBroken = false;
  const upload = new Upload(bytes, {
    endpoint: `${serverUrl}/attachments`,
    headers: { authorization: `Bearer ${uploader.token}` },
    metadata: { filename, filetype },
    chunkSize,
    retryDelays: null,
    onProgress(sent) {
      if (breakAt !== undefined && !isBroken && sent >= breakAt) {
        isBroken = true;
        // Ends the request in the middle, as a lost connection does; then the app comes back.
        upload.abort().then(() => upload.start());
      }
    },
    onSuccess: () => resolve(),
    onError: (error) => reject(new UploadRefused(error)),
    ...settings.options,
  });
  upload.start();
  await promise;
  return uploadId(upload);
}

export function uploadId(upload: Upload): string {
  return new URL(upload.url ?? '').pathname.split('/').at(-1) as string;
}
