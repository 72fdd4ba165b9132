import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Logger as MigrateLogger, migrate as runGraphileMigrate } from 'graphile-migrate';
import { runMigrations as installWorkerSchema, Logger } from 'graphile-worker';
import type { ClientBase, Pool } from 'pg';
import { log } from '../process/log.ts';
import { StartError } from '../process/start-error.ts';
import { MIGRATION_LOCK } from './locks.ts';
import { ensureApiLogin } from './login.ts';
import { createOwnerPool } from './pools.ts';
import { checkRequirements, connect } from './requirements.ts';

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
  await installWorkerTables(options.databaseUrl);
  const pending = await pendingMigrations(client);
  if (pending.length > 0) {
    await runMigrations(options.databaseUrl);
    log.info({ event: 'database.migrated', migrations: pending });
  }
  await ensureApiLogin(client, options.authDatabaseUrl);
}

async function runMigrations(databaseUrl: string): Promise<void> {
  try {
    await runGraphileMigrate({
      connectionString: databaseUrl,
      migrationsFolder: MIGRATIONS_FOLDER,
      logger: new MigrateLogger(writeToLog),
    });
  } finally {
    clearAllPools();
  }
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
  const folder = join(MIGRATIONS_FOLDER, 'committed');
  const names = (await readdir(folder)).filter((name) => /^\d{6}.*\.sql$/.test(name)).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      const hash = /^--! Hash: (\S+)$/m.exec(text)?.[1] ?? '';
      return [`${name.slice(0, 6)}.sql`, { name, hash }] as const;
    }),
  );
  return new Map(files);
}

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
    await client.query(sql);
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
