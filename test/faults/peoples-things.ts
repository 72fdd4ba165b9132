import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { randomSecret } from '../../src/database/embedded/secrets.ts';
import { type BenchEnvironment, REPOSITORY } from '../../testing/environment.ts';
import { freePort } from '../../testing/free-port.ts';
import { makeDataDir, startTrumpet } from '../../testing/process.ts';
import type { Claim } from './support/claim.ts';
import { startPeoplesThings } from './support/people-things.ts';
import { startProxy } from './support/proxy.ts';
import { pause, until } from './support/traffic.ts';

/* Drafts, scheduled messages, polls and threads, while something breaks. */

const GIVE_UP_MS = 60_000;

/** The server, the worker and the network between them and Postgres go in turn. */
export async function thingsWhileKilled(
  env: BenchEnvironment,
  { rounds }: { rounds: number },
): Promise<Claim[]> {
  const { rows: rates } = await env.owner.query('select kind, burst from app_private.rates');
  const proxy = await startProxy(Number(new URL(env.databaseUrl).port));
  const through = (url: string) => Object.assign(new URL(url), { port: proxy.port }).href;
  const settings = {
    DATABASE_URL: through(env.databaseUrl),
    AUTH_DATABASE_URL: through(env.authDatabaseUrl),
  };
  const port = String(await freePort());
  let server = await env.startServer({ ...settings, PORT: port });
  let worker = startWorker(settings, env.jwtSecret);
  try {
    await using things = await startPeoplesThings({
      owner: env.owner,
      jwtSecret: env.jwtSecret,
      url: () => `http://127.0.0.1:${port}`,
    });
    for (let round = 0; round < rounds; round += 1) {
      await pause(500 + Math.random() * 500);
      await killed(server.child);
      server = await env.startServer({ ...settings, PORT: port });
      await pause(500 + Math.random() * 500);
      await killed(worker);
      worker = startWorker(settings, env.jwtSecret);
      await pause(500 + Math.random() * 500);
      proxy.redirect(Number(new URL(env.databaseUrl).port));
      const before = things.answered();
      await until(() => things.answered() > before + 50, GIVE_UP_MS);
    }
    return await things.finish();
  } finally {
    await killed(worker);
    await server.stop();
    await proxy.close();
    await env.owner.query(
      `update app_private.rates set burst = usual.burst
        from json_to_recordset($1) as usual (kind text, burst integer) where usual.kind = rates.kind`,
      [JSON.stringify(rates)],
    );
  }
}

/** `npm start`, whose Postgres is killed. */
export async function thingsWhilePostgresIsKilled({
  rounds,
}: {
  rounds: number;
}): Promise<Claim[]> {
  const dataDir = makeDataDir();
  const jwtSecret = randomSecret();
  const trumpet = startTrumpet({
    DATA_DIR: dataDir.path,
    PORT: String(await freePort()),
    JWT_SECRET: jwtSecret,
    SAMPLE_DATA: 'false',
  });
  const { url, psqlUrl } = await trumpet.ready;
  const owner = new pg.Pool({ connectionString: psqlUrl, max: 4, connectionTimeoutMillis: 5_000 });
  owner.on('error', () => {});
  try {
    await owner.query(
      'update app_private.limits set user_burst = 1000000, user_in_room_burst = 1000000',
    );
    const { rows } = await owner.query<{ data_directory: string }>('show data_directory');
    const pidFile = join(rows[0]?.data_directory as string, 'postmaster.pid');
    await using things = await startPeoplesThings({ owner, jwtSecret, url: () => url });
    for (let round = 0; round < rounds; round += 1) {
      await pause(1_000 + Math.random() * 1_000);
      process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
      const before = things.answered();
      await until(() => things.answered() > before + 50, GIVE_UP_MS);
    }
    return await things.finish();
  } finally {
    await owner.end();
    trumpet.child.kill('SIGTERM');
    await trumpet.ended;
    dataDir.remove();
  }
}

function startWorker(settings: Record<string, string>, jwtSecret: string): ChildProcess {
  return spawn(process.execPath, ['src/worker.ts'], {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'fatal', JWT_SECRET: jwtSecret, ...settings },
    stdio: 'ignore',
  });
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
