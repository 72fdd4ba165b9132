import { takeHeld } from './held.ts';
import { removeMissing, removeRewritten, takeFetchedMessages } from './history.ts';
import type { FetchedConversation, FetchedMember, FetchedRoom } from './inputs.ts';
import { PROVISIONAL_FROM } from './model.ts';
import { readRoom } from './read.ts';
import { addStretch, doubtStretches, liveStretch } from './stretches.ts';
import { forgetRoom, type Tables } from './tables.ts';

/*
 * Each takes an answer of the server. `since` is the version of the replica when it was asked for: what events changed
 * after that is newer.
 */

/** Takes all rooms of the person. Rooms that are not among them, and of which no change has come, are forgotten. */
export function takeInbox(
  tables: Tables,
  conversations: readonly FetchedConversation[],
  since: number,
): void {
  const { rooms } = tables;
  const there = new Set(conversations.map(({ room }) => room.id));
  for (const { roomId, changeSeq } of [...rooms.logs()]) {
    if (!there.has(roomId) && changeSeq === null) {
      forgetRoom(tables, roomId);
    }
  }
  for (const { room } of conversations) {
    if (rooms.log(room.id) === undefined && since < rooms.staleAt(room.id)) {
      continue; // Its person has left it meanwhile.
    }
    takeRoom(tables, room, since);
    if (!rooms.has(room.id)) {
      continue;
    }
    const { isStale, stretches, threads, changeSeq, includedSeq } = rooms.logOf(room.id);
    // Its history is fetched when somebody looks. What events told before there was a room is not in it.
    const isBehind = (changeSeq ?? 0) > includedSeq;
    const isKnown = stretches.length + threads.length > 0;
    rooms.changeLog(room.id, { isStale: isStale && (isBehind || isKnown) });
  }
}

/** Takes a room with its newest messages: after that nothing is missing in it. */
export function takeFetchedRoom(tables: Tables, fetched: FetchedRoom, since: number): void {
  const { rooms } = tables;
  const { messages, heldMessages, ...room } = fetched;
  const before = rooms.logOf(room.id);
  const wasStale = before.isStale;
  const isBehind = (before.changeSeq ?? 0) > Number(room.changeSeq);
  if (wasStale && (isBehind || since < rooms.staleAt(room.id))) {
    return; // It lacks something, and is asked for again; or its person has left it meanwhile.
  }
  const from = messages.pageInfo.hasNextPage ? Number(messages.nodes.at(-1)?.seq ?? 1) : 1;
  if (wasStale) {
    removeMissing(tables, room.id, { from, to: PROVISIONAL_FROM - 1 }, messages.nodes, since);
  }
  takeRoom(tables, room, since);
  takeFetchedMessages(tables, messages.nodes, since);
  const { changeSeq, includedSeq, stretches, threads } = rooms.logOf(room.id);
  const added = {
    from,
    to: Math.max(Number(messages.nodes[0]?.seq ?? 0), liveStretch(stretches)?.to ?? 0),
    isLive: true,
  };
  takeHeld(tables, room.id, heldMessages.nodes, since);
  rooms.changeLog(room.id, {
    // What is missing is in what was fetched.
    changeSeq: wasStale ? Math.max(changeSeq ?? 0, includedSeq) : changeSeq,
    isStale: false,
    threads: wasStale ? threads.map((thread) => ({ ...thread, isDoubted: true })) : threads,
    stretches: addStretch(wasStale ? doubtStretches(stretches) : stretches, added),
  });
}

function takeRoom(tables: Tables, fetched: FetchedConversation['room'], since: number): void {
  const { people, rooms, messages, blocked } = tables;
  const { latestMessage: latest, ...room } = fetched;
  const { id, changeSeq, viewerMembership, directUser } = room;
  if (viewerMembership === null) {
    forgetRoom(tables, id);
    return;
  }
  if (directUser !== null) {
    people.take(directUser);
  }
  takeFetchedMessages(tables, latest === null ? [] : [latest], since);
  const includedSeq = Number(changeSeq);
  const log = rooms.logOf(id);
  const known = rooms.get(id);
  const newest = {
    lastActivityAt: latest?.createdAt ?? viewerMembership.joinedAt,
    latestMessageId: latest?.id ?? null,
  };
  if (known !== undefined && (log.changeSeq ?? 0) > includedSeq) {
    // Events have told more; but none tells what is the latest where retention has taken it, or its author is blocked.
    const told = messages
      .range(id, Number(latest?.seq ?? 0) + 1, PROVISIONAL_FROM - 1)
      .findLast(({ authorId }) => !blocked.ids.has(authorId));
    rooms.change(id, () =>
      told === undefined ? newest : { latestMessageId: told.id, lastActivityAt: told.createdAt },
    );
    return;
  }
  rooms.set({
    ...readRoom(room),
    directUserId: directUser?.id ?? null,
    ...newest,
    lastSeq: Math.max(Number(latest?.seq ?? 0), known?.lastSeq ?? 0),
  });
  rooms.changeLog(id, {
    includedSeq,
    changeSeq: log.changeSeq ?? includedSeq,
    areNumbersStale: log.areNumbersStale && since < rooms.doubtedAt(id),
  });
  removeRewritten(tables, id, known);
}

/** Takes the members of a room, unless members came or went since they were asked for. */
export function takeMembers(
  { people, rooms, members }: Tables,
  roomId: string,
  fetched: readonly FetchedMember[],
  since: number,
): void {
  if (!rooms.has(roomId) || members.haveChanged(roomId, since)) {
    return; // Asked for too early: they are fetched again.
  }
  members.restart(roomId);
  for (const { user, userId, role, lastReadSeq } of fetched) {
    people.take(user);
    const member = { roomId, userId, role, lastReadSeq: Number(lastReadSeq) };
    members.set(members.withReading(member, since));
  }
}
