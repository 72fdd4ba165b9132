import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * Who gets at what: what was never public, what was deleted, what a right was given for that has ended, what a made-up
 * row or a missing secret would open.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const people = async <const N extends number>(count: N) =>
  (await Promise.all(Array.from({ length: count }, () => database.createUser()))) as TestUser[];

async function makeRoom() {
  const [admin, moderator, author, reader] = (await people(4)) as [
    TestUser,
    TestUser,
    TestUser,
    TestUser,
  ];
  const { id: roomId } = await database.createRoom(admin, {
    type: 'private',
    members: [moderator, author, reader],
  });
  await call(admin, 'set_member_role', roomId, moderator.id, 'moderator');
  await call(admin, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
  return { admin, moderator, author, reader, roomId };
}

type Looker = TestUser | 'broadcast';

async function look(who: Looker, roomId: string, sql: string, values: unknown[]) {
  const run = async (client: {
    query(sql: string, values: unknown[]): Promise<{ rows: { value: unknown }[] }>;
  }) => (await client.query(sql, values)).rows.map(({ value }) => value);
  return who === 'broadcast'
    ? database.asBroadcast(roomId, (client) => run(client as never))
    : database.asUser(who, (client) => run(client as never));
}

describe('what was held stays unseen when the message is released', () => {
  const versions = (who: Looker, roomId: string, id: string) =>
    look(
      who,
      roomId,
      'select previous_content as value from app_public.message_edits where message_id = $1 order by id',
      [id],
    );

  test.each([
    ['from the first word', []],
    ['by an edit', ['first']],
  ])('%s', async (_, before) => {
    const { moderator, author, reader, roomId } = await makeRoom();
    const { id } = await call(author, 'send_message', roomId, before[0] ?? 'dubious one');
    if (before.length > 0) {
      await call(author, 'edit_message', id, 'dubious one');
    }
    await call(author, 'edit_message', id, 'dubious two');
    await call(author, 'edit_message', id, 'nice');
    await call(moderator, 'release_message', id);
    await call(author, 'edit_message', id, 'nicer');

    const all = [...before, 'dubious one', 'dubious two', 'nice'];
    expect(await versions(moderator, roomId, id)).toEqual(all);
    expect(await versions(author, roomId, id)).toEqual(all);
    expect(await versions(reader, roomId, id)).toEqual([...before, 'nice']);
    expect(await versions('broadcast', roomId, id)).toEqual([...before, 'nice']);
  });
});

describe('reactions', () => {
  const reactions = (who: Looker, roomId: string, id: string) =>
    look(
      who,
      roomId,
      'select emoji as value from app_public.message_reactions where message_id = $1',
      [id],
    );

  async function makeReacted() {
    const room = await makeRoom();
    const { id } = await database.sendMessage(room.author, room.roomId, 'hello');
    await call(room.reader, 'add_message_reaction', id, '👍');
    await call(room.moderator, 'add_message_reaction', id, '🎉');
    return { ...room, id };
  }

  test('are as hidden as their message while it is held, and back when it is released', async () => {
    const { moderator, author, reader, roomId, id } = await makeReacted();
    await call(author, 'edit_message', id, 'dubious');
    const seen = async () =>
      Promise.all(
        ([author, moderator, reader, 'broadcast'] as const).map(
          async (who) => (await reactions(who, roomId, id)).length,
        ),
      );
    expect(await seen()).toEqual([2, 2, 0, 0]);
    await call(moderator, 'release_message', id);
    expect(await seen()).toEqual([2, 2, 2, 2]);
  });

  test.each<[string, (scene: Awaited<ReturnType<typeof makeReacted>>) => Promise<unknown>]>([
    ['its author deletes it', ({ author, id }) => call(author, 'delete_message', id)],
    [
      'a moderator deletes it',
      ({ moderator, id }) => call(moderator, 'delete_message', id, 'rude'),
    ],
    [
      'a moderator rejects it',
      async ({ author, moderator, id }) => {
        await call(author, 'edit_message', id, 'dubious');
        await call(moderator, 'reject_message', id);
      },
    ],
    [
      'the moderation service deletes it',
      async ({ id }) => {
        await owner.query(
          'insert into app_private.moderation_queue (message_id, tries) values ($1, 1)',
          [id],
        );
        await owner.query(`select app_private.apply_moderation($1, 'hello', 1, 'delete', 'bad')`, [
          id,
        ]);
      },
    ],
    [
      'its author is erased',
      async ({ author }) => {
        await owner.query('select app_private.begin_erasure($1)', [author.id]);
        await owner.query('select app_private.erase_messages($1, 100)', [author.id]);
      },
    ],
    [
      'retention deletes it',
      ({ id }) =>
        owner.query(
          'select app_private.delete_messages(array[$1::uuid]) from app_private.begin_bulk()',
          [id],
        ),
    ],
  ])('go with a message when %s, and one event tells it', async (_, remove) => {
    const scene = await makeReacted();
    const changes = async () =>
      (
        await owner.query(
          `select kind, op from app_private.room_changes where room_id = $1 and kind = 'reaction' and op = 'delete'`,
          [scene.roomId],
        )
      ).rows;
    await remove(scene);
    const { rows } = await owner.query(
      'select from app_public.message_reactions where message_id = $1',
      [scene.id],
    );
    expect(rows).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  test('are logged as ever after a message was deleted in the same transaction', async () => {
    const { author, reader, roomId, id } = await makeReacted();
    const other = await database.sendMessage(author, roomId, 'other');
    await database.commitAs(reader, (client) =>
      client.query('select app_public.add_message_reaction($1, $2)', [other.id, '👍']),
    );
    const client = await owner.connect();
    await client.query('begin');
    await client.query(
      'update app_public.messages set content = null, deleted_at = now() where id = $1',
      [id],
    );
    await client.query('delete from app_public.message_reactions where message_id = $1', [
      other.id,
    ]);
    await client.query('commit');
    client.release();
    const { rows } = await owner.query(
      `select kind, op from app_private.room_changes where room_id = $1 order by change_seq desc limit 2`,
      [roomId],
    );
    expect(rows).toEqual([
      { kind: 'reaction', op: 'delete' },
      { kind: 'message', op: 'delete' },
    ]);
  });
});

describe('an invitation ends with the right to make it', () => {
  test.each<[string, (scene: Awaited<ReturnType<typeof makeRoom>>) => Promise<unknown>]>([
    ['leaving', ({ moderator, roomId }) => call(moderator, 'leave_room', roomId)],
    ['a kick', ({ admin, moderator, roomId }) => call(admin, 'kick_member', roomId, moderator.id)],
    ['a ban', ({ admin, moderator, roomId }) => call(admin, 'ban_member', roomId, moderator.id)],
    [
      'a demotion',
      ({ admin, moderator, roomId }) =>
        call(admin, 'set_member_role', roomId, moderator.id, 'member'),
    ],
    [
      'a ban by an administrator',
      ({ moderator, roomId }) =>
        owner.query(`select app_admin.ban_user($1, $2, 'spam')`, [moderator.username, roomId]),
    ],
    [
      'a suspension',
      ({ moderator }) =>
        owner.query(`select app_admin.suspend_user($1, 'spam', '1 hour')`, [moderator.username]),
    ],
    [
      'deleting the account',
      ({ moderator }) => call(moderator, 'delete_my_account', moderator.username),
    ],
  ])('%s', async (_, end) => {
    const scene = await makeRoom();
    const { code } = await call(scene.moderator, 'create_invitation', scene.roomId);
    const { code: other } = await call(scene.admin, 'create_invitation', scene.roomId);
    await end(scene);
    const guest = await database.createUser();
    await expect(call(guest, 'accept_invitation', code)).rejects.toMatchObject({ code: 'TR404' });
    await expect(call(guest, 'accept_invitation', other)).resolves.toMatchObject({
      id: scene.roomId,
    });
  });

  test('becoming an admin ends nothing', async () => {
    const { admin, moderator, roomId } = await makeRoom();
    const { code } = await call(moderator, 'create_invitation', roomId);
    await call(admin, 'set_member_role', roomId, moderator.id, 'admin');
    const guest = await database.createUser();
    await expect(call(guest, 'accept_invitation', code)).resolves.toMatchObject({ id: roomId });
  });
});

test('a made-up row opens nothing', async () => {
  const { admin, author, reader, roomId } = await makeRoom();
  const { id: messageId } = await database.sendMessage(author, roomId, 'hello');
  await call(reader, 'update_user_presence', 'online', roomId);
  await call(author, 'update_user_presence', 'online', roomId);
  await call(reader, 'set_typing', roomId, true).catch(() => {});
  await call(admin, 'set_room_language', roomId, 'english');
  await call(reader, 'set_notification_level', roomId, 'none');
  await call(reader, 'block_user', author.id);
  const exported = await call(reader, 'export_my_data');
  await owner.query(
    `update app_public.data_exports set status = 'ready', finished_at = now() where id = $1`,
    [exported.id],
  );
  const stranger = await database.createUser();
  const { rows: roles } = await owner.query<{ id: string }>(
    "insert into app_public.roles (name, permissions) values ('Stewards', '{pin_messages}') returning id",
  );
  const { rows: uploads } = await owner.query<{ id: string }>(
    `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, received_at)
      values ($1, 'map.txt', 'text/plain', 1, now()) returning id`,
    [author.id],
  );
  const { rows: types } = await owner.query<{ id: string }>(
    `insert into app_public.custom_room_types (name, title, creator_role_ids, joiner_role_ids)
      values ('support', 'Support', '{}', '{}') returning id`,
  );

  const FORGED: Record<string, Record<string, unknown>> = {
    rooms: { id: roomId, type: 'public' },
    messages: { id: messageId, room_id: roomId, author_id: author.id },
    room_members: { room_id: roomId, user_id: reader.id, role: 'owner' },
    users: { id: author.id },
    data_exports: { id: exported.id, user_id: reader.id, status: 'ready' },
    user_session: { user_id: reader.id },
    roles: { id: single(roles).id, name: 'Stewards' },
    custom_room_types: { id: single(types).id, name: 'support' },
    notification_settings: { user_id: author.id },
    drafts: { user_id: author.id, room_id: roomId, attachment_ids: [single(uploads).id] },
  };
  const { rows: columns } = await owner.query<{
    name: string;
    type: string;
    role: string;
    /** Of what else it is asked, as nothing in particular. */
    others: string;
  }>(
    `select proc.proname as name, class.relname as type, role, (
        select coalesce(string_agg(
            format(case other when 'text'::regtype then ', ''''::%s' else ', null::%s' end, format_type(other, null)), '' order by position), '')
          from unnest(proc.proargtypes[1:proc.pronargs - proc.pronargdefaults - 1]) with ordinality as given (other, position)
      ) as others
      from pg_proc as proc
      join pg_type as type on type.oid = proc.proargtypes[0]
      join pg_class as class on class.oid = type.typrelid
      cross join unnest(array['trumpet_visitor', 'trumpet_user', 'trumpet_broadcast']) as role
      where proc.pronamespace = 'app_public'::regnamespace
        and proc.prosecdef and proc.provolatile <> 'v'
        and has_function_privilege(role, proc.oid, 'execute')
      order by 1, 3`,
  );
  expect(columns.length).toBeGreaterThan(20);

  const opened: string[] = [];
  for (const { name, type, role, others } of columns) {
    const row = FORGED[type];
    expect([name, row]).toEqual([name, expect.anything()]);
    const run = async (client: {
      query: (sql: string, values: unknown[]) => Promise<{ rows: { value: unknown }[] }>;
    }) =>
      (
        await client.query(
          `select to_jsonb(found) as value
            from app_public."${name}"(jsonb_populate_record(null::app_public."${type}", $1)${others}) as found`,
          [JSON.stringify(row)],
        )
      ).rows;
    const rows =
      role === 'trumpet_user'
        ? await database.asUser(stranger, (client) => run(client as never))
        : role === 'trumpet_visitor'
          ? await database.asVisitor((client) => run(client as never))
          : await database.asBroadcast(stranger.id, (client) => run(client as never));
    const told = rows.filter(({ value }) => {
      const fields = value !== null && typeof value === 'object' ? Object.values(value) : [value];
      return fields.some((field) => ![null, false, 0, 'offline'].includes(field as null));
    });
    if (told.length > 0) {
      opened.push(`${name} to ${role}: ${JSON.stringify(told)}`);
    }
  }
  expect(opened).toEqual([]);
});

describe('a missing secret is a wrong one', () => {
  test('for every function that takes one', async () => {
    const person = await database.createUser();
    const { rows } = await owner.query<{ name: string; secrets: string[] }>(
      `select proc.proname as name, array_agg(distinct given.name) as secrets
        from pg_proc as proc, unnest(proc.proargnames) as given (name)
        where proc.pronamespace = 'app_public'::regnamespace
          and has_function_privilege('trumpet_user', proc.oid, 'execute')
          and given.name ~ '(password|refresh_token|code|secret)$'
        group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { name: 'accept_invitation', secrets: ['code'] },
      { name: 'begin_passkey', secrets: ['code', 'password'] },
      { name: 'begin_totp', secrets: ['code', 'password'] },
      { name: 'change_email', secrets: ['password'] },
      { name: 'change_password', secrets: ['current_password', 'new_password'] },
      { name: 'claim_guest', secrets: ['password'] },
      { name: 'confirm_totp', secrets: ['code'] },
      { name: 'delete_my_account', secrets: ['password'] },
      { name: 'join_as_guest', secrets: ['code', 'device_secret'] },
      { name: 'make_recovery_codes', secrets: ['code', 'password'] },
      { name: 'refresh_session', secrets: ['refresh_token'] },
      { name: 'remove_totp', secrets: ['code', 'password'] },
      { name: 'reset_password', secrets: ['code', 'new_password'] },
      { name: 'sign_in', secrets: ['code', 'device_secret', 'password'] },
      { name: 'sign_in_with_passkey', secrets: ['device_secret'] },
      { name: 'sign_up', secrets: ['device_secret', 'invitation_code', 'password'] },
      { name: 'verify_email', secrets: ['code'] },
    ]);
    const visit = (sql: string, ...values: unknown[]) =>
      database.asVisitor(async (client) => (await client.query(sql, values)).rows);
    expect(await visit('select (app_public.sign_in($1, null)).user_id', person.username)).toEqual([
      { user_id: null },
    ]);
    expect(await visit('select (app_public.sign_in(null, null)).user_id')).toEqual([
      { user_id: null },
    ]);
    expect(await visit('select (app_public.refresh_session(null)).user_id')).toEqual([
      { user_id: null },
    ]);
    // Nor is a device known that says no secret.
    await visit('select app_public.sign_in($1, $1)', person.username);
    const { rows: known } = await owner.query('select app_private.device_hash($1, null) as hash', [
      person.id,
    ]);
    expect(known).toEqual([{ hash: null }]);
    await expect(visit(`select app_public.sign_up('someone_else', null)`)).rejects.toMatchObject({
      code: 'TR400',
    });
    await expect(call(person, 'accept_invitation', null)).rejects.toMatchObject({ code: 'TR404' });
    expect(await call(person, 'change_password', null, 'another one')).toEqual({
      change_password: null,
    });
    await expect(call(person, 'change_password', person.username, null)).rejects.toMatchObject({
      code: 'TR400',
    });
    expect(await call(person, 'delete_my_account', null)).toEqual({ delete_my_account: null });
    expect(await call(person, 'change_email', null, 'ada@example.org')).toEqual({
      change_email: null,
    });
    expect(await visit('select app_public.verify_email(null)')).toEqual([{ verify_email: null }]);
    expect(await visit("select app_public.reset_password(null, 'another one')")).toEqual([
      { reset_password: null },
    ]);
    await expect(visit("select app_public.reset_password('a code', null)")).rejects.toMatchObject({
      code: 'TR400',
    });
    await expect(call(person, 'claim_guest', 'somebody_else', null)).rejects.toMatchObject({
      code: 'TR400',
    });
    await expect(visit("select app_public.join_as_guest(null, 'A guest')")).rejects.toMatchObject({
      code: 'TR404',
    });
    expect(await call(person, 'begin_totp', null)).toMatchObject({ secret: null });
    expect(await call(person, 'begin_passkey', null)).toEqual({ begin_passkey: null });
    expect(await call(person, 'make_recovery_codes', null)).toEqual({ make_recovery_codes: null });
    expect(await call(person, 'remove_totp', null)).toEqual({ remove_totp: null });
    await owner.query(
      "insert into app_private.totp_secrets (user_id, secret, last_step) values ($1, decode(repeat('ab', 20), 'hex'), 0)",
      [person.id],
    );
    await owner.query(
      "insert into app_private.totp_setups (user_id, secret) values ($1, decode(repeat('ab', 20), 'hex'))",
      [person.id],
    );
    expect(await call(person, 'confirm_totp', null)).toEqual({ confirm_totp: null });
    for (const code of [null, '', ' ']) {
      for (const sql of [
        'begin_passkey($1, $2)',
        'begin_totp($1, $2)',
        'make_recovery_codes($1, $2)',
        'remove_totp($1, $2)',
      ]) {
        await expect(
          database.asUser(person, (client) =>
            client.query(`select app_public.${sql}`, [person.username, code]),
          ),
        ).rejects.toMatchObject({ code: 'TR2FA' });
      }
      await expect(
        visit('select app_public.sign_in($1, $1, code => $2)', person.username, code),
      ).rejects.toMatchObject({ code: 'TR2FA' });
    }
    // Without a password there is none that is right.
    await owner.query('delete from app_private.user_secrets where user_id = $1', [person.id]);
    expect(await call(person, 'delete_my_account', null)).toEqual({ delete_my_account: null });
    expect(await call(person, 'change_password', null, 'another one')).toEqual({
      change_password: null,
    });
  });
});

test('the address of an export gives nothing while its owner is suspended', async () => {
  const person = await database.createUser();
  const { id } = await call(person, 'export_my_data');
  await owner.query(
    `update app_public.data_exports set status = 'ready', finished_at = now() where id = $1`,
    [id],
  );
  const { rows } = await owner.query<{ download_token: string }>(
    `with file as (select * from app_private.data_export_files where export_id = $1),
      chunk as (insert into app_private.data_export_chunks (export_id, position, bytes) values ($1, 0, 'x'))
      select download_token from file`,
    [id],
  );
  const read = async (token: string | null) =>
    (
      await owner.query('select app_hidden.read_data_export($1, $2, 0) as bytes', [id, token])
    ).rows[0]?.bytes?.toString() ?? null;
  const token = single(rows).download_token;
  expect(await read(token)).toBe('x');
  expect(await read(null)).toBeNull();
  await owner.query(`select app_admin.suspend_user($1, 'spam')`, [person.username]);
  expect(await read(token)).toBeNull();
  await owner.query('select app_admin.unsuspend_user($1)', [person.username]);
  expect(await read(token)).toBe('x');
});

test('a ban that has ended is listed for 30 days', async () => {
  const { admin, moderator, reader, author, roomId } = await makeRoom();
  await call(admin, 'ban_member', roomId, reader.id, null, 60);
  await owner.query(`update app_public.room_bans set expires_at = now() - interval '29 days'`);
  await owner.query('select app_private.expire_bans_and_mutes()');
  const bans = (who: TestUser) =>
    look(who, roomId, 'select user_id as value from app_public.room_bans where room_id = $1', [
      roomId,
    ]);
  expect(await bans(moderator)).toEqual([reader.id]);
  expect(await bans(author)).toEqual([]);
  await owner.query(`update app_public.room_bans set expires_at = now() - interval '31 days'`);
  await owner.query('select app_private.expire_bans_and_mutes()');
  expect(await bans(moderator)).toEqual([]);
});

test.each([
  [' ', 'secret'],
  ['BAbc', '\t\n'],
  ['', 'secret'],
  ['not base64!', 'secret'],
])('keys %j and %j are refused', async (p256dh, auth) => {
  const person = await database.createUser();
  await expect(
    database.commitAs(person, (client) =>
      client.query(
        `select app_public.subscribe_to_push_notifications(row('https://push.example.com/x', row($1, $2)))`,
        [p256dh, auth],
      ),
    ),
  ).rejects.toMatchObject({ code: 'TR400' });
});
