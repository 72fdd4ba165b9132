import { createRoomOfTwo, createTestWorld, type RoomOfTwo } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { openLink } from './link.ts';
import { dropLog, until } from './support.ts';

const { database, server, close } = await createTestWorld();
const link = await openLink(server.url);
const ANSWERS = 120;

let room: RoomOfTwo;
let parentId: string;
let storage: ReturnType<typeof memoryStorage>;
let client: Client;

afterAll(async () => {
  await link.close();
  await close();
});

/** A message, and its answers among others that are none. */
beforeEach(async () => {
  room = await createRoomOfTwo(database);
  const { bob, roomId } = room;
  parentId = (await database.sendMessage(bob, roomId, 'What do you think?')).id;
  await database.commitAs(bob, async (session) => {
    for (let number = 1; number <= ANSWERS; number += 1) {
      for (const [content, parent] of [
        [`answer ${number}`, parentId],
        [`other ${number}`, null],
      ]) {
        await session.query(
          'select app_public.send_message(room_id => $1, content => $2, parent_message_id => $3)',
          [roomId, content, parent],
        );
      }
    }
  });
  storage = memoryStorage();
  client = await openClient({ url: link.url, storage });
  await client.signIn({ username: room.ada.username, password: room.ada.username });
  await until(client.state, (state) => state === 'live');
});

afterEach(() => client.close());

const answers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `answer ${first + index}`);

const shown = () =>
  client
    .thread(parentId)
    .get()
    .messages.map(({ content }) => content);

async function answer(content: string): Promise<{ id: string }> {
  const { rows } = await database.commitAs(room.bob, (session) =>
    session.query<{ id: string }>(
      `select id from app_public.send_message(
        room_id => $1, content => $2, parent_message_id => $3)`,
      [room.roomId, content, parentId],
    ),
  );
  return rows[0] as { id: string };
}

test('a thread that is looked at shows its newest answers, back to the first, and goes on with the log', async () => {
  const thread = client.thread(parentId);
  const { parent } = await until(thread, ({ messages }) => messages.length === 50);
  expect(parent).toMatchObject({ content: 'What do you think?', replyCount: ANSWERS });
  expect(shown()).toEqual(answers(71, ANSWERS));
  while (thread.get().hasOlder) {
    await thread.loadOlder();
  }
  expect(shown()).toEqual(answers(1, ANSWERS));
  const { id } = await answer('one more');
  await until(thread, ({ messages }) => messages.length === ANSWERS + 1);
  expect(thread.get().parent?.replyCount).toBe(ANSWERS + 1);
  await database.call(room.bob, 'edit_message', id, 'one more, edited');
  await until(thread, ({ messages }) => messages.at(-1)?.content === 'one more, edited');
  await database.call(room.bob, 'delete_message', id);
  await until(thread, ({ parent: now }) => now?.replyCount === ANSWERS);
  expect(thread.get().messages.at(-1)).toMatchObject({ content: null });
});

test('an answer is shown and counted at once, and once, also without a network', async () => {
  const { roomId } = room;
  const thread = client.thread(parentId);
  await until(thread, ({ messages }) => messages.length === 50);
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  client.act({ kind: 'send', roomId, content: 'from a tunnel', parentMessageId: parentId });
  expect(thread.get().messages.at(-1)).toMatchObject({ content: 'from a tunnel', seq: null });
  expect(thread.get().parent?.replyCount).toBe(ANSWERS + 1);
  await client.kept();
  await client.close();
  client = await openClient({ url: link.url, storage });
  expect(shown()).toEqual([...answers(71, ANSWERS), 'from a tunnel']);
  const again = client.thread(parentId);
  const counts = new Set<number | undefined>();
  again.subscribe(() => counts.add(again.get().parent?.replyCount));
  link.comeBack();
  client.hurry();
  await until(client.queue, (actions) => actions.length === 0);
  await until(again, ({ messages }) => messages.at(-1)?.actionId === null);
  expect(shown()).toEqual([...answers(71, ANSWERS), 'from a tunnel']);
  await until(again, ({ parent }) => parent?.replyCount === ANSWERS + 1);
});

test('what was done with an answer is shown in its thread', async () => {
  const thread = client.thread(parentId);
  const { messages } = await until(thread, (now) => now.messages.length === 50);
  const { id, roomId } = messages[10] as { id: string; roomId: string };
  let changes = 0;
  thread.subscribe(() => {
    changes += 1;
  });
  client.act({ kind: 'react', roomId, messageId: id, emoji: '👍', isOn: true });
  expect(thread.get().messages[10]?.reactions).toMatchObject([{ emoji: '👍', count: 1 }]);
  expect(thread.get().messages[11]).toBe(messages[11]);
  await until(client.queue, (actions) => actions.length === 0);
  expect(changes).toBeGreaterThan(0);
});

test('after a long absence a thread shows what was answered and deleted meanwhile', async () => {
  const thread = client.thread(parentId);
  const { messages } = await until(thread, (now) => now.messages.length === 50);
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await database.call(room.bob, 'delete_message', messages[40]?.id);
  await answer('while away');
  await dropLog(database, room.roomId);
  link.comeBack();
  client.hurry();
  await until(
    thread,
    (now) =>
      now.messages.at(-1)?.content === 'while away' &&
      now.messages.some(({ id, deletedAt }) => id === messages[40]?.id && deletedAt !== null),
  );
});

test('after a long absence a reader who has gone up stays there, and one at the end is at the end', async () => {
  const { bob, roomId } = room;
  const timelines = [client.timeline(roomId), client.timeline(roomId)] as const;
  const [goneUp, atEnd] = timelines;
  await Promise.all(timelines.map((timeline) => timeline.jumpToNewest()));
  const last = goneUp.get().messages.at(-1)?.seq as number;
  goneUp.setAtEnd(false);
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await database.commitAs(bob, async (session) => {
    for (let number = 1; number <= 120; number += 1) {
      await session.query("select app_public.send_message($1, 'meanwhile')", [roomId]);
    }
  });
  await dropLog(database, roomId);
  link.comeBack();
  client.hurry();
  await until(atEnd, ({ messages }) => messages.at(-1)?.seq === last + 120);
  expect(goneUp.get().messages.at(-1)?.seq).toBe(last);
  expect(goneUp.get().hasNewer).toBe(true);
  while (goneUp.get().hasNewer) {
    await goneUp.loadNewer();
  }
  expect(goneUp.get().messages.at(-1)?.seq).toBe(last + 120);
});
