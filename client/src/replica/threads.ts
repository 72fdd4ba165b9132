import { takeFetchedMessages } from './history.ts';
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
  const { rooms } = tables;
  const log = rooms.log(message.roomId);
  if (log === undefined || since < rooms.staleAt(message.roomId)) {
    return; // They are asked for again.
  }
  const known = log.threads.find(({ messageId }) => messageId === message.id);
  takeFetchedMessages(tables, [message, ...replies.nodes], since);
  if ((known?.olderCursor ?? null) !== after) {
    return; // Asked for twice.
  }
  const { hasNextPage, endCursor } = replies.pageInfo;
  const thread: KnownThread = {
    messageId: message.id,
    from: hasNextPage ? Number(replies.nodes.at(-1)?.seq) : 0,
    olderCursor: hasNextPage ? endCursor : null,
  };
  const others = log.threads.filter((other) => other !== known);
  rooms.changeLog(log.roomId, { threads: [...others, thread].slice(-THREADS_OF_A_ROOM) });
}

/** From which `seq` on all answers to a message are known: 0 for all of them; undefined when none are. */
export function threadStart(log: RoomLog | undefined, parent: Message): number | undefined {
  const live = liveStretch(log?.stretches ?? []);
  const known = log?.threads.find(({ messageId }) => messageId === parent.id);
  if (live !== undefined && live.from <= parent.seq) {
    return 0;
  }
  const starts = [live?.from, known?.from].filter((from) => from !== undefined);
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

/** Whether a message belongs to what is known of a thread. */
export function isInThread({ threads }: RoomLog, { parentMessageId, seq }: Message): boolean {
  return threads.some(({ messageId, from }) => messageId === parentMessageId && seq >= from);
}
