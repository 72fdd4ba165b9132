import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  BODY_TIMEOUT_MS,
  REQUESTS_PER_PERSON,
  REQUESTS_PER_VISITOR_ADDRESS,
} from '../../src/http/request-limits.ts';
import { REFUSED_BURST } from '../../src/process/refusals.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';

const database = await createTestDatabase();
afterAll(() => database.close());

/** A request whose body does not come; what is answered, once the connection is closed. */
function beginRequest(
  { url }: TestServer,
  path = '/graphql',
  token?: string,
): { socket: Socket; answer: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () =>
    socket.write(
      [
        `POST ${path} HTTP/1.1`,
        'Host: trumpet',
        'Content-Type: application/json',
        'Content-Length: 900',
        ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
        '',
        '{"query":"',
      ].join('\r\n'),
    ),
  );
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
  return { socket, answer };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function openSubscription(
  { url }: TestServer,
  token: string,
  query: string,
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/events`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  });
}

test(
  'a visitor whose requests do not come in holds a few, for a while, and nobody up',
  async () => {
    const server = await startTestServer(database);
    const user = await database.createUser();
    const slow = Array.from({ length: REQUESTS_PER_VISITOR_ADDRESS + 10 }, () =>
      beginRequest(server),
    );
    const answers = slow.map(({ answer }) => answer);
    // Those beyond the limit are told at once.
    const refusal = await Promise.race(answers);
    expect(refusal).toMatch(/^HTTP\/1\.1 429 /);
    expect(refusal).toContain('"code":"RATE_LIMITED"');
    const { data } = await server.graphql('{ currentUser { id } }', {}, user.token);
    expect(data).toEqual({ currentUser: { id: user.id } });
    // The others when their time is over.
    const all = await Promise.all(answers);
    expect(all.filter((answer) => answer.startsWith('HTTP/1.1 429'))).toHaveLength(10);
    expect(all.filter((answer) => answer.startsWith('HTTP/1.1 408'))).toHaveLength(
      REQUESTS_PER_VISITOR_ADDRESS,
    );
    await server.close();
  },
  BODY_TIMEOUT_MS + 20_000,
);

test('requests for events count as those of /graphql until their stream begins', async () => {
  const server = await startTestServer(database);
  const user = await database.createUser();
  const streams = await Promise.all(
    Array.from({ length: 3 }, () =>
      openSubscription(server, user.token, 'subscription { userEvents { __typename } }'),
    ),
  );
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
  const slow = Array.from({ length: REQUESTS_PER_PERSON }, () =>
    beginRequest(server, '/events', user.token),
  );
  let refusal: Awaited<ReturnType<TestServer['graphql']>>;
  do {
    refusal = await server.graphql('{ __typename }', {}, user.token);
  } while (refusal.status === 200);
  expect(refusal.status).toBe(429);
  const beyond = beginRequest(server, '/events', user.token);
  expect(await beyond.answer).toMatch(/^HTTP\/1\.1 429 /);
  for (const { socket } of slow) {
    socket.destroy();
  }
  await Promise.all(slow.map(({ answer }) => answer));
  await Promise.all(streams.map(({ body }) => body?.cancel()));
  await server.close();
});

test.each(['GET', 'POST'])(
  'requests for events that are refused are begun at the pace of refusals: %s',
  async (method) => {
    const server = await startTestServer(database);
    const { token } = await database.createUser();
    const over = new AbortController();
    const ask = () =>
      method === 'POST'
        ? openSubscription(server, token, '{ currentUser { id } }', over.signal)
        : fetch(`${server.url}/events/none`, { headers: bearer(token), signal: over.signal });
    const statuses = Array.from({ length: REFUSED_BURST }, async () => (await ask()).status);
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([method === 'GET' ? 404 : 400]));
    // More than may wait are kept under way, at whatever pace they are refused: what is beyond is closed.
    const answers: Promise<void>[] = [];
    const closed = new Promise<string>((resolve) => {
      const askAgain = async (): Promise<void> => {
        try {
          await ask();
        } catch (error) {
          resolve(String(error));
          return;
        }
        await askAgain();
      };
      answers.push(...Array.from({ length: 2 * REFUSED_BURST }, askAgain));
    });
    expect(await closed).toContain('fetch failed');
    over.abort();
    await Promise.allSettled(answers);
    await server.close();
  },
);

test('whoever is refused at an address keeps nobody there from what was answered before', async () => {
  const server = await startTestServer(database);
  const person = { username: 'behind_one_address', password: 'correct horse' };
  const page = (path: string, cookie = '') =>
    fetch(`${server.url}/session${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url, cookie },
      body: JSON.stringify(person),
    });
  const refreshing = `mutation ($input: RefreshSessionInput!) {
    refreshSession(input: $input) { session { refreshToken } }
  }`;
  /** As an app does: while bodies come in, more of them from there are told to come back. */
  const refresh = async (refreshToken: string) => {
    for (;;) {
      const answer = await server.graphql(refreshing, { input: { refreshToken } });
      if (answer.status !== 429) {
        return answer;
      }
    }
  };
  const { data } = await server.graphql(
    `mutation ($person: SignUpInput!) { signUp(input: $person) { session { refreshToken } } }`,
    { person },
  );
  const { data: first } = await refresh(data.signUp.session.refreshToken);
  const signedIn = await page('');
  const cookies = signedIn.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);

  const over = new AbortController();
  const ask = (query: string, variables = {}) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query, variables }),
      signal: over.signal,
    });
  const rubbish = () => Array.from({ length: REFUSED_BURST }, (_, index) => ask(`{${index}`));
  /** The very document that an app there sends, with tokens that nobody was given. */
  const guesses = () =>
    Array.from({ length: REFUSED_BURST }, () =>
      ask(refreshing, { input: { refreshToken: randomBytes(32).toString('base64url') } }),
    );
  await Promise.all(rubbish());
  const more = [...rubbish(), ...rubbish()];
  // What is too much there is told to wait, and not cut off.
  const turnedAway = more.map((answer) =>
    answer.then((response) => (response.status === 429 ? response : Promise.reject())),
  );
  expect(await (await Promise.any(turnedAway)).json()).toMatchObject({
    errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } }],
  });

  await Promise.all(guesses());
  const waiting = new Set([...guesses(), ...guesses()]);
  more.push(...waiting);
  await Promise.any(
    [...waiting].map((answer) =>
      answer
        .finally(() => waiting.delete(answer))
        .then(({ status }) => status === 429 || Promise.reject()),
    ),
  );

  expect(await refresh(first.refreshSession.session.refreshToken)).toMatchObject({
    data: { refreshSession: { session: { refreshToken: expect.stringMatching(/^[\w-]{43}$/) } } },
  });
  // It has waited behind none of them.
  expect(waiting.size).toBeGreaterThan(10);
  expect((await page('/refresh', cookies.join('; '))).status).toBe(200);
  expect((await page('', cookies.join('; '))).status).toBe(200);
  over.abort();
  await Promise.allSettled(more);
  await server.close();
});

