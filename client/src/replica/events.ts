import { removeRewritten } from './history.ts';
import type { RoomEvent } from './inputs.ts';
import { type Message, PROVISIONAL_FROM, type RoomLog } from './model.ts';
import { countMessage, unreadAfter } from './numbers.ts';
import { reactedBy, readMessage, readReactions, readRoomParts } from './read.ts';
import { extendLive, liveStretch, stretchAt } from './stretches.ts';
import { forgetRoom, type Tables } from './tables.ts';
import { isInThread } from './threads.ts';

type EventOf<Name extends RoomEvent['__typename']> = Extract<RoomEvent, { __typename: Name }>;

/** Does what an event does to the tables, unless it was delivered before. */
export function takeEvent(tables: Tables, event: RoomEvent): void {
  const { roomId } = event;
  tables.journal.tell(event.__typename);
  if (roomId === null) {
    return; // Ready, or about what the person keeps for themselves in no single room.
  }
  if (event.changeSeq === null) {
    takePassing(tables, event, roomId);
    return;
  }
  const changeSeq = Number(event.changeSeq);
  const log = tables.rooms.logOf(roomId);
  if (log.changeSeq !== null && changeSeq <= log.changeSeq) {
    return; // Delivered again after a resume.
  }
  if (isRemovalOf(tables.userId, event)) {
    forgetRoom(tables, roomId);
    return;
  }
  advanceLog(tables, log, changeSeq);
  takeLogged(tables, event, changeSeq <= log.includedSeq);
}

function isRemovalOf(userId: string, event: RoomEvent): boolean {
  return event.__typename === 'MemberEvent' && event.event === 'DELETE' && event.userId === userId;
}

function advanceLog({ rooms, members }: Tables, log: RoomLog, changeSeq: number): void {
  const isHole = log.changeSeq !== null && changeSeq !== log.changeSeq + 1;
  rooms.changeLog(log.roomId, { changeSeq, isStale: log.isStale || isHole });
  if (isHole) {
    members.forgetRoom(log.roomId);
  }
}

/** @param isIncluded whether the room's own numbers, as fetched, count it already */
function takeLogged(tables: Tables, event: RoomEvent, isIncluded: boolean): void {
  switch (event.__typename) {
    case 'MessageEvent':
      takeMessage(tables, event, isIncluded);
      break;
    case 'ReactionEvent':
      takeReaction(tables, event);
      break;
    case 'MemberEvent':
      takeMember(tables, event, isIncluded);
      break;
    case 'ReadReceiptEvent':
      takeReceipt(tables, event, isIncluded);
      break;
    case 'RoomChangedEvent':
      if (!isIncluded) {
        takeRoomChange(tables, event);
      }
      break;
  }
}

function takeMessage(tables: Tables, event: EventOf<'MessageEvent'>, isIncluded: boolean): void {
  const { people, rooms, messages, passing } = tables;
  const { roomId, messageId, message: parts } = event;
  const known = messages.get(messageId);
  if (parts === null && isForModerators(tables, roomId, known)) {
    // Others see it no more. It may be held, which its author and the moderators see when they ask.
    rooms.changeLog(roomId, { isStale: true });
    return;
  }
  messages.patch(messageId, (before) => parts && readMessage(parts, before));
  if (parts === null) {
    if (!isIncluded) {
      rooms.doubtNumbers(roomId);
    }
    return;
  }
  people.take(parts.author);
  const message = readMessage(parts, known);
  passing.stopTyping(roomId, message.authorId);
  if (event.event === 'INSERT') {
    takeNewest(tables, message);
  }
  const log = rooms.logOf(roomId);
  if (known === undefined && (stretchAt(log.stretches, message.seq) || isInThread(log, message))) {
    messages.set(message);
  }
  if (!isIncluded) {
    countMessage(
      tables,
      event.event,
      known && known.seq < PROVISIONAL_FROM ? known : undefined,
      message,
    );
  }
}

/** Whether a message that others see no more may be there for this person. */
function isForModerators({ userId, rooms }: Tables, roomId: string, known: Message | undefined) {
  const membership = rooms.get(roomId)?.membership;
  return (
    known !== undefined &&
    (known.authorId === userId ||
      // What it is that they have beyond their role does not matter: it is asked of the server.
      (membership && (membership.role !== 'MEMBER' || membership.grantedPermissions)))
  );
}

