import pg from 'pg';
import { log } from '../src/process/log.ts';
import globalTeardown, { onTeardown } from './global-teardown.ts';
import { startThrowAwayPostgres, type ThrowAwayPostgres } from './throw-away-postgres.ts';

/**
 * One Postgres for the whole run, one database in it migrated as a template: a test file clones it
 * in about 50 ms. The address goes to the workers in the environment.
 */
export default async function globalSetup(): Promise<void> {
  process.env.LOG_LEVEL ??= 'silent'; // The workers' log; ours exists already.
  log.level = process.env.LOG_LEVEL;
  const postgres = await startThrowAwayPostgres();
  onTeardown(postgres.close);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => globalTeardown().finally(() => process.exit(1)));
  }

  try {
    process.env.TEST_AUTH_DATABASE_URL = await makeTemplate(postgres);
  } catch (error) {
    await globalTeardown(); // Jest calls it only after a setup that succeeded.
    throw error;
  }
  process.env.TEST_DATABASE_URL = postgres.ownerUrl('template');
  process.env.TEST_POSTGRES_LOG = postgres.logFile;
}

async function makeTemplate(postgres: ThrowAwayPostgres): Promise<string> {
  await query(postgres.ownerUrl(), 'create database template strategy file_copy');
  const authDatabaseUrl = await postgres.migrate('template');
  await liftLimits(postgres.ownerUrl('template'));
  return authDatabaseUrl;
}

/** Tests write as fast as they can. Those about the limits set their own. */
async function liftLimits(databaseUrl: string): Promise<void> {
  await query(
    databaseUrl,
    'update app_private.limits set user_burst = 1000000, user_in_room_burst = 1000000',
  );
}

async function query(databaseUrl: string, sql: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(sql);
  await client.end();
}
