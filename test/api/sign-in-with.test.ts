import { randomUUID } from 'node:crypto';
import { base64url, type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { type Browsing, createBrowsing } from '../../testing/browsing.ts';
import { type Lie, startLyingProvider } from '../../testing/lying-provider.ts';
import { CLIENT_ID, CLIENT_SECRET, startProvider } from '../../testing/oidc-provider.ts';
import { startTestServer } from '../../testing/server.ts';
import { createTestWorld } from '../../testing/world.ts';

/* Signing in on the page with a provider: a real one and one that lies, and browsers as far as addresses and cookies go. */

const LIARS_SUBJECT = 'whom the liar speaks of';

const provider = await startProvider();
const liar = await startLyingProvider(CLIENT_ID, LIARS_SUBJECT);
const away = await startProvider();
const stranger = await generateKeyPair('ES256');
const client = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
const { database, server, close } = await createTestWorld({
  SIGN_IN_PROVIDERS: JSON.stringify([
    { name: 'test', label: 'Test', issuer: provider.issuer, ...client },
    { name: 'liar', issuer: liar.issuer, clientId: CLIENT_ID },
    { name: 'away', issuer: away.issuer, ...client },
  ]),
});
provider.register(server.url);

afterAll(async () => {
  await close();
  await Promise.all([provider.close(), liar.close(), away.close()]);
});

const isCallback = ({ pathname }: URL) => pathname.endsWith('/callback');
const newSubject = () => `person-${randomUUID()}`;

/** Where on the page it ends. */
async function signIn(browser: Browsing, name = 'test'): Promise<string> {
  return onPage(await browser.open(`${server.url}/session/with/${name}`));
}

function onPage({ address }: { readonly address: URL }): string {
  expect(address.origin).toBe(server.url);
  return address.pathname + address.hash;
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function json(response: Response): Promise<any> {
  return response.json();
}

async function refresh(browser: Browsing) {
  const response = await browser.fetch(`${server.url}/session/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: '{}',
  });
  return { status: response.status, body: await json(response) };
}

const options = async (browser: Browsing) =>
  json(await browser.fetch(`${server.url}/session/options`));

describe('somebody who signs in with a provider', () => {
  test('is who the provider says, and the same person the next time', async () => {
    provider.person(newSubject(), {
      preferred_username: 'ada.lovelace',
      name: 'Ada Lovelace',
      picture: 'https://pictures.example.org/ada.png',
      email: 'ada@example.org',
      email_verified: true,
    });
    const browser = createBrowsing();
    expect(await options(browser)).toMatchObject({
      providers: [
        { name: 'test', label: 'Test' },
        { name: 'liar', label: '127.0.0.1' },
        { name: 'away', label: '127.0.0.1' },
      ],
      signedInWith: null,
    });
    expect(await signIn(browser)).toBe('/#sign-in=done');
    const first = await refresh(browser);
    expect(first).toMatchObject({
      status: 200,
      body: {
        user: {
          username: 'ada.lovelace',
          displayName: 'Ada Lovelace',
          avatarUrl: 'https://pictures.example.org/ada.png',
        },
      },
    });
    const { rows } = await database.owner.query(
      'select email, password_hash from app_private.user_secrets where user_id = $1',
      [first.body.user.id],
    );
    expect(rows).toEqual([{ email: 'ada@example.org', password_hash: null }]);
    const elsewhere = createBrowsing();
    expect(await signIn(elsewhere)).toBe('/#sign-in=done');
    expect((await refresh(elsewhere)).body.user).toEqual(first.body.user);
  });

  test('is never one of our own by name or address', async () => {
    const own = { username: 'own.name', password: 'correct horse', email: 'own@example.org' };
    await server.graphql(
      'mutation ($own: SignUpInput!) { signUp(input: $own) { session { refreshToken } } }',
      { own },
    );
    provider.person(newSubject(), {
      preferred_username: own.username,
      email: own.email,
      email_verified: true,
    });
    const browser = createBrowsing();
    await signIn(browser);
    expect((await refresh(browser)).body.user.username).toBe('own.name2');
  });

  test('keeps the device by which they are known', async () => {
    provider.person(newSubject());
    const browser = createBrowsing();
    const deviceSet = await browser.fetch(`${server.url}/session/with/test`);
    const device = deviceSet.headers
      .getSetCookie()
      .find((cookie) => cookie.includes('Max-Age=15552000;'))
      ?.split(';', 1)[0];
    expect(device).toBeDefined();
    await signIn(browser);
    expect(browser.cookiesFor(`${server.url}/session`)).toContain(device);
    const { rows } = await database.owner.query(
      'select user_agent, device_hash is not null as "hasDevice" from app_private.sessions order by id desc limit 1',
    );
    expect(rows).toEqual([{ user_agent: 'node', hasDevice: true }]);
  });

  test.each([
    ['/r/0197a8f0-0000-7000-8000-000000000000?message=1', undefined],
    ['/invite/abc', undefined],
    ['https://evil.example.org/r/x', '/'],
    ['//evil.example.org/r/x', '/'],
    ['/\\evil.example.org/', '/'],
    ['/graphiql', '/'],
    [`/r/${'x'.repeat(500)}`, '/'],
  ])('comes back to where they were, on the page alone: %s', async (from, to = from) => {
    provider.person(newSubject());
    const browser = createBrowsing();
    const query = new URLSearchParams({ from });
    const { address } = await browser.open(`${server.url}/session/with/test?${query}`);
    expect(address.href).toBe(`${server.url}${to}#sign-in=done`);
  });

  test('may say no there, and is told so', async () => {
    provider.refuse();
    const browser = createBrowsing();
    expect(await signIn(browser)).toBe('/#sign-in=UNAUTHENTICATED');
    expect((await refresh(browser)).status).toBe(401);
  });

  test('is not let in while suspended', async () => {
    provider.person(newSubject(), { preferred_username: 'suspended.person' });
    await signIn(createBrowsing());
    await database.owner.query("select app_admin.suspend_user('suspended.person', 'test')");
    const browser = createBrowsing();
    expect(await signIn(browser)).toBe('/#sign-in=FORBIDDEN');
    expect((await refresh(browser)).status).toBe(401);
  });

  test('has no password, and deletes the account soon after signing in or not at all', async () => {
    provider.person(newSubject());
    const browser = createBrowsing();
    await signIn(browser);
    const { accessToken, user } = (await refresh(browser)).body;
    const since = (interval: string) =>
      database.owner.query(
        'update app_private.sessions set created_at = now() - $2::interval where user_id = $1',
        [user.id, interval],
      );
    const remove = async () => {
      const { data, errors } = await server.graphql(
        'mutation { deleteMyAccount(input: {}) { clientMutationId } }',
        {},
        accessToken,
      );
      return errors?.[0]?.extensions?.code ?? data;
    };
    await since('16 minutes');
    expect(await remove()).toBe('UNAUTHENTICATED');
    await since('14 minutes');
    expect(await remove()).toEqual({ deleteMyAccount: { clientMutationId: null } });
    expect((await refresh(browser)).status).toBe(401);
  });
});

