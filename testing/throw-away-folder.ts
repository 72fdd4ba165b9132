import { chmodSync, existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory that is mounted as a folder, on Linux. */
const MEMORY = '/dev/shm';
/** More than a run of all tests takes. Containers often have 64 MB, which one database fills. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

/** A new folder for a Postgres that is thrown away: in memory where there is room, else among the temporary files. */
export function makeThrowAwayFolder(): string {
  const folder = mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'trumpet-throw-away-'));
  chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
  return folder;
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) {
    return false;
  }
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ENOUGH_BYTES;
}
