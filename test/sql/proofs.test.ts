import { createTestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * Who guesses passwords, from wherever and wherever one is asked for, is stopped; whose password it is, is not.
 */
const database = await createTestDatabase();
afterAll(() => database.close());

/** As a visitor from an address, committed. True when it signed in. */
function signIn(
  address: string,
  username: string,
  password: string,
  deviceSecret: string | null = null,
): Promise<boolean> {
  return run({ role: 'trumpet_visitor', 'trumpet.client_address': address }, [
    'select (app_public.sign_in($1, $2, device_secret => $3)).user_id is not null as done',
    username,
    password,
    deviceSecret,
  ]);
}

const secretOf = (device: string) => device.padEnd(32, '-');

function asPerson({ id, sessionId }: TestUser, text: string, ...values: string[]) {
  const settings = {
    role: 'trumpet_user',
    'trumpet.user_id': id,
    'trumpet.session_id': sessionId,
    'trumpet.client_address': '192.0.2.77',
  };
  return run(settings, [text, ...values]);
}

async function run(
  settings: Record<string, string>,
  [text, ...values]: readonly [string, ...(string | null)[]],
): Promise<boolean> {
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    await client.query('select set_config(key, value, true) from json_each_text($1)', [
      JSON.stringify(settings),
    ]);
    const { rows } = await client.query<{ done: boolean }>(text, values);
    await client.query('commit');
    return rows[0]?.done === true;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function failTenTimes(attempt: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 10; times += 1) {
    expect(await attempt()).toBe(false);
  }
  await expect(attempt()).rejects.toMatchObject({ code: 'TR429' });
}

test('ten wrong tries by strangers do not lock the owner out where they have signed in before', async () => {
  const { username } = await database.createUser();
  expect(await signIn('192.0.2.1', username, username)).toBe(true);
  let number = 0;
  // From whatever addresses: they count together.
  await failTenTimes(() => {
    number += 1;
    return signIn(`198.51.100.${number}`, username, 'guess');
  });
  await expect(signIn('198.51.100.99', username, username)).rejects.toMatchObject({
    code: 'TR429',
  });
  expect(await signIn('192.0.2.1', username, username)).toBe(true);
});

describe('a device that is known', () => {
  const ADDRESS = '192.0.2.200';
  const device = secretOf('phone');

  test('is no stranger at the same address, nor one with a secret of its own', async () => {
    const { username } = await database.createUser();
    expect(await signIn(ADDRESS, username, username, device)).toBe(true);
    let number = 0;
    await failTenTimes(() => {
      number += 1;
      return signIn(ADDRESS, username, 'guess', number % 2 ? null : secretOf(`of ${number}`));
    });
    await expect(signIn(ADDRESS, username, username)).rejects.toMatchObject({ code: 'TR429' });
    expect(await signIn(ADDRESS, username, username, device)).toBe(true);
    // Wherever it is carried.
    expect(await signIn('198.51.100.200', username, username, device)).toBe(true);
  });

  test('is kept out by nothing that others try at its address', async () => {
    const [{ username }, other] = [await database.createUser(), await database.createUser()];
    expect(await signIn('192.0.2.201', username, username, device)).toBe(true);
    for (let number = 0; number < 105; number += 1) {
      await signIn('192.0.2.201', `no-one-${number}`, 'guess').catch(() => {});
    }
    await expect(signIn('192.0.2.201', other.username, other.username)).rejects.toMatchObject({
      code: 'TR429',
    });
    expect(await signIn('192.0.2.201', username, username, device)).toBe(true);
  }, 60_000);

  test('has no more than ten tries, and is known to its own person only', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    expect(await signIn('192.0.2.202', ada.username, ada.username, device)).toBe(true);
    await failTenTimes(() => signIn('192.0.2.202', ada.username, 'guess', device));
    await failTenTimes(() => signIn('198.51.100.202', bob.username, 'guess', device));
  });

  test('stays known by refreshing, and has to be unguessable', async () => {
    const { username, id } = await database.createUser();
    await signIn('192.0.2.203', username, username, device);
    const { rows } = await database.owner.query(
      `select count(*)::int as count from app_private.known_devices where user_id = $1
        and device_hash = (select device_hash from app_private.sessions where user_id = $1 and device_hash is not null)`,
      [id],
    );
    expect(rows).toEqual([{ count: 1 }]);
    await expect(signIn('192.0.2.203', username, username, 'phone')).rejects.toMatchObject({
      code: 'TR400',
    });
  });
});

