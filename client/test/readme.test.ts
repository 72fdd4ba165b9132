import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestWorld } from '../../testing/world.ts';
import { openClient } from '../src/index.ts';
import { until } from './support.ts';

const CLIENT = join(import.meta.dirname, '..');

/**
 * What runs the client without a browser. Deno and Bun are 200 MB, which nobody should wait for who installs this
 * repository: npx gets them for this test alone.
 */
const RUNTIMES = {
  'Node.js': [process.execPath],
  Deno: ['npx', '--yes', 'deno@2', 'run', '--allow-all', '--no-lock'],
  Bun: ['npx', '--yes', 'bun@1', 'run'],
} as const;

function isThere(name: string, [command, ...words]: readonly string[]): boolean {
  try {
    // Before the word `run`: the program alone.
    const program = words.slice(0, words[0] === '--yes' ? 2 : 0);
    execFileSync(command ?? '', [...program, '--version'], { stdio: 'pipe', timeout: 180_000 });
    return true;
  } catch (error) {
    console.log(`${name} cannot be had here, and is not tried: ${(error as Error).message}`);
    return false;
  }
}

const { database, server, close } = await createTestWorld();
afterAll(close);

const there = Object.entries(RUNTIMES).filter(([name, words]) => isThere(name, words));

test.each(there)(
  'the first minute of the README sends a message and reads the answer in %s',
  async (_, words) => {
    const alice = await database.createUser();
    const bob = await database.createUser();
    const { id } = await database.createRoom(alice, { name: 'General', members: [bob] });
    const other = await openClient({ url: server.url });
    await other.signIn({ username: bob.username, password: bob.username });
    const folder = mkdtempSync(join(tmpdir(), 'trumpet-readme-'));
    const script = join(folder, 'first-minute.mjs');
    writeFileSync(script, firstMinute(alice.username));
    const [command = '', ...before] = words;
    // A group of its own: npx starts what it has got as another process.
    const child = spawn(command, [...before, script], { detached: true, stdio: 'pipe' });
    let output = '';
    const told = (what: RegExp) =>
      new Promise<void>((resolve, reject) => {
        child.once('exit', () => reject(new Error(`It has ended: ${output}`)));
        child.stderr.on('data', (chunk) => reject(new Error(chunk)));
        child.stdout.on('data', (chunk) => {
          output += chunk;
          if (what.test(output)) {
            resolve();
          }
        });
      });
    try {
      await told(/General: 0.*^Hello$/ms);
      await until(other.timeline(id), ({ messages }) => messages.at(-1)?.content === 'Hello');
      other.act({ kind: 'send', roomId: id, content: 'Hello Alice' });
      await told(/^Hello Alice$/m);
    } finally {
      await other.close();
      process.kill(-(child.pid ?? Number.NaN));
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

function firstMinute(username: string): string {
  const readme = readFileSync(join(CLIENT, 'README.md'), 'utf8');
  const [, code = ''] = /## The first minute.*?```js\n(.*?)```/s.exec(readme) ?? [];
  return code
    .replace("'trumpet-client'", JSON.stringify(join(CLIENT, 'src', 'index.ts')))
    .replace('http://127.0.0.1:8000', server.url)
    .replace("'alice'", JSON.stringify(username))
    .replace('trumpet-demo', username);
}
