import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';

/* Who comes by the link of a room without an account: what they may do there, and that it is there alone. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

interface Guest {
  readonly id: string;
  readonly sessionId: string;
}

async function makeRoom() {
  const owner = await database.createUser();
  const room = await database.createRoom(owner);
  const { code } = await database.call(owner, 'create_invitation', room.id, null, 3600, true);
  return { owner, room, code: code as string };
}

async function join(code: string, name = 'Ada'): Promise<Guest> {
  const { rows } = await database.owner.query<Guest>(
    'select user_id as id, (access_token).sid as "sessionId" from app_public.join_as_guest($1, $2)',
    [code, name],
  );
  return single(rows);
}

const read = async (guest: Guest, sql: string, ...values: unknown[]) =>
  database.asUser(guest, async (client) => (await client.query(sql, values)).rows);

test('a guest is in the room under a name, writes and reads there', async () => {
  const { owner, room, code } = await makeRoom();
  await database.sendMessage(owner, room.id, 'welcome');
  const guest = await join(code, ' Ada  Lovelace ');
  await database.sendMessage(guest, room.id, 'hello');
  expect(await read(guest, 'select content from app_public.messages order by seq')).toEqual([
    { content: 'welcome' },
    { content: 'hello' },
  ]);
  expect(
    await read(guest, 'select display_name from app_public.users where id = $1', guest.id),
  ).toEqual([{ display_name: 'Ada Lovelace' }]);
  expect(await database.call(guest, 'account')).toEqual({
    email: null,
    is_email_verified: false,
    has_password: false,
    is_guest: true,
  });
});

test('a guest who asks about passwords is told to make an account first', async () => {
  const { code } = await makeRoom();
  const guest = await join(code);
  const refused = { code: 'TR403', message: 'You have no password yet: make an account first.' };
  await expect(database.call(guest, 'begin_totp', null)).rejects.toMatchObject(refused);
  await expect(database.call(guest, 'begin_passkey', null)).rejects.toMatchObject(refused);
  await expect(
    database.call(guest, 'change_password', null, 'correct horse'),
  ).rejects.toMatchObject(refused);
});

describe('nobody comes as a guest', () => {
  test.each([
    ['with an invitation for people with an account', 'TR403'],
    ['with one that is over', 'TR404'],
    ['with one that was used up', 'TR404'],
    ['with a guess', 'TR404'],
    ['where accounts are made by nobody', 'TR403'],
    ['without a name', '23514'],
  ])('%s', async (why, code) => {
    const { owner, room } = await makeRoom();
    const invite = (uses: number | null, seconds: number, forGuests: boolean) =>
      database.call(owner, 'create_invitation', room.id, uses, seconds, forGuests);
    let { code: given } = await invite(1, 3600, !why.includes('with an account'));
    if (why.includes('is over')) {
      await database.owner.query(
        'update app_public.room_invitations set expires_at = now() where code = $1',
        [given],
      );
    }
    if (why.includes('used up')) {
      await join(given);
    }
    if (why.includes('guess')) {
      given = 'a guess';
    }
    const rules = (who: string) =>
      database.owner.query('select app_private.set_account_rules($1, true)', [who]);
    await rules(why.includes('nobody') ? 'closed' : 'open');
    try {
      await expect(join(given, why.includes('a name') ? ' ' : 'Ada')).rejects.toMatchObject({
        code,
      });
    } finally {
      await rules('open');
    }
  });
});

test('a guest sees no other room and finds nobody, public or not', async () => {
  const { code, room } = await makeRoom();
  const other = await makeRoom();
  const guest = await join(code);
  expect(await read(guest, 'select id from app_public.rooms')).toEqual([{ id: room.id }]);
  const name = single(
    (
      await database.owner.query('select name, slug from app_public.rooms where id = $1', [
        other.room.id,
      ])
    ).rows,
  );
  expect(await read(guest, 'select id from app_public.search_rooms($1)', name.slug)).toEqual([]);
  expect(
    await read(guest, 'select id from app_public.search_users($1)', other.owner.username),
  ).toEqual([]);
  const count =
    "select app_public.rooms_member_count(jsonb_populate_record(null::app_public.rooms, jsonb_build_object('id', $1::text))) as count";
  expect((await read(guest, count, other.room.id))[0]?.count ?? 0).toBe(0);
  expect((await read(guest, count, room.id))[0]?.count).toBe(2);
  // The same is seen by whoever has an account.
  expect(
    await database.asUser(
      other.owner,
      async (client) =>
        (await client.query('select id from app_public.rooms where id = $1', [room.id])).rows,
    ),
  ).toEqual([{ id: room.id }]);
});

test('a guest does nothing that is not of their room, and no other brings them elsewhere', async () => {
  const { owner, code } = await makeRoom();
  const other = await makeRoom();
  const guest = await join(code);
  for (const [name, ...values] of [
    ['join_room', other.room.id],
    ['accept_invitation', other.code],
    ['create_direct_conversation', owner.id],
    ['create_invitation', other.room.id],
  ] as const) {
    await expect(database.call(guest, name, ...values)).rejects.toMatchObject({ code: 'TR403' });
  }
  await expect(
    database.commitAs(guest, (client) =>
      client.query("select app_public.create_room('A room of mine', 'a-room-of-mine')"),
    ),
  ).rejects.toMatchObject({ code: 'TR403' });
  await expect(
    database.call(other.owner, 'add_room_member', other.room.id, guest.id),
  ).rejects.toMatchObject({ code: 'TR403' });
  await expect(database.call(owner, 'create_direct_conversation', guest.id)).rejects.toMatchObject({
    code: 'TR403',
  });
});

test('a guest has no role, whoever gives it, and owns no room', async () => {
  const { owner, room, code } = await makeRoom();
  const guest = await join(code);
  for (const role of ['moderator', 'admin', 'owner']) {
    await expect(
      database.call(owner, 'set_member_role', room.id, guest.id, role),
    ).rejects.toMatchObject({ code: 'TR403', message: expect.stringContaining('has no role') });
  }
  await expect(
    database.owner.query("update app_public.room_members set role = 'admin' where user_id = $1", [
      guest.id,
    ]),
  ).rejects.toMatchObject({ code: 'TR403' });
  const [member] = [await database.createUser()];
  await database.call(member, 'accept_invitation', code);
  await database.owner.query('select app_private.take_out($1, $2)', [room.id, owner.id]);
  const roles = async () =>
    (
      await database.owner.query(
        'select user_id as id, role from app_public.room_members where room_id = $1 order by role desc',
        [room.id],
      )
    ).rows;
  expect(await roles()).toEqual([
    { id: member.id, role: 'owner' },
    { id: guest.id, role: 'member' },
  ]);
  await database.owner.query('select app_private.take_out($1, $2)', [room.id, member.id]);
  expect(await roles()).toEqual([{ id: guest.id, role: 'member' }]);
  expect(
    (
      await database.owner.query('select is_archived from app_public.rooms where id = $1', [
        room.id,
      ])
    ).rows,
  ).toEqual([{ is_archived: true }]);
});

test('a guest leaves, and deletes themselves without a password', async () => {
  const { room, code } = await makeRoom();
  const [leaving, going] = [await join(code), await join(code)];
  await database.call(leaving, 'leave_room', room.id);
  expect(await database.call(going, 'delete_my_account')).toEqual({ delete_my_account: true });
  const { rows } = await database.owner.query(
    'select deleted_at is not null as gone, room_id from app_public.users left join app_public.room_members on user_id = id where id = any($1) order by gone',
    [[leaving.id, going.id]],
  );
  expect(rows).toEqual([
    { gone: false, room_id: null },
    { gone: true, room_id: room.id }, // Until the worker takes them out.
  ]);
});

test('a guest sees those who are or wrote in their room, and nobody else, and nobody once out of it', async () => {
  const { owner, room, code } = await makeRoom();
  const author = await database.createUser();
  await database.call(author, 'join_room', room.id);
  await database.sendMessage(author, room.id, 'I leave again');
  await database.call(author, 'leave_room', room.id);
  const guest = await join(code);
  const stranger = await database.createUser();
  const seen = async (who: Guest | typeof stranger) =>
    (
      await read(who as Guest, 'select id from app_public.users where id = any($1)', [
        owner.id,
        author.id,
        guest.id,
        stranger.id,
      ])
    ).map(({ id }) => id);
  expect((await seen(guest)).sort()).toEqual([owner.id, author.id, guest.id].sort());
  expect(await seen(stranger)).toHaveLength(4);
  await database.call(owner, 'kick_member', room.id, guest.id);
  expect(await seen(guest)).toEqual([guest.id]);
});

describe('a guest who makes an account', () => {
  test('loses nothing: messages, membership, what was read, the session', async () => {
    const { room, code } = await makeRoom();
    const guest = await join(code);
    const { id } = await database.sendMessage(guest, room.id, 'hello');
    await database.call(guest, 'mark_room_read', room.id, id);
    const state = async () =>
      (
        await database.owner.query(
          `select role, last_read_seq, (select array_agg(content) from app_public.messages where author_id = user_id) as wrote
            from app_public.room_members where user_id = $1`,
          [guest.id],
        )
      ).rows;
    const before = await state();
    const user = await database.call(guest, 'claim_guest', 'lovelace', 'correct horse');
    expect(user).toMatchObject({ id: guest.id, username: 'lovelace', display_name: 'Ada' });
    expect(await state()).toEqual(before);
    expect(await database.call(guest, 'account')).toMatchObject({
      has_password: true,
      is_guest: false,
    });
    const { rows } = await database.owner.query(
      "select user_id from app_public.sign_in('lovelace', 'correct horse')",
    );
    expect(rows).toEqual([{ user_id: guest.id }]);
    const other = await makeRoom();
    await database.call(guest, 'join_room', other.room.id);
  });

  test('does not where nobody makes one by themselves', async () => {
    const { code } = await makeRoom();
    const guest = await join(code);
    const rules = (who: string) =>
      database.owner.query('select app_private.set_account_rules($1, true)', [who]);
    await rules('closed');
    try {
      await expect(
        database.call(guest, 'claim_guest', 'latecomer', 'correct horse'),
      ).rejects.toMatchObject({ code: 'TR403' });
    } finally {
      await rules('open');
    }
  });

  test('has a name that nobody has, a good password, and does so once', async () => {
    const { owner, code } = await makeRoom();
    const guest = await join(code);
    const claim = (username: string, password = 'correct horse') =>
      database.call(guest, 'claim_guest', username, password);
    await expect(claim(owner.username)).rejects.toMatchObject({
      constraint: 'users_username_is_unique',
    });
    await expect(claim('hopper', 'password')).rejects.toMatchObject({ code: 'TR400' });
    expect(await database.call(guest, 'account')).toMatchObject({ is_guest: true });
    const claims = await Promise.allSettled([
      claim('hopper'),
      claim('hopper-2'),
      claim('hopper-3'),
    ]);
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(
      database.call(owner, 'claim_guest', 'thief', 'correct horse'),
    ).rejects.toMatchObject({
      code: 'TR409',
    });
  });
});

test('guests who were away for 30 days are deleted as accounts are, and nobody else', async () => {
  const { code } = await makeRoom();
  const [idle, active, claimed] = [await join(code), await join(code), await join(code)];
  await database.call(claimed, 'claim_guest', 'claimed', 'correct horse');
  await database.owner.query(
    "update app_private.guests set created_at = now() - interval '31 days'",
  );
  await database.owner.query(
    "update app_private.sessions set refreshed_at = now() - interval '31 days' where user_id in ($1, $2)",
    [idle.id, claimed.id],
  );
  await database.owner.query('select app_private.expire_guests()');
  const { rows } = await database.owner.query(
    'select id from app_public.users where id = any($1) and deleted_at is null order by id',
    [[idle.id, active.id, claimed.id]],
  );
  expect(rows.map(({ id }) => id)).toEqual([active.id, claimed.id].sort());
});
