import { lstat, mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { wallClockMs } from '../process/clock.ts';
import { log } from '../process/log.ts';
import { repeat } from '../process/repeat.ts';

const PREFIX = 'trumpet-worker-';
const BEAT_MS = 60_000;
/** A folder that its worker has not touched for so long has none any more. */
const STALE_MS = 10 * BEAT_MS;

/** Where a worker puts files for as long as it works on them. */
export interface TemporaryFolder {
  /** Gives a new folder for as long as `use` takes. */
  using<T>(use: (folder: string) => Promise<T>): Promise<T>;
  /** Removes everything. */
  close(): Promise<void>;
}

/**
 * Makes a folder of this worker among the system's temporary files, and removes those of workers that were killed. Each
 * worker touches its own every minute: unlike a process id, that tells who is alive across containers that share /tmp.
 *
 * @param parent where the folders of all workers are
 */
export async function createTemporaryFolder(parent = tmpdir()): Promise<TemporaryFolder> {
  const own = await mkdtemp(join(parent, PREFIX));

  async function beat(): Promise<void> {
    // One that slept for long may find its folder gone.
    await mkdir(own, { recursive: true, mode: 0o700 });
    const now = wallClockMs() / 1_000;
    await utimes(own, now, now);
    await removeStale(parent, basename(own));
  }

  await beat();
  const stopBeating = repeat('beat_temporary_folder', BEAT_MS, beat);
  return {
    async using(use) {
      await mkdir(own, { recursive: true, mode: 0o700 });
      const folder = await mkdtemp(join(own, 'job-'));
      try {
        return await use(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async close() {
      await stopBeating();
      await rm(own, { recursive: true, force: true });
    },
  };
}

async function removeStale(parent: string, own: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((found) => found.startsWith(PREFIX) && found !== own)) {
    const path = join(parent, name);
    try {
      const { mtimeMs, uid } = await lstat(path);
      if (wallClockMs() - mtimeMs > STALE_MS && uid === process.getuid?.()) {
        await rm(path, { recursive: true, force: true });
        log.info({ event: 'worker.leftovers_removed', folder: name });
      }
    } catch (error) {
      // Another worker may have been faster.
      log.debug({ event: 'worker.leftovers_not_removed', folder: name, error });
    }
  }
}
