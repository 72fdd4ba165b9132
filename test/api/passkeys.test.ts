import type { TestUser } from '../../testing/database.ts';
import {
  makeTestPasskey,
  type Oddity,
  type PasskeyOptions,
  type TestPasskey,
} from '../../testing/passkey.ts';
import { startTestServer } from '../../testing/server.ts';
import { createTestWorld } from '../../testing/world.ts';

/* Signing in by a passkey: what it takes, and what those try who do not have it. */

const ORIGIN = 'https://chat.example.org';
const PAGE = 'https://www.chat.example.org';
const { database, server, close } = await createTestWorld({
  PUBLIC_URL: ORIGIN,
  ALLOWED_ORIGINS: `${PAGE},https://product.example.com`,
});
afterAll(close);
beforeEach(() => database.owner.query('delete from app_private.rate_buckets'));

const BEGIN = `mutation ($input: BeginPasskeyInput!) { beginPasskey(input: $input) { passkeyOptions } }`;
const FINISH = `mutation ($input: FinishPasskeyInput!) {
  finishPasskey(input: $input) { passkey { id name isBackedUp createdAt lastUsedAt } }
}`;
const RENAME = `mutation ($input: RenamePasskeyInput!) { renamePasskey(input: $input) { passkey { name } } }`;
const REMOVE = `mutation ($input: RemovePasskeyInput!) { removePasskey(input: $input) { clientMutationId } }`;
const BEGIN_SIGN_IN = `mutation ($input: BeginPasskeySignInInput!) { beginPasskeySignIn(input: $input) { passkeyOptions } }`;
const SIGN_IN = `mutation ($input: SignInWithPasskeyInput!) {
  signInWithPasskey(input: $input) { session { accessToken refreshToken user { username } } }
}`;

/** What a mutation gives, or the code of its refusal. */
async function ask(document: string, input: object, token?: string) {
  const { data, errors } = await server.graphql(document, { input }, token);
  const [answer] = Object.values(data ?? {}) as (Record<string, unknown> | null)[];
  return errors === undefined ? answer : (errors[0]?.extensions?.code as string);
}

const tokenOf = ({ token }: TestUser) => token;

async function begin(person: TestUser, given: object = { password: person.username }) {
  const answer = await ask(BEGIN, given, tokenOf(person));
  return typeof answer === 'string' ? answer : (answer?.passkeyOptions as PasskeyOptions);
}

const finish = async (person: TestUser, credential: object, name = 'Phone') =>
  ask(FINISH, { credential, name }, tokenOf(person));

async function add(person: TestUser, passkey: TestPasskey, oddity?: Oddity) {
  const options = (await begin(person)) as PasskeyOptions;
  return await finish(person, passkey.create(options, oddity));
}

interface WithPasskey extends TestUser {
  readonly passkey: TestPasskey;
  readonly passkeyId: string;
}

async function withPasskey(): Promise<WithPasskey> {
  const person = await database.createUser();
  const passkey = makeTestPasskey(ORIGIN);
  const added = (await add(person, passkey)) as { passkey: { id: string } };
  return { ...person, passkey, passkeyId: added.passkey.id };
}

async function asked(input: object = {}): Promise<PasskeyOptions> {
  const answer = await ask(BEGIN_SIGN_IN, input);
  return (answer as { passkeyOptions: PasskeyOptions }).passkeyOptions;
}

/** Who is signed in, or the code of the refusal. */
async function signIn(credential: object): Promise<string> {
  const answer = await ask(SIGN_IN, { credential });
  return typeof answer === 'string'
    ? answer
    : (answer as { session: { user: { username: string } } }).session.user.username;
}

const list = async (person: TestUser) =>
  (await server.graphql('{ passkeys { nodes { id name } } }', {}, tokenOf(person))).data.passkeys
    .nodes;

test('somebody signs in by what they have, and needs no name, no password and no code', async () => {
  const person = await withPasskey();
  const options = await asked();
  expect(options).toEqual({
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    rpId: 'chat.example.org',
    timeout: 300_000,
    userVerification: 'required',
  });
  const answer = await ask(SIGN_IN, { credential: person.passkey.answer(options) });
  const { session } = answer as { session: { accessToken: string } };
  const { data } = await server.graphql(
    '{ currentUser { username } sessions { nodes { isCurrent method } } passkeys { nodes { lastUsedAt } } }',
    {},
    session.accessToken,
  );
  expect(data).toEqual({
    currentUser: { username: person.username },
    sessions: { nodes: expect.arrayContaining([{ isCurrent: true, method: 'PASSKEY' }]) },
    passkeys: { nodes: [{ lastUsedAt: expect.any(String) }] },
  });
});

