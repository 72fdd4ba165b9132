import type { ClientBase } from 'pg';
import { createTestDatabase, single } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

/** As a person at psql who was granted trumpet_admin and owns nothing. */
async function asAdmin<T>(run: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await owner.connect();
  try {
    await client.query('begin; set local role trumpet_admin');
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
const call = (sql: string, values: unknown[] = []) =>
  asAdmin(async (client) => {
    const { rows } = await client.query<{ answer: string }>(`select ${sql} as answer`, values);
    return single(rows).answer;
  });

async function signIn(user: { username: string }) {
  return database.asVisitor((client) =>
    client.query('select (app_public.sign_in($1, $1)).user_id', [user.username]),
  );
}

async function isAlive(sessionId: string): Promise<boolean> {
  const { rows } = await owner.query('select from app_hidden.authenticate_session($1)', [
    sessionId,
  ]);
  return rows.length === 1;
}

test('the administrator reads every view and nobody else does', async () => {
  const { rows: views } = await owner.query<{ name: string }>(
    `select viewname as name from pg_views where schemaname = 'app_admin' order by 1`,
  );
  expect(views.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'activity',
      'jobs',
      'reports',
      'rooms',
      'sessions',
      'slow_statements',
      'storage',
    ]),
  );
  for (const { name } of views) {
    const { rows } = await asAdmin((client) =>
      client.query(`select * from app_admin.${name} limit 5`),
    );
    expect(Array.isArray(rows)).toBe(true);
    for (const as of [
      database.asVisitor,
      database.asUser.bind(null, await database.createUser()),
    ]) {
      await expect(
        as((client) => client.query(`select from app_admin.${name}`)),
      ).rejects.toMatchObject({
        code: '42501',
      });
    }
  }
});

test('no API role may call a function of the administrator', async () => {
  const { rows } = await owner.query(
    `select proc.oid::regprocedure::text as name, role
      from pg_proc as proc, unnest('{public, trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_authenticator}'::text[]) as role
      where pronamespace = 'app_admin'::regnamespace and has_function_privilege(role, proc.oid, 'execute')`,
  );
  expect(rows).toEqual([]);
});

test('a suspended person is signed out everywhere and refused at sign-in, until unsuspended', async () => {
  const mallory = await database.createUser();
  expect(await isAlive(mallory.sessionId)).toBe(true);
  expect(await call(`app_admin.suspend_user($1, 'spam', '7 days')`, [mallory.username])).toMatch(
    /^user_\w+ is suspended until .*; 1 sessions ended$/,
  );

  expect(await isAlive(mallory.sessionId)).toBe(false);
  await expect(signIn(mallory)).rejects.toMatchObject({ code: 'TR403' });
  await call('app_admin.unsuspend_user($1)', [mallory.username.toUpperCase()]);
  expect((await signIn(mallory)).rows).toEqual([{ user_id: mallory.id }]);
});

test('a wrong password tells nothing of a suspension', async () => {
  const mallory = await database.createUser();
  await call(`app_admin.suspend_user($1, 'spam')`, [mallory.id]);
  const { rows } = await database.asVisitor((client) =>
    client.query(`select (app_public.sign_in($1, 'wrong password')).user_id`, [mallory.username]),
  );
  expect(rows).toEqual([{ user_id: null }]);
});

test('a suspension ends by itself', async () => {
  const mallory = await database.createUser();
  await call(`app_admin.suspend_user($1, 'spam', '1 hour')`, [mallory.username]);
  await owner.query(
    'update app_private.suspensions set suspended_until = now() where user_id = $1',
    [mallory.id],
  );
  expect((await signIn(mallory)).rows).toEqual([{ user_id: mallory.id }]);
});

test('signing everyone out ends every session', async () => {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  await call(`app_admin.sign_everyone_out('leaked secret')`);
  expect([await isAlive(ada.sessionId), await isAlive(bob.sessionId)]).toEqual([false, false]);
});

