import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createTestDatabase } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';

const database = await createTestDatabase();
const server = await startTestServer(database, { ALLOWED_ORIGINS: 'https://chat.example.test' });
const closed = await startTestServer(database, { INTROSPECTION: 'false', GRAPHIQL: 'false' });
afterAll(async () => {
  await closed.close();
  await server.close();
  await database.close();
});

const ask = (path: string, init: RequestInit = {}, { url } = server) =>
  fetch(url + path, { ...init, headers: { connection: 'close', ...init.headers } });
const json = { 'content-type': 'application/json' };
const whoAmI = JSON.stringify({ query: '{ currentUser { id } }' });

test('GraphQL is never kept in a cache, nor guessed at by a browser', async () => {
  const { headers } = await ask('/graphql', { method: 'POST', headers: json, body: whoAmI });
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-powered-by')).toBeNull();
});

test.each<[string, number, RequestInit & { path?: string }]>([
  [
    'GET with a mutation',
    405,
    { path: '/graphql?query=mutation{signOut(input:{}){clientMutationId}}' },
  ],
  [
    'a form of another site',
    415,
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'query={currentUser{id}}',
    },
  ],
  ['text', 415, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: whoAmI }],
  [
    'a bare document',
    415,
    {
      method: 'POST',
      headers: { 'content-type': 'application/graphql' },
      body: '{currentUser{id}}',
    },
  ],
  ['broken JSON', 400, { method: 'POST', headers: json, body: '{' }],
  ['a list', 400, { method: 'POST', headers: json, body: `[${whoAmI}]` }],
  ['no query', 400, { method: 'POST', headers: json, body: '{}' }],
  [
    'variables that are a list',
    400,
    { method: 'POST', headers: json, body: '{"query":"{currentUser{id}}","variables":[]}' },
  ],
  [
    'an answer as a picture',
    406,
    { method: 'POST', headers: { ...json, accept: 'image/png' }, body: whoAmI },
  ],
])('%s is BAD_INPUT (%i)', async (_what, status, { path = '/graphql', ...init }) => {
  const response = await ask(path, init);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    errors: [{ message: expect.any(String), extensions: { code: 'BAD_INPUT' } }],
  });
});

