import {
  AddReactionDocument,
  DeleteMessageDocument,
  EditMessageDocument,
  JoinRoomDocument,
  LeaveRoomDocument,
  MarkReadDocument,
  type MessagePartsFragment,
  PinMessageDocument,
  RemoveReactionDocument,
  SendMessageDocument,
  UnpinMessageDocument,
} from '../generated.ts';
import type { Session } from '../session.ts';
import type { Action, QueuedFile } from './actions.ts';

/**
 * Asks the server to do it. Asked twice, it is done once.
 *
 * @returns the message that it made or changed, where it is one of one's own
 */
export async function perform(
  { ask }: Session,
  { id, deed }: Action,
): Promise<MessagePartsFragment | undefined> {
  const { roomId } = deed;
  switch (deed.kind) {
    case 'send': {
      const { kind: _, files = [], keepsOriginals: __, attachmentIds = [], ...input } = deed;
      const { sendMessage } = await ask(SendMessageDocument, {
        input: {
          ...input,
          attachmentIds: [...attachmentIds, ...files.map(uploadIdOf)],
          nonce: id,
        },
      });
      return sendMessage?.message;
    }
    case 'join':
      await ask(JoinRoomDocument, { input: { roomId } });
      return;
    case 'leave':
      await ask(LeaveRoomDocument, { input: { roomId } });
      return;
  }
  const { messageId } = deed;
  switch (deed.kind) {
    case 'edit':
      return (await ask(EditMessageDocument, { input: { messageId, content: deed.content } }))
        .editMessage?.message;
    case 'delete':
      return (await ask(DeleteMessageDocument, { input: { messageId, reason: deed.reason } }))
        .deleteMessage?.message;
    case 'read':
      await ask(MarkReadDocument, { input: { roomId, upToMessageId: messageId } });
      return;
    case 'react':
      await ask<unknown, { input: { messageId: string; emoji: string } }>(
        deed.isOn ? AddReactionDocument : RemoveReactionDocument,
        { input: { messageId, emoji: deed.emoji } },
      );
      return;
    case 'pin':
      await ask<unknown, { input: { messageId: string } }>(
        deed.isOn ? PinMessageDocument : UnpinMessageDocument,
        { input: { messageId } },
      );
  }
}

function uploadIdOf({ uploadUrl }: QueuedFile): string {
  return uploadUrl?.split('/').at(-1) ?? '';
}
