import type { ChangeKind } from '../generated.ts';
import { removeRewritten } from './history.ts';
import type { FetchedNumbers } from './inputs.ts';
import type { Message, Room, UnreadNumbers } from './model.ts';
import { readRoom } from './read.ts';
import { liveStretch } from './stretches.ts';
import type { Tables } from './tables.ts';

/** Takes whom the person has blocked. What is unread changes with it where anything is. */
export function takeBlocked({ blocked, rooms }: Tables, userIds: readonly string[]): void {
  blocked.set(userIds);
  for (const { id, lastSeq, membership } of rooms.all()) {
    if (lastSeq > membership.lastReadSeq) {
      rooms.doubtNumbers(id);
    }
  }
}

/** Does what an event about a message does to the numbers of its room. */
export function countMessage(
  tables: Tables,
  kind: ChangeKind,
  known: Message | undefined,
  message: Message,
): void {
  const { userId, rooms } = tables;
  const room = rooms.get(message.roomId);
  const lastReadSeq = room?.membership.lastReadSeq ?? 0;
  if (room === undefined || message.seq <= lastReadSeq || message.authorId === userId) {
    return;
  }
  const isCounted = isUnread(tables, message, lastReadSeq);
  if (kind === 'INSERT' && !mentionsMany(message)) {
    const isMention = isCounted && mentions(message, userId) && isTold(room);
    rooms.change(room.id, ({ unreadCount, mentionCount }) => ({
      unreadCount: unreadCount + Number(isCounted),
      mentionCount: mentionCount + Number(isMention),
    }));
  } else if (
    known === undefined ||
    mentions(known, userId) ||
    mentions(message, userId) ||
    (!isCounted && room.mentionCount > 0) // It may have held a keyword.
  ) {
    rooms.doubtNumbers(room.id);
  } else if (isUnread(tables, known, lastReadSeq) !== isCounted) {
    rooms.change(room.id, ({ unreadCount }) => ({
      unreadCount: unreadCount + (isCounted ? 1 : -1),
    }));
  } else if (kind === 'DELETE') {
    rooms.doubtNumbers(room.id); // It was known as deleted before the numbers were.
  }
}

/** What is unread in a room once everything up to a message is read; undefined when that is not known. */
export function unreadAfter(
  tables: Tables,
  roomId: string,
  lastReadSeq: number,
): UnreadNumbers | undefined {
  const { userId, rooms, messages } = tables;
  const room = rooms.get(roomId);
  if (room === undefined || lastReadSeq >= room.lastSeq) {
    return { unreadCount: 0, mentionCount: 0 };
  }
  const live = liveStretch(rooms.logOf(roomId).stretches);
  if (live === undefined || live.from > lastReadSeq + 1) {
    return undefined;
  }
  const unreadFrom = (seq: number) =>
    messages
      .range(roomId, seq + 1, room.lastSeq)
      .filter((message) => isUnread(tables, message, seq));
  const mentionsIn = (unread: readonly Message[]) =>
    unread.filter((message) => mentions(message, userId)).length;
  const unread = unreadFrom(lastReadSeq);
  if (
    unread.some(mentionsMany) ||
    // More than are named: some hold a keyword, which the server alone knows.
    room.mentionCount > mentionsIn(unreadFrom(room.membership.lastReadSeq))
  ) {
    return undefined;
  }
  return { unreadCount: unread.length, mentionCount: isTold(room) ? mentionsIn(unread) : 0 };
}

/**
 * Takes a room's numbers as fetched, and what else changes of the room have told until then: they are passed over.
 * @param since the version of the replica when they were asked for
 */
export function takeNumbers(tables: Tables, room: FetchedNumbers, since: number): void {
  const { rooms } = tables;
  const log = rooms.log(room.id);
  const includedSeq = Number(room.changeSeq);
  if (log === undefined || since < rooms.doubtedAt(room.id) || (log.changeSeq ?? 0) > includedSeq) {
    return; // Asked for too early: they are asked for again.
  }
  const before = rooms.get(room.id);
  rooms.change(room.id, () => readRoom(room));
  rooms.changeLog(room.id, { includedSeq, areNumbersStale: false });
  removeRewritten(tables, room.id, before);
}

/** Whether a message counts as unread once everything up to `lastReadSeq` is read. */
function isUnread({ userId, blocked }: Tables, message: Message, lastReadSeq: number): boolean {
  return (
    message.seq > lastReadSeq &&
    message.authorId !== userId &&
    !blocked.ids.has(message.authorId) &&
    message.deletedAt === null &&
    message.heldAt === null &&
    message.messageType !== 'SYSTEM'
  );
}

/** Whether it mentions somebody, or may. */
function mentions(message: Message, userId: string): boolean {
  return mentionsMany(message) || message.mentionedIds.includes(userId);
}

/** Whether it mentions those who were there, or in a group, when it was sent: the server alone knows whom. */
function mentionsMany({ groupMentions }: Message): boolean {
  return !!groupMentions?.[0];
}

/** At the level NONE nothing counts as a mention. */
function isTold({ membership }: Room): boolean {
  return membership.notificationLevel !== 'NONE';
}
