import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { createApiPool } from '../src/database/pools.ts';
import { startThrowAwayPostgres } from '../testing/throw-away-postgres.ts';
import { citusPage } from './citus/page.ts';
import { schemaText } from './schema-text.ts';

/*
 * Writes schema.graphql: the migrations on a Postgres of their own, and what the server would serve of them. And
 * docs/citus.md: where their tables would lie.
 */
const postgres = await startThrowAwayPostgres();
try {
  const pool = createApiPool(await postgres.migrate(), 1);
  try {
    writeFileSync('schema.graphql', await schemaText(pool));
  } finally {
    await pool.end();
  }
  const owner = new pg.Client(postgres.ownerUrl());
  await owner.connect();
  try {
    writeFileSync('docs/citus.md', await citusPage(owner));
  } finally {
    await owner.end();
  }
} finally {
  await postgres.close();
}
