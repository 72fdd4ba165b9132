import { type MessagePartsFragment, SendMessageDocument } from '../generated.ts';
import { loaded } from '../loaded.ts';
import type { Session } from '../session.ts';
import type { Action, QueuedFile } from './actions.ts';

/**
 * Asks the server to do it. Asked twice, it is done once.
 *
 * @returns the message that it made or changed, where it is one of one's own
 */
export async function perform(
  session: Session,
  { id, deed }: Action,
): Promise<MessagePartsFragment | undefined> {
  if (deed.kind !== 'send') {
    const { performRareDeed } = await loaded(import('../on-demand/rare-deeds.ts'));
    return performRareDeed(session, deed);
  }
  const { kind: _, files = [], keepsOriginals: __, attachmentIds = [], ...input } = deed;
  const { sendMessage } = await session.ask(SendMessageDocument, {
    input: {
      ...input,
      attachmentIds: [...attachmentIds, ...files.map(uploadIdOf)],
      nonce: id,
    },
  });
  return sendMessage?.message;
}

function uploadIdOf({ uploadUrl }: QueuedFile): string {
  return uploadUrl?.split('/').at(-1) ?? '';
}
