import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from '../../process/data-folder.ts';
import { StartError } from '../../process/start-error.ts';
import { isAlive, startTimeOf } from './processes.ts';

/**
 * One process at a time in a data folder. The lock is a file that names its holder by process id
 * and start time: after a crash the id may belong to someone else, the start time tells.
 *
 * @returns a function that gives the lock back.
 * @throws StartError when another process holds it.
 */
export function lockDataDir(dataDir: string): () => void {
  makeDataFolder(dataDir);
  const lockFile = join(dataDir, 'trumpet.lock');
  const ours = JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) });
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, ours, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link appears with its content in it and fails when the name is taken: no half-written lock.
        linkSync(draft, lockFile);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw error;
        }
        const holder = readHolder(lockFile);
        if (holder !== undefined && isAlive(holder.pid, holder.startTime)) {
          throw new StartError(
            `Trumpet already runs on ${dataDir} (process ${holder.pid}): stop it, or set DATA_DIR to another folder.`,
          );
        }
        rmSync(lockFile, { force: true });
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readFileOrUndefined(lockFile) === ours) {
      rmSync(lockFile, { force: true });
    }
  };
}

/** Whether a process holds the lock of a data folder. */
export function isDataDirLocked(dataDir: string): boolean {
  const holder = readHolder(join(dataDir, 'trumpet.lock'));
  return holder !== undefined && isAlive(holder.pid, holder.startTime);
}

function readHolder(lockFile: string): { pid: number; startTime: string } | undefined {
  try {
    const holder = JSON.parse(readFileOrUndefined(lockFile) ?? '');
    return typeof holder.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}

function readFileOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