test('a browser is told whose passkey it makes, for which site, and which there are', async () => {
  const person = await withPasskey();
  expect(await begin(person)).toEqual({
    rp: { id: 'chat.example.org', name: 'Trumpet' },
    user: {
      id: Buffer.from(person.id.replaceAll('-', ''), 'hex').toString('base64url'),
      name: person.username,
      displayName: expect.any(String),
    },
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    pubKeyCredParams: expect.arrayContaining([{ type: 'public-key', alg: -7 }]),
    timeout: 300_000,
    attestation: 'none',
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    excludeCredentials: [{ type: 'public-key', id: person.passkey.id }],
  });
});

test('it is used on the page of the server, and on allowed ones of the same site', async () => {
  const person = await withPasskey();
  for (const [origin, comesIn] of [
    [PAGE, true],
    ['https://product.example.com', false],
    ['https://evil.example', false],
    ['http://chat.example.org', false],
    ['https://chat.example.org.evil.example', false],
  ] as const) {
    const answer = person.passkey.answer(await asked(), { origin });
    expect([origin, await signIn(answer)]).toEqual([
      origin,
      comesIn ? person.username : 'WRONG_CREDENTIALS',
    ]);
  }
});

test('whatever a request says of its host, the site is that of the settings', async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    },
    body: JSON.stringify({ query: BEGIN_SIGN_IN, variables: { input: {} } }),
  });
  const { data } = (await response.json()) as {
    data: { beginPasskeySignIn: { passkeyOptions: PasskeyOptions } };
  };
  expect(data.beginPasskeySignIn.passkeyOptions.rpId).toBe('chat.example.org');
});

describe('nobody comes in with', () => {
  test.each<[string, Oddity]>([
    ['an answer to another challenge', { challenge: 'A'.repeat(43) }],
    ['what was made for another site', { rpId: 'evil.example' }],
    ['the making of a passkey as its use', { type: 'webauthn.create' }],
    ['a device that has not asked for a finger, a face or a PIN', { isVerified: false }],
    ['a passkey that is not known', { id: 'B'.repeat(43) }],
    ['a name in it of somebody else', { userHandle: 'C'.repeat(22) }],
  ])('%s', async (_what, oddity) => {
    const person = await withPasskey();
    expect(await signIn(person.passkey.answer(await asked(), oddity))).toBe('WRONG_CREDENTIALS');
    expect(await signIn(person.passkey.answer(await asked()))).toBe(person.username);
  });

  test('a signature of another key under the name of a known one', async () => {
    const person = await withPasskey();
    const forged = makeTestPasskey(ORIGIN).answer(await asked(), { id: person.passkey.id });
    expect(await signIn(forged)).toBe('WRONG_CREDENTIALS');
  });

  test.each([
    {},
    { id: 'x' },
    { id: 'x', rawId: 'x', type: 'public-key', response: {} },
    7,
    [],
    null,
  ])('what is no answer: %j', async (credential) => {
    expect(await signIn(credential as object)).toMatch(/^(WRONG_CREDENTIALS|BAD_INPUT)$/);
  });
});

test('an answer is good once, also for two who send it at the same moment', async () => {
  const person = await withPasskey();
  const answer = person.passkey.answer(await asked());
  const outcomes = await Promise.all([answer, answer, answer].map(signIn));
  expect(outcomes.sort()).toEqual(
    ['WRONG_CREDENTIALS', 'WRONG_CREDENTIALS', person.username].sort(),
  );
  expect(await signIn(answer)).toBe('WRONG_CREDENTIALS');
});

test('a challenge is answered by one passkey, within five minutes', async () => {
  const [ada, bob] = [await withPasskey(), await withPasskey()];
  const options = await asked();
  expect(await signIn(ada.passkey.answer(options))).toBe(ada.username);
  expect(await signIn(bob.passkey.answer(options))).toBe('WRONG_CREDENTIALS');
  const late = await asked();
  await database.owner.query(
    "update app_private.passkey_challenges set created_at = created_at - interval '6 minutes'",
  );
  expect(await signIn(bob.passkey.answer(late))).toBe('WRONG_CREDENTIALS');
});

test('a counter that goes back is that of a copy: nobody comes in with it, and the owner is told', async () => {
  const person = await withPasskey();
  const use = async (signCount: number) =>
    signIn(person.passkey.answer(await asked(), { signCount }));
  expect(await use(10)).toBe(person.username);
  expect(await use(10)).toBe('WRONG_CREDENTIALS');
  expect(await use(9)).toBe('WRONG_CREDENTIALS');
  expect(await use(0)).toBe('WRONG_CREDENTIALS');
  expect(await use(11)).toBe(person.username);
  const { rows } = await database.owner.query(
    `select payload ->> 'kind' as kind from graphile_worker._private_jobs as jobs
      join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
      where payload ->> 'userId' = $1 and payload ->> 'kind' = 'passkey_copied'`,
    [person.id],
  );
  expect(rows).toHaveLength(3);
});

