import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const people = (count: number) =>
  Promise.all(Array.from({ length: count }, () => database.createUser())) as Promise<TestUser[]>;

const call: TestDatabase['call'] = (...args) => database.call(...args);

async function membersOf(roomId: string): Promise<Record<string, string>> {
  const { rows } = await database.owner.query<{ user_id: string; role: string }>(
    'select user_id, role from app_public.room_members where room_id = $1',
    [roomId],
  );
  return Object.fromEntries(rows.map((row) => [row.user_id, row.role]));
}

test('whoever makes a room owns it; its count of members follows joining and leaving', async () => {
  const [owner, guest] = (await people(2)) as [TestUser, TestUser];
  const room = await database.createRoom(owner);
  const count = async () => {
    const { rows } = await database.owner.query(
      'select app_public.rooms_member_count(rooms) as count from app_public.rooms where id = $1',
      [room.id],
    );
    return rows[0].count;
  };
  await call(guest, 'join_room', room.id);
  await call(guest, 'join_room', room.id);
  expect(await membersOf(room.id)).toEqual({ [owner.id]: 'owner', [guest.id]: 'member' });
  expect(await count()).toBe(2);
  await call(guest, 'leave_room', room.id);
  expect(await count()).toBe(1);
});

test('an owner leaves only after handing over, and there is one owner always', async () => {
  const [owner, heir, other] = (await people(3)) as [TestUser, TestUser, TestUser];
  const room = await database.createRoom(owner, { members: [heir, other] });
  await expect(call(owner, 'leave_room', room.id)).rejects.toMatchObject({ code: 'TR409' });
  await expect(call(owner, 'set_member_role', room.id, owner.id, 'member')).rejects.toMatchObject({
    code: 'TR409',
  });
  await Promise.allSettled([
    call(owner, 'set_member_role', room.id, heir.id, 'owner'),
    call(owner, 'set_member_role', room.id, other.id, 'owner'),
  ]);
  const roles = Object.values(await membersOf(room.id)).sort();
  expect(roles).toEqual(['admin', 'member', 'owner']);
  await call(owner, 'leave_room', room.id);
  expect(await membersOf(room.id)).not.toHaveProperty(owner.id);
});

test('the only owner closes a room for good and leaves, or leaves it when alone', async () => {
  const [owner, other] = (await people(2)) as [TestUser, TestUser];
  const shared = await database.createRoom(owner, { members: [other] });
  await call(owner, 'archive_room', shared.id);
  await call(owner, 'leave_room', shared.id);
  expect(await membersOf(shared.id)).toEqual({ [other.id]: 'member' });
  await expect(call(other, 'unarchive_room', shared.id)).rejects.toMatchObject({ code: 'TR403' });

  const own = await database.createRoom(owner);
  await expect(call(owner, 'leave_room', own.id)).resolves.toMatchObject({ is_archived: true });
  expect(await membersOf(own.id)).toEqual({});
  await expect(call(other, 'join_room', own.id)).rejects.toMatchObject({ code: 'TRARC' });
});

test('a direct conversation with a deleted account has a name and can be left', async () => {
  const [ada, bob] = (await people(2)) as [TestUser, TestUser];
  const { id } = await call(ada, 'create_direct_conversation', bob.id);
  const name = async () => {
    const { rows } = await database.asUser(ada, (client) =>
      client.query(
        'select app_public.rooms_display_name(rooms) as name from app_public.rooms where id = $1',
        [id],
      ),
    );
    return rows;
  };
  expect(await name()).toEqual([{ name: bob.username }]);
  await call(bob, 'delete_my_account', bob.username);
  expect(await name()).toEqual([{ name: 'Deleted account' }]);
  // What the worker does when nothing that bob wrote is left.
  await database.owner.query('delete from app_public.users where id = $1', [bob.id]);
  expect(await name()).toEqual([{ name: 'Deleted account' }]);
  await call(ada, 'leave_room', id);
  expect(await name()).toEqual([]);
});

test('whoever leaves does not type any more', async () => {
  const [ada, bob] = (await people(2)) as [TestUser, TestUser];
  const room = await database.createRoom(ada, { members: [bob] });
  await call(bob, 'set_typing', room.id, true);
  await call(bob, 'leave_room', room.id);
  const { rows } = await database.owner.query(
    'select user_id from app_private.typing_indicators where room_id = $1',
    [room.id],
  );
  expect(rows).toEqual([]);
});

