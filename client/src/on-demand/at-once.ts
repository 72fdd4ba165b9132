import type { Desk } from '../desk.ts';
import { TrumpetError } from '../errors.ts';
import { loaded } from '../loaded.ts';
import type { GivenFile } from '../queue/actions.ts';
import type { Person } from '../replica/model.ts';
import {
  AddCustomEmojiDocument,
  BlockDocument,
  SearchMembersDocument,
  SetAvatarDocument,
  SetTypingDocument,
  UnblockDocument,
} from './generated.ts';

/* What is not in the queue: it is done at once, or fails. Each throws a TrumpetError or a NetworkError. */

export async function block({ run, session }: Desk, userId: string, isOn: boolean): Promise<void> {
  await session.ask<unknown, { readonly input: { readonly userId: string } }>(
    isOn ? BlockDocument : UnblockDocument,
    { input: { userId } },
  );
  await run({ kind: 'blocked' });
}

export async function setAvatar(
  { run, session, url, userId }: Desk,
  picture: File,
  onProgress?: (bytes: number) => void,
): Promise<void> {
  const { uploadPicture } = await loaded(import('../uploads/picture.ts'));
  await uploadPicture({
    ...{ url, session, picture, onProgress, purpose: 'avatar' },
    use: (uploadId) => session.ask(SetAvatarDocument, { input: { uploadId } }),
  });
  await run({ kind: 'person', userId });
}

export async function addEmoji(
  { session, url }: Desk,
  picture: File,
  name: string,
  aliases: readonly string[] = [],
): Promise<void> {
  const { uploadPicture } = await loaded(import('../uploads/picture.ts'));
  await uploadPicture({
    ...{ url, session, picture, purpose: 'emoji' },
    use: (uploadId) =>
      session.ask(AddCustomEmojiDocument, { input: { uploadId, name, aliases: [...aliases] } }),
  });
}

export async function upload(
  { session, url }: Desk,
  file: GivenFile,
  signal?: AbortSignal,
): Promise<void> {
  const uploads = await loaded(import('../uploads/upload.ts'));
  const token = await session.accessToken();
  const { name: filename, type: filetype, uploadUrl = null } = file;
  try {
    await uploads.upload({
      ...{ url, token, blob: file, metadata: { filename, filetype }, uploadUrl },
      ...(signal !== undefined && { signal }),
      onUrl(begun) {
        file.uploadUrl = begun;
      },
    });
  } catch (error) {
    if (error instanceof TrumpetError && error.code === 'UNAUTHENTICATED') {
      await session.refresh(token);
    }
    throw error;
  }
  file.uploadedAt = Date.now();
}

export async function tellTyping({ session }: Desk, roomId: string): Promise<void> {
  await session.ask(SetTypingDocument, { input: { roomId, isTyping: true } });
}

const FOUND_LIMIT = 20;

export async function searchMembers(
  { session }: Desk,
  roomId: string,
  query: string,
): Promise<readonly Person[]> {
  const { room } = await session.ask(SearchMembersDocument, { roomId, query, first: FOUND_LIMIT });
  return room?.searchMembers.nodes ?? [];
}
