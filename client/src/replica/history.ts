import type { ViewedMessagePartsFragment } from '../generated.ts';
import type { FetchedMessages, HistoryRequest, Input } from './inputs.ts';
import { PROVISIONAL_FROM, type Room } from './model.ts';
import { readMessage } from './read.ts';
import { addStretch, liveStretch, type Range, type Stretch, stretchAt } from './stretches.ts';
import type { Tables } from './tables.ts';

/**
 * Takes messages as fetched, but those that retention has taken since. @param since the replica's version when they were
 * asked for: later events are newer
 */
export function takeFetchedMessages(
  { people, rooms, messages }: Tables,
  fetched: readonly ViewedMessagePartsFragment[],
  since: number,
): void {
  for (const parts of fetched) {
    people.take(parts.author);
    const message = messages.patched(readMessage(parts, undefined), since);
    if (message !== null && message.seq >= (rooms.get(message.roomId)?.historyStartSeq ?? 0)) {
      messages.set(message);
    }
  }
}

/** Takes a part of a room's history as fetched. */
export function takeHistory(
  tables: Tables,
  roomId: string,
  request: HistoryRequest,
  { nodes, pageInfo }: Pick<FetchedMessages, 'nodes' | 'pageInfo'>,
  since: number,
): void {
  const log = tables.rooms.log(roomId);
  if (log === undefined || since < tables.rooms.staleAt(roomId)) {
    return; // It is asked for again.
  }
  const placed = nodes.filter(({ seq }) => Number(seq) < PROVISIONAL_FROM);
  takeFetchedMessages(tables, placed, since);
  // Those that have no place yet come after all others.
  const hasMore = pageInfo.hasNextPage && placed.length === nodes.length;
  const added = stretchOf(request, placed, hasMore, liveStretch(log.stretches));
  if (added !== undefined) {
    for (const doubted of log.stretches.filter(({ isDoubted }) => isDoubted)) {
      const from = Math.max(doubted.from, added.from);
      const to = Math.min(doubted.to, added.to);
      removeMissing(tables, roomId, { from, to }, placed, since);
    }
    tables.rooms.changeLog(roomId, { stretches: addStretch(log.stretches, added) });
  }
}

/** What of a history is known whole once the answer to a request is there. */
function stretchOf(
  request: HistoryRequest,
  fetched: FetchedMessages['nodes'],
  hasMore: boolean,
  live: Stretch | undefined,
): Omit<Stretch, 'isDoubted'> | undefined {
  const seqs = fetched.map(({ seq }) => Number(seq));
  const lowest = Math.min(...seqs);
  const highest = Math.max(...seqs);
  switch (request.kind) {
    case 'before':
      return { from: hasMore ? lowest : 1, to: request.seq - 1, isLive: false };
    case 'after': {
      const from = request.seq + 1;
      const to = Math.max(request.seq, highest);
      return hasMore
        ? { from, to, isLive: false }
        : { from, to: Math.max(to, live?.to ?? 0), isLive: true };
    }
    case 'around':
      return seqs.length > 0 ? { from: lowest, to: highest, isLive: false } : undefined;
  }
}

/** Removes the messages of a range, or of those the answers to one, that were neither fetched nor told of since. */
export function removeMissing(
  { messages }: Tables,
  roomId: string,
  { from, to }: Range,
  fetched: readonly { readonly id: string }[],
  since: number,
  parentId?: string,
): void {
  const there = new Set(fetched.map(({ id }) => id));
  for (const message of messages.range(roomId, from, to)) {
    const isOfThem = parentId === undefined || message.parentMessageId === parentId;
    if (isOfThem && !there.has(message.id) && !messages.isPatched(message.id, since)) {
      messages.remove(message);
    }
  }
}

/** Removes what retention and deleted accounts took away: there is no event for each message. */
export function removeRewritten(
  { rooms, messages }: Tables,
  roomId: string,
  before: Room | undefined,
): void {
  const room = rooms.get(roomId);
  if (before === undefined || room === undefined) {
    return;
  }
  for (const message of messages.range(roomId, 0, room.historyStartSeq - 1)) {
    messages.remove(message);
  }
  const isLatestGone = !messages.get(room.latestMessageId ?? '');
  const isTrimmed = before.historyStartSeq !== room.historyStartSeq;
  if (
    before.historyRewrittenAt !== room.historyRewrittenAt ||
    (isTrimmed && (isLatestGone || room.unreadCount !== 0))
  ) {
    rooms.changeLog(roomId, { isStale: true });
  }
}

/** Lets go of a room's history but for these stretches, what waits for a moderator, and the latest message. */
export function trimHistory(
  { rooms, messages }: Tables,
  { roomId, stretches }: Extract<Input, { readonly kind: 'trimmed' }>,
): void {
  const latestId = rooms.get(roomId)?.latestMessageId;
  for (const message of messages.range(roomId, 0, PROVISIONAL_FROM - 1)) {
    if (!stretchAt(stretches, message.seq) && message.id !== latestId) {
      messages.remove(message);
    }
  }
  rooms.changeLog(roomId, { stretches, threads: [] });
}
