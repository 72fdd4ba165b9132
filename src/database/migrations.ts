import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger as MigrateLogger, migrate as runGraphileMigrate } from 'graphile-migrate';
import { runMigrations as installWorkerSchema, Logger } from 'graphile-worker';
import { log } from '../process/log.ts';
import { StartError } from '../process/start-error.ts';
import { extensionSchema, findExtensions } from './extensions.ts';
import { MIGRATION_LOCK } from './locks.ts';
import { ensureApiLogin } from './login.ts';
import { localFolder, MIGRATIONS_FOLDER, withLocalNames } from './migration-files.ts';
import { planMigration, raiseFloor, refuseBesideServers } from './migration-plan.ts';
import { createOwnerPool } from './pools.ts';
import { checkRequirements, connect } from './requirements.ts';

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
 * then the committed migrations, and the API's login. Servers of the version before may run meanwhile, unless a
 * migration says otherwise.
 *
 * @param folder the migrations, for tests
 * @throws StartError, before anything is changed, when the database is not fit for it.
 */
export async function migrateDatabase(
  options: MigrateOptions,
  folder: string = MIGRATIONS_FOLDER,
): Promise<void> {
  await checkRequirements(options.databaseUrl);
  await using connection = await connect(options.databaseUrl, 'DATABASE_URL');
  const { client } = connection;
  // Held by the session: it goes with the connection, however that ends.
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const plan = await planMigration(client, folder);
  refuseBesideServers(plan);
  const schema = await findExtensions(client);
  await installWorkerTables(options.databaseUrl);
  if (plan.pending.length > 0) {
    await using local = await localFolder(schema, folder);
    await runMigrations(options.databaseUrl, local.path);
    await raiseFloor(client, plan.pending);
    log.info({ event: 'database.migrated', migrations: plan.pending.map(({ name }) => name) });
  }
  await ensureApiLogin(client, options.authDatabaseUrl);
}

/** How often a migration is tried that did not get a lock in time. */
const LOCK_TRIES = 120;
/**
 * A statement that waits for a table has everybody else wait behind it. So it gives up long before they do
 * (LOCK_TIMEOUT_MS of src/process/time-limits.ts), lets them pass, and comes again.
 */
const LOCK_TIMEOUT = '500ms';
const LOCK_RETRY_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

async function runMigrations(databaseUrl: string, migrationsFolder: string): Promise<void> {
  const url = new URL(databaseUrl);
  const options = url.searchParams.get('options') ?? '';
  url.searchParams.set('options', `${options} -c lock_timeout=${LOCK_TIMEOUT}`.trim());
  for (let tries = 1; ; tries += 1) {
    try {
      await runGraphileMigrate({
        connectionString: url.href,
        migrationsFolder,
        logger: new MigrateLogger(writeToLog),
      });
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) {
        throw error;
      }
      if (tries === LOCK_TRIES) {
        throw new StartError(
          'A migration did not get a lock that it needs, because a long transaction has it: "select pid, query from pg_stat_activity order by xact_start" finds it. What was migrated before stays; migrate again when it is over.',
          { cause: error },
        );
      }
      log.warn({ event: 'database.migration_waits', tries });
      await sleep(LOCK_RETRY_MS);
    } finally {
      clearAllPools();
    }
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
