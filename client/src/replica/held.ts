import type { MessagePartsFragment, ViewedMessagePartsFragment } from '../generated.ts';
import { removeMissing, takeFetchedMessages } from './history.ts';
import { PROVISIONAL_FROM } from './model.ts';
import { readMessage } from './read.ts';
import type { Tables } from './tables.ts';

/*
 * A message that waits for a moderator has no place in its room yet: its `seq` is provisional (docs/moderation.md), and it
 * is in no stretch. It is shown behind the newest. There are no events of it until it is released.
 */

/** Takes all messages of a room that wait, as fetched. */
export function takeHeld(
  tables: Tables,
  roomId: string,
  fetched: readonly ViewedMessagePartsFragment[],
  since: number,
): void {
  takeFetchedMessages(tables, fetched, since);
  const range = { from: PROVISIONAL_FROM, to: Number.POSITIVE_INFINITY };
  removeMissing(tables, roomId, range, fetched, since);
}

/** Takes what the server answered to one's own deed, where no event will tell of it. */
export function takeAnswer({ messages }: Tables, parts: MessagePartsFragment): void {
  const known = messages.get(parts.id);
  const message = readMessage(parts, known);
  const isProvisional = message.seq >= PROVISIONAL_FROM;
  if (known !== undefined && isProvisional && message.deletedAt !== null) {
    messages.remove(known);
  } else if (message.deletedAt === null && message.heldAt !== null && (known || isProvisional)) {
    messages.set(message);
  }
}