test('a person whom the administrator bans cannot come back, and a room that loses its owner gets the next', async () => {
  const [mallory, rita] = [await database.createUser(), await database.createUser()];
  const room = await database.createRoom(mallory, { members: [rita] });
  await call(`app_admin.ban_user($1, $2, 'spam', '1 day')`, [mallory.username, room.slug]);

  await expect(
    database.asUser(mallory, (client) =>
      client.query('select app_public.join_room($1)', [room.id]),
    ),
  ).rejects.toMatchObject({ code: 'TRBAN' });
  const { rows } = await owner.query(
    'select owner::text, members from app_admin.rooms where id = $1',
    [room.id],
  );
  expect(rows).toEqual([{ owner: rita.username, members: 1 }]);
});

test.each(['archived', 'closed'])(
  'in a room that is %s people are banned and bans are lifted, by its moderators and by the administrator',
  async (how) => {
    const [olga, rita, mallory, eve] = [
      await database.createUser(),
      await database.createUser(),
      await database.createUser(),
      await database.createUser(),
    ];
    const room = await database.createRoom(olga, { members: [rita, mallory, eve] });
    await database.call(olga, 'set_member_role', room.id, rita.id, 'moderator');
    await (how === 'archived'
      ? database.call(olga, 'archive_room', room.id)
      : call(`app_admin.close_room($1, 'spam')`, [room.slug]));
    await database.call(rita, 'ban_member', room.id, mallory.id, 'spam');
    await database.call(rita, 'unban_member', room.id, mallory.id);
    await call(`app_admin.ban_user($1, $2, 'spam')`, [eve.username, room.slug]);
    expect(await call('app_admin.unban_user($1, $2)', [eve.username, room.slug])).toBe(
      `${eve.username} may join ${room.slug} again`,
    );
    expect(await call('app_admin.unban_user($1, $2)', [eve.username, room.slug])).toBe(
      `${eve.username} was not banned from ${room.slug}`,
    );
    await expect(database.call(mallory, 'join_room', room.id)).rejects.toMatchObject({
      code: 'TRARC',
    });
    await call('app_admin.reopen_room($1)', [room.slug]);
    await database.call(mallory, 'join_room', room.id);
    await database.call(eve, 'join_room', room.id);
    const { rows } = await owner.query(
      'select action from app_public.moderation_log where room_id = $1 order by id',
      [room.id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'member_banned',
      'member_unbanned',
      'member_banned',
      'member_unbanned',
    ]);
  },
);

test('whoever was banned from a room in which nobody is left has the ban lifted by the administrator', async () => {
  const mallory = await database.createUser();
  const room = await database.createRoom(mallory);
  await call(`app_admin.ban_user($1, $2, 'spam')`, [mallory.username, room.slug]);
  await call('app_admin.reopen_room($1)', [room.slug]);
  await expect(database.call(mallory, 'join_room', room.id)).rejects.toMatchObject({
    code: 'TRBAN',
  });
  await call('app_admin.unban_user($1, $2)', [mallory.username, room.slug]);
  await database.call(mallory, 'join_room', room.id);
});

test('the administrator sees what was reported in every room', async () => {
  const [mallory, rita] = [await database.createUser(), await database.createUser()];
  const room = await database.createRoom(mallory, { type: 'private', members: [rita] });
  const message = await database.sendMessage(mallory, room.id, 'buy now');
  await database.commitAs(rita, (client) =>
    client.query(`select app_public.report_message($1, 'spam')`, [message.id]),
  );
  const { rows } = await asAdmin((client) =>
    client.query(
      'select status, author::text, content, reason, reporter::text from app_admin.reports where room = $1',
      [room.slug],
    ),
  );
  expect(rows).toEqual([
    {
      status: 'open',
      author: mallory.username,
      content: 'buy now',
      reason: 'spam',
      reporter: rita.username,
    },
  ]);
});

