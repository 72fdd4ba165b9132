import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

/* Conversations of several without a name: who finds them, who leaves them, and how one becomes a room. */

let database: TestDatabase;
let ada: TestUser;
let bob: TestUser;
let carol: TestUser;
let dave: TestUser;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  [ada, bob, carol, dave] = (await Promise.all(
    Array.from({ length: 4 }, () => database.createUser()),
  )) as [TestUser, TestUser, TestUser, TestUser];
});

const call: TestDatabase['call'] = (...args) => database.call(...args);

const begin = (by: TestUser, ...others: { readonly id: string }[]) =>
  call(
    by,
    'create_group_conversation',
    others.map(({ id }) => id),
  );

async function membersOf(roomId: string): Promise<Record<string, string>> {
  const { rows } = await database.owner.query<{ user_id: string; role: string }>(
    'select user_id, role from app_public.room_members where room_id = $1',
    [roomId],
  );
  return Object.fromEntries(rows.map((row) => [row.user_id, row.role]));
}

/** Until a transaction waits for another one. */
async function oneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await database.owner.query<{ waiting: boolean }>(
      `select exists (
        select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()) as waiting`,
    );
    if (rows[0]?.waiting) {
      return;
    }
  }
}

async function rename(person: TestUser, displayName: string): Promise<void> {
  await database.owner.query('update app_public.users set display_name = $2 where id = $1', [
    person.id,
    displayName,
  ]);
}

async function nameFor(viewer: TestUser, roomId: string): Promise<string> {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query(
      'select app_public.rooms_display_name(rooms) as name from app_public.rooms where id = $1',
      [roomId],
    ),
  );
  return rows[0].name;
}

test('the same people find the same conversation, whoever asks, in any order and all at once', async () => {
  const rooms = await Promise.all([
    begin(ada, bob, carol),
    begin(bob, carol, ada),
    begin(carol, ada, bob),
    begin(ada, carol, carol, bob, ada),
    begin(bob, ada, carol),
    begin(carol, bob, ada),
  ]);
  const roomId = rooms[0].id;
  expect(new Set(rooms.map(({ id }) => id))).toEqual(new Set([roomId]));
  expect(rooms[0]).toMatchObject({ type: 'direct', name: null, slug: null });
  expect(await membersOf(roomId)).toEqual({
    [ada.id]: 'member',
    [bob.id]: 'member',
    [carol.id]: 'member',
  });
  const withDave = await begin(bob, ada, carol, dave);
  expect(withDave.id).not.toBe(roomId);
  expect((await begin(dave, carol, bob, ada)).id).toBe(withDave.id);
});

test('a conversation of two is the direct one, and nobody begins one alone or with too many', async () => {
  const direct = await call(ada, 'create_direct_conversation', bob.id);
  expect((await begin(bob, ada)).id).toBe(direct.id);
  await expect(begin(ada, ada)).rejects.toMatchObject({ code: 'TR400' });
  await expect(begin(ada)).rejects.toMatchObject({ code: 'TR400' });
  await expect(call(ada, 'create_group_conversation', null)).rejects.toMatchObject({
    code: 'TR400',
  });
  await expect(begin(ada, bob, { id: crypto.randomUUID() })).rejects.toMatchObject({
    code: 'TR404',
  });
  const crowd = await Promise.all(Array.from({ length: 20 }, () => database.createUser()));
  await expect(begin(ada, ...crowd)).rejects.toMatchObject({ code: 'TR400' });
  expect(Object.keys(await membersOf((await begin(ada, ...crowd.slice(1))).id))).toHaveLength(20);
});

test('each calls it by the names of the others', async () => {
  await rename(ada, 'Ada');
  await rename(bob, 'Bob');
  await rename(carol, 'Carol');
  const { id } = await begin(ada, carol, bob);
  expect(await nameFor(ada, id)).toBe('Bob, Carol');
  expect(await nameFor(bob, id)).toBe('Ada, Carol');
  expect(await nameFor(carol, id)).toBe('Ada, Bob');
  await call(ada, 'turn_into_room', id, 'Lunch', 'lunch');
  expect(await nameFor(bob, id)).toBe('Lunch');
});

