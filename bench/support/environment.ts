import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded.ts';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { randomSecret } from '../../src/database/secrets.ts';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

export interface Person {
  readonly id: string;
  readonly token: string;
}

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

export async function createEnvironment(): Promise<BenchEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-bench-'));
  chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
  const postgres = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    ownerPassword: randomSecret(),
    port: 0,
  });
  const databaseUrl = postgres.ownerUrl();
  const login = new URL(databaseUrl);
  login.username = 'trumpet_authenticator';
  login.password = randomSecret();
  const jwtSecret = randomSecret();
  await migrateDatabase({ databaseUrl, authDatabaseUrl: login.href, sampleData: false });
  const owner = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  owner.on('error', () => {});
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
    authDatabaseUrl: login.href,
    jwtSecret,
    owner,
    async createPeople(count) {
      const { rows } = await owner.query<{ id: string; session: string }>(
        `with people as (
          insert into app_public.users (username, display_name)
          select 'p' || right(replace(uuidv7()::text, '-', ''), 24), 'Person ' || number
            from generate_series(1, $1::int) as number
          returning id
        )
        insert into app_private.sessions (user_id, expires_at)
        select id, now() + interval '1 day' from people
        returning user_id as id, id as session`,
        [count],
      );
      const secret = new TextEncoder().encode(jwtSecret);
      return Promise.all(
        rows.map(async ({ id, session }) => ({
          id,
          token: await new SignJWT({ sub: id, sid: session, iss: 'trumpet', aud: 'trumpet' })
            .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
            .setIssuedAt()
            .setExpirationTime('12h')
            .sign(secret),
        })),
      );
    },
    async createRooms(memberIds) {
      const ids: string[] = [];
      for (let start = 0; start < memberIds.length; start += 1000) {
        const { rows } = await owner.query<{ id: string }>(
          `insert into app_public.rooms (type, name, slug)
            select 'public', 'Room', 'room-' || ($1::int + number)
              from generate_series(1, $2::int) as number
            returning id`,
          [Date.now() % 1_000_000_000, Math.min(1000, memberIds.length - start)],
        );
        ids.push(...rows.map((row) => row.id));
      }
      const pairs = ids.flatMap((roomId, index) =>
        (memberIds[index] ?? []).map(
          (userId, position) => [roomId, userId, position === 0] as const,
        ),
      );
      for (let start = 0; start < pairs.length; start += 5000) {
        const chunk = pairs.slice(start, start + 5000);
        await owner.query(
          `insert into app_public.room_members (room_id, user_id, role)
            select room_id, user_id, case when is_owner then 'owner' else 'member' end::app_public.member_role
              from unnest($1::uuid[], $2::uuid[], $3::bool[]) as pair (room_id, user_id, is_owner)`,
          [
            chunk.map((pair) => pair[0]),
            chunk.map((pair) => pair[1]),
            chunk.map((pair) => pair[2]),
          ],
        );
      }
      await owner.query('vacuum analyze');
      return ids;
    },
    async startServer(settings = {}) {
      const child = spawn(process.execPath, ['src/server.ts'], {
        cwd: REPOSITORY,
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          GRAPHILE_ENV: 'production',
          DATABASE_URL: databaseUrl,
          AUTH_DATABASE_URL: login.href,
          JWT_SECRET: jwtSecret,
          PORT: '0',
          HOST: '127.0.0.1',
          ...settings,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      children.add(child);
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
      return { url: `http://127.0.0.1:${port}`, child, stop: () => end(child) };
    },
    startProcess(script, args = []) {
      const child = fork(join(REPOSITORY, 'bench', script), args, { serialization: 'advanced' });
      children.add(child);
      const firstMessage = once(child, 'message').then(([message]) => message as { port: number });
      return {
        child,
        listening: firstMessage,
        async request(message) {
          const answer = once(child, 'message');
          const ended = once(child, 'exit').then(() => {
            throw new Error(`${script} ended before it answered ${message.type}`);
          });
          ended.catch(() => {}); // Of interest only while the answer is awaited.
          child.send(message);
          const [result] = (await Promise.race([answer, ended])) as [{ error?: string }];
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
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return environment;
}
