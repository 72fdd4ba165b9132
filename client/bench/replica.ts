import { readReplica } from '../src/replica/replica.ts';
import { TABLES } from '../src/store/store.ts';

/*
 * What the replica of the client does in this process: how many events it applies a second, and what messages cost. Run
 * with --expose-gc, by the bench `client`.
 */
const EVENTS = 50_000;
const ROOMS = 20;
const MESSAGES = 100_000;

const empty = () => Object.fromEntries(TABLES.map((table) => [table, new Map()])) as never;
const author = {
  id: '0196f0c2-7a51-7d3c-9a55-000000000001',
  username: 'ada',
  displayName: 'Ada',
  avatarUrl: null,
  deletedAt: null,
};
const roomIdOf = (number: number) => `0196f0c2-7a51-7d3c-9a55-1${String(number).padStart(11, '0')}`;

function messageOf(number: number, roomId: string, seq: number) {
  return {
    id: `0196f0c2-7a51-7d3c-9a55-2${String(number).padStart(11, '0')}`,
    roomId,
    seq: String(seq),
    content: `Message ${number}, which is about as long as what people write to each other in a chat.`,
    messageType: 'TEXT',
    metadata: {},
    createdAt: '2026-01-31T09:30:00.123456+00:00',
    editedAt: null,
    deletedAt: null,
    pinnedAt: null,
    heldAt: null,
    parentMessageId: null,
    replyCount: 0,
    author,
    mentions: [],
    attachments: [],
    reactions: [],
  };
}

/** Frames as they come, so that reading them counts. */
function frames(): string[] {
  return Array.from({ length: EVENTS }, (_, number) => {
    const roomId = roomIdOf(number % ROOMS);
    const seq = Math.floor(number / ROOMS) + 1;
    const message = messageOf(number, roomId, seq);
    return JSON.stringify({
      cursor: `${number}`,
      event: {
        __typename: 'MessageEvent',
        roomId,
        changeSeq: String(seq + 1),
        event: 'INSERT',
        messageId: message.id,
        message,
      },
    });
  });
}

function openReplica() {
  const replica = readReplica(empty(), author.id);
  const conversations = Array.from({ length: ROOMS }, (_, number) => ({
    room: {
      id: roomIdOf(number),
      name: `Room ${number}`,
      type: 'PRIVATE',
      memberCount: 2,
      historyStartSeq: '1',
      changeSeq: '1',
      unreadCount: 0,
      mentionCount: 0,
      viewerMembership: { role: 'MEMBER', lastReadSeq: '0', joinedAt: '2026-01-31T09:30:00Z' },
      directUser: null,
      latestMessage: null,
    },
  }));
  replica.apply({ kind: 'inbox', since: 0, conversations: conversations as never });
  return replica;
}

function applyEvents(texts: readonly string[]): { perSecond: number; parsedPerSecond: number } {
  const replica = openReplica();
  const startedAt = performance.now();
  for (const text of texts) {
    replica.apply({ kind: 'event', userEvent: JSON.parse(text) });
    replica.takeTopics();
    replica.takeChanges();
  }
  const appliedAt = performance.now();
  for (const text of texts) {
    JSON.parse(text);
  }
  const parsedAt = performance.now();
  if (replica.messageCount() !== texts.length) {
    throw new Error(`${replica.messageCount()} messages, not ${texts.length}`);
  }
  return {
    perSecond: (texts.length / (appliedAt - startedAt)) * 1_000,
    parsedPerSecond: (texts.length / (parsedAt - appliedAt)) * 1_000,
  };
}

function bytesOfMessages(): number {
  const gc = (globalThis as { gc?: () => void }).gc as () => void;
  gc();
  const before = process.memoryUsage().heapUsed;
  const replica = openReplica();
  for (let number = 0; number < MESSAGES; number += 1) {
    const roomId = roomIdOf(number % ROOMS);
    const seq = Math.floor(number / ROOMS) + 1;
    // By way of text, so that nothing is shared that would not be.
    const message = JSON.parse(JSON.stringify(messageOf(number, roomId, seq)));
    replica.apply({
      kind: 'event',
      userEvent: {
        cursor: `${number}`,
        event: {
          __typename: 'MessageEvent',
          roomId,
          changeSeq: String(seq + 1),
          event: 'INSERT',
          messageId: message.id,
          message,
        },
      },
    });
    replica.takeTopics();
    replica.takeChanges();
  }
  gc();
  const bytes = process.memoryUsage().heapUsed - before;
  if (replica.messageCount() !== MESSAGES) {
    throw new Error(`${replica.messageCount()} messages, not ${MESSAGES}`);
  }
  return bytes;
}

const texts = frames();
applyEvents(texts.slice(0, 5_000)); // Warms up.
const applied = applyEvents(texts);
texts.length = 0;
console.log(JSON.stringify({ ...applied, bytes: bytesOfMessages() }));
