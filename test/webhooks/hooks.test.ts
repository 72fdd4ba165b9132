import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startWorker } from '../../src/worker/run.ts';
import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { type Received, type Reply, startEndpoint, verify } from './support/endpoint.ts';

const database = await createTestDatabase();
const endpoint = await startEndpoint();
const second = await startEndpoint();
const inside = await startEndpoint(); // Nobody trusts this one.
const settings = { WEBHOOK_TRUSTED_ORIGINS: `${endpoint.origin},${second.origin}` };
const server = await startTestServer(database, settings);
afterAll(async () => {
  await database.close();
  await Promise.all([endpoint, second, inside].map(({ close }) => close()));
});
// There are at most 50.
afterEach(() => database.owner.query('delete from app_public.webhooks'));
const ada = await database.createUser('ada');
const bob = await database.createUser('bob');
const allow = reply({ verdict: 'allow' });

function reply(answer: object): Reply {
  return { status: 200, body: JSON.stringify(answer) };
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function admin(name: string, ...values: unknown[]): Promise<any> {
  const places = values.map((_, index) => `$${index + 1}`).join(', ');
  const { rows } = await database.owner.query(
    `select app_admin.${name}(${places}) as answer`,
    values,
  );
  return rows[0].answer;
}

let count = 0;

/** A room of Ada and Bob whose messages and edits are asked about. */
async function createRoom({ otherwise = 'refuse', url = endpoint.url } = {}) {
  count += 1;
  const name = `hook ${count}`;
  const room = await database.createRoom(ada, { members: [bob] });
  const secret: string = await admin('create_hook', name, url, otherwise, null, [room.slug]);
  return { roomId: room.id, slug: room.slug, name, secret };
}

const SEND = `mutation ($roomId: UUID!, $content: String!, $nonce: String) {
  sendMessage(input: { roomId: $roomId, content: $content, nonce: $nonce }) { message { id content heldAt } }
}`;
const EDIT = `mutation ($messageId: UUID!, $content: String!) {
  editMessage(input: { messageId: $messageId, content: $content }) { message { id content heldAt } }
}`;

interface Sent {
  readonly content?: string | null;
  readonly isHeld?: boolean;
  readonly code?: string;
  readonly hookCode?: string | undefined;
  readonly message?: string;
}

async function send(
  roomId: string,
  content: string,
  {
    nonce,
    person = bob,
    through = server,
  }: { nonce?: string; person?: TestUser; through?: TestServer } = {},
): Promise<Sent & { id?: string }> {
  const variables = { roomId, content, nonce: nonce ?? null };
  return outcomeOf(await through.graphql(SEND, variables, person.token));
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
function outcomeOf({ data, errors }: { data?: any; errors?: readonly any[] }) {
  const [error] = errors ?? [];
  if (error !== undefined) {
    const { code, hookCode } = error.extensions;
    return { code, hookCode, message: error.message };
  }
  const { message } = Object.values(data)[0] as {
    message: { id: string; content: string; heldAt: string };
  };
  return { id: message.id, content: message.content, isHeld: message.heldAt !== null };
}

/** What is there, as the database has it. */
async function kept(roomId: string): Promise<readonly string[]> {
  const { rows } = await database.owner.query(
    `select content || case when held_at is not null then ' (held)' else '' end as text
      from app_public.messages where room_id = $1 order by id`,
    [roomId],
  );
  return rows.map(({ text }) => text);
}

async function logOf(name: string) {
  const { rows } = await database.owner.query(
    'select outcome, verdict, status from app_admin.webhook_deliveries where webhook = $1 order by tried_at, event_id',
    [name],
  );
  return rows;
}

const REFUSAL = reply({ verdict: 'refuse', reason: 'No swearing, please.', code: 'SWEARING' });
const HOLD = reply({ verdict: 'hold', reason: 'Look.' });
const VERDICTS: readonly [name: string, answer: Reply, texts: string[]][] = [
  ['allows', allow, ['hello']],
  ['refuses', REFUSAL, []],
  ['changes', reply({ verdict: 'change', content: 'h***o' }), ['h***o']],
  ['holds', HOLD, ['hello (held)']],
];
const REFUSED = { code: 'FORBIDDEN', hookCode: 'SWEARING', message: 'No swearing, please.' };

const key: string = await admin('create_key', 'back end', ['write', 'read', 'act_as', 'rooms']);
const SEND_PLAINLY = { content: 'hello', nonce: null };

/** How a message comes in, each by its own way; what the sender hears when it is refused. */
const WAYS: Record<string, (roomId: string) => Promise<Sent>> = {
  'GraphQL over HTTP': (roomId) => send(roomId, 'hello'),
  async 'GraphQL over a socket'(roomId) {
    const socket = await server.socket({ token: bob.token });
    const step = await socket.subscribe(SEND, { roomId, ...SEND_PLAINLY }).next();
    await socket.close();
    if (step.type === 'complete') {
      throw new Error('It ended without an answer.');
    }
    return outcomeOf(step.type === 'error' ? { errors: step.errors } : step);
  },
  async 'a JSON socket'(roomId) {
    const socket = await openJsonSocket(`${server.url}/ws?access_token=${bob.token}`);
    await socket.nextOf('ready');
    socket.send({ type: 'send_message', room_id: roomId, content: 'hello', ref: 'sent' });
    const { code, message, hook_code: hookCode } = await socket.next();
    await socket.close();
    return { code, message, hookCode };
  },
  async 'a key that acts as a person'(roomId) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        connection: 'close',
        authorization: `Bearer ${key}`,
        'trumpet-act-as': bob.username,
      },
      body: JSON.stringify({ query: SEND, variables: { roomId, ...SEND_PLAINLY } }),
    });
    return outcomeOf((await response.json()) as object);
  },
};

