import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

interface Session {
  refresh_token: string;
  user_id: string;
  session_id: string;
}

/** Calls an account function as the owner, committed; the functions check for themselves. */
async function call(sql: string, values: unknown[]): Promise<Session | null> {
  const { rows } = await database.owner.query<Session | { user_id: null }>(
    `select refresh_token, user_id, (access_token).sid as session_id from ${sql}`,
    values,
  );
  const row = single(rows);
  return row.user_id === null ? null : row;
}
const signUp = (username: string, password = 'correct horse', email: string | null = null) =>
  call('app_public.sign_up($1, $2, null, $3)', [username, password, email]);
const signIn = (username: string, password = 'correct horse') =>
  call('app_public.sign_in($1, $2)', [username, password]);
const refresh = (token: string) => call('app_public.refresh_session($1)', [token]);

async function isAlive(sessionId: string): Promise<boolean> {
  const { rows } = await database.owner.query('select from app_hidden.authenticate_session($1)', [
    sessionId,
  ]);
  return rows.length === 1;
}

test('who signs up can sign in, with the name in any case', async () => {
  const session = await signUp('ada');
  expect((await signIn('ADA'))?.user_id).toBe(session?.user_id);
  expect(await signIn('ada', 'wrong horse')).toBeNull();
  expect(await signIn('nobody')).toBeNull();
});

test('a username is taken once, in any case', async () => {
  await signUp('grace', 'correct horse', 'grace@example.test');
  await expect(signUp('Grace')).rejects.toMatchObject({
    code: '23505',
    constraint: 'users_username_is_unique',
  });
});

test.each([
  ['', '23514'],
  ['a', '23514'],
  ['-dash', '23514'],
  ['with space', '23514'],
  ['x'.repeat(33), '23514'],
  ['naïve', '23514'],
  ['line\nbreak', '23514'],
])('the username %j is refused', async (username, code) => {
  await expect(signUp(username)).rejects.toMatchObject({ code });
});

test('a password has 8 characters at least and 72 bytes at most, so that none is cut in silence', async () => {
  await expect(signUp('short', '1234567')).rejects.toMatchObject({ code: 'TR400' });
  await expect(signUp('long', 'ä'.repeat(37))).rejects.toMatchObject({ code: 'TR413' });
  await signUp('just-long', 'ä'.repeat(36));
  expect(await signIn('just-long', 'ä'.repeat(35))).toBeNull();
});

test.each([
  ['password', 'as it is'],
  ['PassWord', 'in another case'],
  ['ｐａｓｓｗｏｒｄ', 'in other letters that are the same'],
  ['12345678', 'digits'],
])('the password %s is one of the most used, %s, and refused', async (password) => {
  await expect(signUp('like-many', password)).rejects.toMatchObject({
    code: 'TR400',
    message: 'This is one of the most used passwords: choose another.',
  });
  const person = await database.createUser();
  await expect(
    database.call(person, 'change_password', person.username, password),
  ).rejects.toMatchObject({ code: 'TR400' });
});

test('an administrator adds to the passwords that nobody may have', async () => {
  await database.owner.query(
    "insert into app_private.common_passwords (form) values ('example-company')",
  );
  await expect(signUp('insider', 'Example-Company')).rejects.toMatchObject({ code: 'TR400' });
  await signUp('outsider', 'Example-Company, and more');
});

test('ten wrong passwords lock the account for some minutes, right password or not', async () => {
  await signUp('locked');
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect(await signIn('locked', 'wrong horse')).toBeNull();
  }
  const refusal = await signIn('locked').catch((error) => error);
  expect(refusal).toMatchObject({ code: 'TR429' });
  expect(Number(refusal.detail)).toBeGreaterThan(0);
  expect(Number(refusal.detail)).toBeLessThanOrEqual(600_000);
  await database.owner.query(
    "update app_private.failed_proofs set first_failed_at = now() - interval '11 minutes' where failures = 10",
  );
  expect(await signIn('locked')).not.toBeNull();
});

/** As if every refresh until now had been that long ago. */
const later = (seconds: number) =>
  database.owner.query(
    'update app_private.refresh_tokens set used_at = used_at - $1 * interval $$1 second$$ where used_at is not null',
    [seconds],
  );

