import pg from 'pg';
import { StartError } from '../process/start-error.ts';
import { CONNECT_TIMEOUT_MS } from '../process/time-limits.ts';
import { SCHEMA_EXTENSIONS } from './extensions.ts';
import { shareSessions } from './pooler.ts';
import { ROLE_NAMES, ROLE_PREFIX } from './role-names.ts';

/** Postgres 18 brings uuidv7(), which message ids are. */
const MINIMUM_VERSION = 18;
const EXTENSIONS = [...SCHEMA_EXTENSIONS, 'pg_stat_statements'];

/**
 * Asks a Postgres whether Trumpet can be installed and run on it, before anything is changed there.
 *
 * @throws StartError with one line that says what is missing and what to do.
 */
export async function checkRequirements(databaseUrl: string): Promise<void> {
  await using connection = await connect(databaseUrl, 'DATABASE_URL');
  const problem = findProblem(await askFacts(connection.client));
  if (problem !== undefined) {
    throw new StartError(`The database at ${placeOf(databaseUrl)} ${problem}`);
  }
  await using second = await connect(databaseUrl, 'DATABASE_URL');
  if (await shareSessions(connection.client, second.client)) {
    throw new StartError(
      `The database at ${placeOf(databaseUrl)} (DATABASE_URL) is behind a pooler in transaction mode, on which LISTEN and locks are lost: DATABASE_URL must go to Postgres itself. AUTH_DATABASE_URL may go through the pooler.`,
    );
  }
}

interface Facts {
  readonly version: string;
  readonly versionNumber: number;
  readonly encoding: string;
  readonly role: string;
  readonly database: string;
  readonly isSuperuser: boolean;
  readonly mayCreateSchemas: boolean;
  readonly mayCreateRoles: boolean;
  readonly isFresh: boolean;
  /** Roles with the names of ours that somebody else has made. */
  readonly rolesOfOthers: readonly string[];
  readonly inRecovery: boolean;
  readonly extensions: readonly {
    readonly name: string;
    readonly isInstalled: boolean;
    readonly isTrusted: boolean;
  }[];
}

async function askFacts(client: pg.Client): Promise<Facts> {
  const { rows } = await client.query<Facts>(
    `select
      current_setting('server_version') as "version",
      current_setting('server_version_num')::int as "versionNumber",
      current_setting('server_encoding') as "encoding",
      current_user as "role",
      current_database() as "database",
      pg_roles.rolsuper as "isSuperuser",
      has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
      pg_roles.rolsuper or pg_roles.rolcreaterole as "mayCreateRoles",
      to_regnamespace('app_public') is null as "isFresh",
      array(
        select other.rolname::text from pg_roles as other
          where other.rolname = any ($2) and not pg_roles.rolsuper and not pg_has_role(other.oid, 'member with admin option')
          order by 1
      ) as "rolesOfOthers",
      pg_is_in_recovery() as "inRecovery",
      coalesce((
        select json_agg(json_build_object(
          'name', available.name,
          'isInstalled', available.installed_version is not null,
          'isTrusted', exists (
            select from pg_available_extension_versions as versions
            where versions.name = available.name and versions.version = available.default_version and versions.trusted
          )
        ))
        from pg_available_extensions as available
        where available.name = any ($1)
      ), '[]') as "extensions"
    from pg_roles
    where rolname = current_user`,
    [EXTENSIONS, ROLE_NAMES],
  );
  return rows[0] as Facts;
}

/** The first thing that stands in the way, as the end of a sentence; undefined when nothing does. */
export function findProblem(facts: Facts): string | undefined {
  if (facts.versionNumber < MINIMUM_VERSION * 10_000) {
    return `is Postgres ${facts.version}: Trumpet needs ${MINIMUM_VERSION} or later.`;
  }
  if (facts.inRecovery) {
    return 'is a read-only replica: DATABASE_URL must be the primary.';
  }
  if (facts.encoding !== 'UTF8') {
    return `has the encoding ${facts.encoding}: Trumpet needs UTF8.`;
  }
  const unavailable = EXTENSIONS.filter(
    (name) => !facts.extensions.some((extension) => extension.name === name),
  );
  if (unavailable.length > 0) {
    return `lacks the extension ${unavailable.join(', ')}: install Postgres' contrib package there.`;
  }
  const refused = facts.extensions.filter(
    (extension) =>
      !extension.isInstalled &&
      !facts.isSuperuser &&
      !(extension.isTrusted && facts.mayCreateSchemas),
  );
  if (refused.length > 0) {
    const names = refused.map((extension) => extension.name);
    return `does not let ${facts.role} install ${names.join(', ')}: have a superuser run ${names.map((name) => `"create extension ${name}"`).join(', ')} in database ${facts.database}.`;
  }
  if (!facts.mayCreateSchemas) {
    return `does not let ${facts.role} create schemas: have its owner run "grant create on database ${facts.database} to ${facts.role}".`;
  }
  if (facts.isFresh && !facts.mayCreateRoles) {
    return `does not let ${facts.role} create roles: have a superuser run "alter role ${facts.role} createrole".`;
  }
  if (facts.isFresh && facts.rolesOfOthers.length > 0) {
    return `is in a cluster where another installation has the roles ${facts.rolesOfOthers.join(', ')}: set ROLE_PREFIX to another word than ${ROLE_PREFIX}.`;
  }
  return undefined;
}

export interface Connection extends AsyncDisposable {
  readonly client: pg.Client;
}

/**
 * One connection, ended when its scope ends.
 *
 * @param setting the name of the setting that the URL came from, for the message
 * @throws StartError that says in one line why the database cannot be reached.
 */
export async function connect(url: string, setting: string): Promise<Connection> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'trumpet',
  });
  client.on('error', () => {}); // Told by the next query too.
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw new StartError(
      `The database at ${placeOf(url)} (${setting}) cannot be reached: ${reasonOf(error)}.`,
      { cause: error },
    );
  }
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

/** The part of a connection URL that may be shown: no user, no password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}${decodeURIComponent(pathname)}`;
}

function reasonOf(error: unknown): string {
  // Several addresses tried (IPv6, IPv4) fail together: the first says enough.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = first as { code?: string; message: string };
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known';
    default:
      return message.replace(/\.$/, '');
  }
}
