import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEventStream } from '../../testing/event-stream.ts';
import {
  startThrowAwayPostgres,
  type ThrowAwayPostgres,
} from '../../testing/throw-away-postgres.ts';

/*
 * A Postgres that is not ours: a cluster where the owner is what hosting services give (CREATEROLE and CREATEDB, no
 * superuser), with everything that one finds set there. Trumpet's commands run as processes, as their users run them.
 */
let postgres: ThrowAwayPostgres;
let admin: pg.Client;
let folder: string;
const REPOSITORY = join(import.meta.dirname, '..', '..');

beforeAll(async () => {
  postgres = await startThrowAwayPostgres();
  admin = await connect(postgres.ownerUrl('postgres'));
  folder = mkdtempSync(join(tmpdir(), 'trumpet-own-'));
  chmodSync(folder, 0o711);
}, 30_000);

afterAll(async () => {
  await admin?.end();
  await postgres?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Every character of ASCII that can be seen, and some that others type. */
const PASSWORD = `${String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index))}äΩ☃`;

interface Installation {
  readonly name: string;
  readonly env: Record<string, string>;
}

/** A database and its owner, who is no superuser. What needs one is run beforehand. */
async function makeInstallation(
  name: string,
  { before = '', prefix }: { readonly before?: string; readonly prefix?: string } = {},
): Promise<Installation> {
  await admin.query(
    `create role ${name} login createrole createdb password ${pg.escapeLiteral(PASSWORD)}`,
  );
  await admin.query(`create database ${name} owner ${name}`);
  await query(postgres.ownerUrl(name), `create extension pg_stat_statements; ${before}`);
  const url = (user: string, password: string) => {
    const { host } = new URL(postgres.ownerUrl());
    return `postgres://${user}:${encodeURIComponent(password)}@${host}/${name}`;
  };
  return {
    name,
    env: {
      DATABASE_URL: url(name, PASSWORD),
      AUTH_DATABASE_URL: url(`${prefix ?? 'trumpet'}_authenticator`, `${PASSWORD}${name}`),
      JWT_SECRET: 'x'.repeat(32),
      SAMPLE_DATA: 'true',
      ...(prefix !== undefined && { ROLE_PREFIX: prefix }),
    },
  };
}

/** Runs a command of Trumpet to its end. */
async function run(script: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [`src/${script}.ts`], {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'fatal', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

/** Starts a server, has someone sign in and send, and sees that a listener hears it. */
async function chat(env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, ...env },
  });
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        const port = /"port":(\d+)[^\n]*"server\.ready"|"server\.ready"[^\n]*"port":(\d+)/.exec(
          output,
        );
        if (port !== null) {
          resolve(`http://127.0.0.1:${port[1] ?? port[2]}`);
        }
      });
    }
    child.once('close', () => reject(new Error(`The server ended: ${output}`)));
  });
  try {
    const url = await ready;
    const ask = async (text: string, variables: Record<string, unknown> = {}, token?: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query: text, variables }),
      });
      const { data, errors } = (await response.json()) as Record<string, unknown>;
      expect(errors).toBeUndefined();
      // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
      return data as any;
    };
    const { signIn } = await ask(
      // In capitals: names are of a type that an extension brings.
      'mutation { signIn(input: { username: "ALICE", password: "trumpet-demo" }) { session { accessToken } } }',
    );
    const token = signIn.session.accessToken;
    const { roomBySlug: room } = await ask('{ roomBySlug(slug: "General") { id } }', {}, token);
    const heard = await openEventStream(`${url}/events/${room.id}`, {
      authorization: `Bearer ${token}`,
    });
    expect(await heard.next()).toMatchObject({ event: 'joined' });
    await ask(
      'mutation ($roomId: UUID!) { sendMessage(input: { roomId: $roomId, content: "heard here" }) { message { id } } }',
      { roomId: room.id },
      token,
    );
    expect(await heard.next()).toMatchObject({ data: { message: { content: 'heard here' } } });
    heard.close();
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

