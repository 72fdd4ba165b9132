import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from 'graphile-migrate';
import pg from 'pg';
import {
  inlineFunctions,
  MIGRATIONS_FOLDER,
  readMigrations,
} from '../../scripts/migrations/function-files.ts';
import {
  commitMigration,
  type MigrationSource,
  runCurrentMigration,
  uncommitMigration,
  withDatabase,
} from '../../scripts/migrations/graphile-migrate.ts';
import { watchMigrations } from '../../scripts/migrations/watch.ts';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';
import { Queue } from '../../testing/queue.ts';

/** A contributor's clone and database: what `npm run db:…` does there, on the real migrations. */
let database: TestDatabase;
let source: MigrationSource & { folder: string };
let messages: Queue<string>;
let committedBefore: number;

beforeAll(async () => {
  database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-contributor-'));
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
  const logger = new Logger(() => (level, message) => messages.push(`${level} ${message}`));
  source = { databaseUrl: database.databaseUrl, folder, logger };
  committedBefore = readMigrations(folder).committed.length;
});
beforeEach(() => {
  messages = new Queue();
});
afterAll(async () => {
  rmSync(source.folder, { recursive: true });
  await administer(`drop database if exists ${nameOf(database.databaseUrl)}_shadow`);
  await database.close();
});

const PATH = 'functions/people/greet.sql';
const INCLUDE = `--!include ${PATH}\n`;

function greeting(text: string): string {
  return `create or replace function app_public.greet() returns text
language sql stable security invoker
set search_path = pg_catalog
as $$
  select '${text}';
$$;
comment on function app_public.greet() is 'A greeting.';
grant execute on function app_public.greet() to trumpet_user;
`;
}

function write(name: string, text: string): void {
  writeFileSync(join(source.folder, name), text);
}

function currentSql(): string {
  return readFileSync(join(source.folder, 'current.sql'), 'utf8');
}

async function greet(): Promise<string> {
  const { rows } = await database.owner.query('select app_public.greet() as greeting');
  return single<{ greeting: string }>(rows).greeting;
}

function nameOf(databaseUrl: string): string {
  return new URL(databaseUrl).pathname.slice(1);
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client(withDatabase(database.databaseUrl, 'postgres'));
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function untilLogged(pattern: RegExp): Promise<void> {
  while (!pattern.test(await messages.shift())) {
    // Something else was logged.
  }
}

test('an error in a function is told with the line in its own file', async () => {
  write(`fixtures/${PATH}`, greeting('Hello').replace('stable', 'stabil'));
  write('current.sql', `-- A comment.\n\n${INCLUDE}`);
  await expect(runCurrentMigration(source)).rejects.toThrow(`(fixtures/${PATH}:2)`);
});

test('the migration that is being written runs again and again', async () => {
  write(`fixtures/${PATH}`, greeting('Hello'));
  write(
    'current.sql',
    `alter table app_public.users add column if not exists motto text;\n${INCLUDE}`,
  );
  await runCurrentMigration(source);
  await runCurrentMigration(source);
  expect(await greet()).toBe('Hello');
});

test('the watch tells that a changed function is in no migration, and runs it once it is', async () => {
  write('current.sql', '-- Nothing.\n');
  const stop = watchMigrations(source);
  try {
    await untilLogged(/Finished/);
    write(`fixtures/${PATH}`, greeting('Good morning'));
    await untilLogged(/^warning .*put the line "--!include functions\/people\/greet\.sql"/);
    await untilLogged(/Finished/);
    expect(await greet()).toBe('Hello');

    write('current.sql', INCLUDE);
    await untilLogged(/Finished/);
    expect(await greet()).toBe('Good morning');

    write(`fixtures/${PATH}`, greeting('Good evening'));
    await untilLogged(/Finished/);
    expect(await greet()).toBe('Good evening');
  } finally {
    await stop();
  }
});

test('a commit writes the function out as we would, and empties current.sql', async () => {
  await commitMigration(source, 'A greeting');
  const migrations = readMigrations(source.folder);
  expect(migrations.committed).toHaveLength(committedBefore + 1);
  const last = migrations.committed.at(-1);
  expect(last?.name).toMatch(/^\d{6}-a-greeting\.sql$/);
  expect(last?.text).toContain(
    `--! Included ${PATH}\n${greeting('Good evening').trim()}\n--! EndIncluded ${PATH}`,
  );
  // The others are as good as released: a function that somebody is editing is not in them.
  const others = new Set(migrations.committed.slice(0, -1).map(({ name }) => name));
  expect(inlineFunctions(migrations, others).at(-1)).toEqual(last);
  expect(currentSql()).toMatch(/^--(?!!).*\n$/);
}, 60_000);

test('an uncommitted migration is in current.sql again, with its message and its includes', async () => {
  await uncommitMigration(source);
  expect(currentSql()).toBe(`--! Message: A greeting\n\n${INCLUDE}`);
  expect(readMigrations(source.folder).committed).toHaveLength(committedBefore);
}, 60_000);

describe('npm run db:reset', () => {
  function reset(databaseUrl: string, ...options: string[]) {
    const script = join(import.meta.dirname, '../../scripts/migrations/database.ts');
    return spawnSync(process.execPath, [script, 'reset', ...options], {
      encoding: 'utf8',
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        AUTH_DATABASE_URL: withDatabase(database.authDatabaseUrl, nameOf(databaseUrl)),
        JWT_SECRET: 'a secret for tests that is 32 bytes or more',
      },
    });
  }

  test('deletes nothing that one has not asked it to', async () => {
    const { status, stderr } = reset(database.databaseUrl);
    expect(stderr).toMatch(/^This deletes everything in the database at .*--erase\n$/);
    expect(status).toBe(1);
    expect(await greet()).toBeDefined();
  }, 60_000);

  test('deletes no database that is in use', async () => {
    const { status, stderr } = reset(database.databaseUrl, '--erase');
    expect(stderr).toBe('The database is in use: stop Trumpet and whoever else is connected.\n');
    expect(status).toBe(1);
    expect(await greet()).toBeDefined();
  }, 60_000);

  test('makes a database anew', async () => {
    const name = `${nameOf(database.databaseUrl)}_anew`;
    await administer(`create database ${name}`);
    try {
      const { status, stdout } = reset(withDatabase(database.databaseUrl, name), '--erase');
      expect(stdout).toMatch(/The database is new\.\n$/);
      expect(status).toBe(0);
    } finally {
      await administer(`drop database ${name}`);
    }
  }, 60_000);
});
