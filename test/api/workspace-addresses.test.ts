import { request } from 'node:http';
import { single } from '../../testing/database.ts';
import { makeTestPasskey, type PasskeyOptions } from '../../testing/passkey.ts';
import { createTestWorld } from '../../testing/world.ts';

/* A workspace has its own address for passkeys, and providers have one for all: what a request says counts for nothing else. */
const USUAL = 'https://chat.example.org';
const OWN = 'https://chat.acme.example';
const { database, server, close } = await createTestWorld({
  PUBLIC_URL: USUAL,
  SIGN_IN_PROVIDERS: JSON.stringify([
    { name: 'away', issuer: 'http://127.0.0.1:1', clientId: 'trumpet' },
  ]),
});
afterAll(close);
const { owner } = database;
await owner.query("select app_admin.create_workspace('acme', '{chat.acme.example}')");

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

/** A request to a host name, which `fetch` does not let one choose. */
async function send(
  host: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const method = body === undefined ? 'GET' : 'POST';
  const sent = request({ hostname, port, path, method, agent: false }, async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
    }
    resolve({
      status: response.statusCode ?? 0,
      location: response.headers.location,
      text: Buffer.concat(chunks).toString(),
    });
  });
  sent.on('error', reject);
  for (const [name, value] of Object.entries({
    host,
    'content-type': 'application/json',
    ...headers,
  })) {
    sent.setHeader(name, value);
  }
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return await promise;
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function ask(host: string, query: string, input: object, token?: string): Promise<any> {
  const { text } = await send(
    host,
    '/graphql',
    { query, variables: { input } },
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );
  const { data, errors } = JSON.parse(text);
  return errors?.[0]?.extensions.code ?? Object.values(data)[0];
}

const SIGN_UP =
  'mutation ($input: SignUpInput!) { signUp(input: $input) { session { accessToken user { id } } } }';
const BEGIN =
  'mutation ($input: BeginPasskeyInput!) { beginPasskey(input: $input) { passkeyOptions } }';
const FINISH =
  'mutation ($input: FinishPasskeyInput!) { finishPasskey(input: $input) { passkey { id } } }';
const BEGIN_SIGN_IN =
  'mutation ($input: BeginPasskeySignInInput!) { beginPasskeySignIn(input: $input) { passkeyOptions } }';
const SIGN_IN = `mutation ($input: SignInWithPasskeyInput!) {
  signInWithPasskey(input: $input) { session { user { id } } }
}`;
const hostOf = (address: string) => new URL(address).hostname;
const password = 'correct horse';

async function signUp(host: string, username: string) {
  const { session } = await ask(host, SIGN_UP, { username, password });
  return { id: session.user.id as string, token: session.accessToken as string };
}

const beginSignIn = async (host: string): Promise<PasskeyOptions> =>
  (await ask(host, BEGIN_SIGN_IN, {})).passkeyOptions;

test.each([
  ['a workspace with a host name of its own', OWN],
  ['the default one', USUAL],
])('passkeys are made for, and sign in to, %s', async (_, address) => {
  const host = hostOf(address);
  const person = await signUp(host, 'alice');
  const passkey = makeTestPasskey(address);
  const { passkeyOptions } = await ask(host, BEGIN, { password }, person.token);
  expect(passkeyOptions.rp.id).toBe(host);
  const finished = await ask(
    host,
    FINISH,
    { credential: passkey.create(passkeyOptions), name: 'Phone' },
    person.token,
  );
  expect(finished.passkey).toEqual({ id: expect.any(String) });
  const options = await beginSignIn(host);
  expect(options.rpId).toBe(host);
  const signedIn = await ask(host, SIGN_IN, { credential: passkey.answer(options) });
  expect(signedIn.session.user.id).toBe(person.id);
  // Where the other one is, it is for another site, whatever it answers.
  const elsewhere = hostOf(address === OWN ? USUAL : OWN);
  const answer = passkey.answer(await beginSignIn(elsewhere));
  expect(await ask(elsewhere, SIGN_IN, { credential: answer })).toBe('WRONG_CREDENTIALS');
  const { text } = await send(host, '/session/options');
  expect(JSON.parse(text).passkeys).toBe(true);
});

test.each(['evil.example', 'chat.acme.example.evil.example', '127.0.0.1'])(
  'what a request says is no site: %s',
  async (host) => {
    expect((await beginSignIn(host)).rpId).toBe(hostOf(USUAL));
  },
);

describe('a provider', () => {
  test('is gone to from the one address that it leads back to', async () => {
    const { status, location } = await send(hostOf(OWN), '/session/with/away?from=%2Fr%2Fgeneral');
    expect(status).toBe(303);
    expect(location).toBe(`${USUAL}/session/with/away?from=%2Fr%2Fgeneral`);
  });

  test.each(['chat.example.org', 'evil.example', 'localhost:8000'])(
    'is gone to at once at %s, also behind a proxy that does not pass the name on',
    async (host) => {
      const { location } = await send(host, '/session/with/away');
      expect(location).toBe('/#sign-in=BUSY');
    },
  );

  test('leads nobody to another site', async () => {
    const { location } = await send(
      hostOf(OWN),
      `/session/with/away?from=${encodeURIComponent('//evil.example/r/x')}`,
    );
    expect(location).toBe(`${USUAL}/session/with/away?from=%2F`);
  });
});

test('the host names of a workspace have an order', async () => {
  const hosts = async () =>
    single((await owner.query("select hosts from app_admin.workspaces where name = 'acme'")).rows)
      .hosts;
  const set = (names: string[]) =>
    owner.query("select app_admin.set_workspace_hosts('acme', $1)", [names]);
  await set(['talk.acme.example', 'chat.acme.example', 'TALK.acme.example']);
  expect(await hosts()).toEqual(['talk.acme.example', 'chat.acme.example']);
  await set(['chat.acme.example', 'a.acme.example', 'talk.acme.example']);
  expect(await hosts()).toEqual(['chat.acme.example', 'a.acme.example', 'talk.acme.example']);
});
