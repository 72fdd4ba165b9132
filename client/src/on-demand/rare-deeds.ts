import { TrumpetError } from '../errors.ts';
import type { Deed } from '../queue/actions.ts';
import type { Session } from '../session.ts';
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
  UnpinMessageDocument,
} from './generated.ts';

/**
 * What is done less often than sending.
 *
 * @returns the message that it changed, where it is one of one's own
 * @throws TrumpetError BAD_INPUT for what is no deed, as plain JavaScript may give
 */
export async function performRareDeed(
  { ask }: Session,
  deed: Deed,
): Promise<MessagePartsFragment | undefined> {
  switch (deed.kind) {
    case 'edit': {
      const { messageId, content } = deed;
      return (await ask(EditMessageDocument, { input: { messageId, content } })).editMessage
        ?.message;
    }
    case 'delete': {
      const { messageId, reason } = deed;
      return (await ask(DeleteMessageDocument, { input: { messageId, reason } })).deleteMessage
        ?.message;
    }
    case 'read': {
      const { roomId, messageId: upToMessageId } = deed;
      await ask(MarkReadDocument, { input: { roomId, upToMessageId } });
      return;
    }
    case 'join':
    case 'leave':
      await ask<unknown, { input: { roomId: string } }>(
        deed.kind === 'join' ? JoinRoomDocument : LeaveRoomDocument,
        { input: { roomId: deed.roomId } },
      );
      return;
    case 'react':
      await ask<unknown, { input: { messageId: string; emoji: string } }>(
        deed.isOn ? AddReactionDocument : RemoveReactionDocument,
        { input: { messageId: deed.messageId, emoji: deed.emoji } },
      );
      return;
    case 'pin':
      await ask<unknown, { input: { messageId: string } }>(
        deed.isOn ? PinMessageDocument : UnpinMessageDocument,
        { input: { messageId: deed.messageId } },
      );
      return;
    default:
      throw new TrumpetError('BAD_INPUT', `There is no deed of the kind "${deed.kind}".`);
  }
}