describe.each(Object.entries(WAYS))('by %s', (_way, sendBy) => {
  test.each(VERDICTS)('a hook %s', async (name, answer, texts) => {
    const { roomId, secret } = await createRoom();
    endpoint.answer(() => answer);
    const { code, hookCode, message } = await sendBy(roomId);
    expect({ code, hookCode, message }).toEqual(name === 'refuses' ? REFUSED : {});
    expect(await kept(roomId)).toEqual(texts);
    expect(verify(endpoint.received.at(-1) as Received, secret)).toMatchObject({
      type: 'before_message',
      room: { id: roomId },
      author: { id: bob.id, username: bob.username, isBot: false },
      message: { content: 'hello', messageType: 'TEXT', metadata: {}, attachmentIds: [] },
    });
  });
});

test.each(VERDICTS)('of what an incoming webhook posts, a hook %s', async (name, answer, texts) => {
  const { roomId, slug } = await createRoom();
  endpoint.answer(() => answer);
  const path = await admin('create_incoming_webhook', slug, 'Alarms');
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ text: 'hello' }),
  });
  expect([response.status, await response.text()]).toEqual(
    name === 'refuses' ? [403, 'action_prohibited'] : [200, 'ok'],
  );
  expect(await kept(roomId)).toEqual(texts);
  expect(endpoint.received.at(-1)?.frame.author).toMatchObject({ isBot: true });
});

test('at psql nothing is sent that was not asked about, unless whoever writes it says so', async () => {
  const { roomId } = await createRoom();
  const asked = endpoint.received.length;
  await expect(database.sendMessage(bob, roomId, 'hello')).rejects.toMatchObject({ code: 'TRHKS' });
  expect(await kept(roomId)).toEqual([]);
  await database.commitAs(bob, async (client) => {
    await client.query("set local trumpet.unasked = 'on'");
    await client.query('select app_public.send_message($1, $2)', [roomId, 'said at psql']);
  });
  expect(await kept(roomId)).toEqual(['said at psql']);
  expect(endpoint.received).toHaveLength(asked);
});

test('no batch brings history into a room that has a hook', async () => {
  const { roomId } = await createRoom();
  const importer: string = await admin('create_key', 'importer', ['import', 'read']);
  const { errors } = await server.graphql(
    'mutation ($messages: [MessageEntryInput!]!) { importMessages(input: { messages: $messages }) { messages { id } } }',
    {
      messages: [{ roomId, authorId: bob.id, content: 'hello', createdAt: '2020-01-01T00:00:00Z' }],
    },
    importer,
  );
  expect(errors?.[0]).toMatchObject({
    message: expect.stringMatching(/^messages\[0\]: This room has a hook/),
    extensions: { code: 'FORBIDDEN' },
  });
});

