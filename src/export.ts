import { parseArgs } from 'node:util';
import { openStorage } from './attachments/open-storage.ts';
import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migration-plan.ts';
import { createOwnerPool } from './database/pools.ts';
import { resolveSharedDatabase } from './database/resolve.ts';
import { writeExport } from './export/write.ts';
import { runOnce } from './process/run.ts';
import { StartError } from './process/start-error.ts';

/*
 * npm run export -- all TARGET, or room SLUG TARGET: see docs/import.md.
 */
const USAGE = `Usage: npm run export -- all TARGET [--format slack]
       npm run export -- room SLUG TARGET   (or the room's id)
  TARGET      a folder, or a file that ends in .zip
  --format    trumpet, which has everything, or slack
  --workspace whose rooms, if not the default workspace's`;
const FORMATS = ['trumpet', 'slack'] as const;

await runOnce(async (stack) => {
  const { room, target, format, workspace } = readArguments(process.argv.slice(2));
  const config = await resolveSharedDatabase(loadConfig(process.env), stack);
  const pool = createOwnerPool(config.databaseUrl, 1);
  await requireMigrated(pool).finally(() => pool.end());
  const storage = await openStorage(config.attachments);
  stack.defer(storage.close);
  const { rooms, messages, files, leftOut, gone } = await writeExport({
    databaseUrl: config.databaseUrl,
    storage,
    room,
    target,
    format,
    workspace,
  });
  const count = (number: number) => number.toLocaleString('en');
  process.stdout.write(
    `${count(rooms)} rooms, ${count(messages)} messages and ${count(files)} files are in ${target}.\n`,
  );
  if (leftOut > 0) {
    process.stdout.write(
      `${count(leftOut)} reactions are not: Slack has no name for their emoji.\n`,
    );
  }
  if (gone > 0) {
    process.stdout.write(
      `${count(gone)} files are not: they are not in the storage any more. Their names are.\n`,
    );
  }
});

function readArguments(given: readonly string[]): {
  room: string | undefined;
  target: string;
  format: (typeof FORMATS)[number];
  workspace: string | undefined;
} {
  const { values, positionals } = parse(given);
  const [what, ...others] = positionals;
  const [room, target] = what === 'room' ? others : [undefined, others[0]];
  const isComplete = what === 'room' ? others.length === 2 : what === 'all' && others.length === 1;
  const format = FORMATS.find((known) => known === values.format);
  if (!isComplete || target === undefined || format === undefined) {
    throw new StartError(USAGE);
  }
  return { room, target, format, workspace: values.workspace };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: { format: { type: 'string', default: 'trumpet' }, workspace: { type: 'string' } },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}