test('an owner without superuser migrates and is served, whatever characters the passwords have and whatever notices the cluster drops', async () => {
  const { env, name } = await makeInstallation('plain', {
    before: `alter database plain set client_min_messages = error`,
  });
  expect(await run('migrate', env)).toMatchObject({ code: 0 });
  // Made once, and nothing is to be done the second time.
  expect(await run('migrate', env)).toMatchObject({ code: 0 });
  await chat(env);
  expect(
    await query(postgres.ownerUrl(name), `select rolsuper from pg_roles where rolname = '${name}'`),
  ).toEqual([{ rolsuper: false }]);
}, 60_000);

test('several installations in one cluster have roles of their own, and one that would take those of another is refused', async () => {
  const second = await makeInstallation('second', { prefix: 'second' });
  expect(await run('migrate', second.env)).toMatchObject({ code: 0 });
  await chat(second.env);
  const { rows } = await admin.query(
    `select rolname from pg_roles where rolname ~ '^second_' order by 1`,
  );
  expect(rows.map(({ rolname }) => rolname)).toEqual(
    ['admin', 'auditor', 'authenticator', 'broadcast', 'key', 'user', 'visitor'].map(
      (kind) => `second_${kind}`,
    ),
  );
  // Nobody of the first has a right in the second.
  expect(
    await query(
      postgres.ownerUrl('second'),
      `select distinct grantee::text from information_schema.role_table_grants where grantee like 'trumpet\\_%'`,
    ),
  ).toEqual([]);

  const third = await makeInstallation('third');
  const refused = await run('migrate', third.env);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('ROLE_PREFIX');
  // The first goes on with its password.
  const first = new URL(third.env.AUTH_DATABASE_URL ?? '');
  first.pathname = 'plain';
  first.password = encodeURIComponent(`${PASSWORD}plain`);
  expect(await query(first.href, 'select 1 as one')).toEqual([{ one: 1 }]);
}, 60_000);

test('extensions that were made beforehand may be in a schema of their own', async () => {
  const { env, name } = await makeInstallation('elsewhere', {
    prefix: 'elsewhere',
    before: `create schema extensions; grant usage on schema extensions to public;
      create extension citext schema extensions; create extension pgcrypto schema extensions;
      create extension pg_trgm schema extensions; create extension unaccent schema extensions;
      create extension btree_gin schema extensions`,
  });
  expect(await run('migrate', env)).toMatchObject({ code: 0 });
  await chat(env);
  expect(
    await query(
      postgres.ownerUrl(name),
      `select proname from pg_proc where proconfig::text like '%, public, %' and pronamespace::regnamespace::text like 'app%'
        union all select extname from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
          where nspname = 'public' and extname <> 'pg_stat_statements'`,
    ),
  ).toEqual([]);
}, 60_000);

test("over TLS, checked against a certificate of one's own", async () => {
  const { env } = await makeInstallation('tls', { prefix: 'tls' });
  const { rows } = await admin.query<{ data: string }>(
    `select current_setting('data_directory') as data`,
  );
  const data = rows[0]?.data ?? '';
  const { uid, gid } = statSync(data);
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  for (const file of [key, certificate]) {
    chownSync(file, uid, gid);
    chmodSync(file, 0o600);
  }
  const root = join(folder, 'root.crt');
  writeFileSync(root, readFileSync(certificate));
  const hba = join(data, 'pg_hba.conf');
  writeFileSync(hba, `hostnossl tls all all reject\n${readFileSync(hba, 'utf8')}`);
  await admin.query('alter system set ssl = on');
  await admin.query('select pg_reload_conf()');

  const withTls = (query: string) =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        name.endsWith('DATABASE_URL') ? `${value}?${query}` : value,
      ]),
    );
  expect((await run('migrate', withTls('sslmode=disable'))).output).toMatch(
    /no encryption|rejects/,
  );
  expect((await run('migrate', withTls('sslmode=verify-full'))).output).toMatch(/self-signed/);
  const verified = withTls(`sslmode=verify-full&sslrootcert=${root}`);
  expect(await run('migrate', verified)).toMatchObject({ code: 0 });
  await chat(verified);
  // As psql has it: encrypted, and not checked.
  expect(await run('migrate', withTls('sslmode=require'))).toMatchObject({ code: 0 });
}, 60_000);
