import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { signToken } from '../../testing/access-token.ts';
import { single, type TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { AUDIENCE, ISSUER, startIssuer } from '../../testing/issuer.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/*
 * Which workspace somebody comes to: by the host name, by what a token says, by the key. And that live nothing of another
 * one comes to them. What they may read and do there is tried in test/sql/workspaces.test.ts.
 */
const ONE_WORKSPACE = 'https://one-workspace.example.org';
const issuer = await startIssuer();
const { database, server, close } = await createTestWorld({
  AUTH_ISSUERS: JSON.stringify([
    { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks, claims: { workspace: 'org' } },
    { issuer: ONE_WORKSPACE, audience: AUDIENCE, jwks: issuer.jwks, workspace: 'acme' },
  ]),
});
afterAll(async () => {
  await close();
  await issuer.close();
});
const { owner } = database;
await owner.query(
  "select app_admin.create_workspace('acme', '{chat.acme.test}'), app_admin.create_workspace('globex', '{}')",
);

/** The name of the workspace that somebody is in. */
async function workspaceOf(userId: string): Promise<string> {
  const { rows } = await owner.query<{ workspace: string }>(
    'select workspace from app_admin.users where id = $1',
    [userId],
  );
  return single(rows).workspace;
}

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly body: any;
}

/** A POST of JSON to a host name, which `fetch` does not let one choose. */
async function post(
  host: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request({ hostname, port, path, method: 'POST', agent: false }, async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
    }
    resolve({
      status: response.statusCode ?? 0,
      cookies: response.headers['set-cookie'] ?? [],
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
  });
  sent.on('error', reject);
  sent.setHeader('host', host);
  sent.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) {
    sent.setHeader(name, value);
  }
  sent.end(JSON.stringify(body));
  return await promise;
}

const ask = (host: string, query: string, variables: object = {}) =>
  post(host, '/graphql', { query, variables });