test('the administrator resolves a report of any room once, and it is noted', async () => {
  const [mallory, rita] = [await database.createUser(), await database.createUser()];
  const room = await database.createRoom(mallory, { type: 'private', members: [rita] });
  const message = await database.sendMessage(mallory, room.id, 'buy now');
  await database.commitAs(rita, (client) =>
    client.query(`select app_public.report_message($1, 'spam')`, [message.id]),
  );
  const { rows } = await asAdmin((client) =>
    client.query<{ id: string }>('select id from app_admin.reports where room = $1', [room.slug]),
  );
  const { id } = single(rows);
  expect(await call(`app_admin.resolve_report($1, 'upheld', 'an advertisement')`, [id])).toBe(
    'The report is upheld',
  );
  await expect(call(`app_admin.resolve_report($1, 'dismissed')`, [id])).rejects.toMatchObject({
    code: 'TR409',
  });
  const { rows: after } = await asAdmin((client) =>
    client.query(
      `select status, resolver, resolution_note,
        (select reason from app_admin.actions where subject = reports.id::text) as noted,
        (select action::text from app_public.moderation_log where target_message_id = $2) as logged
        from app_admin.reports where id = $1`,
      [id, message.id],
    ),
  );
  expect(after).toEqual([
    {
      status: 'upheld',
      resolver: null,
      resolution_note: 'an advertisement',
      noted: 'upheld: an advertisement',
      logged: 'report_resolved',
    },
  ]);
});

test('every view and column of app_admin says what it is, and every function', async () => {
  const { rows } = await owner.query(
    `select format('%s.%s', relname, attname) as name
        from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'app_admin'::regnamespace and attnum > 0 and not attisdropped
          and coalesce(col_description(pg_class.oid, attnum), '') = ''
      union all
      select relname from pg_class where relnamespace = 'app_admin'::regnamespace and obj_description(oid, 'pg_class') is null
      union all
      select proname from pg_proc where pronamespace = 'app_admin'::regnamespace and obj_description(oid, 'pg_proc') is null`,
  );
  expect(rows).toEqual([]);
});

test('the administrator has the slowest statements measured anew', async () => {
  expect(await call('app_admin.reset_statements()')).toBe('Measured from now on');
});

test('a closed room is archived, and its owner cannot open it again', async () => {
  const olga = await database.createUser();
  const room = await database.createRoom(olga);
  await call(`app_admin.close_room($1, 'court order')`, [room.slug]);

  await expect(database.sendMessage(olga, room.id, 'hello?')).rejects.toMatchObject({
    code: 'TRARC',
  });
  await expect(
    database.commitAs(olga, (client) =>
      client.query('select app_public.unarchive_room($1)', [room.id]),
    ),
  ).rejects.toMatchObject({ code: 'TR403' });
  await call('app_admin.reopen_room($1)', [room.id]);
  await expect(database.sendMessage(olga, room.id, 'hello')).resolves.toMatchObject({ seq: 1 });
});

test.each(['-7 days', '0', '178000000 years', '-178000000 years', 'infinity'])(
  'a suspension, a ban or a key for %s is refused, and ends nobody',
  async (duration) => {
    const mallory = await database.createUser();
    const room = await database.createRoom(await database.createUser());
    await call(`app_admin.suspend_user($1, 'spam')`, [mallory.username]);
    for (const [sql, values] of [
      [`app_admin.suspend_user($2, 'x', $1)`, [duration, mallory.username]],
      [`app_admin.ban_user($2, $3, 'x', $1)`, [duration, mallory.username, room.id]],
      [`app_admin.create_key('short', '{read}', $1)`, [duration]],
    ] as const) {
      await expect(call(sql, [...values])).rejects.toMatchObject({ code: 'TR400' });
    }
    // It does not lift the one that there is.
    await expect(signIn(mallory)).rejects.toMatchObject({ code: 'TR403' });
  },
);

