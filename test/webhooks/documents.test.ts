import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../testing/free-port.ts';
import { blocksIn, REPOSITORY } from '../documents/support/blocks.ts';
import { createWebhookWorld } from './support/world.ts';

const world = await createWebhookWorld();
afterAll(() => world.close());

test('the receiver in docs/webhooks.md takes what is sent, once, and nothing that is not signed', async () => {
  const { database } = world;
  const [receiver] = blocksIn('ts').filter(({ document }) => document === 'docs/webhooks.md');
  // Below the repository, where the library is found.
  const folder = mkdtempSync(join(REPOSITORY, 'test', 'webhooks', 'receiver-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  world.trust(url);
  const secret = await world.webhook('receiver', url, ['message']);
  writeFileSync(join(folder, 'receiver.ts'), receiver?.text ?? '');
  const child = spawn(process.execPath, ['receiver.ts'], {
    cwd: folder,
    env: { ...process.env, WEBHOOK_SECRET: secret, WEBHOOK_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await world.startWorker();
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    await database.sendMessage(ada, room.id, 'one');
    const { value: first } = await lines.next();
    expect(JSON.parse(first ?? '')).toMatchObject({
      type: 'message_event',
      message: { content: 'one' },
    });

    await world.admin('replay_webhook', 'receiver', new Date(0));
    await database.sendMessage(ada, room.id, 'two');
    const { value: second } = await lines.next();
    expect(JSON.parse(second ?? '').message.content).toBe('two');
    const forged = await fetch(url, { method: 'POST', body: '{}' });
    expect(forged.status).toBe(401);
  } finally {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
});
