import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

/*
 * @here, @room and groups mention whom they stand for when the message is sent, where the room lets their author; and
 * whatever counts mentions counts these.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRoom(count = 3) {
  const ada = await database.createUser();
  const others = await Promise.all(Array.from({ length: count }, () => database.createUser()));
  const { id: roomId } = await database.createRoom(ada, { members: others });
  return { ada, roomId, others, bob: others[0] as TestUser, eve: others[1] as TestUser };
}

let groups = 0;

/** A group of somebody's, with others. */
async function makeGroup(owner: TestUser, members: readonly TestUser[]) {
  const name = `crew${++groups}`;
  const { id } = await database.call(
    owner,
    'create_user_group',
    name,
    'The crew',
    members.map((member) => member.id),
  );
  return { id: id as string, name };
}

async function isThere(person: TestUser): Promise<void> {
  await database.call(person, 'update_user_presence', 'online', null, 'laptop');
}

/** Whether a message mentions each of some people. */
async function mentioned(messageId: string, people: readonly TestUser[]): Promise<boolean[]> {
  return Promise.all(
    people.map(async (person) => {
      const { rows } = await database.asUser(person, (client) =>
        client.query<{ is_mentioned: boolean }>(
          'select app_public.messages_mentions_viewer(messages) as is_mentioned from app_public.messages where id = $1',
          [messageId],
        ),
      );
      return single(rows).is_mentioned;
    }),
  );
}

/** What a message says that it mentions, to a member. */
async function told(viewer: TestUser, messageId: string) {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ groups: string[]; names: string[] }>(
      `select app_public.messages_group_mentions(messages) as groups,
          array(select username::text from app_public.messages_mentions(messages)) as names
        from app_public.messages where id = $1`,
      [messageId],
    ),
  );
  return single(rows);
}

async function mentionCount(viewer: TestUser, roomId: string): Promise<number> {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ mention_count: number }>(
      'select mention_count from app_public.conversations where room_id = $1',
      [roomId],
    ),
  );
  return single(rows).mention_count;
}

describe('whoever sends', () => {
  test('@room mentions every member but themselves, whoever has blocked them and bots', async () => {
    const { ada, bob, eve, others, roomId } = await makeRoom(4);
    const bot = others[3] as TestUser;
    await database.owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
    await database.call(eve, 'block_user', ada.id);
    const { id } = await database.sendMessage(ada, roomId, 'Good morning, @room!');
    expect(await mentioned(id, [ada, bob, eve, others[2] as TestUser, bot])).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(await told(bob, id)).toEqual({ groups: ['room'], names: [] });
    expect(await mentionCount(bob, roomId)).toBe(1);
    expect(await mentionCount(ada, roomId)).toBe(0);
  });

  test('@here mentions the members who are there', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    await isThere(bob);
    await isThere(await database.createUser());
    const { id } = await database.sendMessage(ada, roomId, '@here lunch?');
    await isThere(eve);
    expect(await mentioned(id, [bob, eve])).toEqual([true, false]);
  });

  test('@here tells nobody of those who hide that they are there, and them of nobody', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    await Promise.all([ada, bob, eve].map(isThere));
    await database.call(bob, 'set_privacy', 'presence', true);
    const { id } = await database.sendMessage(ada, roomId, '@here lunch?');
    expect(await mentioned(id, [bob, eve])).toEqual([false, true]);
    const hidden = await database.sendMessage(bob, roomId, '@here lunch?');
    expect(await mentioned(hidden.id, [ada, eve])).toEqual([false, false]);
  });

  test('the name of a group mentions those of it who are in the room, and are in it at that moment', async () => {
    const { ada, bob, eve, others, roomId } = await makeRoom();
    const outsider = await database.createUser();
    const group = await makeGroup(bob, [ada, outsider]);
    const { id } = await database.sendMessage(ada, roomId, `@${group.name.toUpperCase()}, look`);
    await database.call(bob, 'set_user_group_member', group.id, eve.id);
    expect(await mentioned(id, [ada, bob, eve])).toEqual([false, true, false]);
    const next = await database.sendMessage(others[2] as TestUser, roomId, `@${group.name}`);
    await database.call(bob, 'delete_user_group', group.id);
    expect(await mentioned(next.id, [ada, bob, eve])).toEqual([true, true, true]);
    expect(await told(bob, next.id)).toEqual({ groups: [group.name], names: [] });
  });

  test('several names of one person mentions them once, and by their own', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    const group = await makeGroup(ada, [bob]);
    const { id } = await database.sendMessage(ada, roomId, `@room @${bob.username} @${group.name}`);
    expect(await mentionCount(bob, roomId)).toBe(1);
    expect(await mentionCount(eve, roomId)).toBe(1);
    expect(await told(bob, id)).toEqual({ groups: [group.name, 'room'], names: [bob.username] });
  });

  test('a group counts as one mention for a rule of the room', async () => {
    const { ada, bob, roomId } = await makeRoom();
    await database.call(ada, 'set_room_rule', roomId, 'mentions', 'refuse', null, true, null, 1);
    await database.sendMessage(bob, roomId, 'hello @room');
    await expect(
      database.sendMessage(bob, roomId, `hello @room @${ada.username}`),
    ).rejects.toMatchObject({ code: 'TR403' });
  });
});

