import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  findProblems,
  inlineFunctions,
  MIGRATIONS_FOLDER,
  readMigrations,
} from './function-files.ts';
import { releasedMigrations } from './releases.ts';

/*
 * Writes the functions' files into the committed migrations that are not released yet, and their hashes anew. Those
 * who have run them already reset their databases: npm run db:reset.
 */
const released = releasedMigrations();
const before = readMigrations();
const committed = inlineFunctions(before, released);
const changed = committed.filter(({ text }, index) => text !== before.committed[index]?.text);
for (const { name, text } of changed) {
  const path = join(MIGRATIONS_FOLDER, 'committed', name);
  rmSync(path); // graphile-migrate leaves it without the right to write.
  writeFileSync(path, text);
}
console.log(`${changed.length} of ${committed.length} migrations were written anew.`);
const problems = findProblems({ ...before, committed }, released);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
