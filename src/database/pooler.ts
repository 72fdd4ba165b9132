import type pg from 'pg';
import { StartError } from '../process/start-error.ts';

/*
 * A pooler such as PgBouncer may stand between the API's login and Postgres, in transaction mode too: each transaction
 * brings its settings, and statements are prepared by name. The owner's connections have to be direct.
 */

/** The server's side of a connection, which a pooler in transaction mode changes at will. */
async function backendOf(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

/**
 * Whether two connections share sessions of Postgres: then LISTEN, locks of sessions and settings are lost on them.
 * Leaves the second one in a transaction.
 */
export async function shareSessions(first: pg.ClientBase, second: pg.ClientBase): Promise<boolean> {
  const before = await backendOf(first);
  await second.query('begin');
  // It keeps what the pooler gives it now: mostly what the first one has just used.
  return (await backendOf(second)) === before || (await backendOf(first)) !== before;
}

const sessionSettings = new WeakMap<pg.Pool, Readonly<Record<string, string>>>();
const transactionSettings = new WeakMap<pg.Pool, Readonly<Record<string, string>>>();

/** Notes with which settings the connections of a pool begin. */
export function noteSessionSettings(
  pool: pg.Pool,
  settings: Readonly<Record<string, string>>,
): void {
  sessionSettings.set(pool, settings);
}

/** The settings that each transaction of a pool has to begin with, because connections lose theirs on the way. */
export function settingsOfTransactions(pool: pg.Pool): Readonly<Record<string, string>> {
  return transactionSettings.get(pool) ?? {};
}

/** Missing or refused prepared statements; what PgBouncer says of `options` when it does not leave them out. */
const NO_SUCH_STATEMENT = '26000';
const STATEMENT_EXISTS = '42P05';

/**
 * Finds out whether a pooler stands before a pool, and has transactions bring what sessions cannot keep then.
 *
 * @throws StartError when the pooler is not set up for it, with what to set
 */
export async function learnPooler(pool: pg.Pool): Promise<void> {
  const [first, second] = await openTwo(pool);
  try {
    const { rows } = await first.query<{ kept: boolean }>(
      `select current_setting('trumpet.bell', true) is not distinct from 'app' as kept`,
    );
    if (rows[0]?.kept === true) {
      return;
    }
    transactionSettings.set(pool, sessionSettings.get(pool) ?? {});
    await requirePreparedStatements(first, second);
  } finally {
    first.release();
    second.release();
  }
}

async function openTwo(pool: pg.Pool): Promise<[pg.PoolClient, pg.PoolClient]> {
  try {
    return [await pool.connect(), await pool.connect()];
  } catch (error) {
    if (/startup parameter/.test((error as Error).message)) {
      throw new StartError(
        'The pooler of AUTH_DATABASE_URL refuses the settings of connections: have it leave them out (PgBouncer: ignore_startup_parameters = extra_float_digits,options). Transactions bring them then.',
        { cause: error },
      );
    }
    throw error;
  }
}

/** What is prepared on one connection has to be there whatever session of Postgres the pooler gives it next. */
async function requirePreparedStatements(
  first: pg.PoolClient,
  second: pg.PoolClient,
): Promise<void> {
  const statement = { name: 'trumpet_probe', text: 'select 1' };
  try {
    await first.query(statement);
    await second.query('begin');
    await second.query(statement);
    await first.query(statement);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === NO_SUCH_STATEMENT || code === STATEMENT_EXISTS) {
      throw new StartError(
        'The pooler of AUTH_DATABASE_URL does not keep prepared statements: PgBouncer 1.21 or later does in transaction mode, with max_prepared_statements = 200.',
        { cause: error },
      );
    }
    throw error;
  } finally {
    await second.query('rollback').catch(() => {});
  }
}
