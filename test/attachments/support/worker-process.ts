import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TEST_JWT_SECRET } from '../../../testing/access-token.ts';
import type { AttachmentsWorld } from './world.ts';

export interface WorkerProcess {
  /** Ends it, and waits until it has. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts `npm run worker` for a world, as a process that can be killed.
 *
 * @param temporary where it puts files while it works on them
 */
export function startWorkerProcess(world: AttachmentsWorld, temporary: string): WorkerProcess {
  const child = spawn(process.execPath, ['src/worker.ts'], {
    cwd: join(import.meta.dirname, '..', '..', '..'),
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'silent',
      DATABASE_URL: world.database.databaseUrl,
      AUTH_DATABASE_URL: world.database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
      DATA_DIR: join(world.folder, '..'),
      TMPDIR: temporary,
    },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  return {
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
