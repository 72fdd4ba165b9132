import { createDiskStorage } from '../../../src/attachments/disk-storage.ts';
import { openArchive } from '../../../src/import/archive.ts';
import { createReport } from '../../../src/import/report.ts';
import { runImport } from '../../../src/import/run.ts';
import { openSlack } from '../../../src/import/slack.ts';

/* An import in a process of its own, which says after each batch how much is written: to be killed. */
const [databaseUrl = '', path = ''] = process.argv.slice(2);
const report = createReport();
const archive = await openArchive(path, report);
await runImport(await openSlack(archive, report), {
  databaseUrl,
  isDryRun: false,
  report,
  files: {
    archives: [archive],
    storage: await createDiskStorage(`${path}-files`),
    maxBytes: 0,
    isDownloading: false,
  },
  onProgress: (step, count) => step === 'written' && process.stdout.write(`${count}\n`),
});
archive.close();
