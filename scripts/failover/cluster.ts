import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { locateBinaries } from '../../src/database/embedded/postgres.ts';
import { postgresProcessesIn } from '../../src/database/embedded/processes.ts';
import { randomSecret } from '../../src/database/embedded/secrets.ts';
import {
  findSystemUser,
  reachableBinaries,
  type SystemUser,
} from '../../src/database/embedded/system-user.ts';
import { until } from '../../test/faults/support/traffic.ts';
import { REPOSITORY } from '../../testing/environment.ts';

/*
 * etcd, three nodes with Patroni, and haproxy before them, of the files in ops/: only the addresses are put in. Each has
 * an address of its own below 127.0.0.0/8, so the ports are those that an administrator has.
 */

/** What has to be in PATH, and how Debian names it. */
const NEEDED = {
  etcd: 'etcd-server',
  haproxy: 'haproxy',
  patroni: 'patroni python3-psycopg2',
  // Tools of Postgres that its embedded binaries lack.
  pg_isready: 'postgresql-18',
  pg_controldata: 'postgresql-18',
  pg_basebackup: 'postgresql-18',
  pg_rewind: 'postgresql-18',
} as const;
const TOOLS = ['pg_isready', 'pg_controldata', 'pg_basebackup', 'pg_rewind'] as const;
const LEAST_TOOLS_VERSION = 18;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;

export interface ClusterOptions {
  /** Whether a commit waits for a standby. */
  readonly synchronous: boolean;
}

export interface Node {
  readonly name: string;
  readonly address: string;
  /** Kills the postmaster alone: Patroni is there to see it. */
  killPostmaster(): void;
  /** Kills everything of the node at once, as when a machine loses power. */
  kill(): void;
  /** Stops everything of the node where it is, as when a machine or its network freezes. */
  pause(): void;
  goOn(): void;
  /** Starts Patroni, where it is not running. */
  start(): void;
  /** Ends Patroni, and Postgres in order: what it has in shared memory goes with it. */
  stop(): Promise<void>;
  /** Holds up what a standby receives, until it is called off: then it has to ask for it again. */
  holdUp(): () => void;
}

export interface FailoverCluster {
  /** Of what it is made. */
  readonly versions: string;
  readonly nodes: readonly Node[];
  /** A database by way of haproxy's port for the leader. */
  url(user: string, password: string, database: string): string;
  /** The same login by way of haproxy's port for the standbys. */
  readUrl(url: string): string;
  readonly superuserPassword: string;
  leader(): Promise<Node | undefined>;
  /** Whether there is a leader with two standbys that follow it. */
  isWhole(): Promise<boolean>;
  /** Ends everything, and removes its files. */
  stop(): Promise<void>;
}

/** @throws with what to install, where something is missing */
function checkNeeded(): void {
  const missing = Object.entries(NEEDED).filter(([command]) => !hasCommand(command));
  if (missing.length > 0) {
    throw new Error(
      `Not in PATH: ${missing.map(([command]) => command).join(', ')}. Debian's packages are ${[...new Set(missing.map(([, name]) => name))].join(' ')}; the tools of Postgres are in /usr/lib/postgresql/18/bin then.`,
    );
  }
  const old = TOOLS.filter(
    (name) => Number(/(\d+)\.\d+/.exec(say(name, '--version'))?.[1]) < LEAST_TOOLS_VERSION,
  );
  if (old.length > 0) {
    throw new Error(`Older than Postgres ${LEAST_TOOLS_VERSION}: ${old.join(', ')}.`);
  }
}

