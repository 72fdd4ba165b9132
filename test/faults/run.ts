import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../../bench/support/report.ts';
import { type BenchEnvironment, createEnvironment, REPOSITORY } from '../../testing/environment.ts';
import { listWithDurations, withProgress } from '../../testing/progress.ts';
import { accessEnded, type Ending } from './access-ended.ts';
import { clockSteps, OFFSETS_MS } from './clock-steps.ts';
import { cutOffNode } from './cut-off-node.ts';
import { droppedResponses } from './dropped-responses.ts';
import { halfBannedReader } from './half-banned-reader.ts';
import { halfOpenLink } from './half-open-link.ts';
import { horizonHeldOpen } from './horizon-held-open.ts';
import { listenerTerminated } from './listener-terminated.ts';
import { longAbsence } from './long-absence.ts';
import { mutationRaces } from './mutation-races.ts';
import { oddSubscribes } from './odd-subscribes.ts';
import { otherHistory } from './other-history.ts';
import { thingsWhileKilled, thingsWhilePostgresIsKilled } from './peoples-things.ts';
import { postgresKilled } from './postgres-killed.ts';
import { serverKilled } from './server-killed.ts';
import { staleResults } from './stale-results.ts';
import { stalledQuery } from './stalled-query.ts';
import { stalledReader } from './stalled-reader.ts';
import { subscribeWhilePublishing } from './subscribe-while-publishing.ts';
import type { Claim } from './support/claim.ts';
import { hasRedis, twoNodesWithoutRedis, twoNodesWithRedis } from './two-nodes.ts';

/*
 * npm run test:faults [-- name …] [--record]: each fault under load, and what held. FAULTS_SIZE=small takes about two
 * minutes. `--help` lists them.
 */
type Size = 'full' | 'small';

interface Fault {
  /** The same for every run of a size: results are replaced by it. */
  readonly title: string;
  /** Whether it says nothing at a small size. */
  readonly needsTime?: boolean;
  readonly run: (env: BenchEnvironment) => Promise<Claim[]>;
}

const SIZE: Size = process.env.FAULTS_SIZE === 'small' ? 'small' : 'full';

const MANY_CLIENTS = { people: 8, rooms: 4 };
const FEW_CLIENTS = { people: 4, rooms: 2 };

/** Of the client's project, which knows what browsers have. */
async function clientFaults(
  env: BenchEnvironment,
  amounts: typeof MANY_CLIENTS & { readonly sends: number; readonly kills: number },
): Promise<Claim[]> {
  const path: string = '../../client/test/faults/clients-through-faults.ts';
  return (await import(path)).clientsThroughFaults(env, amounts);
}

