import '../process/graphile-environment.ts';

import { createRequire } from 'node:module';
import type { Pool } from 'pg';
import type { ResolvedConfig } from '../config/load.ts';
import { setAccountRules } from '../database/account-rules.ts';
import { registerDatabaseMetrics, registerPoolMetrics } from '../database/metrics.ts';
import { pendingMigrations } from '../database/migration-plan.ts';
import { learnPooler } from '../database/pooler.ts';
import { createApiPool, createOwnerPool, createStandbyPools } from '../database/pools.ts';
import { createStandby, type Standby, standbyMetrics } from '../database/standby.ts';
import { inTime } from '../process/in-time.ts';
import { listen } from '../process/listen.ts';
import { log } from '../process/log.ts';
import { startMetricsServer } from '../process/metrics-server.ts';
import { StartError } from '../process/start-error.ts';
import { registerVersion, VERSION } from '../process/version.ts';
import { attachBells } from '../realtime/bells/bells.ts';
import { registerRealtimeMetrics } from '../realtime/metrics.ts';
import { startRealtime } from '../realtime/start.ts';
import { registerDisabledWebhooks } from '../webhooks/metrics.ts';
import { createHttpServer } from './app.ts';
import { placeOf } from './port.ts';

/** How long `/readyz` waits for the database before it calls it gone, in milliseconds. */
const READINESS_TIMEOUT_MS = 2_000;

export interface RunningServer {
  /** `http://host:port`, the port that was really taken. */
  readonly url: string;
  /** Whether the documents are at `/docs`. */
  readonly hasDocuments: boolean;
  close(): Promise<void>;
}

/**
 * Starts the HTTP and WebSocket server on a migrated database. Several may run on one.
 *
 * @throws StartError when it cannot listen.
 */
export async function startServer(config: ResolvedConfig): Promise<RunningServer> {
  if (config.graphiql) {
    requireGraphiql();
  }
  await using stack = new AsyncDisposableStack();
  const ownerPool = createOwnerPool(config.databaseUrl, config.ownerConnections);
  stack.defer(() => ownerPool.end());
  await setAccountRules(ownerPool, config.accounts);
  const apiPool = createApiPool(config.authDatabaseUrl, config.apiConnections);
  stack.defer(() => apiPool.end());
  const standby = openStandby(config.readDatabaseUrl, ownerPool, stack);
  // Before any connection is opened: each is listened to from its beginning.
  const listenToBells = attachBells(apiPool);
  await learnPooler(apiPool);

  let url: string | undefined;
  const http = await createHttpServer({
    config,
    publicUrl() {
      const address = config.publicUrl ?? url;
      if (address === undefined) {
        throw new Error('The server does not listen yet');
      }
      return address;
    },
    pool: apiPool,
    standby,
    eventStreams: () => realtime.eventStreams,
    async readiness() {
      const database = await answersInTime(ownerPool.query('select 1'));
      const migrations =
        database &&
        (await answersInTime(
          pendingMigrations(ownerPool).then((pending) => {
            if (pending.length > 0) {
              throw new Error('The database is behind');
            }
          }),
        ));
      const { isListening: listener, isRedisConnected: redis } = realtime;
      const useful: Record<string, boolean> = redis === undefined ? {} : { redis };
      return { needed: { database, migrations, listener }, useful };
    },
  });
  stack.defer(http.close);

  const realtime = await startRealtime({
    server: http.server,
    grafserv: http.grafserv,
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    ownerPool,
    listenToBells,
    authenticate: http.authenticator.authenticate,
    forgetSession: http.authenticator.forgetSession,
    isOriginAllowed: http.isOriginAllowed,
  });
  stack.defer(realtime.release);
  registerRealtimeMetrics(http.metrics.registry, realtime);
  if (standby !== undefined) {
    http.metrics.registry.registerMetric(standbyMetrics.reads);
  }
  registerDisabledWebhooks(http.metrics.registry, ownerPool);
  registerVersion(http.metrics.registry);
  registerDatabaseMetrics(http.metrics.registry, ownerPool);
  registerPoolMetrics(http.metrics.registry, { api: apiPool, owner: ownerPool });

  if (config.metricsPort !== undefined) {
    const place = { host: config.host, port: config.metricsPort, setting: 'METRICS_PORT' };
    const metrics = await startMetricsServer(http.metrics.registry, place);
    stack.defer(metrics.close);
  }
  const port = await listen(http.server, placeOf(config));
  url = `http://${hostInUrl(config.host)}:${port}`;
  log.info({ event: 'server.ready', version: VERSION, host: config.host, port });

  // From here on the caller ends what was begun; before, a failure above does.
  const running = stack.move();
  return { url, hasDocuments: http.hasDocuments, close: () => running.disposeAsync() };
}

function openStandby(
  readDatabaseUrl: string | undefined,
  ownerPool: Pool,
  stack: AsyncDisposableStack,
): Standby | undefined {
  if (readDatabaseUrl === undefined) {
    return undefined;
  }
  const pools = createStandbyPools(readDatabaseUrl);
  stack.defer(async () => {
    await Promise.all([pools.pool.end(), pools.places.end()]);
  });
  return createStandby(ownerPool, pools);
}

/** It is asked for by a first visitor otherwise. The production image has none. */
function requireGraphiql(): void {
  try {
    createRequire(import.meta.url).resolve('ruru/server');
  } catch {
    throw new StartError(
      'GRAPHIQL is set, and the package ruru, which is GraphiQL, is not installed here.',
    );
  }
}

/** Where a person on this machine finds a server that listens on `host`. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    return 'localhost';
  }
  return host.includes(':') ? `[${host}]` : host;
}

async function answersInTime(answer: Promise<unknown>): Promise<boolean> {
  return (
    (await inTime(
      answer.then(() => true),
      READINESS_TIMEOUT_MS,
    )) === true
  );
}
