import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestWorld } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { bundleClient } from './page.ts';
import { until } from './support.ts';

/* The example of a bot as it is written, in a process of its own. */

const BOT = 'examples/bot/bot.js';
const { database, server, close } = await createTestWorld();
const folder = mkdtempSync(join(tmpdir(), 'trumpet-bot-'));
/** Of a test that failed: what it left would keep all tests from ending. */
const left = { bots: new Set<ChildProcess>(), clients: new Set<Client>() };

afterEach(async () => {
  for (const bot of left.bots) {
    bot.kill();
  }
  left.bots.clear();
  await Promise.all([...left.clients].map((client) => client.close()));
  left.clients.clear();
});

async function openHere(): Promise<Client> {
  const client = await openClient({ url: server.url });
  left.clients.add(client);
  return client;
}

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await close();
});

async function startBot(key: string) {
  for (const [name, code] of bundleClient(BOT)) {
    writeFileSync(join(folder, name.replaceAll('/', '')), code);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const child = spawn(process.execPath, [join(folder, 'client.js'), server.url], {
    env: { PATH: process.env.PATH, TRUMPET_KEY: key },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  left.bots.add(child);
  await once(child.stdout, 'data');
  return {
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

test('the example has less than 100 lines', () => {
  expect(readFileSync(BOT, 'utf8').split('\n').length).toBeLessThan(100);
});

test('it answers in rooms that an admin brings it into, once, also what was asked while it was away', async () => {
  const ada = await database.createUser('ada');
  const { rows } = await database.owner.query("select app_admin.create_bot('dice', 'Dice') as key");
  const key: string = rows[0].key;
  const { rows: bots } = await database.owner.query(
    "select id from app_admin.bots where username = 'dice'",
  );
  const client = await openHere();
  await client.signIn({ username: 'ada', password: 'ada' });
  const { id: roomId } = await database.createRoom(ada);
  const bot = await startBot(key);
  await database.call(ada, 'add_room_member', roomId, bots[0].id);
  await until(client.room(roomId), (room) => room !== undefined);
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  const said = () => timeline.get().messages.map(({ content }) => content);
  const ask = async (content: string, answers: number) => {
    client.act({ kind: 'send', roomId, content });
    await until(
      timeline,
      ({ messages }) =>
        messages.filter(({ authorId }) => authorId === bots[0].id).length === answers,
    );
  };
  await ask('@dice ping', 1);
  expect(said()).toEqual(['@dice ping', 'pong']);
  await bot.stop();

  client.act({ kind: 'send', roomId, content: 'hello' });
  client.act({ kind: 'send', roomId, content: '@Dice roll 2d6' });
  await until(client.queue, (actions) => actions.length === 0);
  const again = await startBot(key);
  await until(timeline, ({ messages }) => messages.length === 5);
  expect(said().at(-1)).toMatch(/^🎲 [1-6] \+ [1-6] = \*\*\d+\*\*$/);
  await ask('@dice ping', 3);
  expect(said()).toHaveLength(7);
  expect(client.person(bots[0].id).get()).toMatchObject({ displayName: 'Dice', isBot: true });
  await again.stop();
}, 60_000);

test('it answers its command and its button, once, also what was asked while it was away', async () => {
  const eve = await database.createUser('eve');
  const { rows } = await database.owner.query(
    "select app_admin.create_bot('dice2', 'Dice') as key",
  );
  const { rows: bots } = await database.owner.query(
    "select id from app_admin.bots where username = 'dice2'",
  );
  const { id: roomId } = await database.createRoom(eve);
  await database.call(eve, 'add_room_member', roomId, bots[0].id);
  const client = await openHere();
  await client.signIn({ username: 'eve', password: 'eve' });
  await until(client.room(roomId), (room) => room !== undefined);
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  const bot = await startBot(rows[0].key);
  const { rows: commands } = await database.owner.query(
    'select id from app_public.commands where bot_id = $1',
    [bots[0].id],
  );
  const roll = (given: object) => database.call(eve, 'use_command', roomId, commands[0].id, given);
  await roll({ dice: 2, sides: 4 });
  await until(timeline, ({ messages }) => messages.length === 1);
  const [first] = timeline.get().messages;
  expect(first?.content).toMatch(/^🎲 [1-4] \+ [1-4] = /);
  expect(first?.metadata).toEqual({
    components: [{ type: 'button', id: '2d4', label: 'Roll again' }],
  });
  await bot.stop();

  await database.call(eve, 'use_component', first?.id, '2d4');
  const tooMany = await roll({ dice: 100 });
  const again = await startBot(rows[0].key);
  await until(timeline, ({ messages }) => messages.length === 2);
  expect(timeline.get().messages[1]?.content).toMatch(/^🎲 [1-4] \+ [1-4] = /);
  const answered = async () => {
    const { rows: found } = await database.owner.query(
      'select answer from app_public.interactions where id = $1',
      [tooMany.id],
    );
    return found[0].answer as string | null;
  };
  while ((await answered()) === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await answered()).toBe('I have 1 to 20 dice.');
  expect(timeline.get().messages).toHaveLength(2);
  await again.stop();
}, 60_000);
