import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_JWT_SECRET } from './access-token.ts';
import type { TestDatabase } from './database.ts';

const REPOSITORY = join(import.meta.dirname, '..');

/** `npm run server` or `npm run worker` as a process of its own, without npm. */
export interface NodeProcess {
  readonly child: ChildProcess;
  /** Where a server listens. */
  readonly url: string;
  /** What it has written to its log. */
  log(): string;
  /** Asks it to end, and resolves when it has. */
  stop(): Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/**
 * Starts a process on a test database, and resolves when it is ready.
 *
 * @param settings the environment to add
 * @param nodeArguments for Node itself
 */
export async function startNodeProcess(
  part: 'server' | 'worker',
  database: TestDatabase,
  settings: Record<string, string> = {},
  nodeArguments: readonly string[] = [],
): Promise<NodeProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-node-'));
  const child = spawn(process.execPath, [...nodeArguments, `src/${part}.ts`], {
    cwd: REPOSITORY,
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    rmSync(dataDir, { recursive: true, force: true });
    return { code, signal };
  });
  async function stop() {
    database.closeFirst.delete(end);
    child.kill('SIGTERM');
    return await ended;
  }
  async function end(): Promise<void> {
    await stop();
  }
  database.closeFirst.add(end);
  while (!log.includes(`"${part}.ready"`)) {
    await Promise.race([once(child.stderr, 'data'), ended]);
    if (child.exitCode !== null) {
      throw new Error(`It ended before it was ready: ${log}`);
    }
  }
  const port = /"server\.ready".*?"port":(\d+)/.exec(log)?.[1];
  return { child, url: `http://127.0.0.1:${port}`, log: () => log, stop };
}
