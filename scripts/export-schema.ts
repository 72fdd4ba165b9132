import { writeFileSync } from 'node:fs';
import { createApiPool } from '../src/database/pools.ts';
import { startThrowAwayPostgres } from '../testing/throw-away-postgres.ts';
import { schemaText } from './schema-text.ts';

/*
 * Writes schema.graphql: the migrations on a Postgres of their own, and what the server would serve of them.
 */
const postgres = await startThrowAwayPostgres();
try {
  const pool = createApiPool(await postgres.migrate(), 1);
  try {
    writeFileSync('schema.graphql', await schemaText(pool));
  } finally {
    await pool.end();
  }
} finally {
  await postgres.close();
}
