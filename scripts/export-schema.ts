import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/database/embedded/postgres.ts';
import { randomSecret } from '../src/database/embedded/secrets.ts';
import { migrateDatabase } from '../src/database/migrations.ts';
import { createApiPool } from '../src/database/pools.ts';
import { makeThrowAwayFolder } from '../testing/throw-away-folder.ts';
import { quietLogger, runCurrentMigration } from './migrations/graphile-migrate.ts';
import { schemaText } from './schema-text.ts';

/*
 * Writes schema.graphql: the migrations on a Postgres of their own, and what the server would serve of them.
 */
const folder = makeThrowAwayFolder();
try {
  const postgres = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    ownerPassword: randomSecret(),
    port: 0,
    durable: false,
  });
  try {
    const login = new URL(postgres.ownerUrl());
    login.username = 'trumpet_authenticator';
    login.password = randomSecret();
    await migrateDatabase({
      databaseUrl: postgres.ownerUrl(),
      authDatabaseUrl: login.href,
      sampleData: false,
    });
    await runCurrentMigration({ databaseUrl: postgres.ownerUrl(), logger: quietLogger });
    const pool = createApiPool(login.href, 1);
    try {
      writeFileSync('schema.graphql', await schemaText(pool));
    } finally {
      await pool.end();
    }
  } finally {
    await postgres.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
