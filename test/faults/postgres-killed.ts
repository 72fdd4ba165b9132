import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { randomSecret } from '../../src/database/embedded/secrets.ts';
import { epochMs } from '../../testing/clock.ts';
import { freePort } from '../../testing/free-port.ts';
import { makeDataDir, startTrumpet } from '../../testing/process.ts';
import { type Claim, eachAtMost } from './support/claim.ts';

import { pause, startTraffic, until } from './support/traffic.ts';

const GIVE_UP_MS = 60_000;

/** `npm start`, whose Postgres is killed: nobody helps it up. */
export async function postgresKilled({
  rounds,
  rate,
}: {
  rounds: number;
  rate: number;
}): Promise<Claim[]> {
  const dataDir = makeDataDir();
  const port = await freePort();
  const jwtSecret = randomSecret();
  const trumpet = startTrumpet({
    DATA_DIR: dataDir.path,
    PORT: String(port),
    JWT_SECRET: jwtSecret,
    SAMPLE_DATA: 'false',
  });
  const { url, psqlUrl } = await trumpet.ready;
  const owner = new pg.Pool({ connectionString: psqlUrl, max: 4, connectionTimeoutMillis: 5_000 });
  owner.on('error', () => {});
  try {
    const { rows } = await owner.query<{ data_directory: string }>('show data_directory');
    const pidFile = join(rows[0]?.data_directory as string, 'postmaster.pid');
    await using traffic = await startTraffic({
      owner,
      jwtSecret,
      urls: [() => url],
      httpRate: rate,
    });
    const outagesMs: number[] = [];
    const convergencesMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await pause(1_000 + Math.random() * 2_000);
      const killedAt = epochMs();
      process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
      const serves = () =>
        traffic.writers.sends.some(
          ({ outcome, startedAt }) => outcome === 'acknowledged' && startedAt > killedAt,
        );
      await until(async () => serves() && (await isReady(url)), GIVE_UP_MS);
      outagesMs.push(epochMs() - killedAt);
      convergencesMs.push(await traffic.convergence());
    }
    const history = await traffic.finish();
    return [
      history.faithful,
      eachAtMost('service is back by itself within 15 s', outagesMs, 15),
      eachAtMost('every client has converged within 5 s of ready', convergencesMs, 5),
    ];
  } finally {
    await owner.end();
    trumpet.child.kill('SIGTERM');
    await trumpet.ended;
    dataDir.remove();
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
