import { z } from 'zod';
import type { Environment } from './environment.ts';
import { flag, urlOf, wholeNumber } from './fields.ts';

export interface DatabaseSettings {
  /** True without DATABASE_URL: Trumpet then runs a Postgres of its own under `dataDir`. */
  readonly embedded: boolean;
  /** The owner's connection: migrations, worker, LISTEN. Undefined when embedded. */
  readonly databaseUrl: string | undefined;
  /** The unprivileged login that GraphQL runs as. Undefined when embedded. */
  readonly authDatabaseUrl: string | undefined;
  /** The same login on a standby, which serves queries. Undefined: the primary does. */
  readonly readDatabaseUrl: string | undefined;
  /** At least 32 bytes. Undefined when it is to be generated into `dataDir`. */
  readonly jwtSecret: string | undefined;
  readonly sampleData: boolean;
  /** Connections that a server has as the login of GraphQL, and as the owner; at most. */
  readonly apiConnections: number;
  readonly ownerConnections: number;
  /** Jobs that a worker has under way at a time. It has six connections more. */
  readonly workerJobs: number;
}

/** Those of psql that say whether there is TLS. */
const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

export const postgresUrl = urlOf(
  ['postgres:', 'postgresql:'],
  'must be a URL like postgres://user:password@host:5432/database, with # % / : ? @ in a password written as %23 %25 %2F %3A %3F %40',
)
  .refine(
    (text) => databaseOf(text) !== '',
    'must name a database, as in postgres://user:password@host:5432/database',
  )
  .refine(
    hasKnownMode,
    `has another sslmode than ${TLS_MODES.join(', ')}: others (allow, prefer) go without TLS where the server has none`,
  )
  .refine(isDecodable, 'has a % that begins no code: write it as %25')
  .transform(withLibpqModes);

/** Whether user and password can be read. */
function isDecodable(postgresUrl: string): boolean {
  if (!URL.canParse(postgresUrl)) {
    return true; // Told already.
  }
  const { username, password } = new URL(postgresUrl);
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

function hasKnownMode(postgresUrl: string): boolean {
  const modes = URL.parse(postgresUrl)?.searchParams.getAll('sslmode') ?? [];
  return modes.every((mode) => TLS_MODES.some((known) => known === mode));
}

/** `sslmode` means what psql and every other client of Postgres mean by it; node-postgres has meanings of its own. */
function withLibpqModes(postgresUrl: string): string {
  const url = new URL(postgresUrl);
  if (!url.searchParams.has('sslmode') || url.searchParams.has('uselibpqcompat')) {
    return postgresUrl;
  }
  url.searchParams.set('uselibpqcompat', 'true');
  return url.href;
}

export const databaseShape = z.object({
  DATABASE_URL: postgresUrl.optional(),
  AUTH_DATABASE_URL: postgresUrl.optional(),
  READ_DATABASE_URL: postgresUrl.optional(),
  JWT_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, 'must be at least 32 bytes long')
    .optional(),
  SAMPLE_DATA: flag.optional(),
  ROLE_PREFIX: z
    .string()
    .regex(
      /^(?!pg_)[a-z_][a-z0-9_]{0,39}$/,
      'must be small letters, digits and _, at most 40, and begin with neither a digit nor pg_',
    )
    .default('trumpet'),
  API_CONNECTIONS: wholeNumber(2, 10_000).default(20),
  OWNER_CONNECTIONS: wholeNumber(2, 10_000).default(5),
  WORKER_JOBS: wholeNumber(1, 1_000).default(4),
});

/** Settings that are right alone and wrong together; checked even when others are wrong. */
export function databaseProblems(env: Environment): string[] {
  const {
    DATABASE_URL: owner,
    AUTH_DATABASE_URL: login,
    READ_DATABASE_URL: reading,
    JWT_SECRET: secret,
  } = env;
  if (owner === undefined) {
    return Object.entries({ AUTH_DATABASE_URL: login, READ_DATABASE_URL: reading })
      .filter(([, url]) => url !== undefined)
      .map(([name]) => `${name} needs DATABASE_URL beside it`);
  }
  const problems: string[] = [];
  if (reading !== undefined && userOf(reading) !== userOf(login ?? reading)) {
    problems.push('READ_DATABASE_URL must name the user of AUTH_DATABASE_URL, on a standby');
  }
  if (login === undefined) {
    problems.push('AUTH_DATABASE_URL is required with DATABASE_URL');
  } else if (URL.canParse(login) && URL.canParse(owner)) {
    if (new URL(login).username === '') {
      problems.push('AUTH_DATABASE_URL must name a user');
    } else if (new URL(login).username === new URL(owner).username) {
      problems.push(
        'AUTH_DATABASE_URL must not be the user of DATABASE_URL: an owner is above row-level security',
      );
    }
  }
  if (secret === undefined) {
    problems.push('JWT_SECRET is required with DATABASE_URL (at least 32 bytes)');
  }
  return problems;
}

export function databaseSettings(values: z.output<typeof databaseShape>): DatabaseSettings {
  const embedded = values.DATABASE_URL === undefined;
  return {
    embedded,
    databaseUrl: values.DATABASE_URL,
    authDatabaseUrl: values.AUTH_DATABASE_URL,
    readDatabaseUrl: values.READ_DATABASE_URL,
    jwtSecret: values.JWT_SECRET,
    sampleData: values.SAMPLE_DATA ?? embedded,
    apiConnections: values.API_CONNECTIONS,
    ownerConnections: values.OWNER_CONNECTIONS,
    workerJobs: values.WORKER_JOBS,
  };
}

function userOf(postgresUrl: string): string {
  return URL.canParse(postgresUrl) ? new URL(postgresUrl).username : '';
}

function databaseOf(postgresUrl: string): string {
  return URL.canParse(postgresUrl) ? new URL(postgresUrl).pathname.slice(1) : '';
}
