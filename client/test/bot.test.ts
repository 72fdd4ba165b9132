import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestWorld } from '../../testing/world.ts';
import { openClient } from '../src/index.ts';
import { bundleClient } from './page.ts';
import { until } from './support.ts';

/* The example of a bot as it is written, in a process of its own. */

const BOT = 'examples/bot/bot.js';
const { database, server, close } = await createTestWorld();
const folder = mkdtempSync(join(tmpdir(), 'trumpet-bot-'));
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
  const client = await openClient({ url: server.url });
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
  await client.close();
}, 60_000);