test('an address where someone has signed in before has no more than ten tries either', async () => {
  const { username } = await database.createUser();
  expect(await signIn('192.0.2.2', username, username)).toBe(true);
  await failTenTimes(() => signIn('192.0.2.2', username, 'guess'));
});

test('a session that is refreshed makes its address known', async () => {
  const { username } = await database.createUser();
  const visitor = (address: string) => ({
    role: 'trumpet_visitor',
    'trumpet.client_address': address,
  });
  const client = await database.owner.connect();
  const as = async (address: string, text: string, values: string[]) => {
    await client.query('begin');
    await client.query('select set_config(key, value, true) from json_each_text($1)', [
      JSON.stringify(visitor(address)),
    ]);
    const { rows } = await client.query(text, values);
    await client.query('commit');
    return rows[0]?.token;
  };
  const token = await as(
    '192.0.2.3',
    'select (app_public.sign_in($1, $2)).refresh_token as token',
    [username, username],
  );
  await as('192.0.2.4', 'select (app_public.refresh_session($1)).refresh_token as token', [token]);
  client.release();
  await failTenTimes(() => signIn('198.51.100.7', username, 'guess'));
  expect(await signIn('192.0.2.4', username, username)).toBe(true);
});

test('one address tries a hundred passwords and no more, whatever the names are', async () => {
  const refusals: unknown[] = [];
  for (let attempt = 0; attempt < 105; attempt += 1) {
    await signIn('203.0.113.5', `nobody-${attempt}`, 'guess').catch((error) =>
      refusals.push(error.code),
    );
  }
  expect(refusals).toEqual(Array(5).fill('TR429'));
  const { username } = await database.createUser();
  expect(await signIn('203.0.113.6', username, username)).toBe(true);
}, 60_000);

test('guesses at the same moment are counted as those one after the other', async () => {
  const { username } = await database.createUser();
  const results = await Promise.allSettled(
    Array.from({ length: 16 }, (_, number) => signIn(`203.0.113.1${number}`, username, 'guess')),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});

test('a name that nobody has is counted as any other: it tells nothing', async () => {
  await failTenTimes(() => signIn('203.0.113.40', 'nobody-at-all', 'guess'));
});

test.each([
  ['changePassword', 'select app_public.change_password($1, $2) as done', 'a good password'],
  ['deleteMyAccount', 'select app_public.delete_my_account($1) as done'],
])('%s is no way to guess a password', async (_name, text, ...values) => {
  const user = await database.createUser();
  await failTenTimes(() => asPerson(user, text, 'guess', ...values));
  await expect(asPerson(user, text, user.username, ...values)).rejects.toMatchObject({
    code: 'TR429',
  });
  // Whoever has the account's session may be a thief: its owner can sign in.
  expect(await signIn('192.0.2.50', user.username, user.username)).toBe(true);
});

test('names and addresses are kept as hashes', async () => {
  const { username } = await database.createUser();
  await signIn('192.0.2.60', username, 'guess');
  await signIn('192.0.2.60', username, username);
  const { rows } = await database.owner.query(
    `select from app_private.failed_proofs where position($1 in failed_proofs::text) > 0
      union all select from app_private.known_addresses where position('192.0.2.60' in known_addresses::text) > 0
      union all select from app_private.known_devices where position('phone' in known_devices::text) > 0
      union all select from app_private.sessions where position('phone' in sessions::text) > 0`,
    [username],
  );
  expect(rows).toHaveLength(0);
});
