import { loadConfig } from './config/load.ts';
import { describePlan, planMigration } from './database/migration-plan.ts';
import { loadSampleData, migrateDatabase } from './database/migrations.ts';
import { checkRequirements, connect, placeOf } from './database/requirements.ts';
import { resolveDatabase } from './database/resolve.ts';
import { runOnce } from './process/run.ts';
import { StartError } from './process/start-error.ts';
import { VERSION } from './process/version.ts';

/*
 * npm run migrate: says what it will do, and does it. With --plan it only says so. docs/upgrading.md
 */
const [argument] = process.argv.slice(2);

await runOnce(async (stack) => {
  if (argument !== undefined && argument !== '--plan') {
    throw new StartError(
      'Usage: npm run migrate [-- --plan]\n  --plan  says what it would do, and changes nothing',
    );
  }
  const config = await resolveDatabase(loadConfig(process.env), stack);
  process.stdout.write(`Trumpet ${VERSION}\n${await planOf(config.databaseUrl)}`);
  if (argument === '--plan') {
    return;
  }
  await migrateDatabase(config);
  await loadSampleData(config);
  process.stdout.write('The database is up to date.\n');
});

async function planOf(databaseUrl: string): Promise<string> {
  await checkRequirements(databaseUrl);
  await using connection = await connect(databaseUrl, 'DATABASE_URL');
  return describePlan(await planMigration(connection.client), placeOf(databaseUrl));
}
