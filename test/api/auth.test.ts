import { signToken } from '../../testing/access-token.ts';
import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const user = await database.createUser();
const claims = { sub: user.id, sid: user.sessionId };
const now = Math.floor(Date.now() / 1000);

/** Asks who one is, with this Authorization header. */
async function ask(authorization: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', authorization },
    body: JSON.stringify({ query: '{ currentUser { id } }' }),
  });
  return { status: response.status, body: await response.json() };
}

const refused = {
  status: 401,
  body: {
    errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
  },
};

test('a good token says who one is', async () => {
  const answer = await ask(`Bearer ${await signToken(claims)}`);
  expect(answer).toEqual({ status: 200, body: { data: { currentUser: { id: user.id } } } });
});

test('without a token one is a visitor', async () => {
  const { status, data } = await server.graphql('{ currentUser { id } }');
  expect({ status, data }).toEqual({ status: 200, data: { currentUser: null } });
});

test.each([
  { what: 'that has expired', changed: { exp: now - 60 } },
  { what: 'that never expires', changed: { exp: undefined } },
  { what: 'of another issuer', changed: { iss: 'trombone' } },
  { what: 'for another audience', changed: { aud: 'trombone' } },
  { what: 'signed with another secret', secret: 'another secret that is 32 bytes or more' },
  { what: 'without a session', changed: { sid: undefined } },
  { what: 'of a session that does not exist', changed: { sid: user.id } },
  { what: 'of no person', changed: { sub: 'ada' } },
])('a token $what is refused', async ({ changed, secret }) => {
  expect(await ask(`Bearer ${await signToken({ ...claims, ...changed }, secret)}`)).toEqual(
    refused,
  );
});

test("a token of someone else's session is refused", async () => {
  const other = await database.createUser();
  const token = await signToken({ sub: user.id, sid: other.sessionId });
  expect(await ask(`Bearer ${token}`)).toEqual(refused);
});

test('an unsigned token is refused', async () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const token = `${encode({ alg: 'none' })}.${encode({ ...claims, iss: 'trumpet', aud: 'trumpet', exp: now + 900 })}.`;
  expect(await ask(`Bearer ${token}`)).toEqual(refused);
  expect(await ask(`Bearer ${token}x`)).toEqual(refused);
});

test.each(['Basic YWRhOmFkYQ==', 'Bearer', 'Bearer a b', 'Bearer a.b', 'nonsense'])(
  'the header "%s" is refused',
  async (header) => {
    expect(await ask(header)).toEqual(refused);
  },
);

test('a session that is signed out is over at once', async () => {
  const leaver = await database.createUser();
  const signOut = await server.graphql(
    'mutation { signOut(input: {}) { clientMutationId } }',
    {},
    leaver.token,
  );
  expect(signOut.errors).toBeUndefined();
  expect(await ask(`Bearer ${leaver.token}`)).toEqual(refused);
});

test('a session that has run out is over', async () => {
  const leaver = await database.createUser();
  await database.owner.query('update app_private.sessions set expires_at = now() where id = $1', [
    leaver.sessionId,
  ]);
  expect(await ask(`Bearer ${leaver.token}`)).toEqual(refused);
});

describe('a refused sign-in', () => {
  const signIn = (password: string) =>
    server.graphql(
      'mutation ($username: String!, $password: String!) { signIn(input: { username: $username, password: $password }) { session { accessToken } } }',
      { username: user.username, password },
    );

  test('is UNAUTHENTICATED, and counts: after ten of them the right password has to wait', async () => {
    await database.owner.query(
      "update app_private.user_secrets set password_hash = crypt('right', gen_salt('bf', 4)) where user_id = $1",
      [user.id],
    );
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { data, errors } = await signIn('wrong');
      expect(data).toEqual({ signIn: null });
      expect(errors).toEqual([
        expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } }),
      ]);
    }
    const { errors } = await signIn('right');
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) },
      }),
    ]);
  });

  test('says the same for a name that nobody has', async () => {
    const other = await database.createUser();
    const ask = (username: string) =>
      server.graphql(
        'mutation ($username: String!) { signIn(input: { username: $username, password: "wrong" }) { session { accessToken } } }',
        { username },
      );
    expect((await ask('nobody')).errors).toEqual((await ask(other.username)).errors);
  });
});

test('a refresh token used twice ends the session', async () => {
  const { data } = await server.graphql(
    'mutation { signUp(input: { username: "twice", password: "correct horse" }) { session { refreshToken } } }',
  );
  const refresh = (refreshToken: string) =>
    server.graphql(
      'mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { session { accessToken refreshToken } } }',
      { refreshToken },
    );
  const { refreshToken } = data.signUp.session;
  const second = await refresh(refreshToken);
  expect(second.errors).toBeUndefined();
  expect((await refresh(refreshToken)).errors?.[0]?.extensions).toEqual({
    code: 'UNAUTHENTICATED',
  });

  const { accessToken, refreshToken: newer } = second.data.refreshSession.session;
  expect((await refresh(newer)).errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
  expect(await ask(`Bearer ${accessToken}`)).toEqual(refused);
});
