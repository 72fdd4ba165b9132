import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../testing/free-port.ts';
import { startTestServer } from '../../testing/server.ts';
import { blocksIn, REPOSITORY } from '../documents/support/blocks.ts';
import { createWebhookWorld } from './support/world.ts';

const world = await createWebhookWorld();
afterAll(() => world.close());

test('the receiver in docs/webhooks.md takes what is sent, once, and nothing that is not signed', async () => {
  const { database } = world;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  world.trust(url);
  const secret = await world.webhook('receiver', url, ['message']);
  const { child, end } = run(0, { WEBHOOK_SECRET: secret, WEBHOOK_PORT: String(port) });
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
    await end();
  }
});

test('the filter in docs/webhooks.md refuses what it says, and lets the rest pass', async () => {
  const { database } = world;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const server = await startTestServer(database, { WEBHOOK_TRUSTED_ORIGINS: new URL(url).origin });
  const secret = await world.admin('create_hook', 'filter', url, 'hold');
  const { end } = run(1, { WEBHOOK_SECRET: secret, WEBHOOK_PORT: String(port) });
  try {
    while (!(await isListening(url))) {
      // It has just been started.
    }
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    const send = (content: string) =>
      server.graphql(
        `mutation ($roomId: UUID!, $content: String) {
          sendMessage(input: { roomId: $roomId, content: $content }) { message { content heldAt } }
        }`,
        { roomId: room.id, content },
        ada.token,
      );
    expect((await send('See http://example.org')).errors).toMatchObject([
      {
        message: 'Only https, please.',
        extensions: { code: 'FORBIDDEN', hookCode: 'PLAIN_HTTP' },
      },
    ]);
    expect((await send('See https://example.org')).data.sendMessage.message).toEqual({
      content: 'See https://example.org',
      heldAt: null,
    });
  } finally {
    await end();
    await world.admin('delete_webhook', 'filter');
  }
});

/** Runs a program of the document. */
function run(index: number, settings: Record<string, string>) {
  const programs = blocksIn('ts').filter(({ document }) => document === 'docs/webhooks.md');
  // Below the repository, where the library is found.
  const folder = mkdtempSync(join(REPOSITORY, 'test', 'webhooks', 'receiver-'));
  writeFileSync(join(folder, 'receiver.ts'), programs[index]?.text ?? '');
  const child = spawn(process.execPath, ['receiver.ts'], {
    cwd: folder,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    child,
    async end() {
      child.kill();
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isListening(url: string): Promise<boolean> {
  return await fetch(url, { method: 'POST', body: '' }).then(
    () => true,
    () => false,
  );
}
