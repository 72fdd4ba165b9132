import { single } from '../../testing/database.ts';
import { verify } from './support/endpoint.ts';
import { createWebhookWorld } from './support/world.ts';

/* What is asked of a bot reaches the server of its webhook, which may answer in its response. */

const world = await createWebhookWorld();
afterAll(() => world.close());
const { database } = world;
await world.startWorker();
const ada = await database.createUser('ada');
const bob = await database.createUser('bob');

let count = 0;

async function makeBot(url: string) {
  const name = `bot-${++count}`;
  const bot = await database.createUser(name);
  await database.owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  const { id: roomId } = await database.createRoom(ada, { members: [bob, bot] });
  await world.admin('set_commands', name, '[{ "name": "ping", "description": "Answers" }]');
  const secret: string = await world.admin('create_bot_webhook', name, url);
  const { rows } = await database.owner.query<{ id: string }>(
    'select id from app_public.commands where bot_id = $1',
    [bot.id],
  );
  /** Past the hooks of the room, as whoever writes SQL of their own may. */
  const ask = () =>
    database.commitAs(bob, async (client) => {
      await client.query("set local trumpet.unasked = 'on'");
      const asked = await client.query('select * from app_public.use_command($1, $2)', [
        roomId,
        single(rows).id,
      ]);
      return single(asked.rows);
    });
  return { bot, name, roomId, secret, ask };
}

async function untilAnswered(id: string) {
  for (;;) {
    const { rows } = await database.owner.query(
      'select answer, answer_message_id from app_public.interactions where id = $1 and answered_at is not null',
      [id],
    );
    if (rows[0] !== undefined) {
      return rows[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('it is sent what is asked, signed, and answers for whoever asked alone', async () => {
  const endpoint = await world.endpoint();
  endpoint.answer(() => ({ status: 200, body: '{ "content": "pong" }' }));
  const { bot, secret, roomId, ask } = await makeBot(endpoint.url);
  const { id } = await ask();
  const told = await endpoint.next();
  expect(verify(told, secret)).toMatchObject({
    type: 'interaction_event',
    interaction_id: id,
    room_id: roomId,
    interaction: {
      id,
      kind: 'COMMAND',
      commandName: 'ping',
      botId: bot.id,
      user: { username: 'bob' },
    },
  });
  expect(told.id).toBe(id);
  expect(await untilAnswered(id)).toMatchObject({ answer: 'pong', answer_message_id: null });
});

test('it answers for the room, with buttons', async () => {
  const endpoint = await world.endpoint();
  const components = [{ type: 'button', id: 'again', label: 'Again' }];
  const body = JSON.stringify({ content: 'pong', is_for_room: true, components });
  endpoint.answer(() => ({ status: 200, body }));
  const { bot, ask } = await makeBot(endpoint.url);
  const { answer, answer_message_id: messageId } = await untilAnswered((await ask()).id);
  const { rows } = await database.owner.query(
    'select author_id, content, metadata from app_public.messages where id = $1',
    [messageId],
  );
  expect(answer).toBeNull();
  expect(rows).toEqual([{ author_id: bot.id, content: 'pong', metadata: { components } }]);
});

test('it answers at any length, and with what it leaves out as null', async () => {
  const long = '\\u0430'.repeat(8_000);
  for (const body of [
    '{ "content": "pong", "is_for_room": null, "components": null }',
    '\ufeff{ "content": "pong" }',
    `{ "content": "${long}" }`,
  ]) {
    const endpoint = await world.endpoint();
    endpoint.answer(() => ({ status: 200, body }));
    const { ask } = await makeBot(endpoint.url);
    const { answer } = await untilAnswered((await ask()).id);
    expect(answer).toBe(body.includes(long) ? 'а'.repeat(8_000) : 'pong');
  }
});

test.each([
  ['no text', '{ "content": 5 }'],
  ['values within one another', `{ "components": [${'['.repeat(7_000)}${']'.repeat(7_000)}] }`],
  ['half of a letter', '{ "is_for_room": true, "content": "x", "components": ["\\ud800"] }'],
])('an answer that cannot be read is not sent for again: %s', async (_, body) => {
  const endpoint = await world.endpoint();
  endpoint.answer(() => ({ status: 200, body }));
  const { ask } = await makeBot(endpoint.url);
  const { id } = await ask();
  await endpoint.next();
  let isLeft = true;
  while (isLeft) {
    const { rows } = await database.owner.query(
      'select from app_private.interaction_deliveries where interaction_id = $1',
      [id],
    );
    isLeft = rows.length > 0;
  }
  const { rows } = await database.owner.query(
    'select answered_at from app_public.interactions where id = $1',
    [id],
  );
  expect(rows).toEqual([{ answered_at: null }]);
});

test('a hook is asked about what it answers for the room', async () => {
  const [endpoint, filter] = [await world.endpoint(), await world.endpoint()];
  filter.answer(() => ({ status: 200, body: '{ "verdict": "change", "content": "p***" }' }));
  endpoint.answer(() => ({ status: 200, body: '{ "content": "pong", "is_for_room": true }' }));
  const { bot, roomId, ask } = await makeBot(endpoint.url);
  await world.admin('create_hook', 'filter', filter.url, 'refuse', null, [roomId]);
  const { answer_message_id: messageId } = await untilAnswered((await ask()).id);
  expect((await filter.next()).frame).toMatchObject({
    type: 'before_message',
    author: { id: bot.id, isBot: true },
    message: { content: 'pong' },
  });
  const { rows } = await database.owner.query(
    'select content from app_public.messages where id = $1',
    [messageId],
  );
  expect(rows).toEqual([{ content: 'p***' }]);
  await world.admin('delete_webhook', 'filter');
});

test('what is not taken is sent again, under the same id', async () => {
  const endpoint = await world.endpoint();
  endpoint.answer(() => ({ status: 503 }));
  const { name, ask } = await makeBot(endpoint.url);
  const { id } = await ask();
  expect([(await endpoint.next()).id, (await endpoint.next()).id]).toEqual([id, id]);
  endpoint.answer(() => ({ status: 200, body: '{ "content": "pong" }' }));
  await untilAnswered(id);
  const { rows } = await database.owner.query(
    `select outcome from app_admin.webhook_deliveries where webhook = 'bot ' || $1 order by attempt limit 1`,
    [name],
  );
  expect(rows).toEqual([{ outcome: 'refused' }]);
});

test('it hears nothing else, and what was asked before it was there', async () => {
  const endpoint = await world.endpoint();
  const { name, roomId, ask } = await makeBot(endpoint.url);
  await world.admin('delete_webhook', `bot ${name}`);
  await database.sendMessage(ada, roomId, 'not for bots');
  const { id } = await ask();
  await world.admin('create_bot_webhook', name, endpoint.url);
  expect((await endpoint.next()).id).toBe(id);
  await database.sendMessage(ada, roomId, 'not for bots');
  const next = await ask();
  expect((await endpoint.next()).id).toBe(next.id);
});

test('no webhook of the installation hears what is asked of bots', async () => {
  await expect(
    world.webhook('curious', 'https://example.com', ['interaction']),
  ).rejects.toMatchObject({
    code: 'TR400',
  });
});
