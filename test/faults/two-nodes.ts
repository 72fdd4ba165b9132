import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { BenchEnvironment } from '../../testing/environment.ts';
import { freePort } from '../../testing/free-port.ts';
import { atMost, type Claim } from './support/claim.ts';
import { pause, startTraffic, type Traffic } from './support/traffic.ts';

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Two nodes that tell each other through Redis, which stops, stalls and forgets in turn. */
export async function twoNodesWithRedis(
  env: BenchEnvironment,
  { pauseMs, rate }: { pauseMs: number; rate: number },
): Promise<Claim[]> {
  const port = await freePort();
  let redis = await startRedis(port);
  try {
    return await withTwoNodes(env, { REDIS_URL: `redis://127.0.0.1:${port}` }, rate, async () => {
      await redis.stop();
      await pause(pauseMs);
      redis = await startRedis(port);
      await pause(pauseMs);
      redis.signal('SIGSTOP');
      await pause(pauseMs);
      redis.signal('SIGCONT');
      await pause(pauseMs);
      await flush(port);
      await pause(pauseMs);
    });
  } finally {
    await redis.stop();
  }
}

/** The same two nodes without Redis: what tells the other is cut off, then what listens. */
export async function twoNodesWithoutRedis(
  env: BenchEnvironment,
  { pauseMs, rate }: { pauseMs: number; rate: number },
): Promise<Claim[]> {
  return withTwoNodes(env, {}, rate, async () => {
    for (const name of ['trumpet relay', 'trumpet listener']) {
      await env.owner.query(
        `with connections as materialized (
          select pid from pg_stat_activity where application_name = $1 and datname = current_database()
        )
        select pg_terminate_backend(pid) from connections`,
        [name],
      );
      await pause(pauseMs);
    }
  });
}

async function withTwoNodes(
  env: BenchEnvironment,
  settings: Record<string, string>,
  rate: number,
  disturb: (traffic: Traffic) => Promise<void>,
): Promise<Claim[]> {
  const nodes = await Promise.all([env.startServer(settings), env.startServer(settings)]);
  await using traffic = await startTraffic({
    owner: env.owner,
    jwtSecret: env.jwtSecret,
    urls: nodes.map(
      ({ url }) =>
        () =>
          url,
    ),
    httpRate: rate,
  });
  await disturb(traffic);
  const history = await traffic.finish();
  await Promise.all(nodes.map((node) => node.stop()));
  const { p50, p99, max } = history.delays;
  return [
    history.faithful,
    atMost(
      'an event is delayed by at most 2 s',
      max / 1_000,
      2,
      `s at most (p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms)`,
    ),
  ];
}

async function startRedis(port: number) {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    exited.then(() => reject(new Error('redis-server did not start')));
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('Ready to accept connections')) {
        resolve();
      }
    });
  });
  return {
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** FLUSHALL, in Redis' own words: it needs no client library. */
async function flush(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end('FLUSHALL\r\n');
  socket.resume();
  await once(socket, 'close');
}