/** Each fault as the size wants it. Messages a second are what two processors hold beside everything else. */
function faultsOf(size: Size): Record<string, Fault> {
  const pick = <T>(full: T, small: T) => (size === 'full' ? full : small);
  const count = (number: number) => number.toLocaleString('en');
  const rate = pick(200, 60);
  const serverKills = pick(10, 1);
  const postgresKills = pick(10, 1);
  const listenerKills = pick(50, 5);
  const halfOpenLinks = pick(15, 1);
  const subscriptions = pick(2_000, 100);
  const messages = pick(10_000, 500);
  const sends = pick(2_000, 200);
  const pauseMs = pick(5_000, 1_500);
  const pairShare = pick(1, 60);
  const endings = pick(200, 10);
  const resumes = pick(1_000, 30);
  const heldChanges = pick(512, 50);
  const oddOnes = pick(10_000, 1_000);
  const lockMs = pick(7_000, 6_000);
  const slowReaders = pick(10, 1);
  const backlog = pick(1_000, 300);
  const clientSends = pick(4_000, 200);
  const clientKills = pick(10, 2);
  const cutMs = pick(75_000, 10_000);
  const thingsKills = pick(10, 1);
  const endingOf = (ending: Ending): Fault => ({
    title: `${ending} during a stream, ${endings} ×`,
    run: (env) => accessEnded(env, { ending, rounds: endings, rate: 50 }),
  });
  return {
    'server-killed': {
      title: `server killed, ${serverKills} ×`,
      run: (env) => serverKilled(env, { rounds: serverKills, rate }),
    },
    'postgres-killed': {
      title: `Postgres killed, ${postgresKills} ×`,
      run: () => postgresKilled({ rounds: postgresKills, rate }),
    },
    'listener-terminated': {
      title: `listener's backend terminated, ${listenerKills} ×`,
      run: (env) => listenerTerminated(env, { rounds: listenerKills, rate }),
    },
    'half-open-link': {
      title: `half-open database link, ${halfOpenLinks} kinds`,
      run: (env) => halfOpenLink(env, { rounds: halfOpenLinks, rate }),
    },
    'subscribe-while-publishing': {
      title: `subscribe while publishing, ${count(subscriptions)} ×`,
      run: (env) => subscribeWhilePublishing(env, { subscriptions, rate }),
    },
    'stalled-reader': {
      title: 'stalled reader, 30,000 events of 8 kB',
      run: (env) => stalledReader(env, { events: 30_000, rate: 300 }),
      needsTime: true, // Memory is level only after minutes.
    },
    'long-absence': {
      title: `client away for ${count(messages)} messages`,
      run: (env) => longAbsence(env, { messages }),
    },
    'dropped-responses': {
      title: `20 % of responses dropped, ${count(sends)} sends`,
      run: (env) => droppedResponses(env, { sends }),
    },
    'two-nodes-redis': {
      title: 'two nodes, Redis stopped, paused and flushed in turn',
      run: async (env) =>
        hasRedis()
          ? await twoNodesWithRedis(env, { pauseMs, rate })
          : [
              {
                promise: 'not run: redis-server is not on this machine',
                measured: '',
                holds: true,
              },
            ],
    },
    'two-nodes': {
      title: 'two nodes without Redis, relay and listener cut off in turn',
      run: (env) => twoNodesWithoutRedis(env, { pauseMs, rate }),
    },
    'mutation-races': {
      title:
        size === 'full'
          ? 'every pair of mutations at the same moment'
          : 'some pairs of mutations at the same moment',
      run: (env) => mutationRaces(env, { oneOf: pairShare }),
    },
    'files-put-back': {
      title: 'data files put back to an earlier time',
      run: (env) => otherHistory(env, 'files'),
    },
    'rows-restored': {
      title: 'rows of an earlier time restored into another cluster',
      run: (env) => otherHistory(env, 'rows'),
    },
    'standby-promoted': {
      title: 'a standby promoted with commits lost',
      run: (env) => otherHistory(env, 'standby'),
    },
    'cut-off-node': {
      title: `one of two nodes cut off from Postgres for ${cutMs / 1_000} s`,
      run: (env) => cutOffNode(env, { cutMs, rate }),
    },
    'clock-steps': {
      title: "the server's clock set back and forth by 30 s, 10 minutes, 220 days",
      run: (env) =>
        clockSteps(env, { offsetsMs: pick(OFFSETS_MS, OFFSETS_MS.slice(3, 5)), pauseMs, rate }),
    },
    'stale-results': {
      title: `newcomers behind 10 kinds of change, ${count(resumes)} resumes`,
      run: (env) => staleResults(env, { newcomers: resumes / 10 }),
    },
    'horizon-held-open': {
      title: `a transaction holds the horizon open, ${heldChanges} changes after a ban`,
      run: (env) => horizonHeldOpen(env, { changes: heldChanges }),
    },
    'stalled-query': {
      title: `what events show is locked for ${lockMs / 1_000} s`,
      run: (env) => stalledQuery(env, { lockMs }),
    },
    'half-banned-reader': {
      title: `slow reader banned with ${count(backlog)} messages waiting, ${slowReaders} ×`,
      run: (env) => halfBannedReader(env, { rounds: slowReaders, backlog }),
    },
    'odd-subscribes': {
      title: `${count(oddOnes)} odd subscribes`,
      run: (env) => oddSubscribes(env, { subscribes: oddOnes }),
    },
    'things-killed': {
      title: `drafts, scheduled messages, polls and threads: server, worker and network cut, ${thingsKills} × each`,
      run: (env) => thingsWhileKilled(env, { rounds: thingsKills }),
    },
    'things-postgres-killed': {
      title: `drafts, scheduled messages, polls and threads: Postgres killed, ${thingsKills} ×`,
      run: () => thingsWhilePostgresIsKilled({ rounds: thingsKills }),
    },
    clients: {
      title: `trumpet-client: ${count(clientSends)} sends through ${clientKills} server kills, cuts, lost answers and crashes`,
      run: (env) =>
        clientFaults(env, {
          ...pick(MANY_CLIENTS, FEW_CLIENTS),
          sends: clientSends,
          kills: clientKills,
        }),
    },
    ban: endingOf('ban'),
    kick: endingOf('kick'),
    'sign-out': endingOf('sign-out'),
    'token-expiry': endingOf('token expiry'),
  };
}

interface Row extends Claim {
  readonly fault: string;
  readonly machine: string;
  readonly seconds?: number;
}

const RESULTS = join(REPOSITORY, 'test', 'faults', 'results', 'faults.json');
const DOCUMENT = join(REPOSITORY, 'docs', 'faults.md');

