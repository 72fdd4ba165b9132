import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migrations.ts';
import { createOwnerPool } from './database/pools.ts';
import { checkRequirements } from './database/requirements.ts';
import { resolveDatabase } from './database/resolve.ts';
import { log } from './process/log.ts';
import { runUntilSignal } from './process/run.ts';
import { serveWorkerMetrics } from './worker/metrics-server.ts';
import { startWorker } from './worker/run.ts';

await runUntilSignal(async (stack) => {
  const config = await resolveDatabase(loadConfig(process.env), stack);
  await checkRequirements(config.databaseUrl);
  const pool = createOwnerPool(config.databaseUrl);
  stack.defer(() => pool.end());
  await requireMigrated(pool);
  const worker = await startWorker(config.databaseUrl, config);
  stack.defer(worker.stop);
  if (config.workerMetricsPort !== undefined) {
    const metrics = await serveWorkerMetrics(config.host, config.workerMetricsPort);
    stack.defer(metrics.close);
  }
  log.info({ event: 'worker.ready' });
});
