import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * What happens in a room is told in its history, where the room has it so: in its place, and without being a message that
 * somebody wrote.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRoom(level: string | null = 'all', type: 'public' | 'private' = 'public') {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { members: [bob], type });
  if (level !== null) {
    await database.call(ada, 'set_system_messages', roomId, level);
  }
  return { ada, bob, roomId };
}

async function told(who: TestUser, roomId: string) {
  const { rows } = await database.asUser(who, (client) =>
    client.query(
      `select seq::integer, author_id, (told).* from (
          select seq, author_id, app_public.messages_system_message(messages) as told
            from app_public.messages where room_id = $1
        ) as messages where (told).kind is not null order by seq`,
      [roomId],
    ),
  );
  return rows.map(({ seq, author_id, ...rest }) => ({
    seq,
    author: author_id,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
  }));
}

async function unreadOf(who: TestUser, roomId: string): Promise<number> {
  const { rows } = await database.asUser(who, (client) =>
    client.query(
      'select unread_count::integer from app_public.user_conversations() where room_id = $1',
      [roomId],
    ),
  );
  return rows[0].unread_count;
}

test('each change has its place in the history, and says what is new', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const eve = await database.createUser();
  await database.call(eve, 'join_room', roomId);
  const { id: messageId } = await database.call(bob, 'send_message', roomId, 'hello');
  await database.call(ada, 'pin_message', messageId);
  await database.call(ada, 'update_room', roomId, 'Second', 'For tests');
  await database.call(ada, 'set_room_retention', roomId, 30);
  await database.call(ada, 'set_disappearing', roomId, 3600);
  await database.call(ada, 'set_disappearing', roomId, null);
  await database.call(eve, 'leave_room', roomId);
  expect(await told(bob, roomId)).toEqual([
    { seq: 1, author: eve.id, kind: 'member_joined' },
    { seq: 3, author: ada.id, kind: 'message_pinned', message_id: messageId },
    { seq: 4, author: ada.id, kind: 'renamed', name: 'Second' },
    { seq: 5, author: ada.id, kind: 'description_changed', description: 'For tests' },
    { seq: 6, author: ada.id, kind: 'retention_changed', retention_days: 30 },
    { seq: 7, author: ada.id, kind: 'disappearing_changed', disappear_after_seconds: 3600 },
    { seq: 8, author: ada.id, kind: 'disappearing_changed' },
    { seq: 9, author: eve.id, kind: 'member_left' },
  ]);
});

test('nothing is told where nobody has set it, and no joins where only changes are', async () => {
  const quiet = await makeRoom(null);
  await database.call(quiet.ada, 'update_room', quiet.roomId, 'Second');
  await database.call(quiet.bob, 'leave_room', quiet.roomId);
  expect(await told(quiet.ada, quiet.roomId)).toEqual([]);
  const { ada, bob, roomId } = await makeRoom('changes');
  await database.call(ada, 'update_room', roomId, 'Second');
  await database.call(bob, 'leave_room', roomId);
  expect(await told(ada, roomId)).toMatchObject([{ kind: 'renamed' }]);
});

test('a conversation tells that it is a room now, with those who join it from then on', async () => {
  const [ada, bob, eve, dan] = await Promise.all([
    database.createUser(),
    database.createUser(),
    database.createUser(),
    database.createUser(),
  ]);
  const { id } = await database.call(ada, 'create_group_conversation', [bob.id, eve.id]);
  await database.call(bob, 'set_system_messages', id, 'all');
  await database.call(ada, 'turn_into_room', id, 'Den', `den-${id.slice(-12)}`);
  await database.call(ada, 'add_room_member', id, dan.id);
  expect(await told(eve, id)).toMatchObject([
    { kind: 'became_room', name: 'Den', author: ada.id },
    { kind: 'member_joined', author: dan.id },
  ]);
});

test('they are not unread, not found, not pushed and mention nobody', async () => {
  const { ada, bob, roomId } = await makeRoom();
  await database.call(ada, 'update_room', roomId, `Zanzibar @${bob.username}`, 'Zanzibar');
  expect(await unreadOf(bob, roomId)).toBe(0);
  await database.owner.query(
    "insert into app_public.push_subscriptions (user_id, channel, endpoint) values ($1, 'web', $2)",
    [bob.id, `https://push.test/${bob.id}`],
  );
  await database.call(ada, 'update_room', roomId, `Zanzibari @${bob.username}`);
  const noted = () =>
    database.owner.query('select from app_private.push_notices where room_id = $1', [roomId]);
  expect((await noted()).rows).toHaveLength(0);
  await database.call(ada, 'send_message', roomId, 'Zanzibar is an island');
  expect((await noted()).rows).toHaveLength(1);
  await database.call(ada, 'update_room', roomId, 'Third');
  expect(await unreadOf(bob, roomId)).toBe(1);
  await database.indexMessages();
  const found = await database.asUser(bob, async (client) => {
    const ask = (words: string) =>
      client.query(
        'select seq::integer from app_public.search_messages($1) join app_public.messages on messages.id = message_id',
        [words],
      );
    return [...(await ask('renamed')).rows, ...(await ask('Zanzibar')).rows];
  });
  expect(found).toEqual([{ seq: 4 }]);
});