test.each(VERDICTS)('of an edit, a hook %s', async (name, answer, texts) => {
  const { roomId, secret } = await createRoom();
  endpoint.answer(() => allow);
  const { id: messageId } = await send(roomId, 'first');
  endpoint.answer(() => answer);
  const edited = outcomeOf(await server.graphql(EDIT, { messageId, content: 'hello' }, bob.token));
  expect(edited).toMatchObject(name === 'refuses' ? REFUSED : { id: messageId });
  expect(await kept(roomId)).toEqual(name === 'refuses' ? ['first'] : texts);
  expect(verify(endpoint.received.at(-1) as Received, secret)).toMatchObject({
    type: 'before_edit',
    message: { id: messageId, content: 'hello' },
  });
});

test('a hook is asked about the buttons of a bot, and about what it has them say later', async () => {
  const { roomId } = await createRoom();
  const bot = await database.createUser();
  await database.owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  await database.call(ada, 'add_room_member', roomId, bot.id);
  endpoint.answer(() => allow);
  const { id: messageId } = await send(roomId, 'Choose', { person: bot });
  const set = async (label: string) =>
    outcomeOf(
      await server.graphql(
        `mutation ($messageId: UUID!, $components: JSON) {
          setComponents(input: { messageId: $messageId, components: $components }) {
            message { id content heldAt }
          }
        }`,
        { messageId, components: [{ type: 'button', id: 'one', label }] },
        bot.token,
      ),
    );
  expect(await set('Good')).toMatchObject({ id: messageId });
  endpoint.answer(() => REFUSAL);
  expect(await set('Bad')).toMatchObject(REFUSED);
  expect(endpoint.received.at(-1)?.frame).toMatchObject({
    type: 'before_edit',
    message: { id: messageId, metadata: { components: [{ label: 'Bad' }] } },
  });
  endpoint.answer(() => reply({ verdict: 'change', content: 'Otherwise' }));
  expect(await set('Bad')).toMatchObject({ code: 'FORBIDDEN' });
  endpoint.answer(() => HOLD);
  expect(await set('Odd')).toMatchObject({ isHeld: true });
});

test('nobody is asked about what is refused anyway', async () => {
  const { roomId } = await createRoom();
  const asked = endpoint.received.length;
  const carol = await database.createUser();
  expect(await send(roomId, 'hello', { person: carol })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await send(roomId, '  ')).toMatchObject({ code: 'BAD_INPUT' });
  const elsewhere = await database.createRoom(bob);
  const there = await database.sendMessage(bob, elsewhere.id, 'not in this room');
  for (const [more, code] of [
    [{ attachmentIds: [randomUUID()] }, 'NOT_FOUND'],
    [{ attachmentIds: Array.from({ length: 11 }, () => randomUUID()) }, 'TOO_LARGE'],
    [{ readUpToMessageId: randomUUID() }, 'NOT_FOUND'],
    [{ readUpToMessageId: there.id }, 'NOT_FOUND'],
    [{ parentMessageId: there.id }, 'NOT_FOUND'],
  ] as const) {
    const sent = await server.graphql(
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id content heldAt } } }',
      { input: { roomId, content: 'hello', ...more } },
      bob.token,
    );
    expect([more, outcomeOf(sent).code]).toEqual([more, code]);
  }
  expect(endpoint.received).toHaveLength(asked);
});

test('a rule of the room holds what a hook has changed into something that it forbids', async () => {
  const { roomId } = await createRoom();
  await database.call(ada, 'set_room_rule', roomId, 'words', 'refuse', '{spam}');
  endpoint.answer(() => reply({ verdict: 'change', content: 'spam' }));
  expect(await send(roomId, 'hello')).toMatchObject({ code: 'FORBIDDEN' });
  expect(await kept(roomId)).toEqual([]);
});

test('what is held waits for a moderator, with the reason of the hook', async () => {
  const { roomId } = await createRoom();
  endpoint.answer(() => HOLD);
  const { id } = await send(roomId, 'hello');
  const { rows } = await database.owner.query(
    'select reason from app_public.message_reports where message_id = $1',
    [id],
  );
  expect(rows).toEqual([{ reason: 'Look.' }]);
  await database.call(ada, 'release_message', id);
  expect(await kept(roomId)).toEqual(['hello']);
});

