import { epochMs } from '../../testing/clock.ts';
import type { BenchEnvironment } from '../../testing/environment.ts';
import { atMost, type Claim, exactly } from './support/claim.ts';

import { delaysOf, pause, startTraffic, until } from './support/traffic.ts';

const LISTENER = `application_name = 'trumpet listener' and datname = current_database()`;
const GIVE_UP_MS = 10_000;

/** The backend of the LISTEN connection goes, while programs without our NOTICE send. */
export async function listenerTerminated(
  env: BenchEnvironment,
  { rounds, rate }: { rounds: number; rate: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  await using traffic = await startTraffic({
    owner: env.owner,
    jwtSecret: env.jwtSecret,
    urls: [() => server.url],
    httpRate: rate / 2,
    sql: { authDatabaseUrl: env.authDatabaseUrl, rate: rate / 2 },
  });
  const listens = async (except: readonly number[]) => {
    const { rows } = await env.owner.query<{ pid: number }>(
      `select pid from pg_stat_activity where ${LISTENER}`,
    );
    return rows.some(({ pid }) => !except.includes(pid));
  };
  const begunAt = epochMs();
  for (let round = 0; round < rounds; round += 1) {
    await pause(100 + Math.random() * 300);
    const { rows } = await env.owner.query<{ pid: number }>(
      `select pid from pg_stat_activity where ${LISTENER}`,
    );
    const gone = rows.map(({ pid }) => pid);
    await env.owner.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [gone]);
    await until(() => listens(gone), GIVE_UP_MS);
  }
  const history = await traffic.finish();
  const delays = delaysOf(history.readings, begunAt);
  await server.stop();
  return [
    history.faithful,
    atMost('the gap is closed within 1 s', delays.max / 1_000, 1, 's, the latest event'),
    exactly(
      'clients notice nothing: connections and subscriptions that ended',
      history.closes.length + history.ends.length,
      0,
    ),
  ];
}
