import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * What keeps workspaces apart where rows are written, and what is unique in each of them alone.
 */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const HOST = 'chat.acme.test';
const { id: acme } = single(
  (
    await owner.query<{ id: string }>("select app_admin.create_workspace('acme', $1) as id", [
      [HOST],
    ])
  ).rows,
);

/** Runs as a visitor who has come by a host name, and commits. */
async function visit<T extends object>(
  host: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly T[]> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('trumpet.host', $1, true)", [host]);
    await client.query('set local role trumpet_visitor');
    const { rows } = await client.query<T>(sql, [...values]);
    await client.query('commit');
    return rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const PASSWORD = 'correct horse';
async function signUp(host: string, username: string, email: string | null = null) {
  const rows = await visit<{ id: string }>(
    host,
    'select (app_public.sign_up($1, $2, email => $3)).user_id as id',
    [username, PASSWORD, email],
  );
  return single(rows);
}
const signIn = async (host: string, username: string, password = PASSWORD) =>
  single(
    await visit<{ id: string | null }>(host, 'select (app_public.sign_in($1, $2)).user_id as id', [
      username,
      password,
    ]),
  ).id;

describe('a name is one of a workspace', () => {
  test('two people have the same username, and each signs in by their own host name', async () => {
    const here = await signUp(HOST, 'alice');
    const there = await signUp('localhost', 'alice');
    expect(await signIn(HOST, 'Alice')).toBe(here.id);
    expect(await signIn('localhost', 'Alice')).toBe(there.id);
    await expect(signUp(HOST, 'alice')).rejects.toMatchObject({
      constraint: 'users_username_is_unique',
    });
    await expect(signUp(HOST, 'a1ice')).rejects.toMatchObject({
      constraint: 'users_username_looks_like_no_other',
    });
    await signUp('localhost', 'bob');
    await signUp(HOST, 'b0b');
    for (const { id } of [here, there]) {
      const found = await database.asUser({ id }, (client) =>
        client.query("select id from app_public.user_by_username('ALICE')"),
      );
      expect(found.rows).toEqual([{ id }]);
    }
  });

  test('passwords that fail for one lock nobody else out', async () => {
    await signUp(HOST, 'carol');
    const there = await signUp('localhost', 'carol');
    for (let count = 0; count < 10; count += 1) {
      expect(await signIn(HOST, 'carol', 'wrong wrong')).toBeNull();
    }
    await expect(signIn(HOST, 'carol')).rejects.toMatchObject({ code: 'TR429' });
    expect(await signIn('localhost', 'carol')).toBe(there.id);
  });

  test('the name of a deleted account is kept in its workspace alone', async () => {
    const { id } = await signUp(HOST, 'dave');
    await owner.query('select app_private.begin_erasure($1)', [id]);
    await signUp('localhost', 'dave');
    await expect(signUp(HOST, 'dave')).rejects.toMatchObject({ code: 'TR409' });
  });

  test('public rooms of two workspaces have the same slug', async () => {
    const here = await signUp(HOST, 'eve');
    const there = await signUp('localhost', 'eve');
    const rooms = await Promise.all(
      [here, there].map((person) => database.createRoom(person, { slug: 'general' })),
    );
    for (const [index, person] of [here, there].entries()) {
      const { rows } = await database.asUser(person, (client) =>
        client.query("select id from app_public.room_by_slug('general')"),
      );
      expect(rows).toEqual([{ id: rooms[index]?.id }]);
      const { rows: list } = await database.asUser(person, (client) =>
        client.query('select id from app_public.public_rooms()'),
      );
      expect(list).toEqual([{ id: rooms[index]?.id }]);
    }
    await expect(database.createRoom(here, { slug: 'general' })).rejects.toMatchObject({
      code: 'TR409',
    });
  });

  test('an e-mail address is held once in each workspace, and lost passwords are set by its mails', async () => {
    const email = 'frank@example.test';
    const here = await signUp(HOST, 'frank', email);
    const there = await signUp('localhost', 'frank', email);
    for (const { id } of [here, there]) {
      const { rows } = await owner.query('select * from app_private.claim_email($1)', [id]);
      expect(rows).toEqual([]);
      await owner.query(
        "select app_public.verify_email(app_private.make_email_code($1, $2, 'verify'))",
        [id, email],
      );
    }
    const { rows } = await owner.query(
      'select user_id, email_verified_at is not null as verified from app_private.user_secrets where email = $1 order by user_id',
      [email],
    );
    expect(rows).toEqual(
      [here.id, there.id].sort().map((user_id) => ({ user_id, verified: true })),
    );
    await visit(HOST, 'select app_public.request_password_reset($1)', [email]);
    const { rows: jobs } = await owner.query<{ payload: { workspaceId: string } }>(
      `select payload from graphile_worker._private_jobs where payload ->> 'kind' = 'reset' order by id desc limit 1`,
    );
    expect(jobs[0]?.payload.workspaceId).toBe(acme);
    const { rows: mail } = await owner.query(
      "select username from app_private.compose_account_mail('reset', null, $1, $2)",
      [email, acme],
    );
    expect(mail).toEqual([{ username: 'frank' }]);
    const { rows: codes } = await owner.query(
      "select user_id from app_private.email_codes where purpose = 'reset'",
    );
    expect(codes).toEqual([{ user_id: here.id }]);
  });

  test('mails to an address are counted in each workspace alone', async () => {
    const email = 'grace@example.test';
    const people = await Promise.all(
      [HOST, 'localhost'].map((host) => signUp(host, 'grace', email)),
    );
    await owner.query(
      'update app_private.user_secrets set holds_email = true, email_verified_at = now() where user_id = any ($1)',
      [people.map(({ id }) => id)],
    );
    const mails = async (host: string) => {
      let count = 0;
      for (let asked = 0; asked < 6; asked += 1) {
        const { rows } = await owner.query(
          `select mail.* from app_public.users
            cross join lateral app_private.compose_account_mail('reset', null, $1, users.workspace_id) as mail
            where users.id = $2`,
          [email, people[host === HOST ? 0 : 1]?.id],
        );
        count += rows.length;
      }
      return count;
    };
    expect(await mails(HOST)).toBe(5);
    expect(await mails('localhost')).toBe(5);
    expect(await mails(HOST)).toBe(0);
  });
});

describe('whoever writes it, nothing brings two workspaces together', () => {
  let here: TestUser;
  let there: TestUser;
  let roomId: string;
  beforeAll(async () => {
    here = await personOf(acme);
    there = await database.createUser();
    roomId = (await database.createRoom(here, { type: 'private' })).id;
  });

  async function personOf(workspaceId: string): Promise<TestUser> {
    const { rows } = await owner.query<{ id: string }>(
      `insert into app_public.users (username, display_name, workspace_id)
        values ('user-' || encode(gen_random_bytes(6), 'hex'), 'A person', $1) returning id`,
      [workspaceId],
    );
    return { ...single(rows), username: '', sessionId: '', token: '' };
  }

  test.each([
    ['a membership', 'insert into app_public.room_members (room_id, user_id) values ($1, $3)'],
    [
      'a direct conversation',
      `with room as (insert into app_public.rooms (type) values ('direct') returning id)
        insert into app_private.direct_rooms (room_id, first_user_id, second_user_id)
          select id, least($2::uuid, $3::uuid), greatest($2, $3) from room where $1::uuid is not null`,
    ],
    [
      'an invitation',
      "insert into app_public.room_invitations (room_id, created_by, expires_at) values ($1, $3, now() + interval '1 day')",
    ],
    ['a ban', 'insert into app_public.room_bans (room_id, user_id) values ($1, $3)'],
    [
      'who banned',
      'insert into app_public.room_bans (room_id, user_id, banned_by) values ($1, $2, $3)',
    ],
    [
      'a mute',
      'insert into app_private.room_mutes (room_id, user_id, muted_until) values ($1, $3, now())',
    ],
    [
      'a history',
      'insert into app_private.room_histories (room_id, user_id, sees_from_seq) values ($1, $3, 1)',
    ],
    [
      'a block',
      'insert into app_private.user_blocks (blocker_id, blocked_id) select $2, $3 where $1::uuid is not null',
    ],
    [
      'a block the other way',
      'insert into app_private.user_blocks (blocker_id, blocked_id) select $3, $2 where $1::uuid is not null',
    ],
    [
      'an incoming webhook',
      'insert into app_public.incoming_webhooks (room_id, bot_id, created_by) values ($1, $3, $2)',
    ],
  ])('%s', async (_, sql) => {
    const used = [roomId, here.id, there.id].filter((_value, index) =>
      sql.includes(`$${index + 1}`),
    );
    const numbered = [1, 2, 3]
      .filter((number) => sql.includes(`$${number}`))
      .reduce((text, number, index) => text.replaceAll(`$${number}`, `$${index + 1}`), sql);
    await expect(owner.query(numbered, used)).rejects.toMatchObject({ code: 'TR404' });
  });

  test.each(['app_public.users', 'app_public.rooms'])('%s stay where they are', async (table) => {
    await expect(
      owner.query(
        `update ${table} set workspace_id = app_private.default_workspace_id() where workspace_id = $1`,
        [acme],
      ),
    ).rejects.toMatchObject({ code: 'TR403' });
  });

  /** Tables that name a person and a room, or several people, and why nothing of their own keeps workspaces apart. */
  const KEPT_APART_OTHERWISE: Record<string, string> = {
    'app_private.guests': 'written with the membership of the room',
    'app_private.hook_questions': 'of what a member sends to the room',
    'app_private.legal_holds': 'of a person or of a room',
    'app_private.message_deletions': 'of a message, by a member',
    'app_private.message_mentions': 'of members of the room',
    'app_private.message_sources': 'of what a member was shown in the room that it comes from',
    'app_private.presence_sessions': 'of one person',
    'app_private.push_marks': 'of members of the room',
    'app_private.room_changes': 'what triggers of other tables have noted',
    'app_private.room_writers': 'counted from messages',
    'app_private.token_buckets': 'of what is refused afterwards',
    'app_private.typing_indicators': 'of members of the room',
    'app_private.uploads': 'of one person; the room is the one of the message that they have sent',
    'app_public.interactions': 'of two members of the room',
    'app_private.personal_news': 'about what one member has in the room',
    'app_public.reminders': 'of a member of the room',
    'app_public.saved_messages': 'of a member of the room',
    'app_public.poll_ballots': 'of a member of the room',
    'app_public.scheduled_messages': 'of a member of the room',
    'app_public.message_reactions': 'of members of the room',
    'app_public.message_reports': 'of members of the room',
    'app_public.messages':
      'of members; those that a server brings in are looked at: import_messages',
    'app_public.moderation_log': 'of what was done in the room',
  };

  test('every table that brings people together says how', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select pg_class.oid::regclass::text as name
        from pg_class
        join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
        where relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
          and relkind in ('r', 'p') and not relispartition and atttypid = 'uuid'::regtype
          and (
            attname ~ '^(room_id|(.*_)?(user|author|person|member|moderator|reporter|blocker|blocked|uploader|bot)_id|(created|banned|resolved|deleted)_by)$'
            or exists (
              select from pg_constraint
                where conrelid = pg_class.oid and contype = 'f' and attnum = any (conkey)
                  and confrelid in ('app_public.users'::regclass, 'app_public.rooms'::regclass)))
          and not exists (
            select from pg_trigger where tgrelid = pg_class.oid and tgname = '_100_one_workspace')
          and not exists (
            select from pg_constraint
              where conrelid = pg_class.oid and contype = 'f' and confrelid = 'app_public.room_members'::regclass)
        group by pg_class.oid
        having count(*) > 1
        order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(KEPT_APART_OTHERWISE).sort());
  });
});