test('a name that is taken is refused in words', async () => {
  const { username } = await database.createUser();
  await expect(call('app_admin.create_user($1)', [username])).rejects.toThrow(
    'This username is taken.',
  );
  await expect(call(`app_admin.create_bot($1, 'A bot')`, [username])).rejects.toThrow(
    /^This username /,
  );
});

test.each([
  [`app_admin.suspend_user('nobody', 'x')`, 'TR404'],
  [`app_admin.close_room('nowhere', 'x')`, 'TR404'],
  [`app_admin.release_hold(gen_random_uuid())`, 'TR404'],
  [`app_admin.archive_month(now()::date)`, 'TR400'],
  [`app_admin.archive_month('2001-01-01')`, 'TR404'],
  [`app_admin.restore_month('2001-01-01')`, 'TR404'],
  [`app_admin.resolve_report(gen_random_uuid(), 'upheld')`, 'TR404'],
  [`app_admin.retry_job(-1)`, 'TR404'],
  [`app_admin.end_job(-1, 'x')`, 'TR404'],
  [`app_admin.end_move('app_public.messages', '2001-01-01', 'x')`, 'TR404'],
  ...['archive_month(', 'restore_month(', `end_move(month => `].flatMap((begun) => {
    const rest = begun.startsWith('end_move')
      ? `, moved_table => 'app_public.messages', reason => 'x')`
      : ')';
    return ['null', `'infinity'`, `'5874897-12-31'`, `'0044-03-15 BC'`].map((month) => [
      `app_admin.${begun}${month}::date${rest}`,
      'TR400',
    ]);
  }),
  [`app_admin.end_move(null, '2001-01-01', 'x')`, 'TR404'],
  [`app_admin.create_key('no scopes', null)`, 'TR400'],
  [`app_admin.create_key('a scope that is none', array[null::text])`, 'TR400'],
  [`app_admin.create_bot('scopeless', 'Scopeless', null)`, 'TR400'],
  [`app_admin.create_bot('scopeless', 'Scopeless', array[null::text])`, 'TR400'],
  ...[
    'retention_days => -1',
    'retention_days => 36501',
    'change_log_days => 0',
    'archive_after_months => 1',
    'archive_after_months => 1201',
  ].map((setting) => [`(select count(*) from app_admin.configure_lifecycle(${setting}))`, 'TR400']),
  // Nothing is found of nobody, which is no proof that nothing is left.
  [`(select count(*) from app_admin.traces_of_user(null))`, 'TR400'],
])('%s is refused with %s', async (sql, code) => {
  await expect(call(sql)).rejects.toMatchObject({ code });
});

test('what an administrator did is noted, and cannot be changed', async () => {
  const mallory = await database.createUser();
  await call(`app_admin.suspend_user($1, 'spam')`, [mallory.username]);
  const { rows } = await asAdmin((client) =>
    client.query('select * from app_admin.actions limit 1'),
  );
  expect(rows).toEqual([
    {
      happened_at: expect.any(Date),
      administrator: expect.any(String),
      action: 'suspend_user',
      subject: mallory.username,
      reason: 'spam',
    },
  ]);
  for (const sql of [
    'delete from app_private.admin_actions',
    `update app_private.admin_actions set reason = ''`,
    'truncate app_private.admin_actions',
  ]) {
    await expect(owner.query(sql)).rejects.toMatchObject({ code: 'TR403' });
  }
});

test.each([
  "update app_private.admin_actions set reason = 'nothing happened'",
  'delete from app_private.admin_actions',
  'truncate app_private.admin_actions',
  "set local session_replication_role = replica; update app_private.admin_actions set reason = 'x'",
])('what administrators did is not changed by the owner of the database: %s', async (sql) => {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await expect(client.query(sql)).rejects.toMatchObject({ code: 'TR403' });
  } finally {
    await client.query('rollback');
    client.release();
  }
});
