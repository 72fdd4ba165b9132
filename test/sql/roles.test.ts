import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * Roles of a workspace's own and exceptions: what they give and take, that nobody gets more by them than somebody had to
 * give, and that a change counts from its commit on. What each function asks for is in permissions.test.ts.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const REFUSED = { code: 'TR403' };
let names = 0;

async function makeRole(...permissions: string[]): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    'insert into app_public.roles (name, permissions) values ($1, $2::app_public.permission[]) returning id',
    [`Role ${++names}`, permissions],
  );
  return single(rows).id;
}

/** Bob is an admin, the others are members. */
async function makeRoom() {
  const [alice, bob, carol, dave] = (await Promise.all(
    Array.from({ length: 4 }, () => database.createUser()),
  )) as [TestUser, TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(alice, { members: [bob, carol, dave] });
  await call(alice, 'set_member_role', roomId, bob.id, 'admin');
  return { alice, bob, carol, dave, roomId };
}

/** Somebody who manages roles and has these permissions in the workspace. */
async function makeManager(...permissions: string[]): Promise<TestUser> {
  const manager = await database.createUser();
  const name = `Managers ${++names}`;
  await owner.query('select app_admin.set_role($1, $2::app_public.permission[], $3)', [
    name,
    ['manage_workspace_roles', ...permissions],
    'they asked',
  ]);
  await owner.query('select app_admin.give_role($1, $2, true, $3)', [
    manager.username,
    name,
    'they asked',
  ]);
  return manager;
}

const except = (
  by: TestUser,
  who: TestUser,
  permission: string,
  effect: string | null,
  roomId?: string,
) => call(by, 'set_permission_exception', who.id, permission, effect, roomId ?? null);

async function pin(who: TestUser, by: TestUser, roomId: string): Promise<unknown> {
  const { id } = await database.sendMessage(by, roomId, 'this');
  return call(who, 'pin_message', id);
}

async function permissionsIn(roomId: string, who: TestUser): Promise<string[]> {
  const { rows } = await database.asUser(who, (client) =>
    client.query<{ permissions: string[] }>(
      `select app_public.rooms_viewer_permissions(rooms)::text[] as permissions
        from app_public.rooms where id = $1`,
      [roomId],
    ),
  );
  return single(rows).permissions;
}

test('the four built-in roles are the sets that they always were', async () => {
  const { alice, bob, carol, dave, roomId } = await makeRoom();
  await call(alice, 'set_member_role', roomId, dave.id, 'moderator');
  const [owners, admins, moderators, members] = await Promise.all(
    [alice, bob, dave, carol].map((who) => permissionsIn(roomId, who)),
  );
  const ofMembers =
    'send_messages reply_in_threads add_reactions attach_files mention_groups use_commands create_polls';
  const ofModerators =
    'invite_members add_members kick_members ban_members mute_members delete_messages pin_messages close_polls ' +
    'set_slow_mode lock_room review_reports review_messages see_moderation_log bypass_slow_mode bypass_rules ' +
    'write_when_locked';
  const ofAdmins =
    'edit_room set_disappearing manage_writing manage_rules manage_webhooks add_bots manage_roles';
  const ofOwners = 'set_retention archive_room';
  expect(members?.join(' ')).toBe(ofMembers);
  expect(moderators?.join(' ')).toBe(`${ofMembers} ${ofModerators}`);
  expect(admins?.join(' ')).toBe(`${ofMembers} ${ofModerators} ${ofAdmins}`);
  expect(owners?.join(' ')).toBe(`${ofMembers} ${ofModerators} ${ofAdmins} ${ofOwners}`);
  expect(await permissionsIn(roomId, await database.createUser()).catch(() => [])).toEqual([]);
});

describe('a role', () => {
  test('counts in the room where it is given, and no longer once it is taken', async () => {
    const { alice, bob, carol, roomId } = await makeRoom();
    const elsewhere = await database.createRoom(alice, { members: [carol] });
    const role = await makeRole('pin_messages');
    await call(bob, 'assign_role', role, carol.id, roomId);
    await pin(carol, alice, roomId);
    await expect(pin(carol, alice, elsewhere.id)).rejects.toMatchObject(REFUSED);
    await call(bob, 'unassign_role', role, carol.id, roomId);
    await expect(pin(carol, alice, roomId)).rejects.toMatchObject(REFUSED);
  });

  test('of the workspace counts in every room of its person, also in those they join later', async () => {
    const { alice, carol, roomId } = await makeRoom();
    const manager = await makeManager('pin_messages');
    const role = await makeRole('pin_messages');
    await call(manager, 'assign_role', role, carol.id);
    await pin(carol, alice, roomId);
    const later = await database.createRoom(alice, { type: 'public' });
    await call(carol, 'join_room', later.id);
    await pin(carol, alice, later.id);
    await call(manager, 'unassign_role', role, carol.id);
    for (const id of [roomId, later.id]) {
      await expect(pin(carol, alice, id)).rejects.toMatchObject(REFUSED);
    }
  });

  test('that is changed or deleted counts as it is then for all who have it', async () => {
    const { alice, bob, carol, dave, roomId } = await makeRoom();
    const manager = await makeManager('pin_messages', 'lock_room');
    const { id: role } = await call(manager, 'create_role', `Role ${++names}`, '{pin_messages}');
    await call(bob, 'assign_role', role, carol.id, roomId);
    await call(manager, 'assign_role', role, dave.id);
    await call(manager, 'update_role', role, null, '{lock_room}');
    for (const who of [carol, dave]) {
      await expect(pin(who, alice, roomId)).rejects.toMatchObject(REFUSED);
      await call(who, 'set_room_locked', roomId, false);
    }
    await call(manager, 'delete_role', role);
    for (const who of [carol, dave]) {
      await expect(call(who, 'set_room_locked', roomId, false)).rejects.toMatchObject(REFUSED);
    }
  });

  test('is left with its room, and a denial is not', async () => {
    const { alice, bob, carol, roomId } = await makeRoom();
    await owner.query("update app_public.rooms set type = 'public' where id = $1", [roomId]);
    await call(bob, 'assign_role', await makeRole('pin_messages'), carol.id, roomId);
    await except(bob, carol, 'lock_room', 'grant', roomId);
    await except(bob, carol, 'add_reactions', 'deny', roomId);
    await call(carol, 'leave_room', roomId);
    await call(carol, 'join_room', roomId);
    const permissions = await permissionsIn(roomId, carol);
    expect(permissions).not.toContain('pin_messages');
    expect(permissions).not.toContain('lock_room');
    expect(permissions).not.toContain('add_reactions');
    expect(permissions).toContain('send_messages');
    const { id } = await database.sendMessage(alice, roomId, 'hello');
    await expect(call(carol, 'add_message_reaction', id, '👍')).rejects.toMatchObject(REFUSED);
  });

  test.each(['pin_messages', 'manage_groups'])(
    'is left with its room, though it gives nothing there at the moment (%s)',
    async (permission) => {
      const { bob, carol, roomId } = await makeRoom();
      const manager = await makeManager('pin_messages', 'manage_groups');
      const role = await makeRole(permission);
      await call(bob, 'assign_role', role, carol.id, roomId);
      await call(manager, 'update_role', role, null, '{}');
      await call(carol, 'leave_room', roomId);
      await call(manager, 'update_role', role, null, '{pin_messages}');
      await call(carol, 'join_room', roomId);
      await expect(pin(carol, bob, roomId)).rejects.toMatchObject(REFUSED);
    },
  );

  test('gives nothing in a direct conversation, until it is a room', async () => {
    const { alice, carol, dave } = await makeRoom();
    const manager = await makeManager('kick_members', 'edit_room');
    await call(manager, 'assign_role', await makeRole('kick_members'), carol.id);
    const { id } = await call(carol, 'create_group_conversation', [alice.id, dave.id]);
    await expect(call(carol, 'kick_member', id, dave.id)).rejects.toMatchObject(REFUSED);
    await call(alice, 'turn_into_room', id, 'A room', `room-${++names}`);
    await call(carol, 'kick_member', id, dave.id);
  });

  test('has those write who may, in an announcement room too', async () => {
    const { bob, carol, roomId } = await makeRoom();
    await call(bob, 'set_writing_roles', roomId, 'admin');
    await expect(database.sendMessage(carol, roomId, 'hello')).rejects.toMatchObject(REFUSED);
    await call(bob, 'assign_role', await makeRole('send_messages'), carol.id, roomId);
    await database.sendMessage(carol, roomId, 'hello');
  });

  test('has those mention many who may, and those not to whom it is denied', async () => {
    const { bob, carol, dave, roomId } = await makeRoom();
    await call(bob, 'set_group_mentions', roomId, 'admin');
    await call(bob, 'assign_role', await makeRole('mention_groups'), carol.id, roomId);
    const mentionsOf = async (who: TestUser) => {
      const { id } = await database.sendMessage(who, roomId, 'Hello @room');
      const { rows } = await owner.query(
        'select from app_private.message_group_mentions where message_id = $1',
        [id],
      );
      return rows.length;
    };
    expect(await mentionsOf(carol)).toBe(1);
    expect(await mentionsOf(dave)).toBe(0);
    await except(bob, carol, 'mention_groups', 'deny', roomId);
    expect(await mentionsOf(carol)).toBe(0);
  });

  test('lets its people write past slow mode, rules and locks', async () => {
    const { bob, carol, dave, roomId } = await makeRoom();
    await call(bob, 'set_slow_mode', roomId, 3600);
    await call(bob, 'set_room_rule', roomId, 'words', 'refuse', '{spam}');
    await call(
      bob,
      'assign_role',
      await makeRole('bypass_slow_mode', 'bypass_rules'),
      carol.id,
      roomId,
    );
    for (const text of ['spam', 'spam again']) {
      await database.sendMessage(carol, roomId, text);
    }
    await expect(database.sendMessage(dave, roomId, 'spam')).rejects.toMatchObject(REFUSED);
    await database.sendMessage(dave, roomId, 'one');
    await expect(database.sendMessage(dave, roomId, 'two')).rejects.toMatchObject({
      code: 'TRSLO',
    });
    await call(bob, 'set_room_locked', roomId, true);
    await expect(database.sendMessage(carol, roomId, 'three')).rejects.toMatchObject(REFUSED);
    await except(bob, carol, 'write_when_locked', 'grant', roomId);
    await database.sendMessage(carol, roomId, 'three');
  });

  test('shows its people what it lets them decide about', async () => {
    const { alice, bob, carol, dave, roomId } = await makeRoom();
    const { id } = await database.sendMessage(dave, roomId, 'held');
    await owner.query('update app_public.messages set held_at = now() where id = $1', [id]);
    await call(alice, 'mute_member', roomId, dave.id, 60);
    const seen = () =>
      database.asUser(carol, async (client) => {
        const { rows } = await client.query<{ held: number; log: number }>(
          `select (select count(*) from app_public.messages where room_id = $1 and held_at is not null)::int as held,
              (select count(*) from app_public.moderation_log where room_id = $1)::int as log`,
          [roomId],
        );
        return single(rows);
      });
    expect(await seen()).toEqual({ held: 0, log: 0 });
    await call(
      bob,
      'assign_role',
      await makeRole('review_messages', 'see_moderation_log'),
      carol.id,
      roomId,
    );
    expect(await seen()).toEqual({ held: 1, log: 1 });
  });
});

describe('an exception', () => {
  test('that denies wins over roles and grants, here and from the workspace', async () => {
    const { alice, bob, carol, roomId } = await makeRoom();
    const manager = await makeManager('pin_messages');
    await call(bob, 'assign_role', await makeRole('pin_messages'), carol.id, roomId);
    await except(bob, carol, 'pin_messages', 'grant', roomId);
    await pin(carol, alice, roomId);
    await except(manager, carol, 'pin_messages', 'deny');
    await expect(pin(carol, alice, roomId)).rejects.toMatchObject(REFUSED);
    await except(manager, carol, 'pin_messages', null);
    await pin(carol, alice, roomId);
    await except(bob, carol, 'pin_messages', 'deny', roomId);
    await expect(pin(carol, alice, roomId)).rejects.toMatchObject(REFUSED);
  });

  test('denies nothing to the owner of a room, and an admin what it says', async () => {
    const { alice, bob, dave, roomId } = await makeRoom();
    const manager = await makeManager('kick_members', 'send_messages');
    for (const who of [alice, bob]) {
      await except(manager, who, 'kick_members', 'deny');
    }
    await expect(call(bob, 'kick_member', roomId, dave.id)).rejects.toMatchObject(REFUSED);
    await call(alice, 'kick_member', roomId, dave.id);
  });

  test('of the workspace denies in a direct conversation, too', async () => {
    const denied = ['edit_room', 'set_disappearing', 'pin_messages'];
    const manager = await makeManager(...denied);
    const { alice, bob } = await makeRoom();
    const { id: roomId } = await call(alice, 'create_direct_conversation', bob.id);
    const { id } = await database.sendMessage(bob, roomId, 'this');
    const acts: [string, ...unknown[]][] = [
      ['pin_message', id],
      ['unpin_message', id],
      ['set_disappearing', roomId, 60],
      ['set_push_privacy', roomId, true],
      ['set_room_link_previews', roomId, true],
      ['set_delivery_receipts', roomId, true],
      ['set_system_messages', roomId, 'all'],
    ];
    for (const [name, ...values] of acts) {
      await call(alice, name, ...values);
    }
    for (const permission of denied) {
      await except(manager, alice, permission, 'deny');
    }
    for (const [name, ...values] of acts) {
      await expect(call(alice, name, ...values)).rejects.toMatchObject(REFUSED);
      await call(bob, name, ...values);
    }
  });

  test('is shown of members alone, whatever row is asked about', async () => {
    const { alice, roomId } = await makeRoom();
    const stranger = await makeManager('ban_members');
    await except(await makeManager('ban_members'), stranger, 'ban_members', 'deny');
    const { rows } = await database.asUser(alice, (client) =>
      client.query(
        `select app_public.room_members_permission_exceptions(forged) as exceptions,
            app_public.room_members_role_ids(forged) as roles
          from jsonb_populate_record(
            null::app_public.room_members, jsonb_build_object('room_id', $1::text, 'user_id', $2::text)) as forged`,
        [roomId, stranger.id],
      ),
    );
    expect(rows).toEqual([{ exceptions: '{}', roles: [] }]);
  });

  test('that denies writing refuses sends of every kind, together and later too', async () => {
    const { bob, carol, roomId } = await makeRoom();
    const { id } = await call(
      carol,
      'schedule_message',
      roomId,
      'later',
      new Date(Date.now() + 3_600_000),
    );
    await except(bob, carol, 'send_messages', 'deny', roomId);
    await expect(database.sendMessage(carol, roomId, 'hello')).rejects.toMatchObject(REFUSED);
    const { rows: usual } = await owner.query<{ usual: unknown[] | null }>(
      `select app_private.usual_sends(
          $1, array[$2::uuid], '{""}', '{""}', '{""}', '{hello}', '{text}', '{{}}', '{null}', '{null}', '{null}', '{null}', '{}') as usual`,
      [roomId, carol.id],
    );
    expect(single(usual).usual).toBeNull();
    await owner.query(
      'update app_public.scheduled_messages set send_at = clock_timestamp() where id = $1',
      [id],
    );
    const { rows } = await owner.query('select app_private.send_scheduled_message($1) as outcome', [
      id,
    ]);
    expect(rows).toEqual([{ outcome: 'refused' }]);
  });
});

describe('nobody gives what they have not', () => {
  test('in a room: neither a role with more, nor to those above, nor to themselves', async () => {
    const { alice, bob, carol, dave, roomId } = await makeRoom();
    const more = await makeRole('pin_messages', 'archive_room');
    const less = await makeRole('pin_messages');
    await expect(call(bob, 'assign_role', more, carol.id, roomId)).rejects.toMatchObject(REFUSED);
    await call(alice, 'assign_role', more, carol.id, roomId);
    await expect(call(bob, 'unassign_role', more, carol.id, roomId)).rejects.toMatchObject(REFUSED);
    for (const who of [alice, bob]) {
      await expect(call(bob, 'assign_role', less, who.id, roomId)).rejects.toMatchObject(REFUSED);
      await expect(except(bob, who, 'pin_messages', 'grant', roomId)).rejects.toMatchObject(
        REFUSED,
      );
    }
    await expect(except(bob, dave, 'archive_room', 'grant', roomId)).rejects.toMatchObject(REFUSED);
    // Carol, a member who manages roles: of those who do, only above mere members.
    await except(alice, carol, 'manage_roles', 'grant', roomId);
    await except(alice, carol, 'pin_messages', 'grant', roomId);
    await call(carol, 'assign_role', less, dave.id, roomId);
    await expect(call(carol, 'assign_role', less, bob.id, roomId)).rejects.toMatchObject(REFUSED);
    await expect(except(carol, dave, 'ban_members', 'grant', roomId)).rejects.toMatchObject(
      REFUSED,
    );
    await expect(
      call(carol, 'set_member_role', roomId, dave.id, 'moderator'),
    ).rejects.toMatchObject(REFUSED);
  });

  test('in the workspace: neither make, change, give nor take it', async () => {
    const { carol, dave } = await makeRoom();
    const manager = await makeManager('pin_messages');
    const foreign = await makeRole('ban_members');
    const name = () => `Role ${++names}`;
    await expect(call(manager, 'create_role', name(), '{ban_members}')).rejects.toMatchObject(
      REFUSED,
    );
    const { id: own } = await call(manager, 'create_role', name(), '{pin_messages}');
    await expect(
      call(manager, 'update_role', own, null, '{pin_messages,ban_members}'),
    ).rejects.toMatchObject(REFUSED);
    await expect(call(manager, 'update_role', foreign, null, '{}')).rejects.toMatchObject(REFUSED);
    await expect(call(manager, 'assign_role', foreign, manager.id)).rejects.toMatchObject(REFUSED);
    await expect(call(manager, 'assign_role', foreign, carol.id)).rejects.toMatchObject(REFUSED);
    await expect(call(manager, 'delete_role', foreign)).rejects.toMatchObject(REFUSED);
    await expect(except(manager, carol, 'ban_members', 'grant')).rejects.toMatchObject(REFUSED);
    await expect(except(manager, manager, 'pin_messages', 'grant')).rejects.toMatchObject(REFUSED);
    for (const [what, ...values] of [
      ['create_role', name(), '{}'],
      ['assign_role', own, dave.id],
      ['delete_role', own],
    ] as const) {
      await expect(call(carol, what, ...values)).rejects.toMatchObject(REFUSED);
    }
  });

  test('not by a built-in role either, nor what is denied to themselves', async () => {
    const { alice, bob, carol, dave, roomId } = await makeRoom();
    await except(alice, bob, 'ban_members', 'deny', roomId);
    await expect(call(bob, 'set_member_role', roomId, carol.id, 'moderator')).rejects.toMatchObject(
      REFUSED,
    );
    const guest = await database.createUser();
    await expect(call(bob, 'add_room_member', roomId, guest.id, 'moderator')).rejects.toMatchObject(
      REFUSED,
    );
    await expect(except(bob, bob, 'ban_members', null, roomId)).rejects.toMatchObject(REFUSED);
    await expect(except(bob, dave, 'ban_members', 'grant', roomId)).rejects.toMatchObject(REFUSED);
    await call(alice, 'set_member_role', roomId, carol.id, 'moderator');
  });

  test('nor takes it by a built-in role', async () => {
    const { alice, bob, carol, roomId } = await makeRoom();
    await call(alice, 'set_member_role', roomId, carol.id, 'moderator');
    await except(alice, bob, 'pin_messages', 'deny', roomId);
    await expect(call(bob, 'set_member_role', roomId, carol.id, 'member')).rejects.toMatchObject(
      REFUSED,
    );
    // What one has, one may give back.
    await call(bob, 'set_member_role', roomId, bob.id, 'member');
  });

  test('nor by adding somebody, without the permission to manage roles', async () => {
    const { alice, bob, roomId } = await makeRoom();
    const newcomer = await database.createUser();
    await except(alice, bob, 'manage_roles', 'deny', roomId);
    await expect(
      call(bob, 'add_room_member', roomId, newcomer.id, 'moderator'),
    ).rejects.toMatchObject(REFUSED);
    await call(bob, 'add_room_member', roomId, newcomer.id);
  });

  test('in an announcement room neither the writing that is denied to them', async () => {
    const { alice, bob, carol, roomId } = await makeRoom();
    await call(alice, 'set_writing_roles', roomId, 'moderator');
    await except(alice, bob, 'send_messages', 'deny', roomId);
    await expect(call(bob, 'set_member_role', roomId, carol.id, 'moderator')).rejects.toMatchObject(
      REFUSED,
    );
  });

  describe('by a key for many at once, neither', () => {
    async function makeKey() {
      const scene = await makeRoom();
      const bot = await database.createUser();
      const name = `key ${++names}`;
      await owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
      await call(scene.bob, 'add_room_member', scene.roomId, bot.id);
      await owner.query('select app_admin.create_key($1, $2)', [name, ['rooms']]);
      const { rows } = await owner.query<{ id: string; slug: string }>(
        `update app_private.server_keys set user_id = $2 from app_public.rooms
          where server_keys.name = $1 and rooms.id = $3 returning server_keys.id, rooms.slug`,
        [name, bot.id, scene.roomId],
      );
      const { id: keyId, slug } = single(rows);
      const upsert = (who: TestUser | null, role: string | null, room = slug) =>
        database.commitAs(bot, async (client) => {
          await client.query("select set_config('trumpet.key_id', $1, true)", [keyId]);
          await client.query(
            `select from app_public.upsert_rooms(array[row (
              $1, $1, 'public', null,
              case when $2::uuid is not null then array[row ($2::uuid, $3)::app_public.member_entry] end
            )::app_public.room_entry])`,
            [room, who?.id ?? null, role],
          );
        });
      return { ...scene, bot, upsert };
    }

    test('adding people by what edits the room', async () => {
      const { bob, bot, roomId, upsert } = await makeKey();
      await call(bob, 'assign_role', await makeRole('edit_room'), bot.id, roomId);
      await upsert(null, null);
      await expect(upsert(await database.createUser(), null)).rejects.toMatchObject(REFUSED);
      await call(bob, 'assign_role', await makeRole('add_members'), bot.id, roomId);
      await upsert(await database.createUser(), null);
    });

    test('what is denied to it as an admin', async () => {
      const { alice, dave, bot, roomId, upsert } = await makeKey();
      await call(alice, 'set_member_role', roomId, bot.id, 'admin');
      await except(alice, bot, 'add_members', 'deny', roomId);
      await expect(upsert(await database.createUser(), 'member')).rejects.toMatchObject(REFUSED);
      await except(alice, bot, 'add_members', null, roomId);
      await except(alice, bot, 'pin_messages', 'deny', roomId);
      await expect(upsert(dave, 'moderator')).rejects.toMatchObject(REFUSED);
      await except(alice, bot, 'pin_messages', null, roomId);
      await upsert(dave, 'moderator');
      await except(alice, bot, 'manage_roles', 'deny', roomId);
      await expect(upsert(dave, 'member')).rejects.toMatchObject(REFUSED);
    });

    test('the role of another admin', async () => {
      const { alice, bob, bot, roomId, upsert } = await makeKey();
      await call(alice, 'set_member_role', roomId, bot.id, 'admin');
      await expect(upsert(bob, 'member')).rejects.toMatchObject(REFUSED);
    });

    test('rooms, when making rooms is denied to it', async () => {
      const { bot, upsert } = await makeKey();
      const slug = `made-${++names}`;
      await except(await makeManager('create_rooms'), bot, 'create_rooms', 'deny');
      await expect(upsert(null, null, slug)).rejects.toMatchObject(REFUSED);
    });
  });

  test('members with a permission use it on members without it, and on nobody above', async () => {
    const { alice, bob, carol, dave, roomId } = await makeRoom();
    const guest = await database.createUser();
    await call(alice, 'add_room_member', roomId, guest.id);
    const role = await makeRole('kick_members', 'delete_messages');
    await call(bob, 'assign_role', role, carol.id, roomId);
    await call(bob, 'assign_role', role, dave.id, roomId);
    const { id } = await database.sendMessage(dave, roomId, 'mine');
    for (const who of [alice, bob, dave]) {
      await expect(call(carol, 'kick_member', roomId, who.id)).rejects.toMatchObject(REFUSED);
    }
    await expect(call(carol, 'delete_message', id)).rejects.toMatchObject(REFUSED);
    await call(carol, 'kick_member', roomId, guest.id);
  });

  test('guests have no roles', async () => {
    const { bob, alice, roomId } = await makeRoom();
    const guest = await database.createUser();
    await owner.query('insert into app_private.guests (user_id, room_id) values ($1, $2)', [
      guest.id,
      roomId,
    ]);
    await owner.query('insert into app_public.room_members (room_id, user_id) values ($1, $2)', [
      roomId,
      guest.id,
    ]);
    await expect(
      call(bob, 'assign_role', await makeRole('pin_messages'), guest.id, roomId),
    ).rejects.toMatchObject(REFUSED);
    await expect(except(bob, guest, 'pin_messages', 'grant', roomId)).rejects.toMatchObject(
      REFUSED,
    );
    await except(bob, guest, 'add_reactions', 'deny', roomId);
    const { id } = await database.sendMessage(alice, roomId, 'hello');
    await expect(call(guest, 'add_message_reaction', id, '👍')).rejects.toMatchObject(REFUSED);
  });
});

describe('a change that comes first counts for what waits behind it', () => {
  async function waiting(count: number): Promise<void> {
    for (;;) {
      const { rows } = await owner.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (single(rows).waiting >= count) {
        return;
      }
      await sleep(1);
    }
  }

  /** Makes both wait behind the room, in this order, and gives what becomes of the second. */
  async function inOrder(
    roomId: string,
    first: () => Promise<unknown>,
    second: () => Promise<unknown>,
  ) {
    const holder = await owner.connect();
    try {
      await holder.query('begin');
      await holder.query('select app_private.lock_room($1)', [roomId]);
      const changing = first();
      changing.catch(() => {}); // Awaited below.
      await waiting(1);
      const needing = second().then(
        () => 'done',
        (error) => error.code,
      );
      await waiting(2);
      await holder.query('commit');
      await changing;
      return await needing;
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  }

  const CHANGES: Record<
    string,
    (scene: {
      bob: TestUser;
      carol: TestUser;
      roomId: string;
      role: string;
      manager: TestUser;
    }) => Promise<unknown>
  > = {
    'taking a role in the room': ({ bob, carol, roomId, role }) =>
      call(bob, 'unassign_role', role, carol.id, roomId),
    'changing the role': ({ manager, role }) => call(manager, 'update_role', role, null, '{}'),
    'deleting the role': ({ manager, role }) => call(manager, 'delete_role', role),
    'denying it in the room': ({ bob, carol, roomId }) =>
      except(bob, carol, 'pin_messages', 'deny', roomId),
    'denying it in the workspace': ({ manager, carol }) =>
      except(manager, carol, 'pin_messages', 'deny'),
  };

  test.each(Object.keys(CHANGES))('%s', async (change) => {
    const { alice, bob, carol, roomId } = await makeRoom();
    const manager = await makeManager('pin_messages');
    const role = await makeRole('pin_messages');
    await call(bob, 'assign_role', role, carol.id, roomId);
    const { id } = await database.sendMessage(alice, roomId, 'this');
    const outcome = await inOrder(
      roomId,
      () => CHANGES[change]?.({ bob, carol, roomId, role, manager }) as Promise<unknown>,
      () => call(carol, 'pin_message', id),
    );
    expect(outcome).toBe('TR403');
  });

  test('denying a send, also where the message was written already', async () => {
    const { bob, carol, roomId } = await makeRoom();
    const outcome = await inOrder(
      roomId,
      () => except(bob, carol, 'send_messages', 'deny', roomId),
      () => database.sendMessage(carol, roomId, 'hello'),
    );
    expect(outcome).toBe('TR403');
  });

  test('taking the right to give it: what waited gives nothing', async () => {
    const { alice, bob, carol, roomId } = await makeRoom();
    const role = await makeRole('pin_messages');
    const outcome = await inOrder(
      roomId,
      () => except(alice, bob, 'pin_messages', 'deny', roomId),
      () => call(bob, 'assign_role', role, carol.id, roomId),
    );
    expect(outcome).toBe('TR403');
  });

  test.each([
    [
      'bypass_rules',
      (roomId: string, bob: TestUser) => call(bob, 'set_room_rule', roomId, 'links', 'refuse'),
    ],
    ['bypass_slow_mode', (roomId: string, bob: TestUser) => call(bob, 'set_slow_mode', roomId, 60)],
  ] as const)('taking %s, of a message that was checked with it', async (permission, set) => {
    const { bob, carol, roomId } = await makeRoom();
    const role = await makeRole(permission);
    await call(bob, 'assign_role', role, carol.id, roomId);
    await set(roomId, bob);
    await database.sendMessage(carol, roomId, 'https://example.test/one');
    const outcome = await inOrder(
      roomId,
      () => call(bob, 'unassign_role', role, carol.id, roomId),
      () => database.sendMessage(carol, roomId, 'https://example.test/two'),
    );
    expect(outcome).toBe(permission === 'bypass_rules' ? 'TR403' : 'TRSLO');
  });

  test.each([
    [
      'manage_groups',
      async (by: TestUser) => {
        const boss = await database.createUser();
        const { id } = await call(boss, 'create_user_group', `group-${++names}`, 'A group');
        return (client: pg.ClientBase) =>
          client.query('select app_public.change_user_group($1, $2, $3)', [
            id,
            `group-${++names}`,
            by.username,
          ]);
      },
    ],
    [
      'manage_emoji',
      async () => {
        const { rows } = await owner.query<{ id: string }>(
          `insert into app_public.custom_emoji (name, picture_id, version, added_by_id)
          values ($1, uuidv7(), $2, $3) returning id`,
          [`emoji_${++names}`, names + 1_000_000, (await database.createUser()).id],
        );
        return (client: pg.ClientBase) =>
          client.query('select app_public.remove_custom_emoji($1)', [single(rows).id]);
      },
    ],
  ] as const)(
    'taking %s of the workspace waits for what is just done by it',
    async (permission, prepare) => {
      const carol = await database.createUser();
      const manager = await makeManager(permission);
      await except(manager, carol, permission, 'grant');
      const act = await prepare(carol);
      const order: string[] = [];
      let taking: Promise<unknown> | undefined;
      await database.commitAs(carol, async (client) => {
        await act(client);
        taking = except(manager, carol, permission, null).then(() => order.push('taken'));
        await Promise.race([taking, waiting(1)]);
        order.push('done');
      });
      await taking;
      expect(order).toEqual(['done', 'taken']);
    },
  );

  test('whoever joins meanwhile has what counts then', async () => {
    const { alice, carol } = await makeRoom();
    const manager = await makeManager('add_reactions');
    const { id: roomId } = await database.createRoom(alice, { type: 'public' });
    const { id } = await database.sendMessage(alice, roomId, 'hello');
    let denying: Promise<unknown> | undefined;
    await database.commitAs(carol, async (client) => {
      await client.query('select app_public.join_room($1)', [roomId]);
      denying = except(manager, carol, 'add_reactions', 'deny');
      await Promise.race([denying, waiting(1)]);
    });
    await denying;
    await expect(call(carol, 'add_message_reaction', id, '👍')).rejects.toMatchObject(REFUSED);
  });
});

test('an invitation ends with the right to invite', async () => {
  const { bob, carol, roomId } = await makeRoom();
  const role = await makeRole('invite_members');
  await call(bob, 'assign_role', role, carol.id, roomId);
  const { code } = await call(carol, 'create_invitation', roomId);
  await call(bob, 'unassign_role', role, carol.id, roomId);
  await expect(call(await database.createUser(), 'accept_invitation', code)).rejects.toMatchObject({
    code: 'TR404',
  });
});

test('the log of the room tells of every change, and of nothing that changes nothing', async () => {
  const { bob, carol, roomId } = await makeRoom();
  const role = await makeRole('pin_messages');
  const logged = async () => {
    const { rows } = await owner.query<{ count: number }>(
      "select count(*)::int from app_private.room_changes where room_id = $1 and kind = 'member' and op = 'update' and user_id = $2",
      [roomId, carol.id],
    );
    return single(rows).count;
  };
  const before = await logged();
  await call(bob, 'assign_role', role, carol.id, roomId);
  await call(bob, 'assign_role', role, carol.id, roomId);
  expect(await logged()).toBe(before + 1);
  await except(bob, carol, 'pin_messages', 'deny', roomId);
  expect(await logged()).toBe(before + 2);
  await except(bob, carol, 'pin_messages', null, roomId);
  await call(bob, 'unassign_role', role, carol.id, roomId);
  expect(await logged()).toBe(before + 4);

  // Its roles and exceptions are told, though they come to the same.
  await call(bob, 'assign_role', role, carol.id, roomId);
  await call(bob, 'assign_role', await makeRole('pin_messages'), carol.id, roomId);
  expect(await logged()).toBe(before + 6);
  await except(bob, carol, 'pin_messages', 'grant', roomId);
  expect(await logged()).toBe(before + 7);
  const manager = await makeManager('pin_messages');
  await call(manager, 'update_role', role, `Role ${++names}`);
  expect(await logged()).toBe(before + 7);
  await call(manager, 'delete_role', role);
  expect(await logged()).toBe(before + 8);
});

test('roles are those of their workspace, and their number has an end', async () => {
  const { carol } = await makeRoom();
  const manager = await makeManager('pin_messages');
  const name = `Role ${++names}`;
  const { id } = await call(manager, 'create_role', name, '{pin_messages,pin_messages}');
  await expect(call(manager, 'create_role', name.toUpperCase(), '{}')).rejects.toMatchObject({
    code: '23505',
  });
  await call(manager, 'assign_role', id, carol.id);
  const { rows } = await database.asUser(carol, (client) =>
    client.query<{ permissions: string[] }>(
      'select app_public.workspace_permissions()::text[] as permissions',
    ),
  );
  expect(single(rows).permissions).toEqual(
    expect.arrayContaining(['pin_messages', 'create_rooms', 'send_messages']),
  );
  expect(single(rows).permissions).not.toContain('manage_emoji');
  const given = Array.from({ length: 19 }, () => makeRole('pin_messages'));
  for (const role of await Promise.all(given)) {
    await call(manager, 'assign_role', role, carol.id);
  }
  await expect(
    call(manager, 'assign_role', await makeRole('pin_messages'), carol.id),
  ).rejects.toMatchObject({ code: 'TR409' });
});

test('administrators at psql give guests nothing, and nobody more than they may have', async () => {
  const { alice, roomId } = await makeRoom();
  const guest = await database.createUser();
  await owner.query('insert into app_private.guests (user_id, room_id) values ($1, $2)', [
    guest.id,
    roomId,
  ]);
  const give = async (who: TestUser) => {
    const name = `Role ${++names}`;
    await owner.query("select app_admin.set_role($1, '{pin_messages}', 'they asked')", [name]);
    await owner.query("select app_admin.give_role($1, $2, true, 'they asked')", [
      who.username,
      name,
    ]);
  };
  await expect(give(guest)).rejects.toMatchObject(REFUSED);
  for (let count = 0; count < 20; count++) {
    await give(alice);
  }
  await expect(give(alice)).rejects.toMatchObject({ code: 'TR409' });
  await expect(
    (async () => {
      for (let count = 0; count < 100; count++) {
        await owner.query("select app_admin.set_role($1, '{}', 'they asked')", [`Role ${++names}`]);
      }
    })(),
  ).rejects.toMatchObject({ code: 'TR409' });
});

test('whoever deletes their account leaves no role and no exception', async () => {
  const { bob, carol, roomId } = await makeRoom();
  await call(bob, 'assign_role', await makeRole('pin_messages'), carol.id, roomId);
  await except(bob, carol, 'add_reactions', 'deny', roomId);
  await owner.query("select app_admin.erase_user($1, 'they asked')", [carol.username]);
  const { rows } = await owner.query(
    `select from app_private.role_assignments where user_id = $1
      union all select from app_private.permission_exceptions where user_id = $1`,
    [carol.id],
  );
  expect(rows).toEqual([]);
});
