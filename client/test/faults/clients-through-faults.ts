import { once } from 'node:events';
import { check, checkShown, type Finding, summarise } from '../../../test/faults/checker.ts';
import { type Claim, eachAtMost, exactly } from '../../../test/faults/support/claim.ts';
import { createPopulation } from '../../../test/faults/support/population.ts';
import { readTables } from '../../../test/faults/support/tables.ts';
import type { BenchEnvironment } from '../../../testing/environment.ts';
import { freePort } from '../../../testing/free-port.ts';
import { type Counts, enter } from './player.ts';

/*
 * People with `trumpet-client` write and read while the server is killed, their sockets are cut, answers are lost and
 * their apps crash and come back from what they had kept. Looked at are the tables, what each device keeps in the end, and
 * every single state of the rooms that was shown to somebody meanwhile.
 */

export interface Amounts {
  readonly people: number;
  readonly rooms: number;
  readonly sends: number;
  readonly kills: number;
}

const POLL_MS = 20;

export async function clientsThroughFaults(
  env: BenchEnvironment,
  { people, rooms, sends: wanted, kills }: Amounts,
): Promise<Claim[]> {
  const port = String(await freePort());
  let server = await env.startServer({ PORT: port });
  const { roomIds, authors } = await createPopulation(env.owner, env.jwtSecret, people, rooms);
  const counts: Counts = { lostAnswers: 0, cuts: 0, crashes: 0, states: 0 };
  const players = await Promise.all(
    authors.map(({ person, roomIds: those }) => enter(server.url, person, those, counts)),
  );
  const endedCount = () => players.reduce((sum, player) => sum + player.endedCount, 0);

  async function everybodySees(): Promise<void> {
    const { rows } = await env.owner.query<{ room_id: string; seq: number }>(
      'select room_id, max(seq)::int as seq from app_public.messages where room_id = any ($1) group by room_id',
      [roomIds],
    );
    const newest = new Map(rows.map(({ room_id, seq }) => [room_id, seq]));
    // What they have, and not whether they are live: sockets are cut faster than anybody can be told of it.
    await Promise.all(players.map((player) => reached(() => player.hasReached(newest))));
  }

  const each = Math.ceil(wanted / people);
  const writing = Promise.all(players.map((player) => player.write(each)));
  const convergencesMs: number[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    await reached(() => endedCount() >= (wanted * kill) / (kills + 1));
    const exited = once(server.child, 'exit');
    server.child.kill('SIGKILL');
    await exited;
    server = await env.startServer({ PORT: port });
    const startedAt = performance.now();
    await everybodySees();
    convergencesMs.push(performance.now() - startedAt);
  }
  await writing;
  await Promise.all(players.map((player) => player.sentAll()));
  await everybodySees();
  const tables = await readTables(env.owner, roomIds);
  const left = await Promise.all(players.map((player) => player.leave()));
  await server.stop();

  const sends = left.flatMap((one) => one.sends);
  const kept = left.flatMap((one) => one.kept);
  const inTables = check(tables, sends, []);
  const rows = tables.reduce((sum, { messages }) => sum + messages.length, 0);
  const { lostAnswers, cuts, crashes, states } = counts;
  return [
    exactly(`${(each * people).toLocaleString('en')} sends make as many rows`, rows, each * people),
    claimOf(
      '0 acknowledged messages lost, 0 doubled, the order of each writer kept',
      inTables,
      `${sends.length.toLocaleString('en')} sends with ${lostAnswers} answers lost, ${cuts} cuts, ${crashes} crashes`,
    ),
    claimOf(
      'what each client keeps in the end is what the tables have',
      kept.flatMap((shown) => checkShown(tables, shown)),
      `${kept.length} rooms`,
    ),
    claimOf(
      'every message was shown once, in order and without a gap, at any moment',
      players.flatMap(({ findings }) => findings),
      `${states.toLocaleString('en')} states`,
    ),
    eachAtMost('every client shows what was sent before within 5 s of ready', convergencesMs, 5),
  ];
}

function claimOf(promise: string, findings: readonly Finding[], where: string): Claim {
  for (const { kind, what } of findings.slice(0, 10)) {
    console.log(`  ${kind}: ${what}`);
  }
  return { promise, measured: `${summarise(findings)}, in ${where}`, holds: findings.length === 0 };
}

async function reached(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
