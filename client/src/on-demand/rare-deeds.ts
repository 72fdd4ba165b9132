import { TrumpetError } from '../errors.ts';
import type { Deed } from '../queue/actions.ts';
import type { Session } from '../session.ts';
import {
  JoinRoomDocument,
  LeaveRoomDocument,
  PinMessageDocument,
  UnpinMessageDocument,
} from './generated.ts';

/** The deeds of the queue that are rarely done. @throws TrumpetError BAD_INPUT for what is no deed, as plain JavaScript may give. */
export async function performRareDeed({ ask }: Session, deed: Deed): Promise<void> {
  switch (deed.kind) {
    case 'join':
    case 'leave':
      await ask<unknown, { input: { roomId: string } }>(
        deed.kind === 'join' ? JoinRoomDocument : LeaveRoomDocument,
        { input: { roomId: deed.roomId } },
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
