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
 * @returns the message, when it made one
 */
export async function perform(
  { ask }: Session,
  { id, deed }: Action,
): Promise<MessagePartsFragment | undefined> {
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
    case 'edit':
      await ask(EditMessageDocument, {
        input: { messageId: deed.messageId, content: deed.content },
      });
      return undefined;
    case 'delete':
      await ask(DeleteMessageDocument, {
        input: { messageId: deed.messageId, reason: deed.reason },
      });
      return undefined;
    case 'react': {
      const input = { messageId: deed.messageId, emoji: deed.emoji };
      await (deed.isOn
        ? ask(AddReactionDocument, { input })
        : ask(RemoveReactionDocument, { input }));
      return undefined;
    }
    case 'pin': {
      const input = { messageId: deed.messageId };
      await (deed.isOn ? ask(PinMessageDocument, { input }) : ask(UnpinMessageDocument, { input }));
      return undefined;
    }
    case 'read':
      await ask(MarkReadDocument, {
        input: { roomId: deed.roomId, upToMessageId: deed.messageId },
      });
      return undefined;
    case 'join':
      await ask(JoinRoomDocument, { input: { roomId: deed.roomId } });
      return undefined;
    case 'leave':
      await ask(LeaveRoomDocument, { input: { roomId: deed.roomId } });
      return undefined;
  }
}

function uploadIdOf({ uploadUrl }: QueuedFile): string {
  return uploadUrl?.split('/').at(-1) ?? '';
}
