import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

interface Recap {
  readonly message_count: number;
  readonly highlights: readonly { message_id: string; reason: string; count: number }[];
}

/** What somebody has missed; null when they are not a member. */
async function recapOf(person: TestUser, roomId: string, since?: number): Promise<Recap | null> {
  const { rows } = await database.asUser(person, (client) =>
    client.query<{ recap: Recap | null }>(
      'select to_jsonb(app_public.room_recap($1, $2)) as recap',
      [roomId, since],
    ),
  );
  return single(rows).recap;
}

async function makeRoom() {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(ada, { members: [bob, eve] });
  return { ada, bob, eve, roomId };
}

test('tells numbers, and the messages that stand out, each once', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  await database.sendMessage(ada, roomId, 'Read long ago');
  await database.call(bob, 'mark_room_read', roomId);
  const liked = await database.sendMessage(ada, roomId, 'Cake in the kitchen');
  await database.call(eve, 'add_message_reaction', liked.id, '🎂');
  await database.call(ada, 'add_message_reaction', liked.id, '👍');
  const asked = await database.sendMessage(eve, roomId, 'Where shall we meet?');
  await database.call(ada, 'send_message', roomId, 'Here.', 'text', '{}', asked.id);
  const named = await database.sendMessage(ada, roomId, `Look, @${bob.username}`);
  await database.call(eve, 'add_message_reaction', named.id, '👀');
  await database.sendMessage(bob, roomId, 'My own words');
  const deleted = await database.sendMessage(eve, roomId, 'A slip');
  await database.call(eve, 'delete_message', deleted.id);
  expect(await recapOf(bob, roomId)).toMatchObject({
    message_count: 4,
    mention_count: 1,
    people_count: 2,
    file_count: 0,
    poll_count: 0,
    thread_count: 1,
    is_partial: false,
    writers: [
      { user_id: ada.id, message_count: 3 },
      { user_id: eve.id, message_count: 1 },
    ],
    highlights: [
      { message_id: named.id, reason: 'mention', count: 1 },
      { message_id: liked.id, reason: 'reactions', count: 2 },
      { message_id: asked.id, reason: 'replies', count: 1 },
    ],
  });
  await database.call(bob, 'block_user', eve.id);
  expect(await recapOf(bob, roomId)).toMatchObject({ message_count: 3, people_count: 1 });
  await database.call(bob, 'mark_room_read', roomId);
  expect(await recapOf(bob, roomId)).toMatchObject({ message_count: 0, highlights: [] });
  expect(await recapOf(bob, roomId, Number(asked.seq))).toMatchObject({ message_count: 2 });
});

test('is told to members alone, of polls and words of their own, too', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const stranger = await database.createUser();
  await database.call(bob, 'add_keyword_alert', 'tea');
  await database.sendMessage(ada, roomId, 'Tea is ready');
  await database.call(ada, 'send_message', roomId, 'Tea or coffee?', 'text', {
    poll: { answers: ['Tea', 'Coffee'] },
  });
  await database.indexMessages();
  expect(await recapOf(stranger, roomId)).toBeNull();
  const recap = await recapOf(bob, roomId);
  expect(recap).toMatchObject({ mention_count: 2, poll_count: 1 });
});

test('looks at a page of what was missed, and says that there is more', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const first = await database.sendMessage(ada, roomId, `Early, @${bob.username}`);
  for (let count = 0; count < 500; count += 1) {
    await database.sendMessage(ada, roomId, `Number ${count}`);
  }
  expect(await recapOf(bob, roomId)).toMatchObject({
    message_count: 500,
    mention_count: 0,
    is_partial: true,
  });
  expect(await recapOf(bob, roomId, Number(first.seq) + 1)).toMatchObject({
    message_count: 499,
    is_partial: false,
  });
});

test('tells nothing of what is withheld, has disappeared, or was before one could see', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  const { id: formerId } = await database.createRoom(ada, { members: [bob] });
  await database.call(ada, 'set_history_visibility', formerId, 'since_joining');
  for (const text of ['one', 'two', 'three']) {
    await database.sendMessage(ada, formerId, text);
  }
  await database.call(ada, 'add_room_member', formerId, eve.id);
  await database.sendMessage(ada, formerId, 'four');
  expect(await recapOf(bob, formerId, 0)).toMatchObject({ message_count: 4 });
  expect(await recapOf(eve, formerId, 0)).toMatchObject({ message_count: 1 });

  const withheld = await database.sendMessage(ada, roomId, `A slip, @${bob.username}`);
  const gone = await database.sendMessage(ada, roomId, `Burn this, @${bob.username}`);
  await database.sendMessage(ada, roomId, 'Everybody may read this');
  await database.owner.query('update app_public.messages set held_at = now() where id = $1', [
    withheld.id,
  ]);
  await database.owner.query(
    `update app_public.messages set disappears_at = now() - interval '1 second' where id = $1`,
    [gone.id],
  );
  // Its author sees what is withheld, and so do those who decide; it is no news for either.
  const counted = { message_count: 1, mention_count: 0, writers: [{ message_count: 1 }] };
  expect(await recapOf(bob, roomId)).toMatchObject(counted);
  await database.call(ada, 'set_member_role', roomId, bob.id, 'moderator');
  expect(await recapOf(bob, roomId)).toMatchObject(counted);
});

test('what happened in the room is no message that one has missed', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  await database.call(ada, 'set_system_messages', roomId, 'all');
  await database.call(eve, 'leave_room', roomId);
  expect(await recapOf(bob, roomId)).toMatchObject({ message_count: 0, writers: [] });
});
