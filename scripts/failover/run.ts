import type { ChildProcess } from 'node:child_process';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { machine } from '../../bench/support/report.ts';
import { randomSecret } from '../../src/database/embedded/secrets.ts';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { createPopulation } from '../../test/faults/support/population.ts';
import { type Listener, startListener } from '../../test/faults/support/resuming-listener.ts';
import { readHeads, readTables } from '../../test/faults/support/tables.ts';
import { pause, until } from '../../test/faults/support/traffic.ts';
import { judge, type Verdict } from '../../test/faults/support/verdict.ts';
import { startWriters, type Writers } from '../../test/faults/support/writer.ts';
import { epochMs } from '../../testing/clock.ts';
import { spawnServer } from '../../testing/environment.ts';
import { percentile } from '../../testing/send.ts';
import { ask, type FailoverCluster, type Node, startFailoverCluster } from './cluster.ts';

/* npm run failover: leaders are killed and paused while people send, and what became of it. `--help` says how. */

const PEOPLE = 24;
const ROOMS = 6;
/** How long standbys are held up before the leader fails: what it acknowledges meanwhile, they do not have. */
const HELD_UP_MS = 1_000;
const GIVE_UP_MS = 120_000;

/** What is done to the leader, one after the other. */
const FAULTS = {
  'postmaster killed': (leader: Node) => leader.killPostmaster(),
  'node killed': (leader: Node) => leader.kill(),
  'node paused': (leader: Node) => leader.pause(),
} as const;
type Fault = keyof typeof FAULTS;

interface Round {
  readonly fault: Fault;
  readonly from: string;
  readonly to: string;
  /** The longest time without any send acknowledged, in milliseconds. */
  readonly gapMs: number;
  /** Until every server said again that it is ready. */
  readonly readyMs: number;
  /** Until three nodes were there again. */
  readonly wholeMs: number;
}

interface Options {
  readonly synchronous: boolean;
  readonly rounds: number;
  readonly rate: number;
}

async function run(options: Options): Promise<boolean> {
  const children: ChildProcess[] = [];
  const cluster = await startFailoverCluster(options);
  const stop = async () => {
    for (const child of children) {
      child.kill('SIGKILL');
    }
    await cluster.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stop().finally(() => process.exit(1));
    });
  }
  try {
    return await failOver(cluster, children, options);
  } finally {
    await stop();
  }
}

async function failOver(
  cluster: FailoverCluster,
  children: ChildProcess[],
  { synchronous, rounds, rate }: Options,
): Promise<boolean> {
  console.log(`${cluster.versions}; synchronous_mode ${synchronous ? 'on' : 'off'}`);
  const { databaseUrl, authDatabaseUrl } = await makeDatabase(cluster);
  const jwtSecret = randomSecret();
  const owner = new pg.Pool({
    connectionString: databaseUrl,
    max: 4,
    connectionTimeoutMillis: 5_000,
  });
  owner.on('error', () => {});
  await owner.query(
    'update app_private.limits set user_burst = 1000000, user_in_room_burst = 1000000',
  );
  const settings = {
    DATABASE_URL: databaseUrl,
    AUTH_DATABASE_URL: authDatabaseUrl,
    READ_DATABASE_URL: cluster.readUrl(authDatabaseUrl),
    JWT_SECRET: jwtSecret,
  };
  const urls = await Promise.all(
    [1, 2].map(async () => (await spawnServer(settings, (child) => children.push(child))).url),
  );
  const { authors, roomIds } = await createPopulation(owner, jwtSecret, PEOPLE, ROOMS);
  const listeners = authors.map(({ person, roomIds: rooms }, index) =>
    startListener(() => urls[index % urls.length] as string, person, rooms),
  );
  await Promise.all(listeners.map(({ ready }) => ready));
  const writers = startWriters(
    urls.map((url) => () => url),
    authors,
    rate,
  );
  const done: Round[] = [];
  console.log(roundsHead());
  const faults = Object.keys(FAULTS) as Fault[];
  for (let number = 0; number < rounds; number += 1) {
    const fault = faults[number % faults.length] as Fault;
    const round = await breakLeader(cluster, urls, writers, fault);
    done.push(round);
    console.log(roundLine(number + 1, round));
  }
  await pause(2_000);
  await writers.stop();
  await converge(owner, listeners, roomIds);
  for (const listener of listeners) {
    listener.stop();
  }
  const verdict = judge(
    await readTables(owner, roomIds),
    writers.sends,
    listeners.flatMap(({ hearings }) => hearings),
  );
  await owner.end();
  const alive = children.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  );
  return report(verdict, done, listeners, alive.length === urls.length, synchronous);
}