test('a refresh token gives the same new one for ten seconds; once that is used it ends the session of thief and owner alike', async () => {
  const first = (await signUp('rotating')) as Session;
  const second = (await refresh(first.refresh_token)) as Session;
  expect(second.session_id).toBe(first.session_id);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  await later(9);
  expect(await refresh(first.refresh_token)).toEqual(second);
  const third = (await refresh(second.refresh_token)) as Session;
  expect(await isAlive(first.session_id)).toBe(true);
  await later(2);
  expect(await refresh(first.refresh_token)).toBeNull();
  expect(await isAlive(first.session_id)).toBe(false);
  expect(await refresh(third.refresh_token)).toBeNull();
});

test('who never had the answer refreshes with the old token, however late, and goes on', async () => {
  const first = (await signUp('asleep')) as Session;
  const lost = (await refresh(first.refresh_token)) as Session;
  await later(86_400);
  const second = (await refresh(first.refresh_token)) as Session;
  expect(second.refresh_token).not.toBe(lost.refresh_token);
  expect(await refresh(first.refresh_token)).toEqual(second);
  await later(86_400);
  const third = (await refresh(first.refresh_token)) as Session;
  const fourth = (await refresh(third.refresh_token)) as Session;
  expect(fourth.session_id).toBe(first.session_id);
  expect(await isAlive(first.session_id)).toBe(true);
});

test('where a thief and the owner have both refreshed with one token, the session ends as soon as both go on', async () => {
  for (const isThiefFirst of [true, false]) {
    const stolen = (await signUp(`robbed-${isThiefFirst}`)) as Session;
    const early = (await refresh(stolen.refresh_token)) as Session;
    await later(60);
    const late = (await refresh(stolen.refresh_token)) as Session;
    const [one, other] = isThiefFirst ? [early, late] : [late, early];
    await refresh(one.refresh_token);
    await later(60);
    expect(await refresh(other.refresh_token)).toBeNull();
    expect(await isAlive(stolen.session_id)).toBe(false);
  }
});

test('a token that was given and lost is worth nothing once another was given for it', async () => {
  const first = (await signUp('superseded')) as Session;
  const lost = (await refresh(first.refresh_token)) as Session;
  await later(11);
  const given = (await refresh(first.refresh_token)) as Session;
  expect(await refresh(lost.refresh_token)).toBeNull();
  expect(await refresh(given.refresh_token)).toBeNull();
  expect(await isAlive(first.session_id)).toBe(false);
});

test('the same refresh token used many times at once gives one pair', async () => {
  const session = (await signUp('racing')) as Session;
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => refresh(session.refresh_token)),
  );
  expect(new Set(answers.map((answer) => answer?.refresh_token)).size).toBe(1);
  expect(await isAlive(session.session_id)).toBe(true);
});

test('within the grace a session that was ended stays so', async () => {
  const session = (await signUp('ended-in-grace')) as Session;
  await refresh(session.refresh_token);
  await database.owner.query('select app_private.end_sessions(array[$1::uuid], $2)', [
    session.session_id,
    'signed out',
  ]);
  expect(await refresh(session.refresh_token)).toBeNull();
});

test('refresh tokens and passwords are not in the database', async () => {
  const session = (await signUp('hashed', 'correct horse battery')) as Session;
  const next = (await refresh(session.refresh_token)) as Session;
  const { rows } = await database.owner.query<{ found: string }>(
    `select row_to_json(user_secrets)::text as found from app_private.user_secrets
      union all select row_to_json(refresh_tokens)::text from app_private.refresh_tokens`,
  );
  for (const { found } of rows) {
    expect(found).not.toContain('correct horse');
    expect(found).not.toContain(session.refresh_token);
    expect(found).not.toContain(next.refresh_token);
  }
});

test('signing out ends this session and no other', async () => {
  const here = (await signUp('leaving')) as Session;
  const there = (await signIn('leaving')) as Session;
  await database.commitAs({ id: here.user_id, sessionId: here.session_id }, (client) =>
    client.query('select app_public.sign_out()'),
  );
  expect(await isAlive(here.session_id)).toBe(false);
  expect(await isAlive(there.session_id)).toBe(true);
});

