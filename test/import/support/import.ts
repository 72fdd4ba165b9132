import { openArchive } from '../../../src/import/archive.ts';
import { FORMATS } from '../../../src/import/formats.ts';
import { createReport, type Report } from '../../../src/import/report.ts';
import { type ImportResult, runImport } from '../../../src/import/run.ts';

/** Imports a file as `npm run import` does. */
export async function importFile(
  database: { readonly databaseUrl: string },
  format: string,
  path: string,
  { isDryRun = false } = {},
): Promise<ImportResult & { report: Report }> {
  const open = FORMATS[format];
  if (open === undefined) {
    throw new Error(`No format ${format}`);
  }
  const report = createReport();
  const archive = await openArchive(path, report);
  try {
    const source = await open(archive, report);
    const result = await runImport(source, { databaseUrl: database.databaseUrl, isDryRun, report });
    return { ...result, report };
  } finally {
    archive.close();
  }
}
