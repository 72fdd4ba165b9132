import type { Socket } from 'node:net';
import pg from 'pg';
import { log } from '../process/log.ts';
import {
  IDLE_IN_TRANSACTION_TIMEOUT_MS,
  POOL_TIMEOUT_MS,
  SILENCE_LIMIT_MS,
} from '../process/time-limits.ts';
import { isSilence } from './away.ts';
import { keptConnection } from './kept-connection.ts';
import { noteSessionSettings } from './pooler.ts';
import { rememberQuestions } from './unasked.ts';

/**
 * How long a connection is kept for the next who needs it. Opening one and warming it up takes as long as twenty messages,
 * and it is wanted when there is much to do.
 */
const IDLE_TIMEOUT_MS = 600_000;

/**
 * The owner's connections: reading the change log, sweeping, administration. Their writes ring real
 * NOTIFY bells, as everybody's do who is not the API.
 */
export function createOwnerPool(databaseUrl: string, max = 5): pg.Pool {
  return createPool({ ...keptConnection(databaseUrl, 'trumpet'), max });
}

/**
 * The connections that GraphQL runs on. `trumpet.bell = 'app'` makes the change triggers answer with
 * a NOTICE on the connection itself instead of a NOTIFY: see the bells in src/realtime.
 */
export function createApiPool(authDatabaseUrl: string, max = 20): pg.Pool {
  return createPipelinedPool(authDatabaseUrl, 'trumpet api', max);
}

/** The connections to a standby: `pool` for what GraphQL reads, `places` for asking how far it is. */
export function createStandbyPools(
  readDatabaseUrl: string,
  max = 20,
): { readonly pool: pg.Pool; readonly places: pg.Pool } {
  return {
    pool: createPipelinedPool(readDatabaseUrl, 'trumpet reads', max),
    places: createPool({ ...keptConnection(readDatabaseUrl, 'trumpet places'), max: 1 }),
  };
}

/** What connections begin with on which GraphQL runs. */
const API_SESSION = {
  'trumpet.bell': 'app',
  // Bells and the questions of hooks are notices. A cluster, a database or a role may have been set to want none.
  client_min_messages: 'notice',
  // Compiling costs more than any of these queries can win back.
  jit: 'off',
  idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_TIMEOUT_MS),
} as const;

function createPipelinedPool(databaseUrl: string, name: string, max: number): OwnPool {
  const pool = createPool({
    ...keptConnection(databaseUrl, name, API_SESSION),
    max,
    // Begin, settings and query go out together: see plugins/pipelined-transactions.ts.
    pipeline: true,
  });
  noteSessionSettings(pool, API_SESSION);
  pool.on('connect', (client) => endWhenSilent(client, pool));
  return pool;
}

/** The parts of a node-postgres client that it does not declare. */
interface WireClient {
  /** False while a query is under way. */
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * Closes a connection on which a query waits and nothing moves. TCP does not tell of a link that is open on one side
 * only, and every request that waits on it keeps a connection from the pool, until there is none.
 */
function endWhenSilent(client: pg.PoolClient, pool: OwnPool): void {
  const wire = client as unknown as WireClient;
  const { stream } = wire.connection;
  stream.setTimeout(SILENCE_LIMIT_MS, () => {
    if (!wire.readyForQuery || stream.writableEnded) {
      log.warn({ event: 'database.connection_silent', silentMs: SILENCE_LIMIT_MS });
      stream.destroy();
      pool.endIdle();
    }
  });
}

/** A pool that can let go of the connections that nobody uses. */
interface OwnPool extends pg.Pool {
  endIdle(): void;
}

function createPool(settings: pg.PoolConfig): OwnPool {
  const pool = new pg.Pool({
    connectionTimeoutMillis: POOL_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    ...settings,
  });
  // A connection that breaks is replaced at the next use; without listeners it would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) {
      log.warn({ event: 'database.connection_lost', error });
    }
  });
  pool.on('connect', (client) => client.on('error', () => {}));
  rememberQuestions(pool);
  return Object.assign(pool, { endIdle: trackIdle(pool) });
}

/**
 * What cut one connection off without a word has cut its neighbours off too: a firewall that forgot them, a host that is
 * gone. Each that lies idle would cost whoever takes it next a time-out of their own, one after the other.
 *
 * @returns closes all that are idle; they are opened anew when they are wanted
 */
function trackIdle(pool: pg.Pool): () => void {
  const idle = new Set<pg.PoolClient>();
  const endIdle = () => {
    for (const client of idle) {
      // The pool listens for errors of what is idle, and forgets it at once: the end of a stream comes a moment later.
      client.emit('error', new Error('A connection beside this one died without a word.'));
      (client as unknown as WireClient).connection.stream.destroy();
    }
  };
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('release', (error: Error | boolean | undefined, client) => {
    if (error instanceof Error && isSilence(error)) {
      endIdle();
    } else if (!error) {
      idle.add(client);
    }
  });
  return endIdle;
}
