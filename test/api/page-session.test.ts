import { startTestServer } from '../../testing/server.ts';
import { createTestWorld } from '../../testing/world.ts';

/* Sessions of the page: the refresh token in a cookie that no script reads. */

const { database, server, close } = await createTestWorld();
afterAll(close);

interface Asked {
  readonly origin?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

async function post(path: string, asked: Asked = {}) {
  const { origin = server.url, cookie, body = {}, contentType = 'application/json' } = asked;
  const response = await fetch(`${server.url}/session${path}`, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      connection: 'close',
      ...(origin === '' ? {} : { origin }),
      ...(cookie === undefined ? {} : { cookie }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const cookies = response.headers.getSetCookie();
  const isOfDevice = (text: string) => text.includes('Max-Age=15552000;');
  const setCookie = cookies.find((text) => !isOfDevice(text)) ?? null;
  const setDevice = cookies.find(isOfDevice);
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
    setCookie,
    setDevice,
    /** As a browser would send them back. */
    cookie: setCookie?.split(';', 1)[0],
    device: setDevice?.split(';', 1)[0],
  };
}

let count = 0;

async function signUp() {
  count += 1;
  const username = `page${count}`;
  const answer = await post('/sign-up', {
    body: { username, password: 'correct horse', displayName: null },
  });
  return { ...answer, username, cookie: answer.cookie ?? '' };
}

const whoIs = async (token: string) =>
  (await server.graphql('{ currentUser { username } }', {}, token)).data?.currentUser?.username;

test('signing up and in gives an access token to hold, and a refresh token that no script sees', async () => {
  const { username, ...signedUp } = await signUp();
  const signedIn = await post('', { body: { username, password: 'correct horse' } });
  for (const { status, body, setCookie, headers } of [signedUp, signedIn]) {
    expect(status).toBe(200);
    expect(body).toEqual({
      accessToken: expect.any(String),
      expiresAt: expect.any(String),
      user: expect.objectContaining({ username }),
    });
    expect(await whoIs(body.accessToken)).toBe(username);
    expect(setCookie).toMatch(
      /^trumpet_[0-9a-f]{8}=[\w-]{43}; Max-Age=2592000; Path=\/session; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('a browser is known again after signing out, be it at the address of someone who guesses', async () => {
  const { username, cookie, device = '', setDevice } = await signUp();
  expect(setDevice).toMatch(/^trumpet_[0-9a-f]{8}=[\w-]{43}; .*; HttpOnly; SameSite=Strict$/);
  expect(device.split('=', 1)).not.toEqual(cookie.split('=', 1));
  const signIn = (password: string, known?: string) =>
    post('', { body: { username, password }, ...(known === undefined ? {} : { cookie: known }) });
  const guesses = Array.from({ length: 11 }, () => signIn('a guess'));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  await post('/sign-out', { cookie: `${cookie}; ${device}` });
  expect((await signIn('correct horse')).status).toBe(429);
  const back = await signIn('correct horse', device);
  expect(back).toMatchObject({ status: 200, device });
  // For as long as somebody comes back.
  const refreshed = await post('/refresh', { cookie: `${back.cookie}; ${device}` });
  expect(refreshed).toMatchObject({ status: 200, device });
});

test('a page that came over https gets its cookie for https only', async () => {
  const host = new URL(server.url).host;
  const { username } = await signUp();
  const { setCookie } = await post('', {
    origin: `https://${host}`,
    body: { username, password: 'correct horse' },
  });
  expect(setCookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
});

test('the cookie is renewed, and two tabs that ask at the same time go on both', async () => {
  const { username, cookie } = await signUp();
  const answers = await Promise.all([post('/refresh', { cookie }), post('/refresh', { cookie })]);
  for (const answer of answers) {
    expect(answer.status).toBe(200);
    expect(await whoIs(answer.body.accessToken)).toBe(username);
  }
  expect(answers[0]?.cookie).toBe(answers[1]?.cookie);
  expect(answers[0]?.cookie).not.toBe(cookie);
});

test('a cookie that was used long before ends the session, and is taken away', async () => {
  const { cookie } = await signUp();
  const next = await post('/refresh', { cookie });
  const last = await post('/refresh', { cookie: next.cookie ?? '' });
  await database.owner.query(
    "update app_private.refresh_tokens set used_at = used_at - interval '1 minute'",
  );
  const stolen = await post('/refresh', { cookie });
  expect(stolen).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  });
  expect(stolen.setCookie).toMatch(/=; Path=\/session; Expires=Thu, 01 Jan 1970/);
  expect((await post('/refresh', { cookie: last.cookie ?? '' })).status).toBe(401);
});

test('signing out ends the session of the cookie, and takes it away', async () => {
  const { cookie, body } = await signUp();
  const answer = await post('/sign-out', { cookie });
  expect(answer.status).toBe(204);
  expect(answer.setCookie).toMatch(/=; Path=\/session; Expires=Thu, 01 Jan 1970/);
  expect((await post('/refresh', { cookie })).status).toBe(401);
  expect((await server.graphql('{ currentUser { id } }', {}, body.accessToken)).status).toBe(401);
  expect((await post('/sign-out')).status).toBe(204);
});

test.each([
  { what: 'another site', origin: 'https://evil.example' },
  { what: 'another port of this machine', origin: 'http://127.0.0.1:1' },
  { what: 'nobody', origin: '' },
  { what: 'a page without an origin', origin: 'null' },
])('what comes from $what is not heard, whatever cookie comes with it', async ({ origin }) => {
  const { cookie, username } = await signUp();
  for (const path of ['', '/sign-up', '/guest', '/passkey', '/refresh', '/sign-out']) {
    const answer = await post(path, {
      origin,
      cookie,
      body: { username, password: 'correct horse' },
    });
    expect(answer).toMatchObject({
      status: 403,
      setCookie: null,
      body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
  }
  expect((await post('/refresh', { cookie })).status).toBe(200);
});

test('what a form could send is not heard', async () => {
  expect((await post('', { contentType: 'text/plain' })).status).toBe(415);
});

test('what is not a name and a password is refused as BAD_INPUT', async () => {
  expect(await post('', { body: { username: 1 } })).toMatchObject({
    status: 400,
    body: { errors: [{ extensions: { code: 'BAD_INPUT' } }] },
  });
});

test('refusals are those of the mutations, and count with theirs', async () => {
  const { username } = await signUp();
  const wrong = { body: { username, password: 'wrong' } };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect(await post('', wrong)).toMatchObject({
      status: 401,
      setCookie: null,
      body: { errors: [{ extensions: { code: 'WRONG_CREDENTIALS' } }] },
    });
    const { errors } = await server.graphql(
      'mutation ($username: String!) { signIn(input: { username: $username, password: "wrong" }) { session { accessToken } } }',
      { username },
    );
    expect(errors?.[0]?.extensions?.code).toBe('WRONG_CREDENTIALS');
  }
  const late = await post('', { body: { username, password: 'correct horse' } });
  expect(late).toMatchObject({
    status: 429,
    body: {
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } }],
    },
  });
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await post('/sign-up', { body: { username, password: 'correct horse' } })).toMatchObject({
    status: 409,
    body: { errors: [{ extensions: { code: 'CONFLICT' } }] },
  });
});

test('pages of other origins may read none of it', async () => {
  const response = await fetch(`${server.url}/session/options`, {
    headers: { origin: 'https://evil.example', connection: 'close' },
  });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(await response.json()).toEqual({
    samplePeople: [],
    signUp: 'open',
    localPasswords: true,
    passkeys: false,
    providers: [],
    signedInWith: null,
    mails: false,
    graphiql: true,
    documents: expect.any(Boolean),
  });
});

test.each<{ settings: Record<string, string>; options: object; refusal: string }>([
  {
    settings: { SIGN_UP: 'invited' },
    options: { signUp: 'invited', localPasswords: true },
    refusal: 'Signing up here needs an invitation.',
  },
  {
    settings: { LOCAL_PASSWORDS: 'false' },
    options: { signUp: 'closed', localPasswords: false },
    refusal: 'There are no passwords here: sign in where you have your account.',
  },
])('$settings holds for pages and the API, and a page is told', async (each) => {
  const strict = await startTestServer(database, each.settings);
  try {
    const headers = { origin: strict.url, 'content-type': 'application/json', connection: 'close' };
    const options = await fetch(`${strict.url}/session/options`, { headers });
    expect(await options.json()).toMatchObject(each.options);
    const account = { username: 'uninvited', password: 'correct horse' };
    const body = JSON.stringify(account);
    const byPage = await fetch(`${strict.url}/session/sign-up`, { method: 'POST', headers, body });
    const byApi = await strict.graphql(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { clientMutationId } }',
      { input: account },
    );
    const refused = [{ message: each.refusal, extensions: { code: 'FORBIDDEN' } }];
    expect(await byPage.json()).toMatchObject({ errors: refused });
    expect(byApi.errors).toMatchObject(refused);
  } finally {
    await strict.close();
    await database.owner.query("select app_private.set_account_rules('open', true)");
  }
});