test('statistics are of each workspace', async () => {
  await owner.query("select app_admin.create_workspace('counted', '{chat.counted.test}')");
  const [ivan, judy] = [
    await signUp('chat.counted.test', 'ivan'),
    await signUp('chat.counted.test', 'judy'),
  ];
  const room = await database.createRoom(ivan, { slug: 'counted', members: [judy] });
  const numbers = async () => {
    const client = await owner.connect();
    try {
      await client.query('begin');
      await client.query('set local role trumpet_admin');
      const { rows: engagement } = await client.query<{ workspace: string }>(
        'select workspace, users::int, writers_today::int, messages_today::int, messages_a_day::float from app_admin.engagement',
      );
      const { rows: activity } = await client.query<{ workspace: string }>(
        `select workspace, messages::int, writers::int, active_rooms::int, new_users::int, new_rooms::int
          from app_admin.activity limit (select count(*) from app_admin.workspaces)`,
      );
      const of = (name: string) => ({
        engagement: engagement.filter(({ workspace }) => workspace === name),
        activity: activity.filter(({ workspace }) => workspace === name),
      });
      return { counted: of('counted'), elsewhere: [of('default'), of('acme')] };
    } finally {
      await client.query('rollback');
      client.release();
    }
  };
  const { elsewhere } = await numbers();
  for (const person of [ivan, ivan, judy]) {
    await database.sendMessage(person, room.id, 'counted');
  }
  await owner.query('select app_private.roll_up_room($1, 100)', [room.id]);
  const workspace = 'counted';
  expect(await numbers()).toEqual({
    counted: {
      engagement: [
        { workspace, users: 2, writers_today: 2, messages_today: 3, messages_a_day: 0.1 },
      ],
      activity: [
        { workspace, messages: 3, writers: 2, active_rooms: 1, new_users: 2, new_rooms: 1 },
      ],
    },
    elsewhere,
  });
});