/** The owner and the database as docs/running.md makes them, and the migrations. */
async function makeDatabase(
  cluster: FailoverCluster,
): Promise<{ readonly databaseUrl: string; readonly authDatabaseUrl: string }> {
  const password = randomSecret();
  const superuser = (database: string) =>
    cluster.url('postgres', cluster.superuserPassword, database);
  await ask(superuser('postgres'), `create role chat login createrole password '${password}'`);
  await ask(superuser('postgres'), 'create database chat owner chat');
  await ask(superuser('chat'), 'create extension pg_stat_statements');
  const databaseUrl = cluster.url('chat', password, 'chat');
  const authDatabaseUrl = cluster.url('trumpet_authenticator', randomSecret(), 'chat');
  await migrateDatabase({ databaseUrl, authDatabaseUrl });
  return { databaseUrl, authDatabaseUrl };
}

async function breakLeader(
  cluster: FailoverCluster,
  urls: readonly string[],
  writers: Writers,
  fault: Fault,
): Promise<Round> {
  await pause(2_000 + Math.random() * 1_000);
  const leader = await cluster.leader();
  if (leader === undefined) {
    throw new Error('There is no leader.');
  }
  const standbys = cluster.nodes.filter((node) => node !== leader);
  const letGo = standbys.map((node) => node.holdUp());
  await pause(HELD_UP_MS);
  const brokenAt = epochMs();
  FAULTS[fault](leader);
  for (const go of letGo) {
    go();
  }
  const serves = () =>
    writers.sends.some(
      ({ outcome, startedAt }) => outcome === 'acknowledged' && startedAt > brokenAt + 500,
    );
  await orGiveUp(serves, 'No message was acknowledged any more');
  const readyMs = await orGiveUp(
    async () => (await Promise.all(urls.map(isReady))).every(Boolean),
    'A server is not ready',
  );
  const to = (await cluster.leader())?.name ?? 'nobody';
  await pause(5_000); // What has taken over writes on, before the former leader goes on.
  leader.goOn();
  leader.start();
  const wholeMs = await orGiveUp(cluster.isWhole, 'A node did not come back');
  return {
    fault,
    from: leader.name,
    to,
    gapMs: longestGap(writers, brokenAt - HELD_UP_MS),
    readyMs,
    wholeMs,
  };
}

