import { collectDefaultMetrics, register } from 'prom-client';
import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migrations.ts';
import { createOwnerPool } from './database/pools.ts';
import { checkRequirements } from './database/requirements.ts';
import { resolveDatabase } from './database/resolve.ts';
import { log } from './process/log.ts';
import { startMetricsServer } from './process/metrics-server.ts';
import { runUntilSignal } from './process/run.ts';
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
    collectDefaultMetrics();
    const place = {
      host: config.host,
      port: config.workerMetricsPort,
      setting: 'WORKER_METRICS_PORT',
    };
    const metrics = await startMetricsServer(register, place);
    stack.defer(metrics.close);
  }
  log.info({ event: 'worker.ready' });
});
