import type { Pool } from 'pg';
import { collectDefaultMetrics, register } from 'prom-client';
import { loadConfig } from './config/load.ts';
import type { WorkerMetricsPlace } from './config/server.ts';
import { registerDatabaseMetrics } from './database/metrics.ts';
import { requireMigrated } from './database/migration-plan.ts';
import { createOwnerPool } from './database/pools.ts';
import { checkRequirements } from './database/requirements.ts';
import { resolveDatabase } from './database/resolve.ts';
import { log } from './process/log.ts';
import { startMetricsServer } from './process/metrics-server.ts';
import { runUntilSignal } from './process/run.ts';
import { startTracing } from './process/start-tracing.ts';
import { registerVersion, VERSION } from './process/version.ts';
import { startWorker } from './worker/run.ts';

await runUntilSignal(async (stack) => {
  const settings = loadConfig(process.env);
  await startTracing(settings.tracing, 'trumpet-worker', stack);
  const config = await resolveDatabase(settings, stack);
  await checkRequirements(config.databaseUrl);
  const pool = createOwnerPool(config.databaseUrl);
  stack.defer(() => pool.end());
  await requireMigrated(pool);
  const worker = await startWorker(config.databaseUrl, config);
  stack.defer(worker.stop);
  if (config.workerMetrics !== undefined) {
    await showMetrics(config.workerMetrics, pool, stack);
  }
  log.info({ event: 'worker.ready', version: VERSION });
});

async function showMetrics(
  { isAskedFor, ...place }: WorkerMetricsPlace,
  pool: Pool,
  stack: AsyncDisposableStack,
): Promise<void> {
  collectDefaultMetrics();
  registerVersion(register);
  registerDatabaseMetrics(register, pool);
  try {
    const metrics = await startMetricsServer(register, {
      ...place,
      setting: 'WORKER_METRICS_PORT',
    });
    stack.defer(metrics.close);
  } catch (error) {
    if (isAskedFor) {
      throw error;
    }
    // Another worker on this machine shows its own there.
    log.warn({ event: 'worker.metrics_not_shown', error });
  }
}
