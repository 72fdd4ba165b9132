import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ACTIONS, type Action, FORMATS, type FormatName } from '../moderation/formats.ts';
import type { ModerationSettings } from '../moderation/service.ts';
import type { PushSettings } from '../push/create-push.ts';
import { serviceAccountShape } from '../push/service-account.ts';

/**
 * The environment, checked once. Nothing else in the process reads `process.env` for a setting
 * (the log level is the one exception: see log.ts).
 */
export interface Config {
  /** HTTP and WebSocket; 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  /** True without DATABASE_URL: Trumpet then runs a Postgres of its own under `dataDir`. */
  readonly embedded: boolean;
  /** The owner's connection: migrations, worker, LISTEN. Undefined when embedded. */
  readonly databaseUrl: string | undefined;
  /** The unprivileged login that GraphQL runs as. Undefined when embedded. */
  readonly authDatabaseUrl: string | undefined;
  /** Absolute path: embedded database, uploads, generated secrets. */
  readonly dataDir: string;
  /** At least 32 bytes. Undefined when it is to be generated into `dataDir`. */
  readonly jwtSecret: string | undefined;
  readonly redisUrl: string | undefined;
  readonly sampleData: boolean;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** Origins that browsers may connect from beside the server's own; `*` is any. */
  readonly allowedOrigins: readonly string[];
  readonly logLevel: LogLevel;
  /** Run the worker inside the process of `npm start`. */
  readonly worker: boolean;
  /** Where `npm run worker` shows its metrics. Undefined: nowhere. */
  readonly workerMetricsPort: number | undefined;
  readonly attachments: AttachmentSettings;
  readonly push: PushSettings;
  /** The service that is asked about every message. Undefined: none. */
  readonly moderation: ModerationSettings | undefined;
}

/** Where attachments are kept, and how much of them one person may send. */
export interface AttachmentSettings {
  /** Absolute path; used unless there is an S3 bucket. */
  readonly directory: string;
  readonly s3: S3Settings | undefined;
  readonly maxBytes: number;
  /** For one person within 24 hours. */
  readonly maxBytesADay: number;
  readonly maxFilesADay: number;
  /** The virus scanner that has to pass every file. */
  readonly clamd: { readonly host: string; readonly port: number } | undefined;
}

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  /** Undefined leaves it to the SDK: its environment variables, files, or the machine's role. */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
}

/** A `Config` whose database is up and whose secrets are known. */
export interface ResolvedConfig extends Config {
  readonly databaseUrl: string;
  readonly authDatabaseUrl: string;
  readonly jwtSecret: string;
}

