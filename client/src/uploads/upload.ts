import { type DetailedError, Upload } from 'tus-js-client';
import { type GraphqlError, NetworkError, refusalOf, TrumpetError } from '../errors.ts';

export interface UploadOptions {
  /** Of the server. */
  readonly url: string;
  readonly token: string;
  readonly blob: Blob;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where it was begun before; it goes on there, or begins anew when the server has it no more. */
  readonly uploadUrl: string | null;
  readonly onUrl?: (uploadUrl: string) => void;
  readonly onProgress?: (bytes: number) => void;
  /** Ends it; with `GIVEN_UP` as its reason on the server too. */
  readonly signal?: AbortSignal;
}

export const GIVEN_UP = 'given up';

/** As long as no byte moves. */
const STANDING_MS = 30_000;

/**
 * Uploads a file by tus, from where it was left.
 *
 * @returns where it is
 * @throws TrumpetError when the server refuses; NetworkError when it does not answer, or it was ended
 */
export async function upload(options: UploadOptions): Promise<string> {
  const { url, token, metadata, uploadUrl, signal } = options;
  const input = await readable(options.blob);
  if (signal?.aborted) {
    throw new NetworkError('The upload was ended.');
  }
  return new Promise((resolve, reject) => {
    let watch: ReturnType<typeof setTimeout> | undefined;
    let hasEnded = false;
    const watchStanding = () => {
      clearTimeout(watch);
      watch = hasEnded
        ? undefined
        : setTimeout(() => {
            void underWay.abort();
            end(() => reject(new NetworkError('The upload stands still.')));
          }, STANDING_MS);
    };
    const end = (settle: () => void) => {
      hasEnded = true;
      clearTimeout(watch);
      signal?.removeEventListener('abort', giveUp);
      settle();
    };
    const giveUp = () => {
      // Where this fails, the server forgets it after a day.
      underWay.abort(signal?.reason === GIVEN_UP).catch(() => {});
      end(() => reject(new NetworkError('The upload was ended.')));
    };
    const underWay = new Upload(input as File, {
      endpoint: `${url}/attachments`,
      uploadUrl,
      headers: { authorization: `Bearer ${token}` },
      metadata: { ...metadata },
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable() {
        watchStanding();
        if (underWay.url !== null && underWay.url !== uploadUrl) {
          options.onUrl?.(underWay.url);
        }
      },
      onProgress(bytes) {
        watchStanding();
        options.onProgress?.(bytes);
      },
      onSuccess: () => end(() => resolve(underWay.url ?? '')),
      onError: (error) => end(() => reject(asOurs(error as DetailedError))),
    });
    signal?.addEventListener('abort', giveUp);
    watchStanding();
    underWay.start();
  });
}

/** In Node tus takes no Blob. */
async function readable(blob: Blob): Promise<unknown> {
  const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): unknown } };
  try {
    await blob.slice(0, 1).arrayBuffer();
    return Buffer === undefined ? blob : Buffer.from(await blob.arrayBuffer());
  } catch (error) {
    throw new TrumpetError('FILE_LOST', `The file cannot be read: ${(error as Error).message}.`);
  }
}

function asOurs(error: DetailedError): Error {
  const response = error.originalResponse;
  if (!response) {
    return new NetworkError('The server did not answer.', { cause: error });
  }
  const status = response.getStatus();
  try {
    const { errors } = JSON.parse(response.getBody()) as { errors: readonly GraphqlError[] };
    return refusalOf(errors);
  } catch {
    return status >= 500
      ? new TrumpetError('UNEXPECTED', `The server answered with ${status}.`)
      : new NetworkError(`What answered with ${status} is not the server.`);
  }
}