async function orGiveUp(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<number> {
  const tookMs = await until(condition, GIVE_UP_MS);
  if (tookMs === Number.POSITIVE_INFINITY) {
    throw new Error(`${what} within ${GIVE_UP_MS / 1_000} s.`);
  }
  return tookMs;
}

function longestGap({ sends }: Writers, since: number): number {
  const times = sends
    .filter(({ outcome, endedAt }) => outcome === 'acknowledged' && endedAt > since)
    .map(({ endedAt }) => endedAt)
    .sort((a, b) => a - b);
  return Math.max(...times.map((time, index) => time - (times[index - 1] ?? since)));
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Waits until everybody has everything; what has not come by then is missed. */
async function converge(
  owner: pg.Pool,
  listeners: readonly Listener[],
  roomIds: readonly string[],
) {
  const heads = await readHeads(owner, roomIds);
  await until(() => listeners.every((listener) => listener.hasReached(heads)), 30_000);
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

const roundsHead = () =>
  [
    '| # | fault | leader before | after | no send acknowledged for | three nodes again, after the fault was over |',
    '| --- | --- | --- | --- | --- | --- |',
  ].join('\n');

const roundLine = (number: number, { fault, from, to, gapMs, wholeMs }: Round) =>
  `| ${number} | ${fault} | ${from} | ${to} | ${seconds(gapMs)} | ${seconds(wholeMs)} |`;

function report(
  verdict: Verdict,
  rounds: readonly Round[],
  listeners: readonly Listener[],
  areServersAlive: boolean,
  synchronous: boolean,
): boolean {
  const { acknowledged, lost, wrong, events, missed, resyncs, resyncsAhead: ahead } = verdict;
  const count = (number: number) => number.toLocaleString('en');
  const rows: (readonly [string, string, boolean | undefined])[] = [
    ['acknowledged messages', count(acknowledged), undefined],
    ['of these lost', count(lost), synchronous ? lost === 0 : undefined],
    ['messages doubled, reordered or invented', count(wrong), wrong === 0],
    ['events that listeners had', count(events), undefined],
    ['events missed, doubled or reordered', count(missed), missed === 0],
    ['events of messages that are lost, told by RESYNC', count(verdict.takenBack), undefined],
    ['the same in silence', count(verdict.takenBackSilently), verdict.takenBackSilently === 0],
    [
      'times that a listener was told RESYNC for a room',
      count(resyncs),
      synchronous ? resyncs === 0 : undefined,
    ],
    ['of these before they had anything of what was lost', count(ahead), undefined],
    ['servers are the same processes, and ready', areServersAlive ? 'yes' : 'no', areServersAlive],
  ];
  for (const fault of Object.keys(FAULTS) as Fault[]) {
    const gaps = rounds.filter((round) => round.fault === fault).map(({ gapMs }) => gapMs);
    if (gaps.length > 0) {
      const figures = `${seconds(percentile(gaps, 0.5))} in the median, ${seconds(Math.max(...gaps))} at most`;
      rows.push([`no send acknowledged: ${fault}`, figures, undefined]);
    }
  }
  console.log('\n| what | measured | held |\n| --- | --- | --- |');
  for (const [what, measured, holds] of rows) {
    console.log(`| ${what} | ${measured} | ${holds === undefined ? '' : holds ? 'yes' : 'NO'} |`);
  }
  const told = new Map<string, number>();
  for (const [what, times] of listeners.flatMap((listener) => [...listener.told])) {
    told.set(what, (told.get(what) ?? 0) + times);
  }
  console.log(
    `\nListeners were told: ${[...told].map(([what, times]) => `${what} ${times} ×`).join(', ') || 'nothing else'}`,
  );
  for (const finding of verdict.findings) {
    console.log(`  ${finding}`);
  }
  console.log(`- ${machine()}`);
  return rows.every(([, , holds]) => holds !== false);
}

const HELP = `npm run failover [-- --asynchronous] [--rounds 10] [--rate 60]

Starts etcd, three nodes with Patroni and the embedded Postgres, haproxy (with the files in ops/) and two servers on this
machine, lets ${PEOPLE} people in ${ROOMS} rooms send and listen, and then kills or pauses the leader, ten times: its postmaster, its whole
node, or all of it stopped and let go on after another has taken over. Before each fault both standbys are held up for a
second. Takes about eight minutes. Ends with 1 where a promise was broken.

  --asynchronous  without synchronous_mode: messages may be lost then, and whoever saw them must be told
  --rounds        how often
  --rate          messages a second

Needs etcd, haproxy, patroni (4.1 or later, with psycopg2), and pg_isready, pg_controldata, pg_basebackup and pg_rewind of
Postgres 18 in PATH, on Linux. Debian has them in etcd-server, haproxy, patroni, python3-psycopg2 and postgresql-18.
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    asynchronous: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '60' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  const held = await run({
    synchronous: !values.asynchronous,
    rounds: Number(values.rounds),
    rate: Number(values.rate),
  });
  process.exitCode = held ? 0 : 1;
}