test.each([
  ['application/json', '*/*'],
  ['application/json', 'application/*'],
  ['application/json', 'text/html, */*;q=0.1'],
  ['application/json', undefined],
  ['application/json', 'application/json, application/graphql-response+json'],
  ['application/graphql-response+json', 'application/graphql-response+json, application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
  ['application/graphql-response+json', 'APPLICATION/GraphQL-Response+JSON'],
])('the answer is %s to whoever accepts %s', async (type, accept) => {
  // fetch adds an Accept of its own where there is none.
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { ...json, connection: 'close', ...(accept === undefined ? {} : { accept }) };
  request(`${server.url}/graphql`, { method: 'POST', headers }, resolve)
    .once('error', reject)
    .end(whoAmI);
  const response = await promise;
  response.resume();
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']?.split(';')[0]).toBe(type);
});

test.each([
  'Application/JSON',
  'APPLICATION/JSON; CHARSET=UTF-8',
  'application/json;charset="utf-8"',
])('a body of %s is JSON', async (type) => {
  const response = await ask('/graphql', {
    method: 'POST',
    headers: { 'content-type': type },
    body: whoAmI,
  });
  expect(await response.json()).toEqual({ data: { currentUser: null } });
});

test('the longest message of emoji fits into a request, though every one is escaped', async () => {
  const ada = await database.createUser();
  const room = await database.createRoom(ada);
  const content = '😀'.repeat(8_000);
  const body = JSON.stringify({
    query:
      'mutation ($roomId: UUID!, $content: String!) { sendMessage(input: { roomId: $roomId, content: $content }) { message { content } } }',
    variables: { roomId: room.id, content },
  }).replaceAll(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  const response = await ask('/graphql', {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${ada.token}` },
    body,
  });
  expect(await response.json()).toEqual({ data: { sendMessage: { message: { content } } } });
});

test('an address that does not exist is NOT_FOUND, in JSON', async () => {
  const response = await ask('/nothing');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});

test('/healthz, /readyz and /metrics tell how it is', async () => {
  expect((await ask('/healthz')).status).toBe(200);
  expect(await (await ask('/readyz')).json()).toMatchObject({
    status: 'ok',
    database: true,
    migrations: true,
  });
  const metrics = await (await ask('/metrics')).text();
  expect(metrics).toContain(
    'trumpet_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"} 1',
  );
  expect(metrics).toContain('process_cpu_seconds_total');
});

describe('/metrics', () => {
  test('is not for those who come through a proxy', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'via']) {
      const response = await ask('/metrics', { headers: { [name]: '127.0.0.1' } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        errors: [
          { message: expect.stringContaining('METRICS_PORT'), extensions: { code: 'FORBIDDEN' } },
        ],
      });
    }
  });

  test('is not for other machines', async () => {
    const [address] = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.family === 'IPv4' && !one.internal);
    // Without any other address nobody else can ask.
    const host = address?.address ?? '127.0.0.1';
    const open = await startTestServer(database, { HOST: host });
    const response = await ask('/metrics', {}, open);
    expect(response.status).toBe(address === undefined ? 200 : 403);
    await open.close();
  });

  test('is at METRICS_PORT and nowhere else when that is set', async () => {
    const port = await freePort();
    const apart = await startTestServer(database, { METRICS_PORT: String(port) });
    expect((await ask('/metrics', {}, apart)).status).toBe(404);
    const metrics = await ask('/metrics', {}, { ...apart, url: `http://127.0.0.1:${port}` });
    expect(await metrics.text()).toContain('trumpet_sockets');
    await apart.close();
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    ask('/graphql', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  test('may ask when they are allowed to', async () => {
    const { status, headers } = await preflight('https://chat.example.test');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://chat.example.test');
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization/i);
  });

  test('may not otherwise', async () => {
    for (const origin of ['https://evil.example.test', 'http://localhost:5173', 'null']) {
      const { headers } = await preflight(origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('of the server itself need not be set', async () => {
    const { headers } = await preflight(server.url);
    expect(headers.get('access-control-allow-origin')).toBe(server.url);
  });
});

describe('GraphiQL', () => {
  test('is there, with a query to begin with and nothing from elsewhere', async () => {
    const response = await ask('/graphiql');
    expect(response.headers.get('content-type')).toMatch('text/html');
    const page = await response.text();
    expect(page).toContain('trumpet-demo');
    for (const [, address] of page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)) {
      expect(address).toMatch(/^\/ruru-static\//);
      expect((await ask(address as string)).status).toBe(200);
    }
  });

  test('is named, stands in no frame, and runs the scripts that it has and no others', async () => {
    const response = await ask('/graphiql');
    const page = await response.text();
    expect(page).toContain('<title>Trumpet</title>');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    const [, allowed] = /script-src ([^;]+)/.exec(policy) ?? [];
    const hashes = [...page.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(
      ([, script]) =>
        `'sha256-${createHash('sha256')
          .update(script as string)
          .digest('base64')}'`,
    );
    expect(hashes.length).toBeGreaterThan(3);
    expect(allowed?.split(' ')).toEqual(["'self'", ...hashes]);
  });

  test('keeps the query, its variables and its headers for the next window', async () => {
    const page = await (await ask('/graphiql')).text();
    expect(page).toMatch(/"shouldPersistHeaders": true/);
    // On a phone it is as wide as the phone, and the answer stands below the question.
    expect(page).toContain('name="viewport" content="width=device-width');
    expect(page).toMatch(/@media \(max-width: 700px\)[^<]*flex-direction: column/);
    // Noted before anything is edited: else GraphiQL would open an empty tab beside it.
    expect(page).toMatch(/localStorage\.setItem\('graphiql:query', RURU_CONFIG\.defaultQuery\)/);
  });

  test('lists first what people need first', async () => {
    const { data } = await server.graphql('{ __type(name: "Mutation") { fields { name } } }');
    const names = data.__type.fields.map(({ name }: { name: string }) => name);
    expect(names.slice(0, 3)).toEqual(['signUp', 'signIn', 'refreshSession']);
    expect(names.indexOf('sendMessage')).toBeLessThan(10);
    expect(names.indexOf('acceptInvitation')).toBeGreaterThan(10);
  });

  test('can be switched off', async () => {
    expect((await ask('/graphiql', {}, closed)).status).toBe(404);
  });
});

describe('introspection switched off', () => {
  test('tells nothing of the schema', async () => {
    const { errors } = await closed.graphql('{ __schema { types { name } } }');
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_INPUT' });
    expect((await closed.graphql('{ __type(name: "User") { name } }')).errors).toHaveLength(1);
  });

  test('makes no suggestions', async () => {
    const documents = [
      '{ currentUse { id } }',
      '{ currentUser { usernam } }',
      'mutation { createRoom(input: { nam: "x" }) { room { id } } }',
    ];
    for (const document of documents) {
      expect(JSON.stringify((await server.graphql(document)).errors)).toContain('Did you mean');
      expect(JSON.stringify((await closed.graphql(document)).errors)).not.toContain('Did you mean');
    }
    const { errors } = await closed.graphql(
      'mutation ($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }',
      { input: { nam: 'x', name: 'x', slug: 'x', type: 'PUBLI' } },
    );
    expect(errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
  });

  test('leaves __typename', async () => {
    expect((await closed.graphql('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

describe('a server that stops', () => {
  let stopping: TestServer;

  beforeAll(async () => {
    stopping = await startTestServer(database);
  });

  test('stops at once, whatever connections browsers have opened in advance', async () => {
    const socket = connect(Number(new URL(stopping.url).port), '127.0.0.1');
    await once(socket, 'connect');
    // So that the server has taken the connection, too.
    await fetch(`${stopping.url}/healthz`, { headers: { connection: 'close' } });
    const ended = once(socket, 'close');
    await stopping.close();
    await ended;
  }, 10_000);
});
