import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** What the page is made of, beside the packages that the lock file names. */
const SOURCES = [
  'package-lock.json',
  'client/src/**/*',
  'src/http/page/addresses.ts',
  'web/*.*',
  'web/{build,public,src}/**/*',
];

/** Whether there is no page in this folder, or one that is older than what it is made of. */
export function isPageStale(dist: string): boolean {
  const built = statSync(join(dist, 'index.html'), { throwIfNoEntry: false });
  return (
    built === undefined ||
    globSync(SOURCES, { cwd: REPOSITORY }).some(
      (path) => statSync(join(REPOSITORY, path)).mtimeMs > built.mtimeMs,
    )
  );
}