describe('nobody is mentioned', () => {
  test('by whoever has less than the role of the setting, whatever they had before', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    const group = await makeGroup(bob, [eve]);
    await database.call(ada, 'set_group_mentions', roomId, 'moderator');
    const text = `@here @room @${group.name}`;
    await isThere(eve);
    const { id } = await database.sendMessage(bob, roomId, text);
    expect(await mentioned(id, [ada, eve])).toEqual([false, false]);
    expect(await told(eve, id)).toEqual({ groups: [], names: [] });
    await database.call(ada, 'set_member_role', roomId, bob.id, 'moderator');
    const next = await database.sendMessage(bob, roomId, text);
    expect(await mentioned(next.id, [ada, eve])).toEqual([true, true]);
  });

  test('in a direct conversation', async () => {
    const { ada, bob } = await makeRoom();
    const direct = await database.call(ada, 'create_direct_conversation', bob.id);
    const { id } = await database.sendMessage(ada, direct.id, '@room @here');
    expect(await mentioned(id, [bob])).toEqual([false]);
  });

  test('by a text in which a name for many is quoted, or is code', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const { id } = await database.sendMessage(ada, roomId, '`@room` wakes everybody\n> @room');
    expect(await mentioned(id, [bob])).toEqual([false]);
  });

  test('by a message that is held, until it is released', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    await database.call(ada, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
    const { id } = await database.sendMessage(bob, roomId, 'dubious @room');
    expect(await mentionCount(eve, roomId)).toBe(0);
    await database.call(ada, 'release_message', id);
    expect(await mentionCount(eve, roomId)).toBe(1);
  });
});

test('an edit takes mentions back, adds new ones, and leaves those that stay with whom they were made', async () => {
  const { ada, bob, eve, others, roomId } = await makeRoom();
  const zoe = others[2] as TestUser;
  await isThere(bob);
  const { id } = await database.sendMessage(ada, roomId, `@here @${eve.username}`);
  expect(await mentioned(id, [bob, eve, zoe])).toEqual([true, true, false]);
  await isThere(zoe);
  await database.call(ada, 'edit_message', id, '@here, all of you');
  expect(await mentioned(id, [bob, eve, zoe])).toEqual([true, false, false]);
  await database.call(ada, 'edit_message', id, '@here and @room');
  expect(await mentioned(id, [bob, eve, zoe])).toEqual([true, true, true]);
  expect((await told(bob, id)).groups).toEqual(['here', 'room']);
  await database.call(ada, 'edit_message', id, 'nobody');
  expect(await mentioned(id, [bob, eve, zoe])).toEqual([false, false, false]);
  expect((await told(bob, id)).groups).toEqual([]);
  expect(await mentionCount(bob, roomId)).toBe(0);
});