export async function startFailoverCluster({
  synchronous,
}: ClusterOptions): Promise<FailoverCluster> {
  checkNeeded();
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-failover-'));
  chmodSync(folder, 0o711); // Started as root, Postgres and Patroni run as another user.
  const user = findSystemUser(folder);
  const [second, third] = randomBytes(2);
  const prefix = `127.${(second as number) % 250}.${third}.`;
  const here = (text: string) =>
    text.replaceAll('10.0.0.0/24', '127.0.0.0/8').replaceAll('10.0.0.', prefix);
  layBinaries(folder, user);
  const passwords = { superuser: randomSecret(), replication: randomSecret() };
  const started: ChildProcess[] = [];
  const run = (name: string, command: string, args: string[], env = {}) => {
    const log = openSync(join(folder, `${name}.log`), 'a');
    const child = spawn(command, args, {
      ...user,
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
      detached: true, // Ctrl-C at the terminal reaches us, and we stop it.
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    started.push(child);
    return child;
  };

  const etcd = `http://${prefix}10:2379`;
  const peers = `http://${prefix}10:2380`;
  run('etcd', 'etcd', [
    ...['--name', 'etcd', '--data-dir', ownFolder(join(folder, 'etcd'), user)],
    ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
    ...['--initial-cluster', `etcd=${peers}`, '--unsafe-no-fsync'],
  ]);

  const settings = layConfiguration(folder, here, synchronous);
  const nodes = [1, 2, 3].map((number) => {
    const address = `${prefix}1${number}`;
    const data = join(ownFolder(join(folder, `node${number}`), user), 'data');
    const env = {
      ...readEnvironment(here(readFileSync(join(REPOSITORY, 'ops/patroni/node.env'), 'utf8'))),
      PATRONI_NAME: `node${number}`,
      PATRONI_RESTAPI_LISTEN: `${address}:8008`,
      PATRONI_RESTAPI_CONNECT_ADDRESS: `${address}:8008`,
      PATRONI_POSTGRESQL_LISTEN: `${address}:5432`,
      PATRONI_POSTGRESQL_CONNECT_ADDRESS: `${address}:5432`,
      PATRONI_POSTGRESQL_DATA_DIR: data,
      PATRONI_POSTGRESQL_BIN_DIR: join(folder, 'bin'),
      PATRONI_POSTGRESQL_PGPASS: join(folder, `node${number}`, 'pgpass'),
      PATRONI_ETCD3_HOSTS: `${prefix}10:2379`,
      PATRONI_SUPERUSER_PASSWORD: passwords.superuser,
      PATRONI_REPLICATION_PASSWORD: passwords.replication,
    };
    return createNode({
      name: `node${number}`,
      address,
      data,
      launch: () => run(`node${number}`, 'patroni', [settings], env),
    });
  });
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    here(readFileSync(join(REPOSITORY, 'ops/haproxy/haproxy.cfg'), 'utf8')),
  );
  run('haproxy', 'haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')]);

  const url = (name: string, password: string, database: string) =>
    `postgres://${name}:${password}@${prefix}10:5000/${database}`;
  const superuserUrl = url('postgres', passwords.superuser, 'postgres');

  async function isWhole(): Promise<boolean> {
    const rows = await ask<{ sync_state: string }>(
      superuserUrl,
      `select sync_state from pg_stat_replication where state = 'streaming'`,
    ).catch(() => []);
    const isSynchronous = rows.some(({ sync_state }) => sync_state !== 'async');
    return rows.length === nodes.length - 1 && isSynchronous === synchronous;
  }

  async function stop(): Promise<void> {
    await Promise.all(nodes.map((node) => node.stop()));
    for (const child of started) {
      child.kill('SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  try {
    for (const node of nodes) {
      node.start();
    }
    if ((await until(isWhole, START_LIMIT_MS)) === Number.POSITIVE_INFINITY) {
      throw new Error(`The cluster did not come up:\n${lastLines(folder)}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    versions: [
      say('patroni', '--version'),
      `haproxy ${/\d+\.\d+\.\d+/.exec(say('haproxy', '-v'))?.[0]}`,
      `etcd ${/\d+\.\d+\.\d+/.exec(say('etcd', '--version'))?.[0]}`,
    ].join(', '),
    nodes,
    url,
    readUrl: (leaderUrl) => leaderUrl.replace(':5000/', ':5001/'),
    superuserPassword: passwords.superuser,
    async leader() {
      const answers = await Promise.all(nodes.map(({ address }) => isLeader(address)));
      return nodes.find((_, index) => answers[index]);
    },
    isWhole,
    stop,
  };
}

interface NodeParts {
  readonly name: string;
  readonly address: string;
  readonly data: string;
  launch(): ChildProcess;
}

function createNode({ name, address, data, launch }: NodeParts): Node {
  let patroni: ChildProcess | undefined;
  const isRunning = () => patroni?.exitCode === null && patroni.signalCode === null;
  const postgres = () => {
    try {
      return postgresProcessesIn(data);
    } catch {
      return []; // There is no folder yet, or no longer.
    }
  };
  const postmaster = () => {
    try {
      return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return undefined;
    }
  };
  const signalAll = (signal: NodeJS.Signals) => {
    // Patroni first: it must not see what happens to Postgres.
    if (isRunning()) {
      patroni?.kill(signal);
    }
    for (const pid of postgres()) {
      tell(pid, signal);
    }
  };
  return {
    name,
    address,
    killPostmaster() {
      tell(postmaster() as number, 'SIGKILL');
    },
    kill: () => signalAll('SIGKILL'),
    pause: () => signalAll('SIGSTOP'),
    goOn: () => signalAll('SIGCONT'),
    start() {
      if (!isRunning()) {
        patroni = launch();
      }
    },
    async stop() {
      signalAll('SIGCONT');
      patroni?.kill('SIGKILL');
      const pid = postmaster();
      if (pid !== undefined && postgres().includes(pid)) {
        tell(pid, 'SIGQUIT');
      }
      await until(() => postgres().length === 0, STOP_LIMIT_MS);
      signalAll('SIGKILL');
    },
    holdUp() {
      const receivers = postgres().filter((pid) => titleOf(pid).includes('walreceiver'));
      for (const pid of receivers) {
        tell(pid, 'SIGSTOP');
      }
      return () => {
        // What has come to it meanwhile, without having been read, is lost with it.
        for (const pid of receivers) {
          tell(pid, 'SIGTERM');
          tell(pid, 'SIGCONT');
        }
      };
    },
  };
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** One folder of binaries, as Patroni wants it: those that the npm package brings, and the tools that are in PATH. */
function layBinaries(folder: string, user: SystemUser | undefined): void {
  const { native, version } = locateBinaries();
  const from = join(reachableBinaries(native, version, user), 'bin');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of readdirSync(from)) {
    symlinkSync(join(from, name), join(bin, name));
  }
  for (const name of TOOLS) {
    symlinkSync(say('which', name), join(bin, name));
  }
}

/**
 * The administrator's file, and what only this machine needs.
 *
 * @returns the folder that Patroni reads both from, one after the other
 */
function layConfiguration(
  folder: string,
  here: (text: string) => string,
  synchronous: boolean,
): string {
  const settings = join(folder, 'patroni');
  mkdirSync(settings);
  const file = readFileSync(join(REPOSITORY, 'ops/patroni/patroni.yml'), 'utf8');
  writeFileSync(join(settings, '1.yml'), here(file));
  const own = {
    bootstrap: { dcs: { synchronous_mode: synchronous } },
    postgresql: { parameters: { unix_socket_directories: '' } },
  };
  writeFileSync(join(settings, '2.yml'), JSON.stringify(own)); // JSON is YAML.
  return settings;
}

function readEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(text.matchAll(/^(PATRONI_\w+)=(.*)$/gm), ([, name, value]) => [name, value]),
  );
}

function ownFolder(path: string, user: SystemUser | undefined): string {
  mkdirSync(path, { mode: 0o700 });
  if (user !== undefined) {
    chownSync(path, user.uid, user.gid);
  }
  return path;
}

async function isLeader(address: string): Promise<boolean> {
  return await fetch(`http://${address}:8008/primary`, {
    method: 'OPTIONS',
    signal: AbortSignal.timeout(1_000),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
}

export async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row & Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function hasCommand(name: string): boolean {
  try {
    return say('which', name) !== '';
  } catch {
    return false;
  }
}

function say(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
}

function lastLines(folder: string): string {
  return ['etcd', 'haproxy', 'node1', 'node2', 'node3']
    .map((name) => {
      const lines = readFileSync(join(folder, `${name}.log`), 'utf8')
        .trim()
        .split('\n');
      return `${name}: ${lines.slice(-6).join('\n  ')}`;
    })
    .join('\n');
}
