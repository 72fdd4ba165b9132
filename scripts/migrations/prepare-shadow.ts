import { installWorkerTables } from '../../src/database/migrations.ts';
import { checkRequirements } from '../../src/database/requirements.ts';

/** Run by graphile-migrate on each new shadow database, before the migrations. */
const databaseUrl = String(process.env.GM_DBURL);
await checkRequirements(databaseUrl);
await installWorkerTables(databaseUrl);
