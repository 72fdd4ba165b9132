import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** The first version that keeps prepared statements in transaction mode. */
const LEAST_VERSION = 1.21;

/** Whether such a `pgbouncer` is on this machine; where it is not, tests that need it are skipped. */
export const hasPgBouncer = (() => {
  const { stdout } = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' });
  return Number(/PgBouncer (\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? 0) >= LEAST_VERSION;
})();

export interface PgBouncer {
  /** The same database and user, by way of the pooler. */
  through(databaseUrl: string): string;
  close(): Promise<void>;
}

/**
 * A PgBouncer of the test's own, in transaction mode, before the Postgres of these URLs.
 *
 * @param settings lines of its configuration, beside what docs/running.md says
 */
export async function startPgBouncer(
  urls: readonly string[],
  settings: readonly string[],
): Promise<PgBouncer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-pgbouncer-'));
  chmodSync(folder, 0o755);
  const places = urls.map((url) => new URL(url));
  const quoted = (text: string) => `"${decodeURIComponent(text).replaceAll('"', '""')}"`;
  writeFileSync(
    join(folder, 'users.txt'),
    places.map(({ username, password }) => `${quoted(username)} ${quoted(password)}\n`).join(''),
  );
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=127.0.0.1 port=${places[0]?.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      ...settings,
      '',
    ].join('\n'),
  );
  const asNobody = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
  const child = spawn('pgbouncer', [...asNobody, '--quiet', join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) {
      throw new Error('PgBouncer does not start');
    }
    await wait(20);
  }
  return {
    through(databaseUrl) {
      const url = new URL(databaseUrl);
      url.port = String(port);
      return url.href;
    },
    async close() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
