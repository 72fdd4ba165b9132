import pg from 'pg';
import { loadConfig, type ResolvedConfig } from '../../src/config/load.ts';
import { loadSampleData, migrateDatabase } from '../../src/database/migrations.ts';
import { connect, placeOf } from '../../src/database/requirements.ts';
import { resolveDatabase, resolveSharedDatabase } from '../../src/database/resolve.ts';
import { runOnce, runUntilSignal } from '../../src/process/run.ts';
import { StartError } from '../../src/process/start-error.ts';
import { findProblems, readMigrations } from './function-files.ts';
import { commitMigration, uncommitMigration, withDatabase } from './graphile-migrate.ts';
import { releasedMigrations } from './releases.ts';
import { watchMigrations } from './watch.ts';

/*
 * npm run db:watch, db:commit, db:uncommit, db:reset: docs/migrations.md. They work on DATABASE_URL, else on the
 * embedded database that `npm start` has, whether it runs or not.
 */

const [command, argument] = process.argv.slice(2);
switch (command) {
  case 'watch':
    await runUntilSignal(async (stack) => {
      const { databaseUrl } = await openDatabase(stack);
      stack.defer(watchMigrations({ databaseUrl }));
    });
    break;
  case 'commit':
    await runOnce(async (stack) => {
      const migrations = readMigrations();
      const problems = findProblems(migrations, releasedMigrations());
      if (problems.length > 0) {
        throw new StartError(problems.join('\n'));
      }
      if (argument === undefined && !/^--! Message: /m.test(migrations.current)) {
        throw new StartError('Say what it changes: npm run db:commit -- "Topics of rooms"');
      }
      const { databaseUrl } = await openDatabase(stack);
      await commitMigration({ databaseUrl }, argument);
    });
    break;
  case 'uncommit':
    await runOnce(async (stack) => {
      const last = readMigrations().committed.at(-1)?.name;
      if (last !== undefined && releasedMigrations().has(last)) {
        throw new StartError(`${last} is released: databases have run it, so it stays.`);
      }
      const { databaseUrl } = await openDatabase(stack);
      await uncommitMigration({ databaseUrl });
    });
    break;
  case 'reset':
    await runOnce(async (stack) => {
      const settings = loadConfig(process.env);
      if (argument !== '--erase') {
        const place = settings.databaseUrl ? placeOf(settings.databaseUrl) : settings.dataDir;
        throw new StartError(
          `This deletes everything in the database at ${place}. If that is what you want: npm run db:reset -- --erase`,
        );
      }
      const config = await resolveDatabase(settings, stack);
      await recreateDatabase(config.databaseUrl);
      await migrateDatabase(config);
      await loadSampleData(config);
      console.log('The database is new.');
    });
    break;
  default:
    console.error('Usage: npm run db:watch | db:commit -- "message" | db:uncommit | db:reset');
    process.exitCode = 1;
}

/** The contributor's database, with all committed migrations. */
async function openDatabase(stack: AsyncDisposableStack): Promise<ResolvedConfig> {
  const config = await resolveSharedDatabase(loadConfig(process.env), stack);
  await migrateDatabase(config);
  await loadSampleData(config);
  return config;
}

async function recreateDatabase(databaseUrl: string): Promise<void> {
  const name = pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1));
  await using connection = await connect(withDatabase(databaseUrl, 'postgres'), 'DATABASE_URL');
  try {
    await connection.client.query(`drop database if exists ${name}`);
  } catch (error) {
    if ((error as { code?: string }).code === '55006') {
      throw new StartError('The database is in use: stop Trumpet and whoever else is connected.');
    }
    throw error;
  }
  await connection.client.query(`create database ${name}`);
}
