import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { log } from '../process/log.ts';
import { StartError } from '../process/start-error.ts';
import { CONNECT_TIMEOUT_MS } from '../process/time-limits.ts';
import { connect, placeOf } from './requirements.ts';
import { roleName } from './role-names.ts';

const AUTHENTICATOR = roleName('authenticator');

/**
 * Makes the login of AUTH_DATABASE_URL work: the role, its password and its memberships. A login
 * that works already is left alone, so that the owner needs no right over it.
 *
 * @param owner a connection as the owner, to the migrated database
 * @throws StartError when the login cannot be made to work, or is too powerful to be one.
 */
export async function ensureApiLogin(owner: pg.Client, authDatabaseUrl: string): Promise<void> {
  const { username, password } = new URL(authDatabaseUrl);
  const role = decodeURIComponent(username);
  await refusePowerful(owner, role);
  if (!(await worksAlready(authDatabaseUrl))) {
    await refuseShared(owner, role);
    try {
      await grantLogin(owner, role, decodeURIComponent(password));
    } catch (error) {
      throw new StartError(
        `The login "${role}" of AUTH_DATABASE_URL cannot be set up by the user of DATABASE_URL: ${(error as Error).message}.`,
        { cause: error },
      );
    }
    log.info({ event: 'database.login_set_up', role });
  }
  await revokeTemporary(owner);
  await keepOutOfLog(owner, role);
  await using connection = await connect(authDatabaseUrl, 'AUTH_DATABASE_URL');
  if (!(await mayServe(connection.client))) {
    throw new StartError(
      `AUTH_DATABASE_URL (${placeOf(authDatabaseUrl)}) is another database than DATABASE_URL.`,
    );
  }
}

/** Row-level security does not hold for these, so GraphQL must not run as one. */
async function refusePowerful(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<{ why: string }>(
    `select case
        when rolsuper then 'is a superuser'
        when rolbypassrls then 'bypasses row-level security'
        else 'owns the schema app_public'
      end as why
    from pg_roles
    where rolname = $1 and (
      rolsuper or rolbypassrls
      or pg_has_role(oid, (select nspowner from pg_namespace where nspname = 'app_public'), 'usage')
    )`,
    [role],
  );
  if (rows[0] !== undefined) {
    throw new StartError(
      `The login "${role}" of AUTH_DATABASE_URL ${rows[0].why}: row-level security would not hold for it.`,
    );
  }
}

/** Roles are the cluster's: a new password would lock the servers of another database out. */
async function refuseShared(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<{ database: string }>(
    `select datname as database
      from pg_shdepend
      join pg_roles on pg_roles.oid = refobjid and refclassid = 'pg_authid'::regclass
      join pg_database on pg_database.oid = pg_shdepend.dbid
      where rolname in ($1, $2) and datname <> current_database()
        and exists (select from pg_roles where rolname = $1)
      limit 1`,
    [role, AUTHENTICATOR],
  );
  if (rows[0] !== undefined) {
    throw new StartError(
      `The login "${role}" of AUTH_DATABASE_URL is that of the database ${rows[0].database} too, and has another password: give this installation a ROLE_PREFIX of its own, or the same password.`,
    );
  }
}

async function worksAlready(authDatabaseUrl: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: authDatabaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await mayServe(client);
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function mayServe(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ ok: boolean }>(
    `select to_regnamespace('app_hidden') is not null
      and to_regrole($1) is not null
      and pg_has_role($1, 'member') as ok`,
    [AUTHENTICATOR],
  );
  return rows[0]?.ok === true;
}

async function grantLogin(owner: pg.Client, role: string, password: string): Promise<void> {
  const name = pg.escapeIdentifier(role);
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role]);
  await owner.query('begin');
  try {
    if (rowCount === 0) {
      await owner.query(`create role ${name} noinherit`);
    }
    await owner.query(`alter role ${name} login`);
    if (password !== '') {
      // Hashed here: a password in a statement may end in a log or in pg_stat_statements.
      await owner.query(`alter role ${name} password ${pg.escapeLiteral(scramVerifier(password))}`);
    }
    if (role !== AUTHENTICATOR) {
      await owner.query(`grant ${AUTHENTICATOR} to ${name} with inherit true, set true`);
    }
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
}

/**
 * The API's roles make no temporary objects: one named as ours would lie in wait for a function that runs as the owner.
 * Said at every start and not in a migration, because a dump does not hold what is granted on the database itself.
 */
async function revokeTemporary(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select current_database() as name where has_database_privilege('public', current_database(), 'temporary')`,
  );
  for (const { name } of rows) {
    await owner.query(`revoke temporary on database ${pg.escapeIdentifier(name)} from public`);
  }
}

/**
 * What people write stands in the errors that their statements raise: Postgres logs none of the API's. The server answers
 * for those that somebody caused, and logs the others without texts.
 *
 * Only a superuser, or whoever was granted it, may say so: docs/operations.md tells what to set elsewhere.
 */
async function keepOutOfLog(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<{ may: boolean }>(
    `select has_parameter_privilege('log_min_messages', 'set')
        and pg_has_role($1, 'member')
        and not coalesce('log_min_messages=fatal' = any (setconfig), false) as may
      from pg_roles left join pg_db_role_setting on setrole = pg_roles.oid and setdatabase = 0
      where rolname = $1`,
    [role],
  );
  if (rows[0]?.may === true) {
    await owner.query(`alter role ${pg.escapeIdentifier(role)} set log_min_messages = fatal`);
  }
}

/** What Postgres stores of a password under SCRAM-SHA-256 (RFC 5802, RFC 7677). */
export function scramVerifier(
  password: string,
  salt: Buffer = randomBytes(16),
  iterations = 4096,
): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64');
  const serverKey = keyed('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
