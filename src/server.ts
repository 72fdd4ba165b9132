import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migration-plan.ts';
import { createOwnerPool } from './database/pools.ts';
import { checkRequirements } from './database/requirements.ts';
import { resolveDatabase } from './database/resolve.ts';
import { checkPort } from './http/port.ts';
import { startServer } from './http/server.ts';
import { runUntilSignal } from './process/run.ts';
import { startTracing } from './process/start-tracing.ts';

await runUntilSignal(async (stack) => {
  const settings = loadConfig(process.env);
  await startTracing(settings.tracing, 'trumpet', stack);
  await checkPort(settings);
  const config = await resolveDatabase(settings, stack);
  await checkRequirements(config.databaseUrl);
  const pool = createOwnerPool(config.databaseUrl, 1);
  try {
    await requireMigrated(pool);
  } finally {
    await pool.end();
  }
  const server = await startServer(config);
  stack.defer(server.close);
});
