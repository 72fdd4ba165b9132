import pg from 'pg';
import { log } from '../log.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The owner's connections: reading the change log, sweeping, administration. Their writes ring real
 * NOTIFY bells, as everybody's do who is not the API.
 */
export function createOwnerPool(databaseUrl: string, max = 5): pg.Pool {
  return createPool({ connectionString: databaseUrl, max, application_name: 'trumpet' });
}

/**
 * The connections that GraphQL runs on. `trumpet.bell = 'app'` makes the change triggers answer with
 * a NOTICE on the connection itself instead of a NOTIFY: see the bells in src/realtime.
 */
export function createApiPool(authDatabaseUrl: string, max = 20): pg.Pool {
  return createPool({
    connectionString: authDatabaseUrl,
    max,
    application_name: 'trumpet api',
    // Compiling costs more than any of these queries can win back.
    options: '-c trumpet.bell=app -c jit=off',
    // Begin, settings and query go out together: see plugins/pipelined-transactions.ts.
    pipeline: true,
  });
}

function createPool(settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, ...settings });
  // A connection that breaks is replaced at the next use; without listeners it would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) {
      log.warn({ event: 'database.connection_lost', error });
    }
  });
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