test('passkeys that do not count are used again and again', async () => {
  const person = await withPasskey();
  for (let use = 0; use < 3; use += 1) {
    expect(await signIn(person.passkey.answer(await asked(), { signCount: 0 }))).toBe(
      person.username,
    );
  }
});

test('whoever is suspended does not come in', async () => {
  const person = await withPasskey();
  await database.owner.query("select app_admin.suspend_user($1, 'a test')", [person.username]);
  const answer = person.passkey.answer(await asked());
  expect(await signIn(answer)).toBe('FORBIDDEN');
  // Nor by the same answer later: it is used up.
  await database.owner.query('select app_admin.unsuspend_user($1)', [person.username]);
  expect(await signIn(answer)).toBe('WRONG_CREDENTIALS');
  expect(await signIn(person.passkey.answer(await asked()))).toBe(person.username);
});

test('with a name, a passkey of that person alone is taken, and whether there is one is not told', async () => {
  const [ada, bob] = [await withPasskey(), await withPasskey()];
  const shapes = await Promise.all(
    [ada.username, 'nobody_at_all', ''].map(async (username) => {
      const { challenge, ...others } = await asked({ username });
      return { ...others, length: challenge.length };
    }),
  );
  expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
  const asAda = () => asked({ username: ` ${ada.username.toUpperCase()}` });
  expect(await signIn(bob.passkey.answer(await asAda()))).toBe('WRONG_CREDENTIALS');
  expect(await signIn(ada.passkey.answer(await asAda()))).toBe(ada.username);
});

describe('a new passkey', () => {
  test.each<[string, Oddity]>([
    ['that answers another challenge', { challenge: 'A'.repeat(43) }],
    ['of another site', { rpId: 'evil.example' }],
    ['made on another page', { origin: 'https://evil.example' }],
    ['whose device asks for nothing', { isVerified: false }],
    ['that is a use of one', { type: 'webauthn.get' }],
    [
      'with certificates, which name addresses to follow',
      {
        attestation: {
          fmt: 'packed',
          attStmt: { alg: -7, sig: Buffer.alloc(8), x5c: [Buffer.alloc(8)] },
        },
      },
    ],
    ['with an attestation of a maker', { attestation: { fmt: 'apple', attStmt: {} } }],
  ])('%s is not kept', async (_what, oddity) => {
    const person = await database.createUser();
    expect(await add(person, makeTestPasskey(ORIGIN), oddity)).toBe('WRONG_CREDENTIALS');
    expect(await list(person)).toEqual([]);
  });

  test('is kept by who has begun it, once, and by nobody else', async () => {
    const [ada, eve] = [await database.createUser(), await database.createUser()];
    const credential = makeTestPasskey(ORIGIN).create((await begin(ada)) as PasskeyOptions);
    expect(await finish(eve, credential)).toBe('NOT_FOUND');
    await begin(eve);
    expect(await finish(eve, credential)).toBe('WRONG_CREDENTIALS');
    expect(await finish(ada, credential)).toMatchObject({ passkey: { name: 'Phone' } });
    expect(await finish(ada, credential)).toBe('NOT_FOUND');
    expect(await ask(FINISH, { credential, name: 'x' })).toBe('UNAUTHENTICATED');
  });

  test('that is somebody else’s is not kept', async () => {
    const ada = await withPasskey();
    const eve = await database.createUser();
    const options = (await begin(eve)) as PasskeyOptions;
    const stolen = makeTestPasskey(ORIGIN).create(options);
    // What a device calls a key stands in what it signs: a real copy of the name comes with another key.
    await database.owner.query('update app_private.passkeys set credential_id = $1 where id = $2', [
      Buffer.from((stolen as { id: string }).id, 'base64url'),
      ada.passkeyId,
    ]);
    expect(await finish(eve, stolen)).toBe('CONFLICT');
  });

  test('asks once more who somebody is', async () => {
    const person = await database.createUser();
    expect(await begin(person, {})).toBe('WRONG_CREDENTIALS');
    expect(await begin(person, { password: 'a guess' })).toBe('WRONG_CREDENTIALS');
  });

  test('needs no password soon after a sign-in by another', async () => {
    const person = await withPasskey();
    const answer = await ask(SIGN_IN, { credential: person.passkey.answer(await asked()) });
    const { accessToken } = (answer as { session: { accessToken: string } }).session;
    expect(await ask(BEGIN, {}, accessToken)).toMatchObject({ passkeyOptions: {} });
    await database.owner.query(
      "update app_private.sessions set created_at = created_at - interval '11 minutes' where user_id = $1",
      [person.id],
    );
    expect(await ask(BEGIN, {}, accessToken)).toBe('WRONG_CREDENTIALS');
  });

  test('is over after five minutes', async () => {
    const person = await database.createUser();
    const options = (await begin(person)) as PasskeyOptions;
    await database.owner.query(
      "update app_private.passkey_setups set created_at = created_at - interval '6 minutes'",
    );
    expect(await finish(person, makeTestPasskey(ORIGIN).create(options))).toBe('NOT_FOUND');
  });

  test('is the twentieth at most', async () => {
    const person = await withPasskey();
    await database.owner.query(
      `insert into app_private.passkeys (user_id, credential_id, public_key, sign_count, is_backed_up, name)
        select $1, public.gen_random_bytes(16), '', 0, false, 'x' from generate_series(1, 19)`,
      [person.id],
    );
    expect(await add(person, makeTestPasskey(ORIGIN))).toBe('CONFLICT');
  });
});

