import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neededModules } from '../../scripts/image/leave-out.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';

/*
 * What the Dockerfile leaves of node_modules, beside the sources: by hard links where it can be, so that it takes no room.
 * Not inside of the repository, whose modules would be found there.
 */
const REPOSITORY = join(import.meta.dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'trumpet-image-'));
const database = await createTestDatabase();

beforeAll(() => {
  for (const name of ['src', 'plugins', 'migrations', 'package.json']) {
    cpSync(join(REPOSITORY, name), join(root, name), { recursive: true });
  }
  // Modules inside of modules come with these. What is optional and not for this machine is not there.
  const folders = [...neededModules(REPOSITORY)].filter(
    (folder) => folder.lastIndexOf('node_modules/') === 0 && existsSync(join(REPOSITORY, folder)),
  );
  const copy = ['cp', '-a', '--parents', ...folders, root] as const;
  const linked = spawnSync('cp', ['-l', ...copy.slice(1)], { cwd: REPOSITORY });
  if (linked.status !== 0) {
    spawnSync(copy[0], copy.slice(1), { cwd: REPOSITORY });
  }
});

afterAll(async () => {
  await database.close();
  rmSync(root, { recursive: true, force: true });
});

function run(file: string, settings: Record<string, string>) {
  const child = spawn(process.execPath, [file], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATA_DIR: join(root, 'data'),
      HOST: '127.0.0.1',
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return { child, errors: () => errors };
}

async function stop({ child }: ReturnType<typeof run>): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

test('a server and a worker run without the modules of GraphiQL, of the page and of the embedded database', async () => {
  const port = await freePort();
  const server = run('src/server.ts', { PORT: String(port) });
  const worker = run('src/worker.ts', { WORKER_METRICS_PORT: String(await freePort()) });
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    }).catch(() => undefined);
  let answer = await ask();
  while (answer === undefined) {
    expect(server.errors()).not.toContain('ERR_MODULE_NOT_FOUND');
    expect(server.child.exitCode).toBeNull();
    answer = await ask();
  }
  expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  while (!worker.errors().includes('worker.ready')) {
    expect(worker.child.exitCode).toBeNull();
    await once(worker.child.stderr, 'data');
  }
  await Promise.all([stop(server), stop(worker)]);
});

test('who asks for GraphiQL there is told in one line that it is left out', async () => {
  const server = run('src/server.ts', { PORT: '0', GRAPHIQL: 'true' });
  const [code] = await once(server.child, 'exit');
  expect(code).toBe(1);
  expect(server.errors()).toBe(
    'GRAPHIQL is set, and the package ruru, which is GraphiQL, is not installed here.\n',
  );
});