test('notifications say in which conversation it was; among two the author says it', async () => {
  await rename(ada, 'Ada');
  await rename(carol, 'Carol');
  const named = async (roomId: string) => {
    const { rows } = await database.owner.query<{ name: string | null }>(
      'select room_name as name from app_private.compose_push($1, $2)',
      [bob.id, roomId],
    );
    return rows[0]?.name;
  };
  const { id } = await begin(ada, carol, bob);
  await database.sendMessage(ada, id, 'to both');
  expect(await named(id)).toBe('Ada, Carol');
  const { id: directId } = await call(ada, 'create_direct_conversation', bob.id);
  await database.sendMessage(ada, directId, 'to you');
  expect(await named(directId)).toBeNull();
});

test('its people stay the same: who wants one more begins another', async () => {
  const { id } = await begin(ada, bob, carol);
  for (const [name, ...args] of [
    ['add_room_member', dave.id],
    ['create_invitation'],
    ['set_member_role', bob.id, 'admin'],
    ['update_room', 'A name'],
  ] as [string, ...unknown[]][]) {
    await expect(call(ada, name, id, ...args)).rejects.toMatchObject({ code: 'TR403' });
  }
  await expect(call(dave, 'join_room', id)).rejects.toMatchObject({ code: 'TR404' });
  expect(Object.keys(await membersOf(id))).toHaveLength(3);
});

test('a block keeps people from being brought together, and hides nothing that was there before', async () => {
  const { id } = await begin(ada, bob, carol);
  await call(bob, 'block_user', ada.id);
  await expect(begin(ada, bob, dave)).rejects.toMatchObject({ code: 'TRBLK' });
  await expect(begin(bob, ada, dave)).rejects.toMatchObject({ code: 'TRBLK' });
  expect((await begin(ada, bob, carol)).id).toBe(id);
  await database.sendMessage(ada, id, 'hello all');
});

test('who leaves is out of it; the others go on, and the same people begin anew', async () => {
  const { id } = await begin(ada, bob, carol);
  await database.sendMessage(ada, id, 'hello');
  await call(bob, 'leave_room', id);
  await expect(database.sendMessage(bob, id, 'still here?')).rejects.toMatchObject({
    code: 'TR404',
  });
  await database.sendMessage(carol, id, 'we go on');
  const again = await begin(bob, ada, carol);
  expect(again.id).not.toBe(id);
  expect(await membersOf(id)).toEqual({ [ada.id]: 'member', [carol.id]: 'member' });
  await call(ada, 'leave_room', id);
  expect(await call(carol, 'leave_room', id)).toMatchObject({ is_archived: true });
});

test('an account that is deleted is out of it, and the others go on', async () => {
  const { id } = await begin(ada, bob, carol);
  await call(bob, 'delete_my_account', bob.username);
  await database.owner.query('select app_private.take_out($1, $2)', [id, bob.id]);
  expect(await membersOf(id)).toEqual({ [ada.id]: 'member', [carol.id]: 'member' });
  await database.sendMessage(carol, id, 'we go on');
});

