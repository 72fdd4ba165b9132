import { TrumpetError } from '../errors.ts';
import { SetAvatarDocument } from '../on-demand/generated.ts';
import type { Session } from '../session.ts';
import { upload } from './upload.ts';

export interface AvatarOptions {
  readonly url: string;
  readonly session: Session;
  readonly picture: File;
  readonly onProgress?: (bytes: number) => void;
}

/** While the server cuts it. */
const ASK_EVERY_MS = 1_000;
const TRIES_LIMIT = 30;

/** Uploads a picture and makes it the person's own. @throws TrumpetError, NetworkError. */
export async function uploadAvatar(options: AvatarOptions): Promise<void> {
  const { url, session, picture, onProgress } = options;
  const { name: filename, type: filetype } = picture;
  const uploadUrl = await upload({
    url,
    token: await session.accessToken(),
    blob: picture,
    metadata: { filename, filetype, purpose: 'avatar' },
    uploadUrl: null,
    onProgress,
  });
  const uploadId = uploadUrl.split('/').at(-1) ?? '';
  for (let tries = 1; ; tries += 1) {
    try {
      await session.ask(SetAvatarDocument, { input: { uploadId } });
      return;
    } catch (error) {
      if (!isBeingCut(error) || tries === TRIES_LIMIT) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

function isBeingCut(error: unknown): boolean {
  return error instanceof TrumpetError && error.code === 'CONFLICT';
}
