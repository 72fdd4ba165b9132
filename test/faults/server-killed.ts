import { once } from 'node:events';
import type { BenchEnvironment } from '../../testing/environment.ts';
import { freePort } from '../../testing/free-port.ts';
import { type Claim, eachAtMost } from './support/claim.ts';
import { pause, startTraffic } from './support/traffic.ts';

/** The server is killed, and started anew by whoever supervises it. */
export async function serverKilled(
  env: BenchEnvironment,
  { rounds, rate }: { rounds: number; rate: number },
): Promise<Claim[]> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  let server = await env.startServer({ PORT: port });
  await using traffic = await startTraffic({
    owner: env.owner,
    jwtSecret: env.jwtSecret,
    urls: [() => url],
    httpRate: rate,
  });
  const convergencesMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await pause(500 + Math.random() * 1_500);
    const exited = once(server.child, 'exit');
    server.child.kill('SIGKILL');
    await exited;
    server = await env.startServer({ PORT: port });
    convergencesMs.push(await traffic.convergence());
  }
  const history = await traffic.finish();
  await server.stop();
  const retried = history.sends.filter(({ attempts }) => attempts > 1).length;
  return [
    {
      ...history.faithful,
      measured: `${history.faithful.measured}; ${retried} sends were tried again`,
    },
    eachAtMost('every client has converged within 5 s of ready', convergencesMs, 5),
  ];
}
