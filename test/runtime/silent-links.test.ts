import type pg from 'pg';
import { createOwnerPool } from '../../src/database/pools.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { startProxy } from '../faults/support/proxy.ts';

const database = await createTestDatabase();
const proxy = await startProxy(Number(new URL(database.databaseUrl).port));
afterAll(async () => {
  await proxy.close();
  await database.close();
});

/** Longer than an answer takes on a busy machine, and short for a test. */
const QUERY_TIMEOUT_MS = 2_000;

function ask(pool: pg.Pool): Promise<unknown> {
  return pool.query({ text: 'select 1', query_timeout: QUERY_TIMEOUT_MS } as pg.QueryConfig);
}

test('of all the connections of a pool that a dead link holds, one query waits in vain', async () => {
  const through = new URL(database.databaseUrl);
  through.port = String(proxy.port);
  const pool = createOwnerPool(through.href);
  try {
    const clients = await Promise.all([1, 2, 3, 4].map(() => pool.connect()));
    for (const client of clients) {
      client.release();
    }
    proxy.swallow(['toDatabase'], () => true);

    await expect(ask(pool)).rejects.toThrow('Query read timeout');
    await expect(ask(pool)).resolves.toMatchObject({ rowCount: 1 });
    expect(pool.totalCount).toBe(1);
  } finally {
    await pool.end();
  }
});
