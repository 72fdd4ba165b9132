import { parseArgs } from 'node:util';
import { openStorage } from './attachments/open-storage.ts';
import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migration-plan.ts';
import { createOwnerPool } from './database/pools.ts';
import { resolveSharedDatabase } from './database/resolve.ts';
import { readAccountMap } from './import/account-map.ts';
import { openArchive } from './import/archive.ts';
import { FORMATS } from './import/formats.ts';
import { createReport } from './import/report.ts';
import { runImport } from './import/run.ts';
import { runOnce } from './process/run.ts';
import { StartError } from './process/start-error.ts';

/*
 * npm run import -- slack FILE.zip [--dry-run]: see docs/import.md.
 */
const USAGE = `Usage: npm run import -- FORMAT FILE [--dry-run] [--workspace NAME]
  FORMAT     ${Object.keys(FORMATS).join(', ')}
  FILE       the export: a ZIP file, or the folder that it was unpacked to
  --dry-run  says what would happen, and changes nothing
  --workspace where to, if not to the default workspace
  --source   which installation it is of, where the export does not say: a name of yours
  --files    a folder with the files that the export only names
  --download fetches what is nowhere from the addresses that the export has
  --map      a file of lines SOURCE ID,ACCOUNT: people who have an account here
  --match-verified-emails  takes whoever has verified the address here for the person`;
const SHOWN_EVERY_MS = 1_000;

await runOnce(async (stack) => {
  const {
    format,
    file,
    isDryRun,
    isDownloading,
    folder,
    workspace,
    sourceName,
    map,
    matchesEmails,
  } = readArguments(process.argv.slice(2));
  const report = createReport();
  const archive = await openArchive(file, report);
  stack.defer(archive.close);
  const archives = folder === undefined ? [archive] : [archive, await openArchive(folder, report)];
  const config = await resolveSharedDatabase(loadConfig(process.env), stack);
  const pool = createOwnerPool(config.databaseUrl, 1);
  stack.defer(() => pool.end());
  await requireMigrated(pool);
  await pool.query('select app_admin.use_workspace($1) where $1::text is not null', [workspace]);
  const accounts = map === undefined ? undefined : await readAccountMap(map, pool);
  const storage = await openStorage(config.attachments);
  stack.defer(storage.close);
  const source = await format(archive, report);
  const { people, matched, rooms, read, written, files } = await runImport(source, {
    databaseUrl: config.databaseUrl,
    isDryRun,
    workspace,
    sourceName,
    report,
    accounts,
    matchesEmails,
    files: { archives, storage, maxBytes: config.attachments.maxBytes, isDownloading },
    onProgress: showProgress(),
  });
  const count = (number: number) => number.toLocaleString('en');
  process.stdout.write(
    [
      `${source.name}: ${count(people)} people, ${count(rooms)} rooms, ${count(read)} messages.`,
      ...(matched > 0 ? [`${count(matched)} of the people have accounts that were here.`] : []),
      isDryRun
        ? `${count(written)} messages would be new. Nothing was changed.`
        : `${count(written)} messages are new, and ${count(files)} files; the others were there already.`,
      ...report.lines(),
      '',
    ].join('\n'),
  );
});

function readArguments(given: readonly string[]) {
  const { values, positionals } = parse(given);
  const [name = '', file] = positionals;
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined || file === undefined || positionals.length > 2) {
    throw new StartError(USAGE);
  }
  return {
    format,
    file,
    isDryRun: values['dry-run'],
    isDownloading: values.download,
    folder: values.files,
    workspace: values.workspace,
    sourceName: values.source === undefined ? undefined : `${name} ${values.source}`,
    map: values.map,
    matchesEmails: values['match-verified-emails'],
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        download: { type: 'boolean', default: false },
        files: { type: 'string' },
        workspace: { type: 'string' },
        source: { type: 'string' },
        map: { type: 'string' },
        'match-verified-emails': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

/** A line a second: how far it is. */
function showProgress(): (step: 'read' | 'written', count: number, total?: number) => void {
  let shownAt = performance.now();
  return (step, count, total) => {
    if (performance.now() - shownAt < SHOWN_EVERY_MS) {
      return;
    }
    shownAt = performance.now();
    const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
    process.stderr.write(`${count.toLocaleString('en')}${of} messages ${step}\n`);
  };
}
