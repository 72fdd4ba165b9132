import { postgresUrl } from '../src/config/database.ts';
import {
  dropArchivedMonth,
  readArchiveFile,
  writeArchiveFile,
} from '../src/database/months/archive-file.ts';
import { connect } from '../src/database/requirements.ts';
import { runOnce } from '../src/process/run.ts';
import { StartError } from '../src/process/start-error.ts';

/*
 * npm run archive: files of the archive, for the administrator. docs/operations.md shows it.
 */
const USAGE = `Usage: npm run archive -- export 2025-01 FILE   write a month of the archive to a file
       npm run archive -- drop   2025-01        drop a month of the archive that is in a file
       npm run archive -- import 2025-01 FILE   read a file into the archive; then app_admin.restore_month
  DATABASE_URL is the owner's address of the database.`;

await runOnce(async () => {
  const [command, name = '', file] = process.argv.slice(2);
  const address = process.env.DATABASE_URL;
  const takesFile = command === 'export' || command === 'import';
  const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(name);
  if (!address || !isMonth || (command !== 'drop' && !takesFile) || takesFile !== Boolean(file)) {
    throw new StartError(USAGE);
  }
  const { data: databaseUrl, error } = postgresUrl.safeParse(address);
  if (databaseUrl === undefined) {
    throw new StartError(`DATABASE_URL ${error?.issues[0]?.message}`);
  }
  const month = `${name}-01`;
  await using connection = await connect(databaseUrl, 'DATABASE_URL');
  const { client } = connection;
  switch (command) {
    case 'export': {
      const { messages, bytes, sha256 } = await writeArchiveFile(client, month, String(file));
      console.log(`${messages} messages, ${bytes} bytes, SHA-256 ${sha256}`);
      break;
    }
    case 'drop':
      await dropArchivedMonth(client, month);
      console.log(`${name} is in its file only`);
      break;
    default:
      console.log(`${await readArchiveFile(client, month, String(file))} messages`);
  }
});