describe('signing out', () => {
  /** What somebody does on the provider's page. */
  async function confirm(
    browser: Browsing,
    { address, response }: { address: URL; response?: Response },
  ) {
    const [, xsrf = ''] = /name="xsrf" value="(\w+)"/.exec((await response?.text()) ?? '') ?? [];
    const { headers } = await browser.fetch(new URL('/session/end/confirm', address).href, {
      method: 'POST',
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    });
    return new URL(headers.get('location') ?? '', address).href;
  }

  test('here leaves them signed in there, and there ends every session of that sign-in', async () => {
    provider.person(newSubject());
    const browser = createBrowsing();
    await signIn(browser);
    const { accessToken } = (await refresh(browser)).body;
    const socket = await server.socket({ token: accessToken });
    // Signed in there still: a second session of the same browser.
    await browser.fetch(`${server.url}/session/sign-out`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: '{}',
    });
    expect((await socket.closed).code).toBe(4403);
    expect(await options(browser)).toMatchObject({ signedInWith: { name: 'test', label: 'Test' } });
    expect(await signIn(browser)).toBe('/#sign-in=done');
    const again = await server.socket({ token: (await refresh(browser)).body.accessToken });

    const visit = await browser.open(`${server.url}/session/with/test/sign-out`);
    expect(visit.address.origin).toBe(provider.issuer);
    expect(await confirm(browser, visit)).toBe(`${server.url}/`);
    // By its back-channel.
    expect((await again.closed).code).toBe(4403);
    expect((await refresh(browser)).status).toBe(401);
    expect(await options(browser)).toMatchObject({ signedInWith: null });
  });

  test('there is for who has signed in with it', async () => {
    const page = await createBrowsing().open(`${server.url}/session/with/test/sign-out`);
    expect(onPage(page)).toBe('/');
  });
});

