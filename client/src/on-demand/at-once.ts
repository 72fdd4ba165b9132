import type { Session } from '../session.ts';
import { BlockDocument, SetTypingDocument, UnblockDocument } from './generated.ts';

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