test('who is no longer mentioned by name is still mentioned with others', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const { id } = await database.sendMessage(ada, roomId, `@room and @${bob.username}`);
  await database.call(ada, 'edit_message', id, '@room');
  expect(await mentioned(id, [bob])).toEqual([true]);
  expect(await told(bob, id)).toEqual({ groups: ['room'], names: [] });
});

test('before sending, it is told how many people would be mentioned, and whether that is allowed', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  const group = await makeGroup(bob, [eve]);
  await isThere(eve);
  const preview = async (viewer: TestUser) =>
    (
      await database.asUser(viewer, (client) =>
        client.query(
          'select name, people_count, is_allowed from app_public.group_mention_preview($1, $2)',
          [roomId, `@room, @here, @${group.name}, @${bob.username}, \`@room\` and @nobody`],
        ),
      )
    ).rows;
  expect(await preview(bob)).toEqual([
    { name: group.name, people_count: 1, is_allowed: true },
    { name: 'here', people_count: 1, is_allowed: true },
    { name: 'room', people_count: 3, is_allowed: true },
  ]);
  await database.call(ada, 'set_group_mentions', roomId, 'admin', 50);
  expect((await preview(bob)).map(({ is_allowed }) => is_allowed)).toEqual([false, false, false]);
  await expect(preview(await database.createUser())).rejects.toMatchObject({ code: 'TR403' });
});

test('only admins and the owner say who may mention many', async () => {
  const { ada, bob, roomId } = await makeRoom();
  await expect(database.call(bob, 'set_group_mentions', roomId, 'member')).rejects.toMatchObject({
    code: 'TR403',
  });
  await expect(database.call(ada, 'set_group_mentions', roomId, 'member', 0)).rejects.toMatchObject(
    {
      constraint: 'rooms_group_mention_warning_range',
    },
  );
  expect(await database.call(ada, 'set_group_mentions', roomId, 'owner', 100)).toMatchObject({
    group_mention_role: 'owner',
    group_mention_warning: 100,
  });
});

describe('a group', () => {
  test('is changed by its owners alone, and left by whoever is in it', async () => {
    const { ada, bob, eve } = await makeRoom();
    const { id, name } = await makeGroup(ada, [bob]);
    for (const [what, ...values] of [
      ['change_user_group', name, 'Mine'],
      ['set_user_group_member', eve.id],
      ['remove_user_group_member', ada.id],
      ['delete_user_group'],
    ] as const) {
      await expect(database.call(bob, what, id, ...values)).rejects.toMatchObject({
        code: 'TR403',
      });
    }
    await database.call(ada, 'set_user_group_member', id, bob.id, true);
    await database.call(bob, 'change_user_group', id, `${name}-x`, 'Ours');
    await database.call(ada, 'remove_user_group_member', id, ada.id);
    await expect(database.call(bob, 'remove_user_group_member', id, bob.id)).rejects.toMatchObject({
      code: 'TR409',
    });
    await expect(
      database.call(bob, 'set_user_group_member', id, bob.id, false),
    ).rejects.toMatchObject({ code: 'TR409' });
  });

  test('has no name that somebody has, that looks like one, or that means something; nor has anybody a name of a group', async () => {
    const { ada, bob } = await makeRoom();
    const create = (name: string) => database.call(ada, 'create_user_group', name, 'A group');
    const { name } = await makeGroup(ada, []);
    for (const taken of [
      bob.username,
      bob.username.toUpperCase(),
      'here',
      'room',
      'everyone',
      'admin',
      name,
    ]) {
      await expect(create(taken)).rejects.toMatchObject({
        code: expect.stringMatching(/TR409|23505/),
      });
    }
    await expect(create('two words')).rejects.toMatchObject({
      constraint: 'user_groups_name_is_well_formed',
    });
    await create('willow');
    await expect(
      database.owner.query(`select app_public.sign_up('wiIlow', 'correct horse', null)`),
    ).rejects.toMatchObject({ code: 'TR409' });
  });

  test('is its administrators own, once its last owner is gone or they take it', async () => {
    const { ada, bob, eve } = await makeRoom();
    const { id, name } = await makeGroup(ada, [bob]);
    await database.owner.query('select app_private.begin_erasure($1)', [ada.id]);
    const managed = async () =>
      single(
        (
          await database.owner.query(
            'select managed_by from app_public.user_groups where id = $1',
            [id],
          )
        ).rows,
      ).managed_by;
    expect(await managed()).toBe('administrators');
    await expect(database.call(bob, 'delete_user_group', id)).rejects.toMatchObject({
      code: 'TR403',
    });
    await database.owner.query('select app_admin.set_user_group($1, $2, $3, $4)', [
      name,
      'The crew',
      [eve.username],
      'as asked',
    ]);
    const { rows } = await database.owner.query(
      'select user_id, is_owner from app_public.user_group_members where group_id = $1',
      [id],
    );
    expect(rows).toEqual([{ user_id: eve.id, is_owner: false }]);
    await database.owner.query('select app_admin.delete_user_group($1, $2)', [name, 'over']);
    await expect(database.call(eve, 'remove_user_group_member', id, eve.id)).rejects.toMatchObject({
      code: 'TR404',
    });
  });
});