test('nobody edits, pins or quotes them, answers as one, or takes what they tell away, but moderators', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const eve = await database.createUser();
  await database.call(eve, 'join_room', roomId);
  const { rows } = await database.owner.query(
    'select id from app_public.messages where room_id = $1',
    [roomId],
  );
  const [{ id }] = rows;
  await expect(database.call(eve, 'edit_message', id, 'I was always here')).rejects.toMatchObject({
    code: 'TR409',
  });
  await expect(database.call(ada, 'pin_message', id)).rejects.toMatchObject({ code: 'TR409' });
  await expect(database.call(eve, 'delete_message', id)).rejects.toMatchObject({ code: 'TR403' });
  await expect(
    database.call(bob, 'send_message', roomId, 'so', 'text', { quote: { messageId: id } }),
  ).rejects.toMatchObject({ code: 'TR404' });
  await expect(
    database.call(bob, 'send_message', roomId, 'left', 'system', {
      system: { kind: 'MEMBER_LEFT' },
    }),
  ).rejects.toMatchObject({ code: 'TR400' });
  // Metadata is anybody's: without the type it tells nothing.
  await database.call(bob, 'send_message', roomId, 'left', 'text', {
    system: { kind: 'MEMBER_LEFT' },
  });
  expect(await told(ada, roomId)).toMatchObject([{ kind: 'member_joined' }]);
  await database.call(ada, 'delete_message', id);
  expect(await told(ada, roomId)).toEqual([]);
});

test('the level is set by admins and the owner, and by everybody in a conversation', async () => {
  const { ada, bob, roomId } = await makeRoom();
  await expect(database.call(bob, 'set_system_messages', roomId, 'none')).rejects.toMatchObject({
    code: 'TR403',
  });
  const { id } = await database.call(ada, 'create_direct_conversation', bob.id);
  expect(await database.call(bob, 'set_system_messages', id, 'changes')).toMatchObject({
    system_messages: 'changes',
  });
});

test('whoever joined or left by hand is told; who deletes their account, or a room, leaves no word', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const eve = await database.createUser();
  await database.owner.query(
    'insert into app_public.room_members (room_id, user_id) values ($1, $2)',
    [roomId, eve.id],
  );
  await database.owner.query('delete from app_public.room_members where user_id = $1', [eve.id]);
  // Nobody is the author of what an administrator changes at psql.
  await database.owner.query("update app_public.rooms set name = 'By hand' where id = $1", [
    roomId,
  ]);
  expect(await told(ada, roomId)).toMatchObject([
    { kind: 'member_joined', author: eve.id },
    { kind: 'member_left', author: eve.id },
  ]);
  await database.call(bob, 'delete_my_account', bob.username);
  const { rows } = await database.owner.query('select app_private.leave_next_room($1)', [bob.id]);
  expect(rows).toHaveLength(1);
  expect(await told(ada, roomId)).toHaveLength(2);
  await database.owner.query('delete from app_public.rooms where id = $1', [roomId]);
});

test.each([
  { kind: 'TELEPORTED' },
  { kind: 5 },
  {},
  'moved',
  { kind: 'MESSAGE_PINNED', messageId: 'that one' },
  { kind: 'RETENTION_CHANGED', retentionDays: 5_000_000_000 },
  { kind: 'DISAPPEARING_CHANGED', disappearAfterSeconds: 'soon' },
])('what an import brought that tells %j hides no message', async (system) => {
  const { ada, roomId } = await makeRoom();
  const { id } = await database.sendMessage(ada, roomId, 'moved');
  await database.owner.query(
    "update app_public.messages set message_type = 'system', metadata = $2 where id = $1",
    [id, JSON.stringify({ system })],
  );
  const { rows } = await database.asUser(ada, (client) =>
    client.query(
      `select content, (app_public.messages_system_message(messages)).* from app_public.messages where id = $1`,
      [id],
    ),
  );
  expect(rows).toMatchObject([
    { content: 'moved', message_id: null, retention_days: null, disappear_after_seconds: null },
  ]);
});
