import { loadConfig } from './config/load.ts';
import { loadSampleData, migrateDatabase } from './database/migrations.ts';
import { resolveDatabase } from './database/resolve.ts';
import { runOnce } from './process/run.ts';

await runOnce(async (stack) => {
  const config = await resolveDatabase(loadConfig(process.env), stack);
  await migrateDatabase(config);
  await loadSampleData(config);
  process.stdout.write('The database is up to date.\n');
});
