import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { citusPage } from '../../scripts/citus/page.ts';
import { createTestDatabase } from '../../testing/database.ts';

const database = await createTestDatabase();
const client = new pg.Client(database.databaseUrl);
await client.connect();
afterAll(async () => {
  await client.end();
  await database.close();
});

test('docs/citus.md names every table and every function that reads or writes one, as they are', async () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/citus.md'), 'utf8');
  // Written by "npm run schema".
  expect(document).toBe(await citusPage(client));
});

test('a table that nobody has thought of is refused by name', async () => {
  await client.query('begin; create table app_private.forgotten (id uuid primary key)');
  await expect(citusPage(client)).rejects.toThrow(
    'scripts/citus/keys.ts does not say where app_private.forgotten would lie.',
  );
  await client.query('rollback');
});
