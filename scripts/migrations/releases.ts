import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';

/*
 * A release is a tag v…: databases out there have run its migrations, so they stay as they are. A clone without tags
 * knows of no release.
 */

const COMMITTED = 'migrations/committed';
const ROOT = join(import.meta.dirname, '..', '..');

/** The names of the committed migrations that are in a release. */
export function releasedMigrations(root: string = ROOT): Set<string> {
  return new Set(
    releases(root).flatMap((tag) =>
      git(root, 'ls-tree', '--name-only', '--full-tree', tag, `${COMMITTED}/`).map((path) =>
        basename(path),
      ),
    ),
  );
}

/** Those of them that are no longer as they were released. */
export function changedReleasedMigrations(root: string = ROOT): Set<string> {
  return new Set(
    releases(root).flatMap((tag) =>
      git(
        root,
        'diff',
        '--name-only',
        '--no-renames',
        '--diff-filter=DMT',
        tag,
        '--',
        COMMITTED,
      ).map((path) => basename(path)),
    ),
  );
}

function releases(root: string): string[] {
  return git(root, 'tag', '--list', 'v[0-9]*');
}

function git(root: string, ...options: string[]): string[] {
  return execFileSync('git', options, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
}
