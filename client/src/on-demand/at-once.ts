import type { Desk } from '../desk.ts';
import { loaded } from '../loaded.ts';
import type { Person } from '../replica/model.ts';
import {
  BlockDocument,
  SearchMembersDocument,
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
  const { uploadAvatar } = await loaded(import('../uploads/avatar.ts'));
  await uploadAvatar({ url, session, picture, onProgress });
  await run({ kind: 'person', userId });
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
