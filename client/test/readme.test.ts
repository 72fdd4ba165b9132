import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestWorld } from '../../testing/world.ts';

const CLIENT = join(import.meta.dirname, '..');

test('the first minute of the README shows a room and sends a message', async () => {
  const { database, server, close } = await createTestWorld();
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-readme-'));
  let child: ChildProcess | undefined;
  try {
    const alice = await database.createUser('alice');
    await database.createRoom(alice, { name: 'General' });
    const readme = readFileSync(join(CLIENT, 'README.md'), 'utf8');
    const [, code = ''] = /## The first minute.*?```js\n(.*?)```/s.exec(readme) ?? [];
    const script = join(folder, 'first-minute.mjs');
    writeFileSync(
      script,
      code
        .replace("'trumpet-client'", JSON.stringify(join(CLIENT, 'src', 'index.ts')))
        .replace('http://127.0.0.1:8000', server.url)
        .replace('trumpet-demo', alice.username),
    );
    const running = execFile(process.execPath, [script]);
    child = running;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      running.stderr?.on('data', (chunk) => reject(new Error(chunk)));
      running.stdout?.on('data', (chunk) => {
        output += chunk;
        if (/General: 0/.test(output) && /^Hello$/m.test(output)) {
          resolve();
        }
      });
    });
  } finally {
    child?.kill();
    rmSync(folder, { recursive: true, force: true });
    await close();
  }
});