test('an address has so many connections; what is beyond is closed', async () => {
  const server = await startTestServer(database, { CONNECTIONS_PER_ADDRESS: '3' });
  const open = Array.from({ length: 4 }, () => beginRequest(server));
  expect(await Promise.race(open.map(({ answer }) => answer))).toBe('');
  for (const { socket } of open) {
    socket.destroy();
  }
  await Promise.all(open.map(({ answer }) => answer));
  await server.close();
});

test('connections of a trusted proxy are those of many', async () => {
  const server = await startTestServer(database, {
    CONNECTIONS_PER_ADDRESS: '1',
    TRUST_PROXY: '127.0.0.0/8',
  });
  const [first] = [beginRequest(server), beginRequest(server)];
  expect((await server.graphql('{ __typename }')).status).toBe(200);
  first?.socket.destroy();
  await first?.answer;
  await server.close();
});

test('who waits for a lock gives up early: BUSY, and when to come back', async () => {
  const server = await startTestServer(database);
  const user = await database.createUser();
  const room = await database.createRoom(user);
  const holder = await database.owner.connect();
  await holder.query('begin');
  await holder.query('select from app_private.room_heads where room_id = $1 for update', [room.id]);
  const { errors } = await server.graphql(
    'mutation ($roomId: UUID!) { sendMessage(input: { roomId: $roomId, content: "hello" }) { message { id } } }',
    { roomId: room.id },
    user.token,
  );
  await holder.query('rollback');
  holder.release();
  expect(errors?.[0]?.extensions).toEqual({ code: 'BUSY', retryAfterMs: 500 });
  await server.close();
});
