import { readFileSync } from 'node:fs';
import type { DatabaseError } from '../../src/errors/from-sqlstate.ts';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';

/** What people write, wherever it may be written. */
const MARK = `mark${Math.random().toString(36).slice(2)}`;
const LONG = `${MARK} `.repeat(900);

function postgresLog(): string {
  return readFileSync(process.env.TEST_POSTGRES_LOG ?? '', 'utf8');
}

/** Runs what the database refuses, with what people write in it wherever that may be. */
async function refuseEverything(database: TestDatabase, isCast: boolean): Promise<void> {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { members: [bob], slug: MARK });
  const { id: messageId } = await database.sendMessage(bob, roomId, `${MARK}, said`);
  const report = await database.call(ada, 'report_message', messageId, MARK);
  await database.createUser(MARK);

  const mutations: [user: TestUser | null, sql: string, ...values: unknown[]][] = [
    [null, `sign_up('new_person', $1, email => $1)`, MARK],
    [null, `sign_up($1, $1)`, `${MARK} with blanks`],
    [null, `sign_up($1, $1)`, MARK],
    [null, `sign_up('other_person', $1, display_name => $2)`, MARK, LONG],
    [null, `sign_up(null, $1, $2, $3)`, MARK, MARK, `${MARK}@example.org`],
    [ada, `update_profile(display_name => $1)`, LONG],
    [ada, `update_profile(avatar_url => $1)`, MARK],
    [ada, `create_room(name => $1, slug => 'a-slug')`, LONG],
    [ada, `create_room(name => $1, slug => $1)`, `${MARK} with blanks`],
    [ada, `create_room(name => $1, slug => $1)`, MARK],
    [ada, `create_room(name => $1, slug => null)`, MARK],
    [ada, `create_room(name => $1, slug => 'another', description => $2)`, MARK, LONG],
    [ada, `send_message($2, $1, metadata => '[]')`, MARK, roomId],
    [
      ada,
      `send_message($2, $1, metadata => jsonb_build_object('a', $3::text))`,
      MARK,
      roomId,
      LONG.repeat(2),
    ],
    [ada, `send_message($2, $1, nonce => $3)`, MARK, roomId, LONG],
    [ada, `send_message($2, $1)`, LONG.repeat(2), roomId],
    [ada, `send_message($2, null, metadata => jsonb_build_object('a', $1::text))`, MARK, roomId],
    [bob, `edit_message($2, $1)`, LONG.repeat(2), messageId],
    [bob, `edit_message($1, null)`, messageId],
    [ada, `delete_message($2, $1)`, LONG, messageId],
    [ada, `ban_member($2, $3, $1)`, LONG, roomId, bob.id],
    [ada, `kick_member($2, $3, $1)`, LONG, roomId, bob.id],
    [bob, `report_message($2, $1)`, LONG, messageId],
    [ada, `resolve_report($2, 'dismissed', $1)`, LONG, report.id],
    [ada, `update_user_presence('online', session_id => $1)`, LONG],
    [
      ada,
      `set_room_rule($2, 'words', 'hold', array(select $1::text || n from generate_series(1, 1001) as n))`,
      MARK,
      roomId,
    ],
    [
      ada,
      `set_room_rule($2, 'links', 'hold', allowed_hosts => array(select $1::text || n from generate_series(1, 201) as n))`,
      MARK,
      roomId,
    ],
  ];
  // GraphQL lets no such value through: this is for whoever writes SQL.
  if (isCast) {
    mutations.push(
      [ada, `send_message($1::uuid, 'hello')`, MARK],
      [ada, `set_notification_level($2, $1::app_public.notification_level)`, MARK, roomId],
    );
  }
  for (const [user, sql, ...values] of mutations) {
    const run = (client: { query(sql: string, values: unknown[]): Promise<unknown> }) =>
      client.query(`select app_public.${sql}`, values);
    const outcome = await (user ? database.asUser(user, run) : database.asVisitor(run)).then(
      () => 'accepted',
      ({ code }: DatabaseError) => code,
    );
    // Refused is what would be logged: every line is to provoke it.
    expect([sql, outcome]).toEqual([sql, expect.stringMatching(/^[0-9A-Z]{5}$/)]);
  }
}

