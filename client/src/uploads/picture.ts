import { TrumpetError } from '../errors.ts';
import type { Session } from '../session.ts';
import { upload } from './upload.ts';

export interface PictureOptions {
  readonly url: string;
  readonly session: Session;
  readonly picture: File;
  /** What it is to be. */
  readonly purpose: 'avatar' | 'emoji';
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Makes it that. Done again while the server is not ready with the picture. */
  readonly use: (uploadId: string) => Promise<unknown>;
}

/** What the server says until the picture is ready. */
const WAITS = { avatar: 'CONFLICT', emoji: 'BUSY' } as const;
/** While the server makes it small. */
const ASK_EVERY_MS = 1_000;
const TRIES_LIMIT = 30;

/** Uploads a picture and makes it what it is to be. @throws TrumpetError, NetworkError. */
export async function uploadPicture(options: PictureOptions): Promise<void> {
  const { url, session, picture, purpose, onProgress, use } = options;
  const { name: filename, type: filetype } = picture;
  const uploadUrl = await upload({
    url,
    token: await session.accessToken(),
    blob: picture,
    metadata: { filename, filetype, purpose },
    uploadUrl: null,
    onProgress,
  });
  const uploadId = uploadUrl.split('/').at(-1) ?? '';
  for (let tries = 1; ; tries += 1) {
    try {
      await use(uploadId);
      return;
    } catch (error) {
      if (!isBeingMade(error, purpose) || tries === TRIES_LIMIT) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

function isBeingMade(error: unknown, purpose: PictureOptions['purpose']): boolean {
  return error instanceof TrumpetError && error.code === WAITS[purpose];
}