/** Resolves once somebody waits for a lock. */
async function untilWaiting(): Promise<void> {
  const { rows } = await database.owner.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  if (rows.length === 0) {
    await untilWaiting();
  }
}

test('neither of a person and a group who want a name at once gets it from the other', async () => {
  const ada = await database.createUser();
  const person = await database.owner.connect();
  try {
    await person.query('begin');
    await person.query(`select app_public.sign_up('heron', 'correct horse', null)`);
    const group = database.call(ada, 'create_user_group', 'heron', 'Herons');
    const refused = expect(group).rejects.toMatchObject({ code: 'TR409' });
    await untilWaiting();
    await person.query('commit');
    await refused;
  } finally {
    person.release();
  }
});

describe('an edit leaves a name for many standing for those for whom it stood', () => {
  const edit = (author: TestUser, id: string, text: string) =>
    database.call(author, 'edit_message', id, text);

  test('also for whom it mentioned by their own names, too', async () => {
    const { ada, roomId, bob, eve } = await makeRoom();
    const { id: groupId, name } = await makeGroup(ada, [bob]);
    const both = `@${name}, @${bob.username}, @${eve.username}`;
    const { id } = await database.sendMessage(ada, roomId, both);
    const { id: later } = await database.sendMessage(ada, roomId, `@${name}`);
    await edit(ada, later, both);
    await database.call(ada, 'remove_user_group_member', groupId, bob.id);
    await database.call(ada, 'set_user_group_member', groupId, eve.id);
    for (const message of [id, later]) {
      await edit(ada, message, `@${name}`);
      expect(await mentioned(message, [bob, eve])).toEqual([true, false]);
      await edit(ada, message, 'Nobody');
      expect(await mentioned(message, [bob, eve])).toEqual([false, false]);
    }
  });

  test('also when another name goes that stood for them', async () => {
    const { ada, roomId, bob, eve } = await makeRoom();
    const { name } = await makeGroup(ada, [bob, eve]);
    await isThere(bob);
    const { id } = await database.sendMessage(ada, roomId, `@${name} and whoever is @here`);
    await database.call(bob, 'update_user_presence', 'offline', null, 'laptop');
    await isThere(eve);
    await edit(ada, id, 'Whoever is @here');
    expect(await mentioned(id, [bob, eve])).toEqual([true, false]);
  });
});

test('nobody gets more groups than can be theirs, by others either', async () => {
  const { ada, bob } = await makeRoom();
  const { id } = await makeGroup(bob, [ada]);
  for (let count = 0; count < 20; count += 1) {
    await makeGroup(ada, []);
  }
  await expect(database.call(bob, 'set_user_group_member', id, ada.id, true)).rejects.toMatchObject(
    { code: 'TR409' },
  );
  await database.call(bob, 'set_user_group_member', id, ada.id, false);
});
