import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * Runs while no other process does, as files of tests do that start at once.
 *
 * @param lock a file with the id of the process that runs; what a process has left that was killed counts for nothing
 */
export async function oneAtATime(lock: string, run: () => Promise<void>): Promise<void> {
  while (!(await take(lock))) {
    if (isGone(await readFile(lock, 'utf8').catch(() => ''))) {
      await rm(lock, { force: true });
    } else {
      await wait(LOOK_EVERY_MS);
    }
  }
  try {
    await run();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Whether there is a process of this id no more. */
function isGone(text: string): boolean {
  const id = Number(text);
  if (!Number.isInteger(id) || id <= 0) {
    return false; // It is being written, or has just gone.
  }
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
