import pg from 'pg';
import {
  dropArchivedMonth,
  readArchiveFile,
  writeArchiveFile,
} from '../src/database/months/archive-file.ts';

/*
 * Files of the archive, for the administrator: see docs/operations.md. DATABASE_URL is the owner's.
 */
const USAGE = `Usage: DATABASE_URL=… node scripts/archive.ts
  export 2025-01 FILE   write a month of the archive to a file
  drop   2025-01        drop a month of the archive that is in a file
  import 2025-01 FILE   read a file into the archive; then app_admin.restore_month`;

const [command, name, file] = process.argv.slice(2);
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl || !/^\d{4}-\d{2}$/.test(name ?? '') || (command !== 'drop' && !file)) {
  console.error(USAGE);
  process.exit(1);
}
const month = `${name}-01`;
const client = new pg.Client(databaseUrl);
await client.connect();
try {
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
    case 'import':
      console.log(`${await readArchiveFile(client, month, String(file))} messages`);
      break;
    default:
      console.error(USAGE);
      process.exitCode = 1;
  }
} finally {
  await client.end();
}
