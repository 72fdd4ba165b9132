import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import packageSettings from '../package.json' with { type: 'json' };
import { randomSecret } from '../src/database/embedded/secrets.ts';
import { createPeople, createRooms, type Person } from './population.ts';
import { startThrowAwayPostgres } from './throw-away-postgres.ts';

export type { Person } from './population.ts';

export const REPOSITORY = join(import.meta.dirname, '..');

/** What `npm run server` gives to node. */
const SERVER_ARGUMENTS = packageSettings.scripts.server.split(' ').slice(1);

/** What every benchmark runs on: a durable Postgres of its own, and whatever it starts beside it. */
export interface BenchEnvironment {
  readonly databaseUrl: string;
  readonly authDatabaseUrl: string;
  readonly jwtSecret: string;
  readonly owner: pg.Pool;
  /** Users with open sessions, made in one statement. */
  createPeople(count: number): Promise<Person[]>;
  /** Rooms whose members are given; the first of each is its owner. One statement a thousand. */
  createRooms(memberIds: readonly (readonly string[])[]): Promise<string[]>;
  /** `npm run server` as a process of its own; resolves with its address. */
  startServer(settings?: Record<string, string>): Promise<ServerProcess>;
  /** A script of bench/ as a process of its own, spoken to by messages. */
  startProcess(script: string, args?: readonly string[]): Helper;
  close(): Promise<void>;
}

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** A child process that answers each request with one message. */
export interface Helper {
  readonly child: ChildProcess;
  // biome-ignore lint/suspicious/noExplicitAny: each script has its own answers
  request(message: Record<string, unknown>): Promise<any>;
  /** What a server says of itself once it listens. */
  readonly listening: Promise<{ readonly port: number }>;
  stop(): Promise<void>;
}

/**
 * `npm run server` as a process of its own, once it is ready.
 *
 * @param onStart is given it before that, to be ended in any case
 */
export async function spawnServer(
  settings: Record<string, string>,
  onStart: (child: ChildProcess) => void,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, SERVER_ARGUMENTS, {
    cwd: REPOSITORY,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
      PORT: '0',
      HOST: '127.0.0.1',
      // All clients of a bench come from one address.
      CONNECTIONS_PER_ADDRESS: '100000',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onStart(child);
  const port = await new Promise<number>((resolve, reject) => {
    let output = '';
    child.once('exit', () => reject(new Error(`The server ended: ${output}`)));
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-10_000);
      const found = /"server\.ready".*?"port":(\d+)/.exec(output)?.[1];
      if (found !== undefined) {
        resolve(Number(found));
      }
    });
  });
  return { url: `http://127.0.0.1:${port}`, child };
}

export async function createEnvironment(): Promise<BenchEnvironment> {
  const postgres = await startThrowAwayPostgres({ durable: true });
  const databaseUrl = postgres.ownerUrl();
  const authDatabaseUrl = await postgres.migrate();
  const jwtSecret = randomSecret();
  const owner = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  owner.on('error', () => {});
  // A few people write what a thousand would. What the limits cost at each send stays in the figures.
  await owner.query(
    'update app_private.limits set user_burst = 1000000, user_in_room_burst = 1000000',
  );
  const children = new Set<ChildProcess>();

  async function end(child: ChildProcess): Promise<void> {
    children.delete(child);
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
      await closed;
      clearTimeout(timer);
    }
  }

  const environment: BenchEnvironment = {
    databaseUrl,
    authDatabaseUrl,
    jwtSecret,
    owner,
    createPeople: (count) => createPeople(owner, jwtSecret, count),
    createRooms: (memberIds) => createRooms(owner, memberIds),
    async startServer(settings = {}) {
      const { url, child } = await spawnServer(
        {
          DATABASE_URL: databaseUrl,
          AUTH_DATABASE_URL: authDatabaseUrl,
          JWT_SECRET: jwtSecret,
          ...settings,
        },
        (started) => children.add(started),
      );
      return { url, child, stop: () => end(child) };
    },
    startProcess(script, args = []) {
      const child = fork(join(REPOSITORY, 'bench', script), args, { serialization: 'advanced' });
      children.add(child);
      const firstMessage = once(child, 'message').then(([message]) => message as { port: number });
      return {
        child,
        listening: firstMessage,
        async request(message) {
          const answered = new AbortController();
          const { signal } = answered;
          const answer = once(child, 'message', { signal });
          const ended = once(child, 'exit', { signal }).then(() => {
            throw new Error(`${script} ended before it answered ${message.type}`);
          });
          ended.catch(() => {}); // Of interest only while the answer is awaited.
          child.send(message);
          const [result] = (await Promise.race([answer, ended])) as [{ error?: string }];
          answered.abort();
          if (result.error !== undefined) {
            throw new Error(`${script}: ${result.error}`);
          }
          return result;
        },
        stop: () => end(child),
      };
    },
    async close() {
      await Promise.all([...children].map(end));
      await owner.end();
      await postgres.close();
    },
  };
  return environment;
}