const SIGN_UP = `mutation ($input: SignUpInput!) {
  signUp(input: $input) { session { accessToken refreshToken user { id } } }
}`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { session { user { id } } } }`;

describe('by the host name', () => {
  const account = { username: 'alice', password: 'correct horse' };
  let here: { accessToken: string; refreshToken: string; user: { id: string } };
  beforeAll(async () => {
    const { body } = await ask('chat.acme.test', SIGN_UP, { input: account });
    here = body.data.signUp.session;
  });

  test.each(['chat.acme.test', 'CHAT.acme.test:8000', 'chat.acme.test.'])(
    'people sign up and in at %s',
    async (host) => {
      expect(await workspaceOf(here.user.id)).toBe('acme');
      const { body } = await ask(host, SIGN_IN, { input: account });
      expect(body.data.signIn.session.user.id).toBe(here.user.id);
    },
  );

  test.each(['localhost', '127.0.0.1:8000', '[::1]:8000', 'acme.test', "x'chat.acme.test", 'a_b'])(
    'at %s they come to the default one',
    async (host) => {
      const { body } = await ask(host, SIGN_IN, { input: account });
      expect(body.errors?.[0]?.extensions.code).toBe('WRONG_CREDENTIALS');
    },
  );

  test('the page does the same', async () => {
    const { status, body, cookies } = await post('chat.acme.test', '/session', account, {
      origin: 'https://chat.acme.test',
    });
    expect(status).toBe(200);
    expect(body.user.id).toBe(here.user.id);
    expect(cookies.length).toBeGreaterThan(0);
    const elsewhere = await post('localhost', '/session', account, { origin: 'http://localhost' });
    expect(elsewhere.body.errors[0].extensions.code).toBe('WRONG_CREDENTIALS');
  });

  test('whoever has signed in is where they are, whatever the host name', async () => {
    const { body } = await post(
      'localhost',
      '/graphql',
      { query: '{ currentUser { id } userByUsername(username: "alice") { id } }' },
      { authorization: `Bearer ${here.accessToken}` },
    );
    expect(body.data).toEqual({
      currentUser: { id: here.user.id },
      userByUsername: { id: here.user.id },
    });
    const refreshed = await ask(
      'localhost',
      'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { session { user { id } } } }',
      { input: { refreshToken: here.refreshToken } },
    );
    expect(refreshed.body.data.refreshSession.session.user.id).toBe(here.user.id);
  });
});

describe('by a token of another issuer', () => {
  async function who(claims: Record<string, unknown>): Promise<string> {
    const { data, errors } = await server.graphql(
      '{ currentUser { id } }',
      {},
      await issuer.token(claims),
    );
    return data?.currentUser.id ?? errors?.[0]?.extensions?.code;
  }

  test('the claim says it, and in each workspace the same subject is another person', async () => {
    const sub = randomUUID();
    const inAcme = await who({ sub, org: 'acme', preferred_username: 'grace' });
    const inGlobex = await who({ sub, org: 'globex', preferred_username: 'grace' });
    expect(await workspaceOf(inAcme)).toBe('acme');
    expect(await workspaceOf(inGlobex)).toBe('globex');
    expect(await who({ sub, org: 'acme', preferred_username: 'grace' })).toBe(inAcme);
    const { rows } = await owner.query(
      "select username::text, display_name from app_public.users where username = 'grace' order by display_name",
    );
    expect(rows).toEqual([
      { username: 'grace', display_name: 'grace' },
      { username: 'grace', display_name: 'grace' },
    ]);
  });

  test.each([
    ['is not said', {}],
    ['is not known', { org: 'initech' }],
    ['is no text', { org: ['acme'] }],
    ['is empty', { org: '' }],
  ])('UNAUTHENTICATED where it %s', async (_, claims) => {
    const sub = randomUUID();
    expect(await who({ sub, ...claims })).toBe('UNAUTHENTICATED');
    const { rows } = await owner.query('select from app_private.identities where subject = $1', [
      sub,
    ]);
    expect(rows).toEqual([]);
  });

  test('what ends in one workspace ends in no other, and what the issuer ends ends in all', async () => {
    const session = {
      sub: randomUUID(),
      sid: randomUUID(),
      iat: Math.floor(Date.now() / 1_000) - 5,
    };
    const unseen = (org: string) => ({ ...session, org, jti: randomUUID() });
    for (const mutation of ['signOut', 'signOutEverywhere', 'deleteMyAccount']) {
      const there = await who(unseen('globex'));
      const token = await issuer.token(unseen('acme'));
      const { errors } = await server.graphql(
        `mutation { ${mutation}(input: {}) { clientMutationId } }`,
        {},
        token,
      );
      expect(errors).toBeUndefined();
      expect(await who(unseen('acme'))).toBe('UNAUTHENTICATED');
      expect(await who(unseen('globex'))).toBe(there);
      session.sub = randomUUID();
      session.sid = randomUUID();
    }
    await Promise.all(['acme', 'globex'].map((org) => who(unseen(org))));
    const { status } = await fetch(`${server.url}/auth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await issuer.logoutToken({ sid: session.sid }) }),
    });
    expect(status).toBe(200);
    for (const org of ['acme', 'globex']) {
      expect(await who(unseen(org))).toBe('UNAUTHENTICATED');
    }
  });

  test('where its settings name one, no claim says otherwise', async () => {
    const id = await who({
      iss: ONE_WORKSPACE,
      sub: randomUUID(),
      org: 'globex',
      workspace: 'globex',
    });
    expect(await workspaceOf(id)).toBe('acme');
  });
});