describe('what did not come of a sign-in of this browser is refused', () => {
  const refused = '/#sign-in=UNAUTHENTICATED';
  /** A browser that has been at the provider and comes back. */
  async function almost(browser: Browsing, name = 'test') {
    const { address } = await browser.open(`${server.url}/session/with/${name}`, isCallback);
    return address;
  }

  test('in another browser: somebody else would be who signed in', async () => {
    provider.person(newSubject());
    const address = await almost(createBrowsing());
    const victim = createBrowsing();
    expect(onPage(await victim.open(address.href))).toBe(refused);
    expect((await refresh(victim)).status).toBe(401);
  });

  test('a second time', async () => {
    provider.person(newSubject());
    const browser = createBrowsing();
    const address = await almost(browser);
    expect(onPage(await browser.open(address.href))).toBe('/#sign-in=done');
    expect(onPage(await browser.open(address.href))).toBe(refused);
  });

  test("the code of somebody else's, with one's own state", async () => {
    provider.person(newSubject());
    const stolen = await almost(createBrowsing());
    const thief = createBrowsing();
    provider.person(newSubject());
    const own = await almost(thief);
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(onPage(await thief.open(own.href))).toBe(refused);
    expect((await refresh(thief)).status).toBe(401);
  });

  test('at the address of another provider, or as if another had sent it', async () => {
    provider.person(newSubject());
    const browser = createBrowsing();
    const address = await almost(browser);
    const mixedUp = new URL(address.href.replace('/test/', '/liar/'));
    expect(onPage(await browser.open(mixedUp.href))).toBe(refused);
    const other = await almost(browser);
    other.searchParams.set('iss', liar.issuer);
    expect(onPage(await browser.open(other.href))).toBe(refused);
  });

  test.each([
    ['nothing', ''],
    ['no code', 'state='],
    ['two codes', 'code=other&code=another&state='],
    ['a code that is none', `code=${'x'.repeat(4_000)}&state=`],
    ['an error of its own', 'error=%3Cscript%3E&state='],
  ])('with %s in the address', async (_, query) => {
    const browser = createBrowsing();
    const { address } = await browser.open(
      `${server.url}/session/with/liar`,
      ({ origin }) => origin === liar.issuer,
    );
    const state = address.searchParams.get('state');
    const back = `${server.url}/session/with/liar/callback?${query}${query === '' ? '' : state}&iss=${liar.issuer}`;
    liar.say(address.searchParams.get('nonce') ?? '', { status: 400 });
    expect([refused, '/#sign-in=BUSY']).toContain(onPage(await browser.open(back)));
    expect((await refresh(browser)).status).toBe(401);
  });

  test('a provider that is not set', async () => {
    for (const path of ['', '/callback?code=x&state=y', '/sign-out']) {
      const { response } = await createBrowsing().open(`${server.url}/session/with/none${path}`);
      expect(response?.status).toBe(404);
    }
  });
});

