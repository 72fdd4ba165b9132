import { openStorage } from './attachments/open-storage.ts';
import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migrations.ts';
import { createOwnerPool } from './database/pools.ts';
import { resolveSharedDatabase } from './database/resolve.ts';
import { writeExport } from './export/write.ts';
import { runOnce } from './process/run.ts';
import { StartError } from './process/start-error.ts';

/*
 * npm run export -- all DIRECTORY, or room SLUG DIRECTORY: see docs/import.md.
 */
const USAGE = `Usage: npm run export -- all DIRECTORY
       npm run export -- room SLUG DIRECTORY   (or the room's id)`;

await runOnce(async (stack) => {
  const { room, directory } = readArguments(process.argv.slice(2));
  const config = await resolveSharedDatabase(loadConfig(process.env), stack);
  const pool = createOwnerPool(config.databaseUrl, 1);
  await requireMigrated(pool).finally(() => pool.end());
  const storage = await openStorage(config.attachments);
  stack.defer(storage.close);
  const { rooms, messages, files } = await writeExport({
    databaseUrl: config.databaseUrl,
    storage,
    room,
    directory,
  });
  const count = (number: number) => number.toLocaleString('en');
  process.stdout.write(
    `${count(rooms)} rooms, ${count(messages)} messages and ${count(files)} files are in ${directory}.\n`,
  );
});

function readArguments([what, ...others]: readonly string[]): {
  room: string | undefined;
  directory: string;
} {
  const [room, directory] = what === 'room' ? others : [undefined, others[0]];
  const isComplete = what === 'room' ? others.length === 2 : what === 'all' && others.length === 1;
  if (!isComplete || directory === undefined) {
    throw new StartError(USAGE);
  }
  return { room, directory };
}
