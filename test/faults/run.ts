import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type BenchEnvironment,
  createEnvironment,
  REPOSITORY,
} from '../../bench/support/environment.ts';
import { machine } from '../../bench/support/report.ts';
import { halfOpenLink } from './half-open-link.ts';
import { listenerTerminated } from './listener-terminated.ts';
import { postgresKilled } from './postgres-killed.ts';
import { serverKilled } from './server-killed.ts';
import type { Claim } from './support/claim.ts';

/*
 * npm run test:faults [-- name …]: each fault under load, and what held. FAULTS_SIZE=small takes about two minutes.
 */
interface Fault {
  readonly title: (size: Size) => string;
  readonly run: (env: BenchEnvironment, size: Size) => Promise<Claim[]>;
}
type Size = 'full' | 'small';

const size: Size = process.env.FAULTS_SIZE === 'small' ? 'small' : 'full';
const rate = size === 'small' ? 100 : 200;
/** How often, in full and small. */
const times = (full: number, small: number) => (wanted: Size) => (wanted === 'full' ? full : small);
const SERVER_KILLS = times(20, 2);
const POSTGRES_KILLS = times(10, 1);
const LISTENER_KILLS = times(50, 5);
const HALF_OPEN_LINKS = times(15, 1);

const FAULTS: Record<string, Fault> = {
  'server-killed': {
    title: (wanted) => `server killed, ${SERVER_KILLS(wanted)} ×`,
    run: (env, wanted) => serverKilled(env, { rounds: SERVER_KILLS(wanted), rate }),
  },
  'postgres-killed': {
    title: (wanted) => `Postgres killed, ${POSTGRES_KILLS(wanted)} ×`,
    run: (_env, wanted) => postgresKilled({ rounds: POSTGRES_KILLS(wanted), rate }),
  },
  'listener-terminated': {
    title: (wanted) => `listener's backend terminated, ${LISTENER_KILLS(wanted)} ×`,
    run: (env, wanted) => listenerTerminated(env, { rounds: LISTENER_KILLS(wanted), rate }),
  },
  'half-open-link': {
    title: (wanted) => `half-open database link, ${HALF_OPEN_LINKS(wanted)} kinds`,
    run: (env, wanted) => halfOpenLink(env, { rounds: HALF_OPEN_LINKS(wanted), rate }),
  },
};

interface Row extends Claim {
  readonly fault: string;
  readonly machine: string;
}

const RESULTS = join(REPOSITORY, 'test', 'faults', 'results', 'faults.json');
const DOCUMENT = join(REPOSITORY, 'docs', 'faults.md');

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in FAULTS));
  if (unknown.length > 0) {
    throw new Error(
      `No such fault: ${unknown.join(', ')}. There are ${Object.keys(FAULTS).join(', ')}.`,
    );
  }
  const rows: Row[] = [];
  const env = await createEnvironment();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => env.close().finally(() => process.exit(1)));
  }
  try {
    for (const [name, fault] of Object.entries(FAULTS)) {
      if (names.length === 0 || names.includes(name)) {
        const startedAt = performance.now();
        const claims = await fault.run(env, size).catch(broken);
        const seconds = (performance.now() - startedAt) / 1_000;
        console.log(`${name}: ${seconds.toFixed(0)} s`);
        rows.push(
          ...claims.map((claim) => ({ fault: fault.title(size), ...claim, machine: machine() })),
        );
      }
    }
  } finally {
    await env.close();
  }
  console.log(`\n${table(rows)}`);
  if (size === 'full') {
    save(rows);
  }
  process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
}

function broken(error: unknown): Claim[] {
  console.error(error);
  return [{ promise: 'the test runs to its end', measured: String(error), holds: false }];
}

function table(rows: readonly Row[]): string {
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
  const titles = Object.values(FAULTS).map(({ title }) => title('full'));
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
      'Written by `npm run test:faults`: what was broken while 50 people in 10 rooms sent and read, and what held. Every',
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

await main(process.argv.slice(2));
