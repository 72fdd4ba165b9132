import type { BenchEnvironment } from '../../testing/environment.ts';
import { atMost, type Claim } from './support/claim.ts';
import { type Direction, type SwallowedLink, startProxy } from './support/proxy.ts';
import { pause, startTraffic, until } from './support/traffic.ts';

/** The database link stays open and carries nothing more, for the connections that there are. */
const DIRECTIONS: readonly (readonly Direction[])[] = [
  ['toDatabase', 'toServer'],
  ['toDatabase'],
  ['toServer'],
];
const CONNECTIONS = {
  listener: (name: string) => name === 'trumpet listener',
  'relay to other nodes': (name: string) => name === 'trumpet relay',
  'reading the log': (name: string) => name === 'trumpet',
  API: (name: string) => name === 'trumpet api',
  all: () => true,
};

const NOTICE_LIMIT_MS = 25_000;
/** For connections to be used again after the round before, and for what is used to be missed. */
const SETTLE_MS = 2_000;

export async function halfOpenLink(
  env: BenchEnvironment,
  { rounds, rate }: { rounds: number; rate: number },
): Promise<Claim[]> {
  const proxy = await startProxy(Number(new URL(env.databaseUrl).port));
  const through = (url: string) => {
    const copy = new URL(url);
    copy.port = String(proxy.port);
    return copy.href;
  };
  const server = await env.startServer({
    DATABASE_URL: through(env.databaseUrl),
    AUTH_DATABASE_URL: through(env.authDatabaseUrl),
  });
  await using traffic = await startTraffic({
    owner: env.owner,
    jwtSecret: env.jwtSecret,
    urls: [() => server.url],
    httpRate: rate / 2,
    sql: { authDatabaseUrl: env.authDatabaseUrl, rate: rate / 2 },
  });
  // The whole of it first: that is also the one to run when there is time for one only.
  const plan = Object.entries(CONNECTIONS)
    .toReversed()
    .flatMap(([name, isMeant]) => DIRECTIONS.map((directions) => ({ name, isMeant, directions })))
    .slice(0, rounds);
  let slowest = { noticed: 0, round: '' };
  for (const { name, isMeant, directions } of plan) {
    await pause(SETTLE_MS);
    const links = proxy.swallow(directions, isMeant);
    await pause(SETTLE_MS);
    await until(() => links.every(isNoticed), NOTICE_LIMIT_MS);
    const noticed = Math.max(0, ...links.map(noticedAfterMs)) / 1_000;
    if (noticed >= slowest.noticed) {
      slowest = { noticed, round: `${name}, ${directions.join(' and ')}` };
    }
    await traffic.convergence();
  }
  const history = await traffic.finish();
  await server.stop();
  await proxy.close();
  const longestSend = Math.max(
    ...history.sends.map(({ startedAt, endedAt }) => endedAt - startedAt),
  );
  return [
    history.faithful,
    atMost(
      'a dead link is noticed within 10 s',
      slowest.noticed,
      10,
      `s at most, of ${plan.length} kinds (${slowest.round})`,
    ),
    atMost('no reader is stale for more than 15 s', history.delays.max / 1_000, 15, 's at most'),
    atMost(
      'no send goes without an answer for more than 15 s',
      longestSend / 1_000,
      15,
      's at most',
    ),
  ];
}

function isNoticed({ missingSince, closedAt }: SwallowedLink): boolean {
  return missingSince === undefined || closedAt !== undefined;
}

function noticedAfterMs({ missingSince, closedAt }: SwallowedLink): number {
  return missingSince === undefined ? 0 : (closedAt ?? Number.POSITIVE_INFINITY) - missingSince;
}
