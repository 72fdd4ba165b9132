import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the page, unless it is there and newer than what it is made of. Servers that are started later have it. */
export function buildPage(): void {
  const script = join(import.meta.dirname, '..', 'web', 'build', 'build.ts');
  execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}