/** Goes on with a room's history, if the message comes after what is known of it. */
function takeNewest(
  { rooms, blocked }: Tables,
  { roomId, id, seq, createdAt, authorId }: Message,
): void {
  const { stretches } = rooms.logOf(roomId);
  const live = liveStretch(stretches);
  const isNewest = seq > (rooms.get(roomId)?.lastSeq ?? 0);
  if (isNewest || (live !== undefined && seq > live.to)) {
    rooms.changeLog(roomId, { stretches: extendLive(stretches, seq) });
  }
  if (isNewest) {
    rooms.change(roomId, () => ({
      lastSeq: seq,
      ...(!blocked.ids.has(authorId) && { latestMessageId: id, lastActivityAt: createdAt }),
    }));
  }
}

function takeReaction({ userId, messages }: Tables, event: EventOf<'ReactionEvent'>): void {
  const { messageId, emoji, message } = event;
  if (message === null) {
    return;
  }
  messages.patch(messageId, (before) => {
    const mine = new Set(reactedBy(before));
    if (event.userId === userId && event.event === 'INSERT') {
      mine.add(emoji);
    } else if (event.userId === userId) {
      mine.delete(emoji);
    }
    return { ...before, reactions: readReactions(message.reactions, mine) };
  });
}

function takeMember(
  { userId, people, rooms, members, passing }: Tables,
  event: EventOf<'MemberEvent'>,
  isIncluded: boolean,
): void {
  const { roomId, role } = event;
  if (event.user !== null) {
    people.take(event.user);
  }
  members.noteChange(roomId);
  if (event.event === 'DELETE') {
    passing.stopTyping(roomId, event.userId);
  }
  const known = members.of(roomId);
  if (known !== undefined && event.event === 'DELETE') {
    members.remove(roomId, event.userId);
  } else if (known !== undefined) {
    // What was written before someone joined counts as read by them.
    const lastReadSeq = known.get(event.userId)?.lastReadSeq ?? rooms.get(roomId)?.lastSeq ?? 0;
    members.set({ roomId, userId: event.userId, role, lastReadSeq });
  }
  if (!isIncluded) {
    const added = event.event === 'INSERT' ? 1 : event.event === 'DELETE' ? -1 : 0;
    rooms.change(roomId, ({ memberCount, membership }) => ({
      memberCount: memberCount + added,
      membership: event.userId === userId ? { ...membership, role } : membership,
    }));
    if (event.userId === userId ? added === 0 : rooms.get(roomId)?.name === null) {
      // Neither whether they may write is in the event, nor what the others are called.
      rooms.doubtNumbers(roomId);
    }
  }
}

function takeReceipt(
  tables: Tables,
  event: EventOf<'ReadReceiptEvent'>,
  isIncluded: boolean,
): void {
  const { userId, rooms, members } = tables;
  const { roomId } = event;
  const lastReadSeq = Number(event.lastReadSeq);
  members.read(roomId, event.userId, lastReadSeq);
  if (event.userId === userId && !isIncluded) {
    const numbers = unreadAfter(tables, roomId, lastReadSeq);
    rooms.change(roomId, ({ membership }) => ({ membership: { ...membership, lastReadSeq } }));
    if (numbers === undefined) {
      rooms.doubtNumbers(roomId);
    } else {
      rooms.change(roomId, () => numbers);
    }
  }
}

function takeRoomChange(tables: Tables, { roomId, room }: EventOf<'RoomChangedEvent'>): void {
  if (room === null) {
    return;
  }
  const { memberCount: _, ...parts } = readRoomParts(room); // Counted event by event.
  const before = tables.rooms.get(roomId);
  tables.rooms.change(roomId, ({ displayName }) => ({
    ...parts,
    displayName: parts.name ?? displayName,
  }));
  removeRewritten(tables, roomId, before);
}

function takePassing(
  { userId, people, passing, rooms }: Tables,
  event: RoomEvent,
  roomId: string,
): void {
  switch (event.__typename) {
    case 'PersonalEvent':
      rooms.doubtNumbers(roomId);
      break;
    case 'TypingEvent':
      if (event.userId !== userId) {
        if (event.user !== null) {
          people.take(event.user);
        }
        passing[event.event === 'DELETE' ? 'stopTyping' : 'startTyping'](roomId, event.userId);
      }
      break;
    case 'PresenceEvent':
      passing.setPresence(event.userId, event.status);
      break;
  }
}