test('any of them turns it into a private room that has all that was written, and owns it', async () => {
  const { id } = await begin(ada, bob, carol);
  const message = await database.sendMessage(ada, id, 'before it was a room');
  expect(await call(bob, 'turn_into_room', id, '  Lunch ', 'Lunch-Club')).toMatchObject({
    id,
    type: 'private',
    name: 'Lunch',
    slug: 'lunch-club',
  });
  expect(await membersOf(id)).toEqual({
    [ada.id]: 'member',
    [bob.id]: 'owner',
    [carol.id]: 'member',
  });
  await call(bob, 'add_room_member', id, dave.id);
  for (const [who, seen] of [
    [carol, [{ id: message.id }]],
    // It was said among the three: see history-visibility.test.ts.
    [dave, []],
  ] as const) {
    const { rows } = await database.asUser(who, (client) =>
      client.query('select id from app_public.messages where room_id = $1', [id]),
    );
    expect(rows).toEqual(seen);
  }
  await expect(call(ada, 'turn_into_room', id, 'Other', 'other')).rejects.toMatchObject({
    code: 'TR409',
  });
  expect((await begin(ada, bob, carol)).id).not.toBe(id);
});

test('two turn it into a room at the same moment: one of them does', async () => {
  const { id } = await begin(ada, bob, carol);
  const turned = await Promise.allSettled([
    call(ada, 'turn_into_room', id, 'Of Ada', 'of-ada'),
    call(bob, 'turn_into_room', id, 'Of Bob', 'of-bob'),
  ]);
  expect(turned.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(Object.values(await membersOf(id)).sort()).toEqual(['member', 'member', 'owner']);
});

test('who is just leaving does not turn it into a room', async () => {
  const { id } = await begin(ada, bob, carol);
  let turning: Promise<unknown> | undefined;
  await database.commitAs(ada, async (client) => {
    await client.query('select app_public.leave_room($1)', [id]);
    turning = call(ada, 'turn_into_room', id, 'Mine', 'mine').catch((error: unknown) => error);
    await Promise.race([turning, oneWaits()]);
  });
  expect(await turning).toMatchObject({ code: 'TR404' });
});

test('only its people turn it into a room, and a conversation of two stays one', async () => {
  const { id } = await begin(ada, bob, carol);
  await expect(call(dave, 'turn_into_room', id, 'Mine', 'mine')).rejects.toMatchObject({
    code: 'TR404',
  });
  const direct = await call(ada, 'create_direct_conversation', bob.id);
  await expect(call(ada, 'turn_into_room', direct.id, 'Two', 'two')).rejects.toMatchObject({
    code: 'TR400',
  });
  const taken = await database.createRoom(ada);
  await expect(call(ada, 'turn_into_room', id, 'Taken', taken.slug)).rejects.toMatchObject({
    code: 'TR409',
  });
  await expect(call(ada, 'turn_into_room', id, '', 'no-name')).rejects.toMatchObject({
    code: '23514',
  });
});

async function isHidden(person: TestUser, roomId: string): Promise<boolean> {
  const { rows } = await database.owner.query(
    'select app_private.is_hidden(member_preferences) from app_private.member_preferences where room_id = $1 and user_id = $2',
    [roomId, person.id],
  );
  return rows[0].is_hidden;
}

test('hidden for oneself, it comes back with any message', async () => {
  const { id } = await begin(ada, bob, carol);
  await call(ada, 'set_room_hidden', id, true);
  expect(await isHidden(ada, id)).toBe(true);
  await database.sendMessage(bob, id, 'anybody there?');
  expect(await isHidden(ada, id)).toBe(false);
});

test('hidden for oneself, it is there as a room, whether or not it had come back', async () => {
  const { id } = await begin(ada, bob, carol);
  await call(ada, 'set_room_hidden', id, true);
  await database.sendMessage(bob, id, 'anybody there?');
  await call(carol, 'set_room_hidden', id, true);
  await database.owner.query("delete from app_private.personal_news where matter = 'list'");
  await call(bob, 'turn_into_room', id, 'Band', `band-${id.slice(-12)}`);
  expect(await isHidden(ada, id)).toBe(false);
  expect(await isHidden(carol, id)).toBe(false);
  const { rows } = await database.owner.query(
    "select person_id from app_private.personal_news where matter = 'list'",
  );
  expect(rows.map(({ person_id }) => person_id).sort()).toEqual([ada.id, carol.id].sort());
});