async function main(names: readonly string[], isToRecord: boolean): Promise<void> {
  const faults = faultsOf(SIZE);
  const unknown = names.filter((name) => !(name in faults));
  if (unknown.length > 0) {
    process.stdout.write(`No such fault: ${unknown.join(', ')}.\n\n${helpText()}`);
    process.exitCode = 1;
    return;
  }
  const rows: Row[] = [];
  const env = await createEnvironment();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => env.close().finally(() => process.exit(1)));
  }
  try {
    const wanted = Object.entries(faults).filter(([name, fault]) =>
      names.length === 0 ? !(SIZE === 'small' && fault.needsTime) : names.includes(name),
    );
    for (const [index, [name, fault]] of wanted.entries()) {
      const place = `${index + 1}/${wanted.length}`;
      rows.push(...(await runAgainWhereRed(name, place, fault, env)));
    }
  } finally {
    await env.close();
  }
  console.log(`\n${table(rows)}`);
  if (isToRecord) {
    save(rows);
  }
  process.exitCode = rows.every(holdsWithoutTimes) ? 0 : 1;
}

/**
 * Along with the tests, what is red once is printed as such and run three times more, all of which must hold: on a
 * machine that is busy elsewhere a single one needs a person to look at it, and says little about a change.
 */
async function runAgainWhereRed(
  name: string,
  place: string,
  fault: Fault,
  env: BenchEnvironment,
): Promise<Row[]> {
  const rows = await runOnce(name, place, fault, env);
  if (SIZE === 'full' || rows.every(holdsWithoutTimes)) {
    return rows;
  }
  console.log(`${name} was red once, and is run three times more.`);
  const again: Row[] = [];
  for (let run = 1; run <= 3; run += 1) {
    again.push(...(await runOnce(name, `${place}, again ${run}/3`, fault, env)));
  }
  return again;
}

async function runOnce(
  name: string,
  place: string,
  fault: Fault,
  env: BenchEnvironment,
): Promise<Row[]> {
  const { result: claims, seconds } = await withProgress(name, place, () =>
    fault.run(env).catch(broken),
  );
  console.log(table(claims.map((claim) => ({ fault: fault.title, ...claim }))));
  return claims.map((claim) => ({ fault: fault.title, ...claim, machine: machine(), seconds }));
}

/** The small size goes along with the tests, which assert no times: it tells them. */
const holdsWithoutTimes = ({ holds, isTime }: Claim) =>
  holds || (SIZE === 'small' && isTime === true);

function broken(error: unknown): Claim[] {
  console.error(error);
  return [{ promise: 'the test runs to its end', measured: String(error), holds: false }];
}

function table(rows: readonly (Claim & { readonly fault: string })[]): string {
  return [
    '| fault | to hold | measured | held |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ fault, promise, measured, holds }) =>
        `| ${fault} | ${promise} | ${measured} | ${holds ? 'yes' : 'NO'} |`,
    ),
    '',
  ].join('\n');
}

/** Replaces the rows of these faults in the results and writes the document anew from all of them. */
function save(rows: readonly Row[]): void {
  const titles = Object.values(faultsOf('full')).map(({ title }) => title);
  const isNew = new Set(rows.map(({ fault }) => fault));
  const all = [...readResults().filter(({ fault }) => !isNew.has(fault)), ...rows]
    .filter(({ fault }) => titles.includes(fault))
    .sort((a, b) => titles.indexOf(a.fault) - titles.indexOf(b.fault));
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(
    DOCUMENT,
    [
      '# Faults',
      '',
      'Written by `npm run test:faults -- --record`: what was broken while 50 people in 10 rooms sent and read, and what held. Every',
      'message that was acknowledged and every event that a reader got is compared with the tables afterwards',
      '(`test/faults/checker.ts`). Server, database, writers and readers share one machine.',
      '',
      table(all),
      ...[...new Set(all.map((row) => row.machine))].map((name) => `- ${name}`),
      '',
    ].join('\n'),
  );
}

function readResults(): Row[] {
  try {
    return JSON.parse(readFileSync(RESULTS, 'utf8'));
  } catch {
    return []; // The first run.
  }
}

function helpText(): string {
  const results = readResults();
  const entries = Object.entries(faultsOf('full')).map(([name, { title }]) => {
    const seconds = results.find(({ fault }) => fault === title)?.seconds;
    return { name, about: title, ...(seconds !== undefined && { seconds }) };
  });
  return `npm run test:faults [-- name …] [--record]

${listWithDurations(entries)}

The time is that of the last run that was recorded. Without a name all of them run. FAULTS_SIZE=small does less of each,
in about two minutes, and fails on no times. Nothing is written unless --record is given, at the full size: then
test/faults/results/ and docs/faults.md get the new results.
`;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
if (options.help) {
  process.stdout.write(helpText());
} else if (options.record && SIZE === 'small') {
  process.stderr.write('Only the full size is recorded: leave FAULTS_SIZE out.\n');
  process.exitCode = 1;
} else {
  await main(positionals, options.record);
}
