import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { signToken } from '../../testing/access-token.ts';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket } from '../../testing/socket.ts';
import { atMost, type Claim } from './support/claim.ts';
import { pause, startTraffic } from './support/traffic.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** To where a server's clock is set, one after the other. */
export const OFFSETS_MS = [
  30_000,
  -30_000,
  10 * MINUTE_MS,
  -10 * MINUTE_MS,
  220 * DAY_MS,
  -220 * DAY_MS,
];
/** Longer than a machine with some load needs to open a socket. */
const TOKEN_LIFE_S = 6;

/** The clock of the server is set back and forth under load; access tokens end in between. */
export async function clockSteps(
  env: BenchEnvironment,
  { offsetsMs, pauseMs, rate }: { offsetsMs: readonly number[]; pauseMs: number; rate: number },
): Promise<Claim[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-clock-'));
  const file = join(folder, 'offset');
  const server = await env.startServer({
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'support', 'settable-clock.ts')}`,
    CLOCK_OFFSET_FILE: file,
  });
  await using traffic = await startTraffic({
    owner: env.owner,
    jwtSecret: env.jwtSecret,
    urls: [() => server.url],
    httpRate: rate,
  });
  const person = traffic.population.people[0] as Person;
  const late: number[] = [];
  for (const offset of offsetsMs) {
    // The server knows the token before its clock is set.
    const { closed } = await openOnShortToken(env, server.url, person);
    writeFileSync(file, String(offset));
    server.child.kill('SIGUSR2');
    late.push(await closed);
    await pause(pauseMs);
    writeFileSync(file, '0');
    server.child.kill('SIGUSR2');
    await pause(pauseMs);
  }
  const history = await traffic.finish();
  await server.stop();
  rmSync(folder, { recursive: true });
  return [
    history.faithful,
    // It waited as long as the step; two seconds are reached by a busy machine, too.
    atMost('an event is delayed by at most 5 s', history.delays.max / 1_000, 5, 's at most'),
    atMost(
      'access ends within 2 s of its token',
      Math.max(...late) / 1_000,
      2,
      `s at most, of ${late.length} tokens`,
    ),
  ];
}

/** Opens a socket. `closed` tells how many milliseconds from the end of its token it was closed. */
async function openOnShortToken(
  env: BenchEnvironment,
  url: string,
  { id, token }: Person,
): Promise<{ readonly closed: Promise<number> }> {
  const sid = decodeJwt(token).sid as string;
  for (let lifeS = TOKEN_LIFE_S; ; lifeS *= 2) {
    const short = await signToken({ sub: id, sid }, env.jwtSecret, lifeS);
    const endsAt = performance.now() + (decodeJwt(short).exp as number) * 1_000 - Date.now();
    try {
      const socket = await openSocket(`${url}/graphql`, { token: short });
      return { closed: socket.closed.then(() => Math.abs(performance.now() - endsAt)) };
    } catch (error) {
      if (performance.now() < endsAt) {
        throw error;
      }
      // The machine was busy for longer than the token lasts.
    }
  }
}