describe('what a provider says counts when all of it fits', () => {
  const past = Math.floor(Date.now() / 1_000) - 3_600;
  const unsigned = async (claims: object) =>
    [{ alg: 'none' }, claims]
      .map((part) => base64url.encode(JSON.stringify(part)))
      .join('.')
      .concat('.');
  const signedWith = (alg: string, key: CryptoKey | Uint8Array) => (claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: 'one' }).sign(key);

  async function comeBack(lie: Lie) {
    const browser = createBrowsing();
    const { address } = await browser.open(
      `${server.url}/session/with/liar`,
      ({ origin }) => origin === liar.issuer,
    );
    const { searchParams } = address;
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    liar.say(searchParams.get('nonce') ?? '', lie);
    const back = new URL(searchParams.get('redirect_uri') ?? '');
    back.search = `${new URLSearchParams({
      code: 'any',
      state: searchParams.get('state') ?? '',
      iss: liar.issuer,
    })}`;
    return { browser, ended: onPage(await browser.open(back.href)) };
  }

  test('then it does', async () => {
    const { browser, ended } = await comeBack({ userinfo: { name: 'From the liar' } });
    expect(ended).toBe('/#sign-in=done');
    expect((await refresh(browser)).body.user.displayName).toBe('From the liar');
  });

  test.each<[string, Lie]>([
    ['another nonce', { claims: { nonce: 'another' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another issuer', { claims: { iss: 'https://another.example.org' } }],
    ['another audience', { claims: { aud: 'another' } }],
    ['several audiences without who asked', { claims: { aud: [CLIENT_ID, 'another'] } }],
    ['another who asked', { claims: { aud: [CLIENT_ID, 'another'], azp: 'another' } }],
    ['an end that is past', { claims: { iat: past - 300, exp: past } }],
    ['no subject', { claims: { sub: undefined } }],
    ['a subject that is empty', { claims: { sub: '' } }],
    [
      'a subject of 501 characters',
      { claims: { sub: 's'.repeat(501) }, userinfo: { sub: 's'.repeat(501) } },
    ],
    ['a subject with NUL', { claims: { sub: 'a\0b' }, userinfo: { sub: 'a\0b' } }],
    ['the profile of somebody else', { userinfo: { sub: 'somebody else' } }],
    ['no signature', { token: unsigned }],
    ["a stranger's signature", { token: signedWith('ES256', stranger.privateKey) }],
    [
      'a signature with what everybody knows',
      { token: signedWith('HS256', new TextEncoder().encode(CLIENT_SECRET)) },
    ],
    ['no token', { token: async () => 'none' }],
    ['a refusal', { status: 400 }],
  ])('not with %s', async (_, lie) => {
    const { browser, ended } = await comeBack(lie);
    expect(ended).toMatch(/^\/#sign-in=(UNAUTHENTICATED|BUSY)$/);
    expect((await refresh(browser)).status).toBe(401);
    const { rows } = await database.owner.query(
      'select subject from app_private.identities where issuer = $1 and subject <> $2',
      [liar.issuer, LIARS_SUBJECT],
    );
    expect(rows).toEqual([]);
  });
});

test('a provider that is away says so, and is asked again when it is back', async () => {
  expect(await signIn(createBrowsing(), 'away')).toBe('/#sign-in=BUSY');
  const browser = createBrowsing();
  away.register(server.url, 'away');
  away.person(newSubject());
  expect(await signIn(browser, 'away')).toBe('/#sign-in=done');
});

test('cookies are for https alone where the page is, and a sign-in is of this very host', async () => {
  const behindProxy = await startTestServer(database, {
    PUBLIC_URL: 'https://chat.example.org',
    SIGN_IN_PROVIDERS: JSON.stringify([{ name: 'liar', issuer: liar.issuer, clientId: CLIENT_ID }]),
  });
  const response = await createBrowsing().fetch(`${behindProxy.url}/session/with/liar`);
  const address = new URL(response.headers.get('location') ?? '');
  expect(address.searchParams.get('redirect_uri')).toBe(
    'https://chat.example.org/session/with/liar/callback',
  );
  const cookies = response.headers.getSetCookie();
  expect(cookies).toHaveLength(2);
  for (const cookie of cookies) {
    expect(cookie).toMatch(
      /^trumpet_\w{8}=.*; Path=\/session; .*HttpOnly; Secure; SameSite=Strict$|^__Host-trumpet_\w{8}=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    );
  }
  await behindProxy.close();
});
