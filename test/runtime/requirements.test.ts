import pg from 'pg';
import { loadSampleData, migrateDatabase } from '../../src/database/migrations.ts';
import { createOwnerPool } from '../../src/database/pools.ts';
import { findProblem } from '../../src/database/requirements.ts';
import { createTestDatabase, single } from '../../testing/database.ts';

const fit = {
  version: '18.4',
  versionNumber: 180004,
  encoding: 'UTF8',
  role: 'chat',
  database: 'chat',
  isSuperuser: false,
  mayCreateSchemas: true,
  mayCreateRoles: true,
  isFresh: true,
  rolesOfOthers: [] as string[],
  inRecovery: false,
  extensions: ['pgcrypto', 'citext', 'pg_trgm', 'unaccent', 'btree_gin', 'pg_stat_statements'].map(
    (name) => ({ name, isInstalled: name === 'pg_stat_statements', isTrusted: true }),
  ),
};

test('a Postgres 18 with contrib and an owner who may create is fit', () => {
  expect(findProblem(fit)).toBeUndefined();
});

test.each([
  [
    'too old',
    { version: '17.2', versionNumber: 170002 },
    /^is Postgres 17\.2: .* needs 18 or later/,
  ],
  ['a replica', { inRecovery: true }, /replica/],
  ['not in UTF-8', { encoding: 'LATIN1' }, /LATIN1/],
  ['without contrib', { extensions: fit.extensions.slice(1) }, /^lacks the extension pgcrypto/],
  [
    'without pg_stat_statements, which only a superuser may install',
    {
      extensions: fit.extensions.map((extension) =>
        extension.name === 'pg_stat_statements'
          ? { ...extension, isInstalled: false, isTrusted: false }
          : extension,
      ),
    },
    /"create extension pg_stat_statements"/,
  ],
  ['without the right to create schemas', { mayCreateSchemas: false }, /create schemas|install/],
  ['without the right to create roles', { mayCreateRoles: false }, /createrole/],
  ["with another installation's roles", { rolesOfOthers: ['trumpet_user'] }, /ROLE_PREFIX/],
])('a database is refused: %s', (_name, facts, problem) => {
  expect(findProblem({ ...fit, ...facts })).toMatch(problem);
});

describe('a Postgres of the user', () => {
  /** A database owned by a role that is no superuser, as hosting services give it. */
  async function withOwnDatabase(run: (ownerUrl: string) => Promise<void>): Promise<void> {
    const admin = new pg.Client(process.env.TEST_DATABASE_URL);
    await admin.connect();
    const name = `own_${process.pid}_${Date.now()}`;
    try {
      await admin.query(`create role ${name} login createrole password 'owner'`);
      // Roles are the cluster's: the tests' template has made them, and only their maker may grant them.
      await admin.query(
        `grant trumpet_visitor, trumpet_user, trumpet_key, trumpet_broadcast, trumpet_admin, trumpet_auditor, trumpet_authenticator to ${name} with admin option`,
      );
      await admin.query(`create database ${name} owner ${name}`);
      const url = new URL(process.env.TEST_DATABASE_URL ?? '');
      url.pathname = name;
      const inDatabase = new pg.Client(url.href);
      await inDatabase.connect();
      await inDatabase.query('create extension pg_stat_statements');
      await inDatabase.end();
      url.username = name;
      url.password = 'owner';
      await run(url.href);
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.query(`drop role if exists ${name}_login`);
      await admin.query(`drop owned by ${name}`);
      await admin.query(`drop role if exists ${name}`);
      await admin.end();
    }
  }

  test(
    'is migrated by an owner who is no superuser, and served by a login of its own',
    () =>
      withOwnDatabase(async (databaseUrl) => {
        const login = new URL(databaseUrl);
        login.username = `${login.username}_login`;
        login.password = 'p@ss "word"';
        // Two nodes that start together.
        const start = async () => {
          await migrateDatabase({ databaseUrl, authDatabaseUrl: login.href });
          await loadSampleData({ databaseUrl, sampleData: true });
        };
        await Promise.all([start(), start()]);

        const api = new pg.Client(login.href);
        await api.connect();
        await api.query('begin; set local role trumpet_user');
        await api.query('rollback');
        await expect(api.query('select * from app_private.user_secrets')).rejects.toThrow(
          'permission',
        );
        await api.end();
        const owner = createOwnerPool(databaseUrl);
        const { rows } = await owner.query('select count(*)::int from app_public.users');
        expect(single(rows).count).toBe(4);
        await owner.end();
      }),
    30_000,
  );

  test('is not served by a superuser', async () => {
    const database = await createTestDatabase();
    await expect(
      migrateDatabase({
        databaseUrl: database.databaseUrl,
        authDatabaseUrl: database.databaseUrl,
      }),
    ).rejects.toThrow('is a superuser: row-level security would not hold for it');
    await database.close();
  });
});