const HUGE = `{"verdict":"allow","padding":"${'x'.repeat(200_000)}"}`;
const WRONG: readonly [name: string, answer: Reply | 'never', outcome: string][] = [
  ['nothing', 'never', 'not_answered'],
  ['500', { status: 500 }, 'refused'],
  ['a page', { status: 200, body: '<html>' }, 'wrong_answer'],
  ['nothing to read', { status: 204 }, 'wrong_answer'],
  ['another verdict', reply({ verdict: 'delete' }), 'wrong_answer'],
  ['a change into a number', reply({ verdict: 'change', content: 1 }), 'wrong_answer'],
  ['200 kB', { status: 200, body: HUGE }, 'wrong_answer'],
  ['a way into our own network', { status: 307, headers: { location: inside.url } }, 'redirected'],
];
const DEFAULTS: readonly [otherwise: string, outcome: Sent, texts: string[]][] = [
  ['allow', { isHeld: false }, ['hello']],
  ['refuse', { code: 'FORBIDDEN', hookCode: 'NOT_CHECKED' }, []],
  ['hold', { isHeld: true }, ['hello (held)']],
];

describe.each(WRONG)('when a hook answers with %s', (name, answer, outcome) => {
  test.each(DEFAULTS)('its default counts: %s', async (otherwise, sent, texts) => {
    const hook = await createRoom({ otherwise });
    const unanswered = Promise.withResolvers<Reply>();
    endpoint.answer(() => (answer === 'never' ? unanswered.promise : answer));
    const beganAt = performance.now();
    expect(await send(hook.roomId, 'hello')).toMatchObject(sent);
    expect(performance.now() - beganAt).toBeLessThan(3_000);
    unanswered.resolve(allow);
    expect(await kept(hook.roomId)).toEqual(texts);
    expect(await logOf(hook.name)).toEqual([
      { outcome, verdict: otherwise, status: name === 'nothing' ? null : expect.any(Number) },
    ]);
    expect(inside.received).toEqual([]);
  });
});

test('a hook in our own network that nobody trusts is not asked', async () => {
  const hook = await createRoom({ url: inside.url });
  expect(await send(hook.roomId, 'hello')).toMatchObject({ hookCode: 'NOT_CHECKED' });
  expect(await logOf(hook.name)).toMatchObject([{ outcome: 'address_refused' }]);
  expect(inside.received).toEqual([]);
});

test('a hook that is dead costs five messages their time, no other room anything, and is asked again later', async () => {
  const dead = await createRoom({ otherwise: 'hold', url: second.url });
  const other = await createRoom();
  endpoint.answer(() => allow);
  const unanswered = Promise.withResolvers<Reply>();
  second.answer(() => unanswered.promise);
  const waiting = Array.from({ length: 5 }, (_, index) =>
    send(dead.roomId, `slow ${index}`, { person: index === 0 ? ada : bob }),
  );
  for (let index = 0; index < 5; index += 1) {
    await second.next();
  }
  // They wait for an answer that does not come; the room beside theirs, and reading their own, do not.
  const reading = server.graphql(
    'query ($id: UUID!) { room(id: $id) { messages(first: 1) { nodes { id } } } }',
    { id: dead.roomId },
    bob.token,
  );
  const first = await Promise.race([
    Promise.all(waiting).then(() => 'the dead'),
    Promise.all([send(other.roomId, 'quick'), reading]).then(() => 'the others'),
  ]);
  expect(first).toBe('the others');
  const { rows } = await database.owner.query(
    "select count(*)::int from pg_stat_activity where datname = current_database() and state = 'idle in transaction'",
  );
  expect(rows).toEqual([{ count: 0 }]);
  expect(await Promise.all(waiting)).toMatchObject(Array(5).fill({ isHeld: true }));

  const asked = second.received.length;
  expect(await send(dead.roomId, 'unasked')).toMatchObject({ isHeld: true });
  expect(second.received).toHaveLength(asked);
  expect((await logOf(dead.name)).at(-1)).toMatchObject({ outcome: 'not_asked', verdict: 'hold' });
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
    'trumpet_hook_questions_total{outcome="not_asked",verdict="hold"}',
  );

  unanswered.resolve(allow);
  second.answer(() => allow);
  await database.owner.query(
    'update app_private.webhook_states set asked_again_at = now() where asked_again_at is not null',
  );
  expect(await send(dead.roomId, 'asked again')).toMatchObject({ isHeld: false });
});