const ROLES = ['member', 'moderator', 'admin', 'owner'] as const;
const RANK = { member: 0, moderator: 1, admin: 2, owner: 3 };

test.each(
  ROLES.flatMap((actor) =>
    ROLES.flatMap((target) => ROLES.map((role) => [actor, target, role] as const)),
  ),
)(
  'a role is only changed and given from above: %s makes a %s a %s',
  async (actorRole, targetRole, role) => {
    if (targetRole === 'owner' && actorRole === 'owner') {
      return; // There is one owner; their own role is the test before.
    }
    const [owner, first, second] = (await people(3)) as [TestUser, TestUser, TestUser];
    const room = await database.createRoom(owner, { members: [first, second] });
    const actor = actorRole === 'owner' ? owner : first;
    const target = targetRole === 'owner' ? owner : second;
    for (const [user, wanted] of [
      [actor, actorRole],
      [target, targetRole],
    ] as const) {
      if (wanted !== 'owner' && wanted !== 'member') {
        await call(owner, 'set_member_role', room.id, user.id, wanted);
      }
    }
    const allowed =
      RANK[actorRole] >= RANK.admin &&
      (role === targetRole ||
        actorRole === 'owner' ||
        (RANK[targetRole] < RANK[actorRole] && RANK[role] < RANK[actorRole]));
    const outcome = call(actor, 'set_member_role', room.id, target.id, role);
    if (allowed) {
      expect((await outcome).role).toBe(role);
    } else {
      await expect(outcome).rejects.toMatchObject({ code: 'TR403' });
      expect((await membersOf(room.id))[target.id]).toBe(targetRole);
    }
  },
);

test('a room takes maxMembers and not one more, however many come at once', async () => {
  const [owner, ...guests] = (await people(9)) as [TestUser, ...TestUser[]];
  const room = await database.createRoom(owner, { maxMembers: 4 });
  const outcomes = await Promise.allSettled(
    guests.map((guest) => call(guest, 'join_room', room.id)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({ code: 'TRFUL' });
    }
  }
  await expect(call(owner, 'update_room', room.id, null, null, 3)).rejects.toMatchObject({
    code: 'TR409',
  });
});