const MEGABYTE = 1_000_000;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export class ConfigError extends Error {
  /** One sentence a problem, each beginning with the setting's name. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      [
        problems.length === 1 ? 'A setting is wrong:' : `${problems.length} settings are wrong:`,
        ...problems.map((problem) => `  ${problem}`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], { error: 'must be true or false' })
  .transform((text) => ['true', '1', 'yes', 'on'].includes(text));

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535')
  .transform(Number)
  .refine((number) => number <= 65535, 'must be a whole number from 0 to 65535');

const postgresUrl = urlOf(
  ['postgres:', 'postgresql:'],
  'must be a URL like postgres://user:password@host:5432/database',
).refine(
  (text) => databaseOf(text) !== '',
  'must name a database, as in postgres://user:password@host:5432/database',
);

const origins = z
  .string()
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine(
    (list) => list.every((item) => item === '*' || isOrigin(item)),
    'must be origins like https://chat.example.org, separated by commas, or *',
  );

function wholeNumber(least: number) {
  const problem = `must be a whole number, ${least} or more`;
  return z
    .string()
    .regex(/^\d{1,15}$/, problem)
    .transform(Number)
    .refine((number) => number >= least, problem);
}

const hostAndPort = z
  .string()
  .refine((text) => URL.canParse(`tcp://${text}`) && /:\d{1,5}$/.test(text), {
    error: 'must be a host and a port, as in localhost:3310',
    abort: true,
  })
  .transform((text) => {
    const { hostname, port } = new URL(`tcp://${text}`);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  });

const actionsByCategory = z
  .string()
  .refine(
    (text) => text.split(',').every((pair) => pairOf(pair) !== undefined),
    `must be pairs like sexual/minors=delete,hate=hold,*=flag with ${ACTIONS.join(', ')}`,
  )
  .transform((text) =>
    Object.fromEntries(text.split(',').map((pair) => pairOf(pair) as [string, Action])),
  );

function pairOf(text: string): [string, Action] | undefined {
  const [category, name, ...rest] = text.split('=').map((part) => part.trim());
  const action = ACTIONS.find((candidate) => candidate === name);
  return category && action && rest.length === 0 ? [category, action] : undefined;
}

/** Undefined means "not set"; what then holds depends on whether Postgres is embedded. */
const environment = z.object({
  PORT: port.default(8000),
  HOST: z.string().optional(),
  DATABASE_URL: postgresUrl.optional(),
  AUTH_DATABASE_URL: postgresUrl.optional(),
  DATA_DIR: z.string().default('.data'),
  JWT_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, 'must be at least 32 bytes long')
    .optional(),
  REDIS_URL: urlOf(['redis:', 'rediss:'], 'must be a URL like redis://host:6379').optional(),
  SAMPLE_DATA: flag.optional(),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  ALLOWED_ORIGINS: origins.default([]),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
  WORKER: flag.default(true),
  WORKER_METRICS_PORT: port.optional(),
  ATTACHMENT_MAX_BYTES: wholeNumber(1).default(100 * MEGABYTE),
  ATTACHMENT_MAX_BYTES_A_DAY: wholeNumber(1).default(2_000 * MEGABYTE),
  ATTACHMENT_MAX_FILES_A_DAY: wholeNumber(1).default(500),
  S3_BUCKET: z.string().optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ENDPOINT: urlOf(['http:', 'https:'], 'must be a URL like https://s3.example.org').optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  CLAMD_URL: hostAndPort.optional(),
  MODERATION_URL: urlOf(
    ['http:', 'https:'],
    'must be a URL like https://api.openai.com/v1/moderations',
  ).optional(),
  MODERATION_API_KEY: z.string().optional(),
  MODERATION_FORMAT: z
    .enum(Object.keys(FORMATS) as [FormatName, ...FormatName[]], {
      error: `must be one of ${Object.keys(FORMATS).join(', ')}`,
    })
    .default('openai'),
  MODERATION_MODEL: z.string().default('omni-moderation-latest'),
  MODERATION_TIMEOUT_MS: wholeNumber(1).default(5_000),
  MODERATION_ACTIONS: actionsByCategory.default({ '*': 'flag' }),
  PUSH_DELAY_MS: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number of milliseconds')
    .transform(Number)
    .default(5_000),
  PUSH_TRUSTED_ORIGINS: origins.default([]),
  VAPID_PUBLIC_KEY: base64url(65).optional(),
  VAPID_PRIVATE_KEY: base64url(32).optional(),
  VAPID_SUBJECT: urlOf(['mailto:', 'https:'], 'must be a URL like mailto:you@example.org').default(
    'mailto:nobody@example.org',
  ),
  FCM_SERVICE_ACCOUNT_FILE: jsonFile(serviceAccountShape).optional(),
  APNS_KEY_FILE: textFile().optional(),
  APNS_KEY_ID: z.string().length(10, 'must have 10 characters').optional(),
  APNS_TEAM_ID: z.string().length(10, 'must have 10 characters').optional(),
  APNS_TOPIC: z.string().optional(),
  APNS_SANDBOX: flag.default(false),
  SMTP_URL: urlOf(['smtp:', 'smtps:'], 'must be a URL like smtps://user:password@host').optional(),
  EMAIL_FROM: z.string().optional(),
  PUBLIC_URL: urlOf(['http:', 'https:'], 'must be a URL like https://chat.example.org').optional(),
});

