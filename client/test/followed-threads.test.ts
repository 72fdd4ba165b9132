import type { TestUser } from '../../testing/database.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { openClient } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { type ThreadNumbers, threadsOf } from '../src/ui/threads/store.ts';
import { until } from './support.ts';

/* The badge of the threads that somebody follows shows what the server says of them, whatever has become of their rooms. */

const { database, server, close } = await createTestWorld();
afterAll(() => close());

const GONE: ThreadNumbers = {
  threadCount: 0,
  unreadThreadCount: 0,
  unreadCount: 0,
  mentionCount: 0,
};
const READ: ThreadNumbers = { ...GONE, threadCount: 1 };
const UNREAD: ThreadNumbers = {
  threadCount: 1,
  unreadThreadCount: 1,
  unreadCount: 1,
  mentionCount: 1,
};

type Deed = (ada: TestUser, bob: TestUser, roomId: string, threadId: string) => Promise<unknown>;
const DEEDS: Record<string, readonly [deed: Deed, expected: ThreadNumbers]> = {
  'left their room': [(ada, _, roomId) => database.call(ada, 'leave_room', roomId), GONE],
  'been put out of it': [
    (ada, bob, roomId) => database.call(bob, 'kick_member', roomId, ada.id),
    GONE,
  ],
  'read the room on another device': [
    (ada, _, roomId) => database.call(ada, 'mark_room_read', roomId),
    READ,
  ],
  'said on another device that nothing notifies them': [
    (ada, _, roomId) => database.call(ada, 'set_notification_level', roomId, 'none'),
    { ...UNREAD, mentionCount: 0 },
  ],
};

test.each(Object.keys(DEEDS))(
  'what is unread in threads is not what it was once somebody has %s',
  async (name) => {
    const [deed, expected] = DEEDS[name] as (typeof DEEDS)[string];
    const { ada: bob, bob: ada, roomId } = await createRoomOfTwo(database);
    const { id: threadId } = await database.sendMessage(ada, roomId, 'Where shall we meet?');
    const client = await openClient({ url: server.url, storage: memoryStorage() });
    await client.signIn({ username: ada.username, password: ada.username });
    await until(client.state, (state) => state === 'live');
    const store = threadsOf(client);
    const stop = store.subscribe(() => {});
    const shows = (numbers: ThreadNumbers) =>
      until(store, (shown) => JSON.stringify(shown) === JSON.stringify(numbers));
    try {
      await database.call(
        bob,
        'send_message',
        roomId,
        `Here, @${ada.username}`,
        'text',
        '{}',
        threadId,
      );
      await shows(UNREAD);
      await deed(ada, bob, roomId, threadId);
      await shows(expected);
    } finally {
      stop();
      await client.close();
    }
  },
);
