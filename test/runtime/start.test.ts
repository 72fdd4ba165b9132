import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { createDiskStorage } from '../../src/attachments/disk-storage.ts';
import { isAlive, startTimeOf } from '../../src/database/embedded/processes.ts';
import { makeDataDir, startTrumpet, type TrumpetProcess } from '../../testing/process.ts';

const data = makeDataDir();
const started: TrumpetProcess[] = [];

function start(env: Record<string, string> = {}): TrumpetProcess {
  const trumpet = startTrumpet({ DATA_DIR: data.path, SAMPLE_DATA: 'false', ...env });
  started.push(trumpet);
  return trumpet;
}

afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGTERM');
    await ended;
  }
  data.remove();
});

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(): number {
  return Number(readFileSync(join(data.path, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** The one place here that cannot wait for an event: another process's own recovery. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) {
    await wait(50);
  }
}

function readyzOf(url: string): Promise<number> {
  return fetch(`${url}/readyz`, { headers: { connection: 'close' } }).then(
    (answer) => answer.status,
  );
}

test('what was written is there after a stop and a second start, at the same address', async () => {
  const first = start();
  const { psqlUrl } = await first.ready;
  await query(psqlUrl, 'create table public.kept as select 42 as answer');
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({ code: 0, signal: null });
  expect(existsSync(join(data.path, 'postgres', 'postmaster.pid'))).toBe(false);

  const second = start();
  const again = await second.ready;
  expect(again.psqlUrl).toBe(psqlUrl);
  expect(await query(psqlUrl, 'select answer from public.kept')).toEqual([{ answer: 42 }]);

  const third = start();
  expect(await third.ended).toEqual({ code: 1, signal: null });
  expect(third.errors()).toMatch(/^Trumpet already runs on .+: stop it, or set DATA_DIR.+\n$/);

  second.child.kill('SIGTERM');
  expect(await second.ended).toEqual({ code: 0, signal: null });
}, 60_000);

test('after a kill -9 of Postgres it serves again by itself', async () => {
  const trumpet = start();
  const { url, psqlUrl } = await trumpet.ready;
  const before = postmaster();
  process.kill(before, 'SIGKILL');
  await eventually(async () => (await query(psqlUrl, 'select 1')).length === 1);
  await eventually(async () => (await readyzOf(url)) === 200);
  expect(postmaster()).not.toBe(before);
  expect(trumpet.child.exitCode).toBeNull();
  // The worker has come back too: what it is told to do is done.
  await query(psqlUrl, "select graphile_worker.add_job('make_partitions')");
  await eventually(async () => {
    const jobs = await query(psqlUrl, 'select from graphile_worker.jobs where run_at <= now()');
    return jobs.length === 0;
  });
  trumpet.child.kill('SIGTERM');
  await trumpet.ended;
}, 60_000);

test('a start after a kill -9 takes the data over from the Postgres left behind', async () => {
  const killed = start();
  await killed.ready;
  const orphan = postmaster();
  const orphanSince = startTimeOf(orphan);
  expect(isAlive(orphan, orphanSince)).toBe(true);
  killed.child.kill('SIGKILL');
  await killed.ended;

  const next = start();
  await next.ready;
  expect(isAlive(orphan, orphanSince)).toBe(false);
  next.child.kill('SIGTERM');
  await next.ended;
}, 60_000);

test('a port in use is told in one line, before anything is begun', async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  const { port } = occupant.address() as { port: number };
  const fresh = makeDataDir();
  const trumpet = start({ PORT: String(port), DATA_DIR: join(fresh.path, 'data') });
  expect(await trumpet.ended).toEqual({ code: 1, signal: null });
  expect(trumpet.errors()).toBe(
    `Cannot listen on 127.0.0.1:${port}: another program uses this port; set PORT to another one, or to 0 for any.\n`,
  );
  expect(existsSync(join(fresh.path, 'data'))).toBe(false);
  await new Promise((resolve) => occupant.close(resolve));
  fresh.remove();
});

test('a folder for data that is none is told in one line', async () => {
  const fresh = makeDataDir();
  const file = join(fresh.path, 'file');
  writeFileSync(file, '');
  const sentence = /^DATA_DIR must be a folder that can be written: [^\n]+$/m;
  for (const path of [file, join(file, 'data')]) {
    const trumpet = start({ PORT: '0', DATA_DIR: path });
    expect(await trumpet.ended).toEqual({ code: 1, signal: null });
    expect(trumpet.errors()).toMatch(sentence);
    // With a database of one's own it is the folder of uploads.
    await expect(createDiskStorage(path)).rejects.toThrow(sentence);
  }
  fresh.remove();
});

test('a database that cannot be reached is told in one line', async () => {
  const trumpet = start({
    DATABASE_URL: 'postgres://owner:secret@127.0.0.1:1/chat',
    AUTH_DATABASE_URL: 'postgres://trumpet_authenticator:secret@127.0.0.1:1/chat',
    JWT_SECRET: 'x'.repeat(32),
    HOST: '127.0.0.1',
  });
  expect(await trumpet.ended).toEqual({ code: 1, signal: null });
  expect(trumpet.errors()).toBe(
    'The database at 127.0.0.1:1/chat (DATABASE_URL) cannot be reached: nothing listens there.\n',
  );
});

test('wrong settings are told all at once', async () => {
  const trumpet = start({ PORT: 'http', SAMPLE_DATA: 'perhaps' });
  expect(await trumpet.ended).toEqual({ code: 1, signal: null });
  expect(trumpet.errors()).toBe(
    '2 settings are wrong:\n  PORT must be a whole number from 0 to 65535.\n  SAMPLE_DATA must be true or false.\n',
  );
});