test('a key is good in its workspace, and acts as nobody of another', async () => {
  const client = await owner.connect();
  let key: string;
  try {
    await client.query("select app_admin.use_workspace('globex')");
    const { rows } = await client.query<{ key: string }>(
      "select app_admin.create_key('back end', enum_range(null::app_private.key_scope)::text[]) as key",
    );
    key = single(rows).key;
  } finally {
    client.release(true);
  }
  const stranger = await database.createUser('stranger');
  const asKey = (query: string, variables: object, actAs?: string) =>
    post(
      'localhost',
      '/graphql',
      { query, variables },
      {
        authorization: `Bearer ${key}`,
        ...(actAs === undefined ? {} : { 'trumpet-act-as': actAs }),
      },
    );
  const upserted = await asKey(
    'mutation ($users: [UserEntryInput!]!) { upsertUsers(input: { users: $users }) { users { id username } } }',
    { users: [{ username: 'stranger' }, { username: 'hal', issuer: ISSUER, subject: 'hal' }] },
  );
  const { users } = upserted.body.data.upsertUsers;
  expect(users[0].id).not.toBe(stranger.id);
  expect(await Promise.all(users.map(({ id }: TestUser) => workspaceOf(id)))).toEqual([
    'globex',
    'globex',
  ]);
  // The token that names the workspace finds the person whom the key has made.
  const { data } = await server.graphql(
    '{ currentUser { id } }',
    {},
    await issuer.token({ sub: 'hal', org: 'globex' }),
  );
  expect(data.currentUser.id).toBe(users[1].id);
  const acting = await asKey('{ currentUser { id } }', {}, 'stranger');
  expect(acting.body.data.currentUser.id).toBe(users[0].id);
  const { body } = await asKey('{ currentUser { id } }', {}, stranger.id);
  expect(body.errors[0].extensions.code).toBe('NOT_FOUND');
  // Whom it erases here lives on elsewhere, also the one whom it has named itself.
  const early = { sub: 'victim', iat: Math.floor(Date.now() / 1_000) - 5 };
  const named = await asKey(
    'mutation ($users: [UserEntryInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }',
    { users: [{ username: 'victim', issuer: ISSUER, subject: 'victim' }] },
  );
  const erased = await asKey(
    'mutation ($id: UUID!) { eraseUser(input: { userId: $id, reason: "gone" }) { clientMutationId } }',
    { id: named.body.data.upsertUsers.users[0].id },
  );
  expect(erased.body.errors).toBeUndefined();
  for (const [org, status] of [
    ['acme', 200],
    ['globex', 401],
  ] as const) {
    const token = await issuer.token({ ...early, org });
    expect(await server.graphql('{ currentUser { id } }', {}, token)).toMatchObject({ status });
  }
  const { rows: account } = await owner.query(
    "select username::text, workspace from app_admin.users where username = 'trumpet'",
  );
  expect(account).toEqual([{ username: 'trumpet', workspace: 'globex' }]);
});

