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

  test('is WRONG_CREDENTIALS, and counts: after ten of them the right password has to wait', async () => {
    await database.owner.query(
      "update app_private.user_secrets set password_hash = crypt('right', gen_salt('bf', 4)) where user_id = $1",
      [user.id],
    );
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { data, errors } = await signIn('wrong');
      expect(data).toEqual({ signIn: null });
      expect(errors).toEqual([
        expect.objectContaining({ extensions: { code: 'WRONG_CREDENTIALS' } }),
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

describe('a refresh token', () => {
  const refresh = (refreshToken: string) =>
    server.graphql(
      'mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { session { accessToken refreshToken expiresAt user { id } } } }',
      { refreshToken },
    );
  async function signUp(username: string): Promise<string> {
    const { data } = await server.graphql(
      'mutation ($username: String!) { signUp(input: { username: $username, password: "correct horse" }) { session { refreshToken } } }',
      { username },
    );
    return data.signUp.session.refreshToken;
  }
  const refusal = {
    data: { refreshSession: null },
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  };

  test('gives the same new pair to two tabs that ask at once, and after a lost answer', async () => {
    const token = await signUp('tabs');
    const answers = await Promise.all([refresh(token), refresh(token), refresh(token)]);
    answers.push(await refresh(token));
    const sessions = answers.map(({ data }) => data.refreshSession.session);
    expect(new Set(sessions.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(new Set(sessions.map(({ expiresAt }) => expiresAt)).size).toBe(1);
    for (const { accessToken } of sessions) {
      expect(await ask(`Bearer ${accessToken}`)).not.toEqual(refused);
    }
    // The pair works on, for whichever of them comes first.
    expect((await refresh(sessions[0].refreshToken)).errors).toBeUndefined();
  });

  test('used again after the one that it gave ends the session of thief and owner alike', async () => {
    const token = await signUp('twice');
    const { refreshToken: given } = (await refresh(token)).data.refreshSession.session;
    const { accessToken, refreshToken: newer } = (await refresh(given)).data.refreshSession.session;
    await database.owner.query(
      "update app_private.refresh_tokens set used_at = used_at - interval '11 seconds' where used_at is not null",
    );
    expect(await refresh(token)).toMatchObject(refusal);
    expect(await refresh(newer)).toMatchObject(refusal);
    expect(await ask(`Bearer ${accessToken}`)).toEqual(refused);
  });
});

describe('sessions', () => {
  const SESSIONS =
    '{ sessions { nodes { id userAgent isCurrent createdAt refreshedAt expiresAt } } }';
  const end = (sessionId: string, token: string) =>
    server.graphql(
      'mutation ($sessionId: UUID!) { endSession(input: { sessionId: $sessionId }) { clientMutationId } }',
      { sessionId },
      token,
    );
  const signIn = async (username: string, userAgent: string): Promise<string> => {
    const { data } = await server.graphql(
      'mutation ($username: String!, $userAgent: String!) { signIn(input: { username: $username, password: "correct horse", userAgent: $userAgent }) { session { accessToken } } }',
      { username, userAgent },
    );
    return data.signIn.session.accessToken;
  };

  test('are listed by device, and one of them can be ended from another', async () => {
    await server.graphql(
      'mutation { signUp(input: { username: "devices", password: "correct horse", userAgent: "Tablet" }) { clientMutationId } }',
    );
    const phone = await signIn('devices', 'Phone');
    const laptop = await signIn('devices', 'Laptop');
    const { nodes } = (await server.graphql(SESSIONS, {}, laptop)).data.sessions;
    expect(
      nodes.map(({ userAgent, isCurrent }: Record<string, unknown>) => [userAgent, isCurrent]),
    ).toEqual([
      ['Laptop', true],
      ['Phone', false],
      ['Tablet', false],
    ]);
    const { errors } = await end(nodes[1].id, laptop);
    expect(errors).toBeUndefined();
    expect(await ask(`Bearer ${phone}`)).toEqual(refused);
    expect((await server.graphql(SESSIONS, {}, laptop)).data.sessions.nodes).toHaveLength(2);
    expect((await end(nodes[1].id, laptop)).errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
  });

  test('are seen and ended by their owner only', async () => {
    const stranger = await database.createUser();
    const { nodes } = (await server.graphql(SESSIONS, {}, stranger.token)).data.sessions;
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual([stranger.sessionId]);
    const other = await database.createUser();
    expect((await end(other.sessionId, stranger.token)).errors?.[0]?.extensions).toEqual({
      code: 'NOT_FOUND',
    });
    expect(await ask(`Bearer ${other.token}`)).not.toEqual(refused);
    expect((await server.graphql(SESSIONS)).errors?.[0]?.extensions).toEqual({
      code: 'UNAUTHENTICATED',
    });
  });
});