test('a new password ends every other session', async () => {
  const here = (await signUp('changing')) as Session;
  const there = (await signIn('changing')) as Session;
  const change = (current: string) =>
    database.commitAs({ id: here.user_id, sessionId: here.session_id }, (client) =>
      client.query('select app_public.change_password($1, $2) as is_changed', [
        current,
        'another horse',
      ]),
    );
  expect((await change('wrong horse')).rows).toEqual([{ is_changed: null }]);
  expect((await change('correct horse')).rows).toEqual([{ is_changed: true }]);
  expect(await isAlive(here.session_id)).toBe(true);
  expect(await isAlive(there.session_id)).toBe(false);
  expect(await signIn('changing')).toBeNull();
  expect(await signIn('changing', 'another horse')).not.toBeNull();
});

test('the worker deletes sessions that are over, and only those', async () => {
  const over = (await signUp('over')) as Session;
  const alive = (await signIn('over')) as Session;
  await database.owner.query(
    "update app_private.sessions set expires_at = now() - interval '1 second' where id = $1",
    [over.session_id],
  );
  expect(await isAlive(over.session_id)).toBe(false);
  await database.owner.query('select app_private.expire_sessions()');
  expect(await refresh(over.refresh_token)).toBeNull();
  expect(await refresh(alive.refresh_token)).not.toBeNull();
});

test('a profile changes where it is told to and stays elsewhere', async () => {
  const user = await database.createUser();
  const update = (sql: string) =>
    database.asUser(user, async (client) => {
      const { rows } = await client.query(
        `select display_name, avatar_url from app_public.update_profile(${sql})`,
      );
      return rows[0];
    });
  expect(await update("avatar_url => 'https://example.test/a.png'")).toEqual({
    display_name: user.username,
    avatar_url: 'https://example.test/a.png',
  });
  expect(await update("display_name => ' Ada L. '")).toEqual({
    display_name: 'Ada L.',
    avatar_url: null,
  });
  await expect(update("avatar_url => 'javascript:alert(1)'")).rejects.toMatchObject({
    code: '23514',
  });
  await expect(update("display_name => '   '")).rejects.toMatchObject({ code: '23514' });
});

async function foundUsers(query: string): Promise<string[]> {
  const user = await database.createUser();
  return database.asUser(user, async (client) => {
    const { rows } = await client.query('select username from app_public.search_users($1)', [
      query,
    ]);
    return rows.map((row) => row.username);
  });
}

test.each(['heidi', 'HEIDI', 'HeiDi', '@Heidi', ' heidi '])(
  'whoever types %j finds Heidi first, whatever their capitals',
  async (query) => {
    for (const name of ['heidi-heidi', 'Heidi', 'heidi2', 'an-heidi', 'heidl']) {
      await signUp(name).catch(() => {}); // There from the case before.
    }
    const found = await foundUsers(query);
    expect(found[0]).toBe('Heidi');
    expect(found).toContain('heidi-heidi');
    expect(await foundUsers(query.trim().slice(0, 4))).toContain('Heidi');
  },
);

test('an exact display name comes before those that begin so, with or without accents', async () => {
  for (const [username, name] of [
    ['z-one', 'Zoë'],
    ['z-two', 'Zoë Zoë'],
    ['z-three', 'zoe-anne'],
  ]) {
    await database.owner.query('select app_public.sign_up($1, $2, $3)', [
      username,
      'correct horse',
      name,
    ]);
  }
  for (const query of ['zoë', 'ZOE', 'Zoe\u0308']) {
    expect((await foundUsers(query))[0]).toBe('z-one');
  }
});

test('people are found by the beginning, the middle and a misspelling of their names', async () => {
  await signUp('marguerite');
  const user = await database.createUser();
  for (const query of ['marg', 'guer', 'margerite', 'MARGUERITE']) {
    const found = await database.asUser(user, async (client) => {
      const { rows } = await client.query('select username from app_public.search_users($1)', [
        query,
      ]);
      return rows.map((row) => row.username);
    });
    expect(found).toContain('marguerite');
  }
  for (const query of ['', '%', '_', '\\']) {
    const { rowCount } = await database.asUser(user, (client) =>
      client.query('select from app_public.search_users($1)', [query]),
    );
    expect(rowCount === 0 || query === '_').toBe(true); // Names may hold an underscore.
  }
});