test('what is sent twice with one nonce is asked about once and is there once, whoever is faster', async () => {
  const { roomId } = await createRoom();
  const answer = Promise.withResolvers<Reply>();
  const other = await startTestServer(database, settings);
  const asked = endpoint.received.length;
  endpoint.answer(() => answer.promise);
  const twice = [
    send(roomId, 'hello', { nonce: 'n-1' }),
    send(roomId, 'hello', { nonce: 'n-1', through: other }),
  ];
  while (endpoint.received.length === asked) {
    await endpoint.next();
  }
  expect(await send(roomId, 'something else', { nonce: 'n-1' })).toMatchObject({
    code: 'CONFLICT',
  });
  answer.resolve(reply({ verdict: 'change', content: 'changed' }));
  const [first, again] = await Promise.all(twice);
  expect(first).toMatchObject({ content: 'changed' });
  expect(again).toEqual(first);
  endpoint.answer(() => REFUSAL);
  expect(await send(roomId, 'hello', { nonce: 'n-1' })).toEqual(first);
  expect(endpoint.received).toHaveLength(asked + 1);
  expect(await kept(roomId)).toEqual(['changed']);
  await other.close();
});

test('nobody wears a hook out by what makes it fail: it is asked about the others, until it fails for two', async () => {
  const { roomId } = await createRoom({ otherwise: 'allow' });
  const failure: Reply = { status: 500 };
  endpoint.answer(({ frame }) => (frame.message.content.includes('crash') ? failure : REFUSAL));
  for (let time = 0; time < 7; time += 1) {
    expect(await send(roomId, `crash ${time}`)).toMatchObject({ isHeld: false });
  }
  expect(await send(roomId, 'forbidden', { person: ada })).toMatchObject(REFUSED);
  for (let time = 0; time < 5; time += 1) {
    await send(roomId, `crash ${time}`, { person: time === 0 ? ada : bob });
  }
  expect(await send(roomId, 'forbidden', { person: ada })).toMatchObject({ isHeld: false });
});

test('nobody wears a hook out by what they write: what it makes too long is refused, and it is asked on', async () => {
  const { roomId } = await createRoom({ otherwise: 'allow' });
  const mask = (stars: number) =>
    endpoint.answer(({ frame }) =>
      reply({
        verdict: 'change',
        content: frame.message.content.replaceAll('darn', '*'.repeat(stars)),
      }),
    );
  const refused = { code: 'FORBIDDEN', hookCode: 'NOT_SENDABLE' };
  mask(5);
  for (let time = 0; time < 5; time += 1) {
    expect(await send(roomId, 'darn'.repeat(2_000))).toMatchObject(refused);
  }
  mask(0);
  for (let time = 0; time < 5; time += 1) {
    expect(await send(roomId, 'darn')).toMatchObject(refused);
  }
  mask(100); // More than is read of an answer.
  for (let time = 0; time < 5; time += 1) {
    await send(roomId, 'darn'.repeat(2_000));
  }
  mask(4);
  expect(await send(roomId, 'darn it', { person: ada })).toMatchObject({ content: '**** it' });
});

test('all who wait for one question share its end, and whoever sends later asks again', async () => {
  const { roomId } = await createRoom();
  const other = await startTestServer(database, settings);
  const unanswered = Promise.withResolvers<Reply>();
  endpoint.answer(() => unanswered.promise);
  const asked = endpoint.received.length;
  const beganAt = performance.now();
  const outcomes = await Promise.all(
    [server, server, other, server].map(async (through) => {
      const outcome = await send(roomId, 'hello', { nonce: 'n-7', through });
      return { ...outcome, isInTime: performance.now() - beganAt < 3_500 };
    }),
  );
  expect(outcomes).toMatchObject(Array(4).fill({ hookCode: 'NOT_CHECKED', isInTime: true }));
  expect(endpoint.received).toHaveLength(asked + 1);
  unanswered.resolve(allow);
  endpoint.answer(() => allow);
  expect(await send(roomId, 'hello', { nonce: 'n-7' })).toMatchObject({ content: 'hello' });
  await other.close();
});

test('a refusal stands for its nonce, after a restart too', async () => {
  const { roomId } = await createRoom();
  const other = await startTestServer(database, settings);
  endpoint.answer(() => REFUSAL);
  expect(await send(roomId, 'hello', { nonce: 'n-2', through: other })).toEqual(REFUSED);
  await other.close();
  endpoint.answer(() => allow);
  const asked = endpoint.received.length;
  expect(await send(roomId, 'hello', { nonce: 'n-2' })).toEqual(REFUSED);
  expect(endpoint.received).toHaveLength(asked);
  // Without the nonce, or with another, it is another message.
  expect(await send(roomId, 'hello', { nonce: 'n-3' })).toMatchObject({ content: 'hello' });
});