/**
 * Reads the settings from an environment. An empty value counts as not set.
 *
 * @throws ConfigError that lists every problem at once.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`),
    ...databaseProblems(present),
    ...s3Problems(present),
    ...pushProblems(present),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems);
  }
  const settings = parsed.data;
  const embedded = settings.DATABASE_URL === undefined;
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    embedded,
    databaseUrl: settings.DATABASE_URL,
    authDatabaseUrl: settings.AUTH_DATABASE_URL,
    dataDir: resolve(settings.DATA_DIR),
    jwtSecret: settings.JWT_SECRET,
    redisUrl: settings.REDIS_URL,
    sampleData: settings.SAMPLE_DATA ?? embedded,
    graphiql: settings.GRAPHIQL ?? embedded,
    introspection: settings.INTROSPECTION ?? embedded,
    allowedOrigins: Object.freeze(settings.ALLOWED_ORIGINS),
    logLevel: settings.LOG_LEVEL,
    worker: settings.WORKER,
    workerMetricsPort: settings.WORKER_METRICS_PORT,
    attachments: attachmentSettings(settings),
    push: Object.freeze(pushSettings(settings)),
    moderation: moderationSettings(settings),
  });
}

function moderationSettings(
  settings: z.output<typeof environment>,
): ModerationSettings | undefined {
  return settings.MODERATION_URL === undefined
    ? undefined
    : Object.freeze({
        url: settings.MODERATION_URL,
        apiKey: settings.MODERATION_API_KEY,
        format: settings.MODERATION_FORMAT,
        model: settings.MODERATION_MODEL,
        timeoutMs: settings.MODERATION_TIMEOUT_MS,
        actions: settings.MODERATION_ACTIONS,
      });
}

function attachmentSettings(settings: z.output<typeof environment>): AttachmentSettings {
  const { S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = settings;
  return Object.freeze({
    directory: join(resolve(settings.DATA_DIR), 'attachments'),
    s3:
      S3_BUCKET === undefined
        ? undefined
        : {
            bucket: S3_BUCKET,
            region: settings.S3_REGION,
            endpoint: settings.S3_ENDPOINT,
            credentials:
              S3_ACCESS_KEY_ID === undefined || S3_SECRET_ACCESS_KEY === undefined
                ? undefined
                : { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
          },
    maxBytes: settings.ATTACHMENT_MAX_BYTES,
    maxBytesADay: settings.ATTACHMENT_MAX_BYTES_A_DAY,
    maxFilesADay: settings.ATTACHMENT_MAX_FILES_A_DAY,
    clamd: settings.CLAMD_URL,
  });
}

/** Settings that are right alone and wrong together; checked even when others are wrong. */
function databaseProblems(env: Record<string, string | undefined>): string[] {
  const { DATABASE_URL: owner, AUTH_DATABASE_URL: login, JWT_SECRET: secret } = env;
  if (owner === undefined) {
    return login === undefined ? [] : ['AUTH_DATABASE_URL needs DATABASE_URL beside it'];
  }
  const problems: string[] = [];
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

/** Settings that come in sets: half a set is a mistake, not a channel that is off. */
const PUSH_SETS = [
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'],
  ['APNS_KEY_FILE', 'APNS_KEY_ID', 'APNS_TEAM_ID', 'APNS_TOPIC'],
  ['SMTP_URL', 'EMAIL_FROM'],
] as const;

function pushProblems(env: Record<string, string | undefined>): string[] {
  return PUSH_SETS.flatMap((names) => {
    const missing = names.filter((name) => env[name] === undefined);
    return missing.length === 0 || missing.length === names.length
      ? []
      : [`${missing.join(', ')} must be set too: ${names.join(', ')} belong together`];
  });
}

function pushSettings(settings: z.infer<typeof environment>): PushSettings {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = settings;
  const {
    APNS_KEY_FILE: key,
    APNS_KEY_ID: keyId,
    APNS_TEAM_ID: teamId,
    APNS_TOPIC: topic,
  } = settings;
  const { SMTP_URL: smtpUrl, EMAIL_FROM: from, PUBLIC_URL: publicUrl } = settings;
  const account = settings.FCM_SERVICE_ACCOUNT_FILE;
  const apnsHost = settings.APNS_SANDBOX ? 'api.sandbox.push.apple.com' : 'api.push.apple.com';
  return {
    delayMs: settings.PUSH_DELAY_MS,
    vapid: publicKey && privateKey ? { publicKey, privateKey } : undefined,
    vapidSubject: settings.VAPID_SUBJECT,
    trustedOrigins: settings.PUSH_TRUSTED_ORIGINS,
    dataDir: resolve(settings.DATA_DIR),
    fcm: account && { account, origin: 'https://fcm.googleapis.com' },
    apns:
      key && keyId && teamId && topic
        ? { key, keyId, teamId, topic, origin: `https://${apnsHost}` }
        : undefined,
    email: smtpUrl && from ? { smtpUrl, from, publicUrl } : undefined,
  };
}

/** A file that must be there when the process starts. */
function textFile() {
  return z.string().transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue({ code: 'custom', message: `cannot be read: ${(error as Error).message}` });
      return z.NEVER;
    }
  });
}

function jsonFile<T>(shape: z.ZodType<T>) {
  return textFile().transform((text, context) => {
    try {
      return shape.parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'does not hold what it should' });
      return z.NEVER;
    }
  });
}

function base64url(bytes: number) {
  return z
    .string()
    .refine(
      (text) => /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === bytes,
      `must be ${bytes} bytes in base64url`,
    );
}

/** Half a storage is none. */
function s3Problems(env: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  if (env.S3_BUCKET === undefined) {
    const useless = ['S3_REGION', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'];
    problems.push(
      ...useless
        .filter((name) => env[name] !== undefined)
        .map((name) => `${name} needs S3_BUCKET beside it`),
    );
  }
  if ((env.S3_ACCESS_KEY_ID === undefined) !== (env.S3_SECRET_ACCESS_KEY === undefined)) {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together');
  }
  return problems;
}

function urlOf(protocols: readonly string[], problem: string) {
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: problem,
      abort: true,
    });
}

function databaseOf(postgresUrl: string): string {
  return URL.canParse(postgresUrl) ? new URL(postgresUrl).pathname.slice(1) : '';
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
