import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger as MigrateLogger, migrate as runGraphileMigrate } from 'graphile-migrate';
import { runMigrations as installWorkerSchema, Logger } from 'graphile-worker';
import type { ClientBase, Pool } from 'pg';
import { log } from '../process/log.ts';
import { StartError } from '../process/start-error.ts';
import { extensionSchema, findExtensions, withExtensionSchema } from './extensions.ts';
import { MIGRATION_LOCK } from './locks.ts';
import { ensureApiLogin } from './login.ts';
import { createOwnerPool } from './pools.ts';
import { checkRequirements, connect } from './requirements.ts';
import { withRoleNames } from './role-names.ts';

const MIGRATIONS_FOLDER = join(import.meta.dirname, '..', '..', 'migrations');
/** graphile-migrate keeps its connections for a while, and ends the process when one of them breaks meanwhile. */
const { clearAllPools } = createRequire(createRequire(import.meta.url).resolve('graphile-migrate'))(
  './pgReal.js',
);

export interface MigrateOptions {
  readonly databaseUrl: string;
  readonly authDatabaseUrl: string;
}

/**
 * Brings a database to this version: graphile-worker's schema first (functions of ours add jobs),
 * then the committed migrations, and the API's login.
 *
 * @throws StartError, before anything is changed, when the database is not fit for it.
 */
export async function migrateDatabase(options: MigrateOptions): Promise<void> {
  await checkRequirements(options.databaseUrl);
  await using connection = await connect(options.databaseUrl, 'DATABASE_URL');
  const { client } = connection;
  // Held by the session: it goes with the connection, however that ends.
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const schema = await findExtensions(client);
  await installWorkerTables(options.databaseUrl);
  const pending = await pendingMigrations(client);
  if (pending.length > 0) {
    await runMigrations(options.databaseUrl, schema);
    log.info({ event: 'database.migrated', migrations: pending });
  }
  await ensureApiLogin(client, options.authDatabaseUrl);
}

async function runMigrations(databaseUrl: string, extensionsIn: string): Promise<void> {
  await using folder = await localFolder(extensionsIn);
  try {
    await runGraphileMigrate({
      connectionString: databaseUrl,
      migrationsFolder: folder.path,
      logger: new MigrateLogger(writeToLog),
    });
  } finally {
    clearAllPools();
  }
}

/** SQL of ours with the names that roles and the extensions' schema have here. */
const withLocalNames = (sql: string, extensionsIn: string) =>
  withExtensionSchema(withRoleNames(sql), extensionsIn);

/**
 * The folder of the migrations as this installation runs them. What a database notes of a migration is the hash of the
 * one that is committed, whatever names it has had.
 */
async function localFolder(
  extensionsIn: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const texts = await Promise.all(
    (await committedNames()).map(async (name) => ({ name, text: await readMigration(name) })),
  );
  const local = texts.map(({ name, text }) => {
    const changed = withLocalNames(text, extensionsIn);
    return {
      name,
      text:
        changed === text ? text : changed.replace(/^(--! Hash: .*)$/m, '$1\n--! AllowInvalidHash'),
    };
  });
  if (local.every(({ text }, index) => text === texts[index]?.text)) {
    return { path: MIGRATIONS_FOLDER, async [Symbol.asyncDispose]() {} };
  }
  const path = await mkdtemp(join(tmpdir(), 'trumpet-migrations-'));
  await mkdir(join(path, 'committed'));
  await Promise.all(local.map(({ name, text }) => writeFile(join(path, 'committed', name), text)));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** graphile-worker's schema, which must be there before the migrations: functions of ours add jobs. */
export async function installWorkerTables(databaseUrl: string): Promise<void> {
  const pgPool = createOwnerPool(databaseUrl, 2);
  try {
    await installWorkerSchema({ pgPool, logger: new Logger(writeToLog) });
  } finally {
    await pgPool.end();
  }
}

/**
 * The committed migrations that a database has not had yet, by file name.
 *
 * @throws StartError when it has had others than ours: it belongs to another version.
 */
export async function pendingMigrations(database: ClientBase | Pool): Promise<string[]> {
  const committed = await readCommitted();
  const applied = await readApplied(database);
  for (const [number, hash] of applied) {
    const file = committed.get(number);
    if (file?.hash !== hash) {
      throw new StartError(
        file === undefined
          ? `The database has migration ${number}, which this version of Trumpet does not know: a newer version migrated it.`
          : `${file.name} has changed since this database was migrated: "npm run db:reset -- --erase" makes a new one to develop on; any other database needs the version of Trumpet that migrated it.`,
      );
    }
  }
  return [...committed].flatMap(([number, file]) => (applied.has(number) ? [] : file.name));
}

/** @throws StartError when the database is behind; what to do is in the message. */
export async function requireMigrated(database: Pool): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    throw new StartError(
      `The database lacks ${pending.length} migrations (from ${pending[0]} on): run "npm run migrate" first.`,
    );
  }
}

/** Number (as graphile-migrate records it: `000001.sql`) → file name and hash. */
async function readCommitted(): Promise<Map<string, { name: string; hash: string }>> {
  const files = await Promise.all(
    (await committedNames()).map(async (name) => {
      const text = await readMigration(name);
      const hash = /^--! Hash: (\S+)$/m.exec(text)?.[1] ?? '';
      return [`${name.slice(0, 6)}.sql`, { name, hash }] as const;
    }),
  );
  return new Map(files);
}

async function committedNames(): Promise<string[]> {
  const names = await readdir(join(MIGRATIONS_FOLDER, 'committed'));
  return names.filter((name) => /^\d{6}.*\.sql$/.test(name)).sort();
}

const readMigration = (name: string) =>
  readFile(join(MIGRATIONS_FOLDER, 'committed', name), 'utf8');

async function readApplied(database: ClientBase | Pool): Promise<Map<string, string>> {
  const { rows: known } = await database.query<{ exists: boolean }>(
    `select to_regclass('graphile_migrate.migrations') is not null as exists`,
  );
  if (known[0]?.exists !== true) {
    return new Map();
  }
  const { rows } = await database.query<{ filename: string; hash: string }>(
    'select filename, hash from graphile_migrate.migrations order by filename',
  );
  return new Map(rows.map((row) => [row.filename, row.hash]));
}

export interface SampleDataOptions {
  readonly databaseUrl: string;
  /** Whether it is wanted. */
  readonly sampleData: boolean;
}

/** Loads the sample data into a migrated database, unless there are users already. */
export async function loadSampleData(options: SampleDataOptions): Promise<void> {
  const { databaseUrl, sampleData } = options;
  if (!sampleData) {
    return;
  }
  await using connection = await connect(databaseUrl, 'DATABASE_URL');
  const { client } = connection;
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const { rowCount } = await client.query('select from app_public.users limit 1');
  if (rowCount !== 0) {
    return;
  }
  const sql = await readFile(join(MIGRATIONS_FOLDER, 'fixtures', 'sample-data.sql'), 'utf8');
  await client.query('begin');
  try {
    await client.query(withLocalNames(sql, await extensionSchema(client)));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  log.info({ event: 'database.sample_data_loaded' });
}

function writeToLog(): (level: string, message: string) => void {
  return (level, message) => {
    const line = { event: 'database.migration_message', message };
    return level === 'error' ? log.error(line) : log.debug(line);
  };
}
