import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { type NodeProcess, startNodeProcess } from '../../testing/node-process.ts';
import { openSocket } from '../../testing/socket.ts';
import { type CollectedSpan, startTraceCollector } from '../../testing/trace-collector.ts';
import { ROOM_EVENTS } from '../realtime/support.ts';

const database = await createTestDatabase();
const collector = await startTraceCollector();
const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '20' };
const one = await startNodeProcess('server', database, { ...tracing, OTEL_SERVICE_NAME: 'one' });
const two = await startNodeProcess('server', database, {
  ...tracing,
  OTEL_RESOURCE_ATTRIBUTES: 'service.name=two,deployment.environment.name=test',
});
const ada = await database.createUser();
const bob = await database.createUser();
const carol = await database.createUser();
const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob, carol] });

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.close();
  await collector.close();
});

const SEND = `mutation ($roomId: UUID!, $content: String!) {
  sendMessage(input: { roomId: $roomId, content: $content }) { message { id } }
}`;

async function post(
  node: Pick<NodeProcess, 'url'>,
  user: TestUser | undefined,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ readonly data: unknown; readonly errors?: unknown }> {
  const response = await fetch(`${node.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      ...(user && { authorization: `Bearer ${user.token}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { data: unknown };
}

async function send(
  node: Pick<NodeProcess, 'url'>,
  user: TestUser,
  content: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const answer = await post(node, user, { query: SEND, variables: { roomId, content } }, headers);
  expect(answer).toMatchObject({ data: { sendMessage: { message: { id: expect.anything() } } } });
}

/** Listens at a node with the same document as others; events are read from what is returned. */
async function listen(node: NodeProcess, user: TestUser) {
  const socket = await openSocket(`${node.url}/graphql`, { token: user.token });
  const subscription = socket.subscribe<{ roomEvents: { message?: { content: string } } }>(
    ROOM_EVENTS,
    { roomId },
  );
  await subscription.nextData(); // Ready.
  return {
    async until(content: string): Promise<void> {
      while ((await subscription.nextData()).roomEvents.message?.content !== content) {}
    },
    close: socket.close,
  };
}

const newTraceId = () => randomBytes(16).toString('hex');
const isOf = (traceId: string) => (span: CollectedSpan) => span.traceId === traceId;

/** The way from the first span of a trace to this one: `service name`, one a span. */
function wayTo(span: CollectedSpan | undefined, spans: readonly CollectedSpan[]): string[] {
  return span === undefined
    ? []
    : [
        ...wayTo(
          spans.find(({ spanId }) => spanId === span.parentSpanId),
          spans,
        ),
        `${span.service} ${span.name}`,
      ];
}

/**
 * Sends until a trace is whole, and returns its spans. The sweep of a node may have found a change by itself, a moment
 * before the bell that knows the trace: then that trace ends with reading, and is the only one that does.
 */
async function wholeTrace(
  sendTraced: (traceparent: string, content: string) => Promise<void>,
  isDelivered: (content: string) => Promise<unknown>,
  nodes: readonly string[],
): Promise<readonly CollectedSpan[]> {
  for (;;) {
    const traceId = newTraceId();
    const content = `Hello ${traceId}`;
    await sendTraced(`00-${traceId}-00f067aa0ba902b7-01`, content);
    await isDelivered(content);
    const found = await collector.until((spans) => {
      const own = spans.filter(isOf(traceId));
      const at = (name: string, service: string) =>
        own.find((span) => span.name === name && span.service === service);
      const isOver = nodes.every(
        (node) =>
          at('deliver', node) !== undefined ||
          at('feed', node)?.attributes['trumpet.changes'] === undefined,
      );
      const hasBegun = nodes.every((node) => at('feed', node) !== undefined);
      return hasBegun && isOver && own.some(({ name }) => name === 'POST /graphql')
        ? own
        : undefined;
    });
    if (
      nodes.every((node) =>
        found.some(({ name, service }) => name === 'deliver' && service === node),
      )
    ) {
      return found;
    }
  }
}

test('a trace goes from the request that sends, by way of the bell, to the sockets of another node', async () => {
  const listeners = [await listen(two, bob), await listen(two, carol), await listen(one, bob)];
  const spans = await wholeTrace(
    (traceparent, content) => send(one, ada, content, { traceparent }),
    (content) => Promise.all(listeners.map(({ until }) => until(content))),
    ['one', 'two'],
  );

  const request = spans.find(({ name }) => name === 'POST /graphql');
  // What the caller was doing when it called.
  expect(request).toMatchObject({ service: 'one', parentSpanId: '00f067aa0ba902b7' });
  const bell = [
    'one POST /graphql',
    'one mutation sendMessage',
    'one send',
    'one transaction',
    'one SELECT app_public.send_message',
    'one bell',
  ];
  for (const [node, sockets] of [
    ['two', 2],
    ['one', 1],
  ] as const) {
    const at = (name: string) => spans.find((span) => span.name === name && span.service === node);
    const delivered = at('deliver');
    expect(wayTo(delivered, spans)).toEqual([
      ...bell,
      ...['feed', 'execution', 'deliver'].map((name) => `${node} ${name}`),
    ]);
    expect(delivered?.attributes).toMatchObject({
      'trumpet.sockets': sockets,
      'trumpet.transports': ['graphql'],
    });
    // What a node asks of the database for its listeners is within the execution.
    const executed = spans.filter(
      ({ name, service, attributes }) =>
        name.startsWith('SELECT') &&
        service === node &&
        !String(attributes['db.query.text']).includes('send_message'),
    );
    expect(executed.length).toBeGreaterThan(0);
    for (const query of executed) {
      expect(wayTo(query, spans).slice(-3, -1)).toEqual([
        `${node} execution`,
        `${node} transaction`,
      ]);
    }
  }
  expect(spans.find(({ service }) => service === 'two')?.resource).toMatchObject({
    'service.name': 'two',
    'deployment.environment.name': 'test',
  });
  const sent = spans.find(({ name }) => name === 'SELECT app_public.send_message');
  expect(sent?.attributes).toMatchObject({
    'db.system.name': 'postgresql',
    'db.query.text': expect.stringContaining('"app_public"."send_message"($1::'),
  });
  for (const { close } of listeners) {
    close();
  }
});

test.each([
  ['of another length', `00-${'a'.repeat(31)}-00f067aa0ba902b7-01`],
  ['of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['of a version that there is not', `ff-${newTraceId()}-00f067aa0ba902b7-01`],
  ['of other characters', `00-${newTraceId()}-00f067aa0ba902b7-01'; drop table x`],
  ['that is empty', ''],
])(
  'a traceparent %s is ignored: the request is answered, in a trace of its own',
  async (_, traceparent) => {
    const before = collector.spans.length;
    await send(one, ada, 'Hello', { traceparent });
    const request = await collector.until((spans) =>
      spans.slice(before).find(({ name }) => name === 'POST /graphql'),
    );
    expect(request).toMatchObject({ parentSpanId: '' });
    expect(traceparent).not.toContain(request.traceId);
  },
);

test('what its caller does not record is not recorded', async () => {
  const traceId = newTraceId();
  await send(one, ada, 'Hello', { traceparent: `00-${traceId}-00f067aa0ba902b7-00` });
  const after = newTraceId();
  await send(one, ada, 'Hello', { traceparent: `00-${after}-00f067aa0ba902b7-01` });
  await collector.until((spans) =>
    spans.find((span) => isOf(after)(span) && span.name === 'POST /graphql'),
  );
  expect(collector.spans.filter(isOf(traceId))).toEqual([]);
});

test('messages that are sent together each have a whole trace, linked to that of the first', async () => {
  const senders = await Promise.all(Array.from({ length: 12 }, () => database.createUser()));
  const { id: busyRoomId } = await database.createRoom(ada, { type: 'private', members: senders });
  const sends = senders.map((user) => ({ user, traceId: newTraceId() }));
  await Promise.all(
    sends.map(({ user, traceId }) =>
      post(
        one,
        user,
        { query: SEND, variables: { roomId: busyRoomId, content: 'At once' } },
        { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      ),
    ),
  );
  const isWhole = (spans: readonly CollectedSpan[], traceId: string) =>
    ['POST /graphql', 'bell'].every((name) =>
      spans.some((span) => span.name === name && span.traceId === traceId),
    );
  const spans = await collector.until((all) =>
    sends.every(({ traceId }) => isWhole(all, traceId)) ? all : undefined,
  );
  const traceIds = new Set(sends.map(({ traceId }) => traceId));
  const together = spans.filter(
    ({ name, traceId }) => name === 'SELECT app_hidden.send_together' && traceIds.has(traceId),
  );
  expect(together.length).toBeGreaterThan(1);
  for (const span of together) {
    expect(wayTo(span, spans.filter(isOf(span.traceId)))).toEqual([
      'one POST /graphql',
      'one mutation sendMessage',
      'one send',
      'one transaction',
      'one SELECT app_hidden.send_together',
    ]);
  }
  // Of each that is not the first of its transaction: where the statement is told of once more.
  const linked = together.filter(({ links }) => links.length > 0);
  expect(linked.length).toBeGreaterThan(0);
  expect(linked.every(({ links }) => links.every((link) => traceIds.has(link)))).toBe(true);
});

test('what is sent over a WebSocket has a trace of its own, by GraphQL and by JSON', async () => {
  const byGraphql = await openSocket(`${one.url}/graphql`, { token: ada.token });
  const sent = byGraphql.subscribe(SEND, { roomId, content: 'By GraphQL' });
  await sent.nextData();
  const byJson = await openJsonSocket(`${one.url}/ws?access_token=${ada.token}`);
  byJson.send({ type: 'send_message', ref: 1, room_id: roomId, content: 'By JSON' });
  await byJson.nextOf('ack');
  const bellOf = (first: string) =>
    collector.until((spans) =>
      spans
        .filter(({ name }) => name === 'bell')
        .map((span) => wayTo(span, spans))
        .find((way) => way[0] === first),
    );
  expect(await bellOf('one mutation sendMessage')).toEqual([
    'one mutation sendMessage',
    'one send',
    'one transaction',
    'one SELECT app_public.send_message',
    'one bell',
  ]);
  expect(await bellOf('one json send_message')).toEqual([
    'one json send_message',
    'one send',
    'one transaction',
    'one SELECT app_public.send_message',
    'one bell',
  ]);
  byGraphql.close();
  await byJson.close();
});

test('nothing of what people write, are called or sign in with is sent to the collector', async () => {
  const secret = (kind: string) => `${kind}-${randomBytes(8).toString('hex')}`;
  const said = [secret('variable'), secret('literal'), secret('json'), secret('wrong')];
  const [inVariable, inLiteral, inJson, refused] = said;
  await send(one, ada, inVariable as string);
  const written = await post(one, ada, {
    query: `mutation ${secret('name').replace('-', '_')} { sendMessage(input: { roomId: "${roomId}", content: "${inLiteral}" }) { message { id } } }`,
  });
  expect(written.errors).toBeUndefined();
  const socket = await openJsonSocket(`${one.url}/ws?access_token=${ada.token}`);
  socket.send({ type: 'send_message', ref: 1, room_id: roomId, content: inJson });
  await socket.nextOf('ack');
  await socket.close();
  const email = `${secret('mail')}@example.org`;
  const password = secret('password');
  const username = secret('person').replaceAll('-', '_');
  const signedUp = await post(one, undefined, {
    query: `mutation { signUp(input: { username: "${username}", email: "${email}", password: "${password}" }) { session { refreshToken } } }`,
  });
  expect(signedUp.errors).toBeUndefined();
  await post(one, undefined, {
    query: `mutation { signIn(input: { username: "${username}", password: "${refused}" }) { session { refreshToken } } }`,
  });
  const found = await post(one, ada, {
    query:
      'query ($text: String!) { searchMessages(query: $text, first: 1) { nodes { message { content } } } }',
    variables: { text: inVariable },
  });
  expect(found.errors).toBeUndefined();
  await fetch(`${one.url}/hooks/${secret('hook')}/x`, { method: 'POST' });
  const last = newTraceId();
  await send(one, ada, 'The last', { traceparent: `00-${last}-00f067aa0ba902b7-01` });
  await collector.until((spans) =>
    spans.find((span) => isOf(last)(span) && span.name === 'POST /graphql'),
  );
  for (const name of [
    'mutation signUp',
    'mutation signIn',
    'query searchMessages',
    'POST /hooks',
  ]) {
    await collector.until((spans) => spans.find((span) => span.name === name));
  }

  const bytes = collector.bytes();
  const { refreshToken } = (signedUp.data as { signUp: { session: { refreshToken: string } } })
    .signUp.session;
  const secrets = [
    ...said,
    refreshToken,
    email,
    password,
    username,
    ada.token,
    ada.token.split('.')[2],
    'hook-',
    'name_',
  ];
  expect(secrets.filter((text) => bytes.includes(String(text)))).toEqual([]);
  expect(bytes.includes('app_public')).toBe(true);
});

test('jobs have traces', async () => {
  const worker = await startNodeProcess('worker', database, tracing);
  await database.owner.query(`select graphile_worker.add_job('forget_nonces')`);
  const job = await collector.until((spans) =>
    spans.find(({ name }) => name === 'job forget_nonces'),
  );
  expect(job).toMatchObject({
    service: 'trumpet-worker',
    parentSpanId: '',
    attributes: { 'trumpet.job.attempt': 1 },
  });
  await worker.stop();
});

describe('a collector that', () => {
  /** Takes connections, and answers nothing. */
  const silent = createServer();

  beforeAll(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });

  afterAll(() => silent.close());

  test.each([
    ['cannot be reached', async () => `http://127.0.0.1:${await freePort()}`],
    ['never answers', async () => `http://127.0.0.1:${(silent.address() as AddressInfo).port}`],
  ])('%s keeps nobody from sending, and the server from no end', async (_, urlOf) => {
    const url = await urlOf();
    const node = await startNodeProcess('server', database, {
      ...tracing,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      // Soon full: what does not fit is dropped.
      OTEL_BSP_MAX_QUEUE_SIZE: '64',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8',
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
    });
    const listener = await listen(node, bob);
    for (let count = 0; count < 50; count += 1) {
      await send(node, ada, `${url} ${count}`);
    }
    await listener.until(`${url} 49`);
    listener.close();
    const beganAt = performance.now();
    expect(await node.stop()).toEqual({ code: 0, signal: null });
    // It is killed after nine seconds.
    expect(performance.now() - beganAt).toBeLessThan(9_000);
    expect(node.log()).not.toContain('"stop.timed_out"');
  });
});

test.each([
  ['without the variables', {}, []],
  ['with an endpoint', tracing, expect.arrayContaining(['sdk-trace', 'exporter-trace-otlp-proto'])],
])('%s, a server that delivers loads of OpenTelemetry', async (_, settings, expected) => {
  const node = await startNodeProcess('server', database, settings, [
    '--import',
    './testing/watch-modules.ts',
  ]);
  const listener = await listen(node, bob);
  const content = newTraceId();
  await send(node, ada, content, { traceparent: `00-${content}-00f067aa0ba902b7-01` });
  await listener.until(content);
  listener.close();
  await node.stop();
  const loaded = new Set(Array.from(node.log().matchAll(/^loads (\S+)$/gm), ([, name]) => name));
  // What prom-client loads, which looks whether there is a trace. By itself it does nothing.
  loaded.delete('api');
  expect([...loaded]).toEqual(expected);
});
