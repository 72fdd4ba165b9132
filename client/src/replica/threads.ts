import { removeMissing, takeFetchedMessages } from './history.ts';
import type { FetchedThread } from './inputs.ts';
import type { KnownThread, Message, RoomLog } from './model.ts';
import { liveStretch } from './stretches.ts';
import type { Tables } from './tables.ts';

/*
 * The answers to a message. They stand in the history of their room too; of a thread that was looked at they are known
 * without what stands between them.
 */

/** Of each room only so many are kept. */
const THREADS_OF_A_ROOM = 50;

/** Takes a message with a part of its answers as fetched. */
export function takeThread(
  tables: Tables,
  { replies, ...message }: FetchedThread,
  after: string | null,
  since: number,
): void {
  const { rooms, journal } = tables;
  const log = rooms.log(message.roomId);
  if (log === undefined || since < rooms.staleAt(message.roomId)) {
    return; // They are asked for again.
  }
  const known = log.threads.find(({ messageId }) => messageId === message.id);
  takeFetchedMessages(tables, [message, ...replies.nodes], since);
  if (after === null ? known?.isDoubted === false : known?.olderCursor !== after) {
    return; // Asked for twice.
  }
  const { hasNextPage, endCursor } = replies.pageInfo;
  const thread: KnownThread = {
    messageId: message.id,
    from: hasNextPage ? Number(replies.nodes.at(-1)?.seq) : 0,
    olderCursor: hasNextPage ? endCursor : null,
    isDoubted: false,
  };
  if (known?.isDoubted) {
    const range = { from: thread.from, to: Number.POSITIVE_INFINITY };
    removeMissing(tables, message.roomId, range, replies.nodes, since, message.id);
  }
  const others = log.threads.filter((other) => other !== known);
  rooms.changeLog(log.roomId, { threads: [...others, thread].slice(-THREADS_OF_A_ROOM) });
  journal.tell(`thread ${message.id}`);
}

/**
 * From which `seq` on all answers to a message are known: 0 for all of them; undefined when none are. And whether changes
 * of them may have been missed.
 */
export function threadStart(
  log: RoomLog | undefined,
  parent: Message,
): Pick<KnownThread, 'from' | 'isDoubted'> | undefined {
  const live = liveStretch(log?.stretches ?? []);
  const known = log?.threads.find(({ messageId }) => messageId === parent.id);
  if (live !== undefined && live.from <= parent.seq) {
    return { from: 0, isDoubted: false };
  }
  if (live === undefined || (known !== undefined && known.from <= live.from)) {
    return known;
  }
  return { from: live.from, isDoubted: known?.isDoubted ?? true };
}

/** Whether a message belongs to what is known of a thread. */
export function isInThread({ threads }: RoomLog, { parentMessageId, seq }: Message): boolean {
  return threads.some(({ messageId, from }) => messageId === parentMessageId && seq >= from);
}