test('a server that died while it asked is stood in for by whoever sends again', async () => {
  const { roomId } = await createRoom();
  await database.owner.query(
    `insert into app_private.hook_questions (author_id, room_id, nonce, request_hash, hooks_version, asked_until)
      select $1, $2, 'n-4', request_hash, app_private.hooks_version($2, 'message'), clock_timestamp() + interval '300 ms'
        from (select sha256(convert_to(jsonb_build_array(
          'message'::app_public.hook_event, $1::uuid, $2::uuid, jsonb_build_object(
            'content', 'hello', 'messageType', 'TEXT', 'metadata', '{}'::jsonb, 'parentMessageId', null, 'attachmentIds', '[]'::jsonb
          ))::text, 'UTF8')) as request_hash) as asked`,
    [bob.id, roomId],
  );
  endpoint.answer(() => allow);
  expect(await send(roomId, 'hello', { nonce: 'n-4' })).toMatchObject({ content: 'hello' });
});

test('what was allowed is allowed to that person, in that room, in these words, once', async () => {
  const { roomId, slug } = await createRoom();
  const elsewhere = await createRoom();
  // Decided, and not sent: its sender was muted in between.
  endpoint.answer(async () => {
    await database.call(ada, 'mute_member', roomId, bob.id, 600, 'Enough.');
    return allow;
  });
  expect(await send(roomId, 'hello', { nonce: 'n-5' })).toMatchObject({ code: 'MUTED' });
  await database.call(ada, 'unmute_member', roomId, bob.id);
  const { rows } = await database.owner.query(
    'select id from app_private.hook_questions where nonce = $1',
    ['n-5'],
  );
  const attempt = (person: TestUser, room: string, content: string) =>
    database.commitAs(person, async (client) => {
      await client.query('select set_config($1, $2, true)', ['trumpet.hook_question', rows[0].id]);
      await client.query('select app_public.send_message($1, $2)', [room, content]);
    });
  const unasked = { code: 'TRHKS' };
  await expect(attempt(bob, roomId, 'hello!')).rejects.toMatchObject(unasked);
  await expect(attempt(ada, roomId, 'hello')).rejects.toMatchObject(unasked);
  await expect(attempt(bob, elsewhere.roomId, 'hello')).rejects.toMatchObject(unasked);
  await admin('create_hook', `later ${slug}`, endpoint.url, 'refuse', null, [slug]);
  await expect(attempt(bob, roomId, 'hello')).rejects.toMatchObject(unasked);
  await admin('delete_webhook', `later ${slug}`);
  await attempt(bob, roomId, 'hello');
  await expect(attempt(bob, roomId, 'hello')).rejects.toMatchObject(unasked);
  expect(await kept(roomId)).toEqual(['hello']);
});

test('what is written into a command is asked about, and is called as it is or not at all', async () => {
  const { roomId } = await createRoom();
  const bot = await database.createUser();
  await database.owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  await database.call(ada, 'add_room_member', roomId, bot.id);
  const { rows } = await database.commitAs(bot, (client) =>
    client.query('select id from app_public.set_commands($1)', [
      '[{ "name": "say", "description": "Says it", "arguments": [{ "name": "what", "description": "What" }] }]',
    ]),
  );
  const say = async (what: string) => {
    const { data, errors } = await server.graphql(
      `mutation ($input: UseCommandInput!) { useCommand(input: $input) { interaction { commandName } } }`,
      { input: { roomId, commandId: rows[0].id, arguments: { what } } },
      bob.token,
    );
    return errors?.[0]?.extensions ?? data.useCommand.interaction;
  };
  const questions: unknown[] = [];
  endpoint.answer(({ frame }) => {
    questions.push(frame);
    const { content } = frame.message;
    return content.includes('bad')
      ? REFUSAL
      : content.includes('later')
        ? reply({ verdict: 'hold' })
        : content.includes('other')
          ? reply({ verdict: 'change', content: 'else' })
          : allow;
  });
  expect(await say('good')).toEqual({ commandName: 'say' });
  expect(questions).toMatchObject([
    {
      type: 'before_message',
      message: { content: '/say\ngood', messageType: 'COMMAND', metadata: {} },
    },
  ]);
  for (const what of ['bad', 'later', 'other']) {
    expect(await say(what)).toMatchObject({ code: 'FORBIDDEN' });
  }
  const { rows: asked } = await database.owner.query(
    'select arguments from app_public.interactions where room_id = $1',
    [roomId],
  );
  expect(asked).toEqual([{ arguments: { what: 'good' } }]);
});