test('one’s own are renamed and removed, and no others', async () => {
  const [ada, eve] = [await withPasskey(), await withPasskey()];
  const input = { passkeyId: ada.passkeyId };
  expect(await ask(RENAME, { ...input, name: 'Mine' }, tokenOf(eve))).toBe('NOT_FOUND');
  expect(await ask(REMOVE, input, tokenOf(eve))).toBe('NOT_FOUND');
  expect(await ask(RENAME, { ...input, name: ' My  phone ' }, tokenOf(ada))).toEqual({
    passkey: { name: 'My phone' },
  });
  expect(await ask(RENAME, { ...input, name: '' }, tokenOf(ada))).toBe('BAD_INPUT');
  expect(await list(ada)).toEqual([{ id: ada.passkeyId, name: 'My phone' }]);
  expect(await ask(REMOVE, input, tokenOf(ada))).toEqual({ clientMutationId: null });
  expect(await list(ada)).toEqual([]);
  expect(await signIn(ada.passkey.answer(await asked()))).toBe('WRONG_CREDENTIALS');
});

test('where there are no passwords, the last passkey stays', async () => {
  const person = await withPasskey();
  const token = tokenOf(person);
  const input = { passkeyId: person.passkeyId };
  await database.owner.query("select app_private.set_account_rules('open', false)");
  try {
    expect(await ask(REMOVE, input, token)).toBe('CONFLICT');
    expect(await signIn(person.passkey.answer(await asked()))).toBe(person.username);
    expect(await begin(person)).toBe('FORBIDDEN');
  } finally {
    await database.owner.query("select app_private.set_account_rules('open', true)");
  }
  expect(await ask(REMOVE, input, token)).toEqual({ clientMutationId: null });
});

test('who asks for too many is told to wait', async () => {
  const { rows } = await database.owner.query<{ burst: number }>(
    "update app_private.rates set burst = 2 where kind = 'session' returning old.burst",
  );
  try {
    await asked();
    await asked();
    expect(await ask(BEGIN_SIGN_IN, {})).toBe('RATE_LIMITED');
  } finally {
    await database.owner.query("update app_private.rates set burst = $1 where kind = 'session'", [
      rows[0]?.burst,
    ]);
  }
});

test('a page gets its session in a cookie', async () => {
  const person = await withPasskey();
  const headers = { origin: ORIGIN, 'content-type': 'application/json', connection: 'close' };
  const options = await fetch(`${server.url}/session/options`, { headers });
  expect(await options.json()).toMatchObject({ passkeys: true });
  const post = async (credential: unknown) =>
    fetch(`${server.url}/session/passkey`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ credential }),
    });
  const answer = person.passkey.answer(await asked());
  const signedIn = await post(answer);
  expect(signedIn.status).toBe(200);
  expect(signedIn.headers.getSetCookie()[1]).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
  expect(await signedIn.json()).toMatchObject({ user: { username: person.username } });
  const again = await post(answer);
  expect(again.status).toBe(401);
  expect(await again.json()).toMatchObject({
    errors: [{ extensions: { code: 'WRONG_CREDENTIALS' } }],
  });
  expect((await post('x')).status).toBe(400);
});

test.each(['http://127.0.0.1:8000', 'http://chat.example.org', 'https://[::1]'])(
  'there are none at %s',
  async (publicUrl) => {
    const elsewhere = await startTestServer(database, { PUBLIC_URL: publicUrl });
    try {
      const { errors } = await elsewhere.graphql(BEGIN_SIGN_IN, { input: {} });
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    } finally {
      await elsewhere.close();
    }
  },
);