test('an invitation lets in as many as it says, even at once, and a member costs no use', async () => {
  const [owner, ...guests] = (await people(6)) as [TestUser, ...TestUser[]];
  const room = await database.createRoom(owner, { type: 'private' });
  const { code } = await call(owner, 'create_invitation', room.id, 2);
  await call(owner, 'accept_invitation', code);
  const outcomes = await Promise.allSettled(
    guests.map((guest) => call(guest, 'accept_invitation', code)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(Object.keys(await membersOf(room.id))).toHaveLength(3);
});

test('an invitation that has expired, was revoked or never was is refused alike', async () => {
  const [owner, guest] = (await people(2)) as [TestUser, TestUser];
  const room = await database.createRoom(owner, { type: 'private' });
  const expired = await call(owner, 'create_invitation', room.id);
  await database.owner.query(
    "update app_public.room_invitations set expires_at = now() - interval '1 second' where id = $1",
    [expired.id],
  );
  const revoked = await call(owner, 'create_invitation', room.id);
  await call(owner, 'revoke_invitation', revoked.id);
  const answers = await Promise.all(
    [expired.code, revoked.code, 'never'].map((code) =>
      call(guest, 'accept_invitation', code).catch(({ code: state, message }) => ({
        state,
        message,
      })),
    ),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ state: 'TR404' });
});

test('two people share one direct conversation, whoever asks and however often', async () => {
  const [ada, bob] = (await people(2)) as [TestUser, TestUser];
  const rooms = await Promise.all([
    call(ada, 'create_direct_conversation', bob.id),
    call(bob, 'create_direct_conversation', ada.id),
    call(ada, 'create_direct_conversation', bob.id),
  ]);
  expect(new Set(rooms.map((room) => room.id)).size).toBe(1);
  const roomId = rooms[0]?.id;
  expect(await membersOf(roomId)).toEqual({ [ada.id]: 'member', [bob.id]: 'member' });
  await expect(call(ada, 'leave_room', roomId)).rejects.toMatchObject({ code: 'TR400' });
  await expect(call(ada, 'create_direct_conversation', ada.id)).rejects.toMatchObject({
    code: 'TR400',
  });
  await expect(call(ada, 'create_direct_conversation', crypto.randomUUID())).rejects.toMatchObject({
    code: 'TR404',
  });
});

test('a slug taken by a private room is free for strangers: they learn nothing', async () => {
  const [ada, bob] = (await people(2)) as [TestUser, TestUser];
  const hidden = await database.createRoom(ada, { slug: 'secret-plans', type: 'private' });
  const own = await database.createRoom(bob, { slug: 'secret-plans', type: 'private' });
  const bySlug = (user: TestUser) =>
    database.asUser(user, async (client) => {
      const { rows } = await client.query("select id from app_public.room_by_slug('Secret-Plans')");
      return rows[0]?.id;
    });
  expect(await bySlug(ada)).toBe(hidden.id);
  expect(await bySlug(bob)).toBe(own.id);
  await expect(database.createRoom(ada, { slug: 'secret-plans' })).rejects.toMatchObject({
    code: 'TR409',
  });
  await database.createRoom((await people(1))[0] as TestUser, { slug: 'in-public' });
  await expect(database.createRoom(ada, { slug: 'in-public' })).rejects.toMatchObject({
    code: '23505',
  });
});

test('nothing changes in an archived room, and it can be read', async () => {
  const [owner, member, guest] = (await people(3)) as [TestUser, TestUser, TestUser];
  const room = await database.createRoom(owner, { members: [member] });
  const message = await database.sendMessage(member, room.id, 'kept');
  await expect(call(member, 'archive_room', room.id)).rejects.toMatchObject({ code: 'TR403' });
  await call(owner, 'archive_room', room.id);
  for (const attempt of [
    () => call(member, 'send_message', room.id, 'x'),
    () => call(member, 'edit_message', message.id, 'x'),
    () => call(member, 'delete_message', message.id),
    () => call(member, 'add_message_reaction', message.id, '👍'),
    () => call(owner, 'pin_message', message.id),
    () => call(owner, 'update_room', room.id, 'x'),
    () => call(owner, 'create_invitation', room.id),
    () => call(owner, 'add_room_member', room.id, guest.id),
    () => call(guest, 'join_room', room.id),
    () => call(member, 'set_typing', room.id, true),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'TRARC' });
  }
  await call(member, 'mark_room_read', room.id);
  const { rowCount } = await database.asUser(member, (client) =>
    client.query('select from app_public.messages where room_id = $1', [room.id]),
  );
  expect(rowCount).toBe(1);
  await call(owner, 'unarchive_room', room.id);
  await call(member, 'send_message', room.id, 'open again');
});

test('only the member sees how a room notifies them', async () => {
  const [owner, member] = (await people(2)) as [TestUser, TestUser];
  const room = await database.createRoom(owner, { members: [member] });
  await call(member, 'set_notification_level', room.id, 'mentions');
  const seenBy = (user: TestUser) =>
    database.asUser(user, async (client) => {
      const { rows } = await client.query(
        `select app_public.room_members_notification_level(room_members) as level
          from app_public.room_members where room_id = $1 and user_id = $2`,
        [room.id, member.id],
      );
      return rows[0]?.level;
    });
  expect(await seenBy(member)).toBe('mentions');
  expect(await seenBy(owner)).toBeNull();
});

test('when a room was last changed is noted whoever changes it, and not when nothing is changed', async () => {
  const room = await database.createRoom(await database.createUser());
  const change = async (slowMode: number) => {
    const { rows } = await database.owner.query<{ updated_at: Date }>(
      'update app_public.rooms set slow_mode_seconds = $2 where id = $1 returning updated_at',
      [room.id, slowMode],
    );
    return rows[0]?.updated_at.getTime();
  };
  await database.owner.query(
    "alter table app_public.rooms disable trigger _200_touch; update app_public.rooms set updated_at = '2020-01-01Z'; alter table app_public.rooms enable trigger _200_touch",
  );
  expect(await change(0)).toBe(Date.parse('2020-01-01Z'));
  expect(await change(5)).toBeGreaterThan(Date.parse('2020-01-01Z'));
});
