import { join } from 'node:path';
import pg from 'pg';
import { quietLogger, runCurrentMigration } from '../scripts/migrations/graphile-migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded/postgres.ts';
import { randomSecret } from '../src/database/embedded/secrets.ts';
import { migrateDatabase } from '../src/database/migrations.ts';
import { log } from '../src/process/log.ts';
import globalTeardown, { onTeardown } from './global-teardown.ts';
import { makeThrowAwayFolder } from './throw-away-folder.ts';

/**
 * One Postgres for the whole run, one database in it migrated as a template: a test file clones it
 * in about 50 ms. The address goes to the workers in the environment.
 */
export default async function globalSetup(): Promise<void> {
  process.env.LOG_LEVEL ??= 'silent'; // The workers' log; ours exists already.
  log.level = process.env.LOG_LEVEL;
  const folder = makeThrowAwayFolder();
  const postgres = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    ownerPassword: randomSecret(),
    port: 0,
    durable: false,
  });
  onTeardown(folder, postgres.stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => globalTeardown().finally(() => process.exit(1)));
  }

  try {
    process.env.TEST_AUTH_DATABASE_URL = await migrateTemplate(postgres);
  } catch (error) {
    await globalTeardown(); // Jest calls it only after a setup that succeeded.
    throw error;
  }
  process.env.TEST_DATABASE_URL = postgres.ownerUrl('template');
}

async function migrateTemplate(postgres: EmbeddedPostgres): Promise<string> {
  const login = new URL(postgres.ownerUrl('template'));
  login.username = 'trumpet_authenticator';
  login.password = randomSecret();
  const client = new pg.Client(postgres.ownerUrl());
  await client.connect();
  await client.query('create database template strategy file_copy');
  await client.end();
  await migrateDatabase({
    databaseUrl: postgres.ownerUrl('template'),
    authDatabaseUrl: login.href,
    sampleData: false,
  });
  await runCurrentMigration({ databaseUrl: postgres.ownerUrl('template'), logger: quietLogger });
  await liftLimits(postgres);
  return login.href;
}

/** Tests write as fast as they can. Those about the limits set their own. */
async function liftLimits(postgres: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client(postgres.ownerUrl('template'));
  await client.connect();
  await client.query(
    'update app_private.limits set user_burst = 1000000, user_in_room_burst = 1000000',
  );
  await client.end();
}