test('two that are sent at once are two, each with its own verdict', async () => {
  const { roomId } = await createRoom();
  endpoint.answer(({ frame }) => (frame.message.content === 'bad' ? REFUSAL : allow));
  const outcomes = await Promise.all(['good', 'bad', 'good'].map((text) => send(roomId, text)));
  expect(outcomes).toMatchObject([{ content: 'good' }, REFUSED, { content: 'good' }]);
  expect(await kept(roomId)).toEqual(['good', 'good']);
});

test('one person has sixteen things decided at a time, and nobody else waits for them', async () => {
  const { roomId } = await createRoom();
  const answer = Promise.withResolvers<Reply>();
  endpoint.answer(({ frame }) => (frame.author.id === ada.id ? allow : answer.promise));
  const asked = endpoint.received.length;
  const waiting = Array.from({ length: 16 }, (_, index) => send(roomId, `text ${index}`));
  while (endpoint.received.length < asked + 16) {
    await endpoint.next();
  }
  expect(await send(roomId, 'one more')).toMatchObject({ code: 'RATE_LIMITED' });
  expect(await send(roomId, 'beside them', { person: ada })).toMatchObject({ isHeld: false });
  answer.resolve(allow);
  expect(await Promise.all(waiting)).toMatchObject(Array(16).fill({ isHeld: false }));
  expect(await send(roomId, 'one more')).toMatchObject({ isHeld: false });
});

test('what was decided and never used is forgotten after a day, and without a nonce at once', async () => {
  const { roomId } = await createRoom();
  endpoint.answer(() => REFUSAL);
  const before = await database.owner.query('select from app_private.hook_questions');
  expect(await send(roomId, 'hello')).toEqual(REFUSED);
  const after = await database.owner.query('select from app_private.hook_questions');
  expect(after.rowCount).toBe(before.rowCount);
  await send(roomId, 'hello', { nonce: 'n-6' });
  const { owner } = database;
  await owner.query(
    "update app_private.hook_questions set asked_until = now() - interval '25 hours'",
  );
  await owner.query('select app_private.expire_webhook_deliveries()');
  const { rows } = await owner.query('select from app_private.hook_questions');
  expect(rows).toEqual([]);
});

test('several hooks are asked one after the other, each about what the one before has left', async () => {
  const { roomId, slug } = await createRoom();
  await admin('create_hook', `beside ${slug}`, second.url, 'refuse', ['message'], [slug]);
  endpoint.answer(() => reply({ verdict: 'change', content: 'one' }));
  second.answer(({ frame }) =>
    reply({ verdict: 'change', content: `${frame.message.content}, two` }),
  );
  expect(await send(roomId, 'hello')).toMatchObject({ content: 'one, two' });
  second.answer(() => REFUSAL);
  expect(await send(roomId, 'hello')).toEqual(REFUSED);
});

test('a hook that is disabled is not asked, and its default counts; a deleted one is gone', async () => {
  const { roomId, name } = await createRoom();
  await admin('disable_webhook', name, 'It moves.');
  const asked = endpoint.received.length;
  expect(await send(roomId, 'hello')).toMatchObject({ hookCode: 'NOT_CHECKED' });
  await admin('delete_webhook', name);
  expect(await send(roomId, 'hello')).toMatchObject({ content: 'hello' });
  expect(endpoint.received).toHaveLength(asked);
});

test('a hook that has answered nothing for a day is disabled, and noted', async () => {
  const { roomId, name } = await createRoom();
  endpoint.answer(() => ({ status: 500 }));
  await send(roomId, 'one');
  await database.owner.query(
    "update app_private.webhook_states set failing_since = now() - interval '25 hours' where failing_since is not null",
  );
  await send(roomId, 'two');
  const { rows } = await database.owner.query(
    'select disabled_reason from app_admin.webhooks where name = $1',
    [name],
  );
  expect(rows).toEqual([
    { disabled_reason: expect.stringMatching(/^It has answered nothing since /) },
  ]);
});