/** Calls every function of the API with texts that bear the mark, and each argument that may be left out null in turn. */
async function leaveOutEverything(database: TestDatabase): Promise<void> {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { name: MARK, members: [bob] });
  const { id: messageId } = await database.sendMessage(bob, roomId, MARK);
  const { rows: functions } = await database.owner.query<{
    name: string;
    types: string[];
    names: string[];
    required: number;
    labels: (string | null)[];
  }>(
    `select oid::regproc::text as name, proargnames[1:pronargs] as names,
        pronargs - pronargdefaults as required,
        array(
          select (select enumlabel::text from pg_enum where enumtypid = type order by enumsortorder limit 1)
            from unnest(proargtypes) with ordinality as given (type, position) order by position) as labels,
        array(select format_type(type, null) from unnest(proargtypes) with ordinality as given (type, position) order by position) as types
      from pg_proc
      where pronamespace = 'app_public'::regnamespace and provolatile = 'v' and prokind = 'f' and pronargs > 0`,
  );
  const ids: Record<string, string> = { room_id: roomId, message_id: messageId, user_id: bob.id };
  const exampleOf = (type: string, name: string): unknown => {
    switch (type) {
      case 'uuid':
        return ids[name] ?? messageId;
      case 'uuid[]':
        return [];
      case 'jsonb':
        return JSON.stringify({ a: MARK });
      case 'text':
        return MARK;
      case 'text[]':
        return [MARK];
      case 'boolean':
        return true;
      case 'integer':
      case 'bigint':
        return 1;
      default:
        return null;
    }
  };
  expect(functions.length).toBeGreaterThan(50);
  for (const { name, types, names, required, labels } of functions) {
    for (let left = required; left <= types.length; left += 1) {
      const values = types.map((type, i) =>
        i === left ? null : (labels[i] ?? exampleOf(type, names[i] ?? '')),
      );
      const call = `select ${name}(${types.map((type, i) => `$${i + 1}::${type}`).join(', ')})`;
      const { code } = await database
        .asUser(ada, (client) => client.query(call, values))
        .then(
          () => ({ code: '' }),
          (error: DatabaseError) => error,
        );
      expect([call, left, code]).toEqual([
        call,
        left,
        expect.not.stringMatching(/^(42601|42883|22P02)$/),
      ]);
    }
  }
}

test.each([
  ['as we set it up', []],
  [
    'with the settings that Postgres has by itself',
    [
      'log_min_messages = warning',
      'log_min_error_statement = error',
      "log_error_verbosity = 'default'",
    ],
  ],
])(
  'what people write is not in the log of Postgres %s, whatever it breaks',
  async (_, settings) => {
    const database = await createTestDatabase();
    for (const setting of settings) {
      await database.owner.query(
        `do $$ begin execute format('alter role %I in database %I set ${setting.replaceAll("'", "''")}', 'trumpet_authenticator', current_database()); end $$`,
      );
    }
    const server = await startTestServer(database);
    await refuseEverything(database, settings.length === 0);
    await leaveOutEverything(database);
    await server.graphql(
      'mutation ($text: String!) { signUp(input: { username: $text, password: $text }) { session { accessToken } } }',
      { text: `${MARK} with blanks` },
    );

    // The log is the one that is written to.
    await expect(database.owner.query(`select 1 / 0 as "the owner's"`)).rejects.toThrow();
    expect(postgresLog()).toContain('division by zero');
    expect(postgresLog()).not.toContain(MARK);
    await server.close();
    await database.close();
  },
  300_000,
);

/*
 * What is not null, unique or a key is Postgres' own to check, and its sentence has the row, or the key of it. No role of
 * the API may write a table, so this is for whoever writes SQL as the owner.
 */
test.each([
  ['default', true],
  ['terse', false],
])(
  'rows that SQL of the owner breaks are in the log with log_error_verbosity = %s: %s',
  async (verbosity, isThere) => {
    const database = await createTestDatabase();
    const word = `row${Math.random().toString(36).slice(2)}`;
    await database.createUser(word);
    const client = await database.owner.connect();
    await client.query(
      `set log_error_verbosity = '${verbosity}'; set log_min_error_statement = error`,
    );
    const before = postgresLog().length;
    for (const [code, sql] of [
      ['23502', 'insert into app_public.users (username, display_name) values (null, $1)'],
      ['23505', 'insert into app_public.users (username, display_name) values ($1::text, $1)'],
      [
        '23503',
        'insert into app_private.user_secrets (user_id, password_hash) values (uuidv7(), $1)',
      ],
    ] as const) {
      await expect(client.query(sql, [word])).rejects.toMatchObject({ code });
    }
    client.release(true);
    const written = postgresLog().slice(before);
    expect(written).toContain('violates not-null constraint');
    expect(written.includes(word)).toBe(isThere);
    expect(written.includes('is not present in table')).toBe(isThere);
    await database.close();
  },
);

test('no role of the API may write a table', async () => {
  const database = await createTestDatabase();
  const { rows } = await database.owner.query(
    `select grantee, table_schema, table_name, privilege_type from information_schema.column_privileges
      where grantee in ('trumpet_authenticator', 'trumpet_visitor', 'trumpet_user', 'trumpet_broadcast', 'trumpet_admin', 'PUBLIC')
        and table_schema in ('app_public', 'app_private', 'app_hidden') and privilege_type <> 'SELECT'`,
  );
  expect(rows).toEqual([]);
  await database.close();
});
