import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStorage } from '../../../src/attachments/disk-storage.ts';
import { openArchive } from '../../../src/import/archive.ts';
import { FORMATS } from '../../../src/import/formats.ts';
import { createReport, type Report } from '../../../src/import/report.ts';
import { type ImportResult, runImport } from '../../../src/import/run.ts';

const storageFolder = mkdtempSync(join(tmpdir(), 'import-storage-'));
process.on('exit', () => rmSync(storageFolder, { recursive: true, force: true }));

/** Imports a file as `npm run import` does. */
export async function importFile(
  database: { readonly databaseUrl: string },
  format: string,
  path: string,
  {
    isDryRun = false,
    folder = undefined as string | undefined,
    isDownloading = false,
    storage = storageFolder,
    accounts = undefined as ReadonlyMap<string, string> | undefined,
    matchesEmails = false,
    workspace = undefined as string | undefined,
    sourceName = undefined as string | undefined,
  } = {},
): Promise<ImportResult & { report: Report }> {
  const open = FORMATS[format];
  if (open === undefined) {
    throw new Error(`No format ${format}`);
  }
  const report = createReport();
  const archive = await openArchive(path, report);
  try {
    const source = await open(archive, report);
    const archives =
      folder === undefined ? [archive] : [archive, await openArchive(folder, report)];
    const result = await runImport(source, {
      databaseUrl: database.databaseUrl,
      isDryRun,
      workspace,
      sourceName,
      report,
      accounts,
      matchesEmails,
      files: {
        archives,
        storage: await createDiskStorage(storage),
        maxBytes: 1_000_000,
        isDownloading,
      },
    });
    return { ...result, report };
  } finally {
    archive.close();
  }
}
