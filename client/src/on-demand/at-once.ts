import type { Person } from '../replica/model.ts';
import type { Session } from '../session.ts';
import {
  BlockDocument,
  SearchMembersDocument,
  SetTypingDocument,
  UnblockDocument,
} from './generated.ts';

/* What is not in the queue: it is done at once, or fails. Each throws a TrumpetError or a NetworkError. */

export async function block({ ask }: Session, userId: string, isOn: boolean): Promise<void> {
  await ask<unknown, { readonly input: { readonly userId: string } }>(
    isOn ? BlockDocument : UnblockDocument,
    { input: { userId } },
  );
}

export async function tellTyping({ ask }: Session, roomId: string): Promise<void> {
  await ask(SetTypingDocument, { input: { roomId, isTyping: true } });
}

const FOUND_LIMIT = 20;

export async function searchMembers(
  { ask }: Session,
  roomId: string,
  query: string,
): Promise<readonly Person[]> {
  const { room } = await ask(SearchMembersDocument, { roomId, query, first: FOUND_LIMIT });
  return room?.searchMembers.nodes ?? [];
}
