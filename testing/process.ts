import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '..');

/** `npm start` as a process of its own, without npm. */
export interface TrumpetProcess {
  readonly child: ChildProcess;
  /** The address it printed when ready. @throws with its output when it ended instead. */
  readonly ready: Promise<{ readonly url: string; readonly psqlUrl: string }>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  output(): string;
  errors(): string;
}

export function startTrumpet(env: Record<string, string>): TrumpetProcess {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'fatal', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ready = new Promise<{ url: string; psqlUrl: string }>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const url = /GraphQL +(http\S+)\/graphql/.exec(output)?.[1];
      if (output.includes('Ctrl-C') && url !== undefined) {
        resolve({ url, psqlUrl: /owner +(postgres:\S+)/.exec(output)?.[1] ?? '' });
      }
    });
    ended.then(() => reject(new Error(`It ended before it was ready: ${errors}${output}`)));
  });
  ready.catch(() => {}); // A test that expects no start asks `ended`.
  return { child, ready, ended, output: () => output, errors: () => errors };
}

/** A data folder in a place that the user Postgres runs as can reach. */
export function makeDataDir(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'trumpet-data-'));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
