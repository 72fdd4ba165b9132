import { afterAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * Types of rooms: who makes and joins rooms of a type, that they are set as it says, and that they follow it but for what
 * they have set themselves. What each function asks for is in permissions.test.ts.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const REFUSED = { code: 'TR403' };
let names = 0;

interface Settings {
  readonly name?: string;
  readonly title?: string;
  readonly visibility?: 'public' | 'private';
  readonly creator_role_ids?: readonly string[];
  readonly joiner_role_ids?: readonly string[];
  readonly writing_role?: string;
  readonly reply_role?: string;
  readonly reaction_role?: string;
  readonly upload_role?: string;
  readonly slow_mode_seconds?: number;
  readonly retention_days?: number;
}
interface Type {
  readonly id: string;
  readonly name: string;
}

async function grant(who: TestUser, permission: string): Promise<void> {
  await owner.query(
    `insert into app_private.permission_exceptions (user_id, permission, effect) values ($1, $2, 'grant')`,
    [who.id, permission],
  );
}

async function makeManager(): Promise<TestUser> {
  const manager = await database.createUser();
  await grant(manager, 'manage_room_types');
  return manager;
}

const manager = await makeManager();

/** With all arguments by their names: what is left out the type says nothing about. */
async function define(settings: Settings, by: TestUser = manager): Promise<Type> {
  const given = { name: `type-${++names}`, title: 'A type', ...settings };
  const parameters = Object.keys(given);
  const { rows } = await database.commitAs(by, (client) =>
    client.query<Type>(
      `select id, name from app_public.define_room_type(${parameters
        .map((parameter, at) => `${parameter} => $${at + 1}`)
        .join(', ')})`,
      Object.values(given),
    ),
  );
  return single(rows);
}

async function makeRole(...people: readonly TestUser[]): Promise<string> {
  const name = `Role ${++names}`;
  const { rows } = await owner.query<{ id: string }>(
    "insert into app_public.roles (name, permissions) values ($1, '{}') returning id",
    [name],
  );
  for (const { username } of people) {
    await owner.query("select app_admin.give_role($1, $2, true, 'a test')", [username, name]);
  }
  return single(rows).id;
}

// biome-ignore lint/suspicious/noExplicitAny: a row as SQL has it
type Row = any;

const create = (who: TestUser, { id }: Type, visibility: string | null = null): Promise<Row> =>
  call(who, 'create_room', 'A room', `room-${++names}`, visibility, null, null, id);

async function roomOf(id: string): Promise<Row> {
  return single((await owner.query('select * from app_public.rooms where id = $1', [id])).rows);
}

/** What the worker does. */
async function follow(type: Type, size = 100): Promise<number> {
  for (let batches = 0; ; batches++) {
    const { rows } = await owner.query<{ more: boolean }>(
      'select app_private.apply_room_type($1, $2) as more',
      [type.id, size],
    );
    if (!single(rows).more) {
      return batches;
    }
  }
}

async function upload(by: TestUser): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, received_at)
      values ($1, 'a.txt', 'text/plain', 1, now()) returning id`,
    [by.id],
  );
  return single(rows).id;
}

const sendFile = async (who: TestUser, roomId: string) =>
  call(who, 'send_message', roomId, '', 'file', '{}', null, null, [await upload(who)]);

/** Alice's room of a type, with Bob as a member. */
async function makeRoom(settings: Settings) {
  const [alice, bob] = [await database.createUser(), await database.createUser()];
  const type = await define(settings);
  const room = await create(alice, type);
  await call(alice, 'add_room_member', room.id, bob.id);
  return { alice, bob, type, room, roomId: room.id as string };
}

describe('a room of a type', () => {
  test('is set as the type says, and as any room where it says nothing', async () => {
    const { room, type } = await makeRoom({ writing_role: 'admin', slow_mode_seconds: 30 });
    expect(room).toMatchObject({
      type: 'public',
      custom_type_id: type.id,
      writing_role: 'admin',
      reply_role: 'member',
      upload_role: 'member',
      slow_mode_seconds: 30,
      retention_days: null,
    });
  });

  test('is public or private as the type says, whatever is asked for', async () => {
    const alice = await database.createUser();
    const type = await define({ visibility: 'private' });
    expect((await create(alice, type)).type).toBe('private');
    await expect(create(alice, type, 'public')).rejects.toMatchObject({
      code: 'TR400',
      message: 'Rooms of this type are PRIVATE.',
    });
    expect((await create(alice, await define({}), 'private')).type).toBe('private');
  });

  test('has who writes, answers, reacts and sends files by it', async () => {
    const { alice, bob, roomId } = await makeRoom({
      writing_role: 'moderator',
      reply_role: 'admin',
      reaction_role: 'owner',
      upload_role: 'owner',
    });
    const { id } = await database.sendMessage(alice, roomId, 'News');
    await sendFile(alice, roomId);
    const answer = (who: TestUser) => call(who, 'send_message', roomId, 'So?', 'text', '{}', id);
    await expect(database.sendMessage(bob, roomId, 'hi')).rejects.toMatchObject(REFUSED);
    await call(alice, 'set_member_role', roomId, bob.id, 'moderator');
    await database.sendMessage(bob, roomId, 'hi');
    await expect(answer(bob)).rejects.toMatchObject(REFUSED);
    await call(alice, 'set_member_role', roomId, bob.id, 'admin');
    await answer(bob);
    await expect(call(bob, 'add_message_reaction', id, '👍')).rejects.toMatchObject(REFUSED);
    await expect(sendFile(bob, roomId)).rejects.toMatchObject(REFUSED);
    await call(alice, 'add_message_reaction', id, '👍');
  });

  test('takes files from those alone who may send them', async () => {
    const { alice, bob, roomId } = await makeRoom({ upload_role: 'moderator' });
    await database.sendMessage(bob, roomId, 'words');
    await expect(sendFile(bob, roomId)).rejects.toMatchObject({
      code: 'TR403',
      message: 'This needs at least the role MODERATOR.',
    });
    await call(alice, 'set_member_role', roomId, bob.id, 'moderator');
    await sendFile(bob, roomId);
  });

  test('has slow mode by it', async () => {
    const { bob, roomId } = await makeRoom({ slow_mode_seconds: 60 });
    await database.sendMessage(bob, roomId, 'one');
    await expect(database.sendMessage(bob, roomId, 'two')).rejects.toMatchObject({
      code: 'TRSLO',
    });
  });
});

describe('who makes rooms of a type', () => {
  test('are those with one of its roles, and those who manage types', async () => {
    const [alice, bob] = [await database.createUser(), await database.createUser()];
    const type = await define({ creator_role_ids: [await makeRole(alice)] });
    await create(alice, type);
    await create(manager, type);
    await expect(create(bob, type)).rejects.toMatchObject({
      code: 'TR403',
      message: 'Only some people make rooms of this type.',
    });
  });

  test('is nobody but those who manage types once its role is deleted', async () => {
    const alice = await database.createUser();
    const roleId = await makeRole(alice);
    const type = await define({ creator_role_ids: [roleId] });
    await owner.query('delete from app_public.roles where id = $1', [roleId]);
    await expect(create(alice, type)).rejects.toMatchObject(REFUSED);
    await create(manager, type);
  });

  test('is told to each', async () => {
    const [alice, bob] = [await database.createUser(), await database.createUser()];
    const type = await define({ creator_role_ids: [await makeRole(alice)], joiner_role_ids: [] });
    const told = async (who: TestUser) => {
      const { rows } = await database.asUser(who, (client) =>
        client.query(
          `select app_public.custom_room_types_viewer_may_create(types) as create,
              app_public.custom_room_types_viewer_may_join(types) as join
            from app_public.workspace_room_types() as types where id = $1`,
          [type.id],
        ),
      );
      return single(rows);
    };
    expect(await told(alice)).toEqual({ create: true, join: false });
    expect(await told(bob)).toEqual({ create: false, join: false });
    expect(await told(manager)).toEqual({ create: true, join: true });
  });
});

test('who joins by themselves are those with its roles; others come in when they are added or invited', async () => {
  const [alice, bob, carol, dave] = (await Promise.all(
    Array.from({ length: 4 }, () => database.createUser()),
  )) as [TestUser, TestUser, TestUser, TestUser];
  const type = await define({ joiner_role_ids: [await makeRole(bob)] });
  const { id: roomId } = await create(alice, type);
  await call(bob, 'join_room', roomId);
  await expect(call(carol, 'join_room', roomId)).rejects.toMatchObject({
    code: 'TR403',
    message: 'Only some people join rooms of this type by themselves.',
  });
  await call(alice, 'add_room_member', roomId, carol.id);
  await call(carol, 'join_room', roomId);
  const { code } = await call(alice, 'create_invitation', roomId);
  await call(dave, 'accept_invitation', code);
});

describe('a change of a type', () => {
  test('comes to its rooms, some at a time, and each is told', async () => {
    const { alice, type, roomId } = await makeRoom({ slow_mode_seconds: 10 });
    const rooms = [
      roomId,
      ...(await Promise.all([1, 2, 3].map(() => create(alice, type)))).map(({ id }) => id),
    ];
    const changes = async () => {
      const { rows } = await owner.query<{ count: string }>(
        "select count(*) from app_private.room_changes where kind = 'room' and room_id = any ($1)",
        [rooms],
      );
      return Number(single(rows).count);
    };
    const before = await changes();
    await define({ name: type.name, slow_mode_seconds: 20, reaction_role: 'admin' });
    expect(await follow(type, 2)).toBe(2);
    for (const id of rooms) {
      expect(await roomOf(id)).toMatchObject({ slow_mode_seconds: 20, reaction_role: 'admin' });
    }
    expect((await changes()) - before).toBe(4);
    expect(await follow(type)).toBe(0);
    // Its title is shown in its rooms.
    await define({
      name: type.name,
      title: 'Another',
      slow_mode_seconds: 20,
      reaction_role: 'admin',
    });
    await follow(type);
    expect((await changes()) - before).toBe(8);
  });

  test('leaves what a room has set itself, until it takes the type again', async () => {
    const { alice, type, roomId } = await makeRoom({ slow_mode_seconds: 10, reply_role: 'admin' });
    await call(alice, 'set_slow_mode', roomId, 5);
    await call(alice, 'set_room_retention', roomId, 90);
    await define({
      name: type.name,
      slow_mode_seconds: 20,
      reply_role: 'owner',
      retention_days: 30,
    });
    await follow(type);
    expect(await roomOf(roomId)).toMatchObject({
      slow_mode_seconds: 5,
      reply_role: 'owner',
      retention_days: 90,
    });
    await call(alice, 'set_room_type', roomId, type.id);
    expect(await roomOf(roomId)).toMatchObject({ slow_mode_seconds: 20, retention_days: 30 });
    await define({ name: type.name, slow_mode_seconds: 40 });
    await follow(type);
    // What it says nothing about any more stays as it was.
    expect(await roomOf(roomId)).toMatchObject({ slow_mode_seconds: 40, retention_days: 30 });
  });

  test('that changes nothing asks the worker for nothing', async () => {
    const type = await define({ slow_mode_seconds: 1 });
    const jobs = async () =>
      (
        await owner.query("select from graphile_worker.jobs where key = 'apply_room_type:' || $1", [
          type.id,
        ])
      ).rowCount;
    await define({ name: type.name, slow_mode_seconds: 1 });
    expect(await jobs()).toBe(0);
    await define({ name: type.name, slow_mode_seconds: 2 });
    expect(await jobs()).toBe(1);
  });
});

test('a type that is removed leaves its rooms as they are, and is gone', async () => {
  const { alice, type, roomId } = await makeRoom({ writing_role: 'admin' });
  await call(manager, 'remove_room_type', type.id);
  await expect(create(alice, type)).rejects.toMatchObject({ code: 'TR404' });
  // Its name is free at once.
  const other = await define({ name: type.name });
  expect(other.id).not.toBe(type.id);
  await follow(type, 1);
  expect(await roomOf(roomId)).toMatchObject({ custom_type_id: null, writing_role: 'admin' });
  const { rowCount } = await owner.query('select from app_public.custom_room_types where id = $1', [
    type.id,
  ]);
  expect(rowCount).toBe(0);
});

test('a room that has no type any more keeps its settings, and follows no longer', async () => {
  const { alice, type, roomId } = await makeRoom({ slow_mode_seconds: 10 });
  await call(alice, 'set_room_type', roomId, null);
  await define({ name: type.name, slow_mode_seconds: 20 });
  await follow(type);
  expect(await roomOf(roomId)).toMatchObject({ custom_type_id: null, slow_mode_seconds: 10 });
});

test('nobody makes their room one of a type of which they may make none, nor a direct conversation', async () => {
  const [alice, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(alice);
  const type = await define({ creator_role_ids: [] });
  await expect(call(alice, 'set_room_type', roomId, type.id)).rejects.toMatchObject(REFUSED);
  const direct = await call(alice, 'create_direct_conversation', bob.id);
  const open = await define({});
  await expect(call(alice, 'set_room_type', direct.id, open.id)).rejects.toMatchObject(REFUSED);
});

test('what is wrong is said: a role or a type that is not there, a name, one type too many', async () => {
  const nobody = '019aaaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa';
  await expect(define({ creator_role_ids: [nobody] })).rejects.toMatchObject({ code: 'TR404' });
  await expect(call(manager, 'remove_room_type', nobody)).rejects.toMatchObject({ code: 'TR404' });
  await expect(define({ name: 'a--b' })).rejects.toMatchObject({
    constraint: 'custom_room_types_name_is_well_formed',
  });
  const other = await makeManager();
  await owner.query(
    `insert into app_public.custom_room_types (name, title)
      select 'many-' || number, 'Many' from generate_series(1, 100) as number`,
  );
  await expect(define({}, other)).rejects.toMatchObject({ code: 'TR409' });
  await owner.query("delete from app_public.custom_room_types where name like 'many-%'");
});