test('a server makes a hook with a key, and changes what counts without an answer', async () => {
  const room = await database.createRoom(ada, { members: [bob] });
  const webhooks: string = await admin('create_key', 'hooks', ['webhooks', 'read']);
  const { data } = await server.graphql(
    `mutation ($url: String!, $roomIds: [UUID!]) {
      createHook(input: { name: "by key", url: $url, defaultVerdict: REFUSE, asks: [MESSAGE], roomIds: $roomIds }) {
        webhookSecret { webhookId secret }
      }
    }`,
    { url: endpoint.url, roomIds: [room.id] },
    webhooks,
  );
  const { webhookId, secret } = data.createHook.webhookSecret;
  endpoint.answer(() => ({ status: 500 }));
  expect(await send(room.id, 'hello')).toMatchObject({ hookCode: 'NOT_CHECKED' });
  verify(endpoint.received.at(-1) as Received, secret);
  const changed = await server.graphql(
    `mutation ($webhookId: UUID!) {
      updateWebhook(input: { webhookId: $webhookId, defaultVerdict: ALLOW }) {
        webhook { events asks defaultVerdict deliveries(first: 1) { nodes { outcome verdict changeSeq } } }
      }
    }`,
    { webhookId },
    webhooks,
  );
  expect(changed.data.updateWebhook.webhook).toEqual({
    events: [],
    asks: ['MESSAGE'],
    defaultVerdict: 'ALLOW',
    deliveries: { nodes: [{ outcome: 'refused', verdict: 'refuse', changeSeq: null }] },
  });
  expect(await send(room.id, 'hello')).toMatchObject({ content: 'hello' });
});

test('a hook of one workspace is asked nothing of another, and its name is free there', async () => {
  const room = await database.createRoom(ada, { members: [bob] });
  await admin('create_workspace', 'acme', []);
  const client = await database.owner.connect();
  await client.query("select app_admin.use_workspace('acme')");
  await client.query("select app_admin.create_hook('ours', $1, 'refuse')", [endpoint.url]);
  await client.query('reset trumpet.workspace_id');
  client.release();
  const asked = endpoint.received.length;
  expect(await send(room.id, 'hello')).toMatchObject({ content: 'hello' });
  expect(endpoint.received).toHaveLength(asked);
  await admin('create_hook', 'ours', endpoint.url, 'refuse');
  endpoint.answer(() => REFUSAL);
  expect(await send(room.id, 'hello')).toEqual(REFUSED);
  expect(endpoint.received).toHaveLength(asked + 1);
});

test('a message that was to be sent later is asked about when it is sent, once, as any other', async () => {
  const { roomId } = await createRoom();
  const worker = await startWorker(database.databaseUrl, {
    webhooks: { trustedOrigins: [endpoint.origin], timeoutMs: 5_000 },
  });
  const isUnderWay = async (id: string) => {
    const { rows } = await database.owner.query(
      `select from app_private.alarms where subject_id = $1
        union all select from graphile_worker.jobs where key = 'send_scheduled:' || $1::uuid`,
      [id],
    );
    return rows.length > 0;
  };
  const sendNow = async (content: string) => {
    const { id } = await database.call(
      bob,
      'schedule_message',
      roomId,
      content,
      new Date(Date.now() + 60_000).toISOString(),
    );
    expect(endpoint.received).toHaveLength(asked);
    await database.owner.query(
      'update app_public.scheduled_messages set send_at = now() where id = $1',
      [id],
    );
    await database.owner.query(
      'update app_private.alarms set due_at = now() where subject_id = $1',
      [id],
    );
    while (await isUnderWay(id)) {
      await pause(20);
    }
  };
  let asked = endpoint.received.length;
  try {
    endpoint.answer(() => reply({ verdict: 'change', content: 'Better' }));
    await sendNow('Good');
    expect(endpoint.received).toHaveLength(asked + 1);
    asked += 1;
    endpoint.answer(() => REFUSAL);
    await sendNow('Bad');
    expect(endpoint.received).toHaveLength(asked + 1);
    const { rows } = await database.owner.query(
      'select content from app_public.messages where room_id = $1',
      [roomId],
    );
    expect(rows).toEqual([{ content: 'Better' }]);
    const refused = await database.owner.query(
      'select content, refusal_code from app_public.scheduled_messages where room_id = $1',
      [roomId],
    );
    expect(refused.rows).toEqual([{ content: 'Bad', refusal_code: 'FORBIDDEN' }]);
  } finally {
    await worker.stop();
  }
});