describe('live', () => {
  let looker: TestUser;
  let roomId: string;
  let author: TestUser;
  beforeAll(async () => {
    const { rows } = await owner.query<{ id: string; sessionId: string }>(
      `with person as (
          insert into app_public.users (username, display_name, workspace_id)
            select 'looker', 'Looker', id from app_private.workspaces where name = 'acme' returning id
        )
        insert into app_private.sessions (user_id, expires_at)
          select id, now() + interval '1 day' from person returning user_id as id, id as "sessionId"`,
    );
    const { id, sessionId } = single(rows);
    looker = {
      id,
      sessionId,
      username: 'looker',
      token: await signToken({ sub: id, sid: sessionId }),
    };
    author = await database.createUser('author');
    roomId = (await database.createRoom(author, { slug: 'open', type: 'public' })).id;
  });

  test('a public room of another workspace is as if it did not exist', async () => {
    const socket = await server.socket({ token: looker.token });
    const answers = [roomId, randomUUID()].map((id) =>
      socket.subscribe('subscription ($id: UUID!) { roomEvents(roomId: $id) { __typename } }', {
        id,
      }),
    );
    const [there, nowhere] = await Promise.all(answers.map((each) => each.next()));
    expect(there).toEqual(nowhere);
    expect(JSON.stringify(there)).toContain('NOT_FOUND');
    await socket.close();

    const json = await openJsonSocket(`${server.url}/ws`);
    json.send({ type: 'auth', token: looker.token });
    await json.nextOf('ready');
    for (const [ref, room] of [roomId, randomUUID()].entries()) {
      json.send({ type: 'join_room', room_id: room, ref });
    }
    const [refused, unknown] = [
      await json.nextOf('error', { ref: 0 }),
      await json.nextOf('error', { ref: 1 }),
    ];
    expect({ ...refused, ref: 1, room_id: unknown.room_id }).toEqual(unknown);
    expect(JSON.stringify(refused)).toContain('NOT_FOUND');
    await json.close();

    const statuses = await Promise.all(
      [roomId, randomUUID()].map(
        async (id) =>
          (
            await fetch(`${server.url}/events/${id}?access_token=${looker.token}`, {
              headers: { connection: 'close' },
            })
          ).status,
      ),
    );
    expect(statuses).toEqual([404, 404]);
  });

  test("somebody else's files are as if they did not exist, signed in or not", async () => {
    const { rows } = await owner.query<{ id: string }>(
      `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size)
        values ($1, 'plan.png', 'image/png', 1) returning id`,
      [author.id],
    );
    const { id: uploadId } = single(rows);
    const tus = { 'tus-resumable': '1.0.0' };
    const bytes = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    const requests: readonly [string, (id: string) => string, Record<string, string>][] = [
      ['HEAD', (id) => `/attachments/${id}`, tus],
      ['PATCH', (id) => `/attachments/${id}`, { ...tus, ...bytes }],
      ['DELETE', (id) => `/attachments/${id}`, tus],
      ['OPTIONS', (id) => `/attachments/${id}`, {}],
      ['GET', (id) => `/attachments/${id}/file`, {}],
      ['GET', (id) => `/attachments/${id}/thumbnail`, {}],
      ['GET', (id) => `/exports/${id}/x`, {}],
    ];
    const people: Record<string, string>[] = [{ authorization: `Bearer ${looker.token}` }, {}];
    for (const [method, path, headers] of requests) {
      for (const credentials of people) {
        const [there, nowhere] = await Promise.all(
          [uploadId, randomUUID()].map(async (id) => {
            const response = await fetch(server.url + path(id), {
              method,
              headers: { ...headers, ...credentials, connection: 'close' },
            });
            return { status: response.status, body: await response.text() };
          }),
        );
        expect(there).toEqual(nowhere);
      }
    }
    const { rows: left } = await owner.query('select from app_private.uploads where id = $1', [
      uploadId,
    ]);
    expect(left.length).toBe(1);
  });

  test('nothing of what happens there comes to somebody here', async () => {
    const { id: ownRoomId } = await database.createRoom(looker, { slug: 'open', type: 'public' });
    const socket = await server.socket({ token: looker.token });
    const mine = socket.subscribe(
      'subscription { userEvents { __typename event { __typename } } }',
    );
    const json = await openJsonSocket(`${server.url}/ws`);
    json.send({ type: 'auth', token: looker.token });
    await json.nextOf('ready');
    json.send({ type: 'join_room', room_id: ownRoomId });
    await json.nextOf('joined');
    const stream = await openEventStream(
      `${server.url}/events/${ownRoomId}?access_token=${looker.token}`,
    );
    await stream.next();

    const theirs = await openJsonSocket(`${server.url}/ws`);
    theirs.send({ type: 'auth', token: author.token });
    await theirs.nextOf('ready');
    theirs.send({ type: 'join_room', room_id: roomId });
    await theirs.nextOf('joined');
    theirs.send({ type: 'presence', status: 'busy' });
    theirs.send({ type: 'start_typing', room_id: roomId });
    await database.sendMessage(author, roomId, 'hello @looker');
    await theirs.nextOf('message_event');
    await theirs.settled();

    await database.sendMessage(looker, ownRoomId, 'the only thing to hear');
    expect((await json.nextOf('message_event')).message.content).toBe('the only thing to hear');
    expect(JSON.stringify(json.pendingOf('presence_event'))).not.toContain(author.id);
    expect(json.pending()).toEqual([]);
    expect((await stream.next()).data.message.content).toBe('the only thing to hear');
    await mine.nextData();
    expect(mine.pending().length).toBeLessThanOrEqual(1);
    const { data } = await server.graphql(
      '{ searchMessages(query: "hello") { nodes { message { id } } } publicRooms { nodes { id } } searchUsers(query: "author") { nodes { id } } searchRooms(query: "open") { nodes { id } } }',
      {},
      looker.token,
    );
    expect(data).toEqual({
      searchMessages: { nodes: [] },
      publicRooms: { nodes: [{ id: ownRoomId }] },
      searchUsers: { nodes: [] },
      searchRooms: { nodes: [{ id: ownRoomId }] },
    });
    await Promise.all([socket.close(), json.close(), theirs.close(), stream.close()]);
  });
});
