import { environmentShape } from '../../src/config/load.ts';

type Name = keyof typeof environmentShape.shape;

interface Setting {
  readonly name: Name;
  readonly meaning: string;
  /** What holds when it is not set, where the shape has no default of its own. */
  readonly unset?: string;
}

interface Group {
  readonly title: string;
  readonly about: string;
  readonly settings: readonly Setting[];
}

const GROUPS: readonly Group[] = [
  {
    title: 'Addresses',
    about: '',
    settings: [
      { name: 'PORT', meaning: 'HTTP and WebSocket; 0 picks a free one' },
      {
        name: 'HOST',
        meaning: 'the address to listen on',
        unset: '127.0.0.1 embedded, else 0.0.0.0',
      },
      {
        name: 'PUBLIC_URL',
        meaning:
          'where clients reach the server; absolute addresses begin with it, and [passkeys](auth.md#passkeys) are for its host name',
        unset: 'the address that it listens on',
      },
      {
        name: 'ALLOWED_ORIGINS',
        meaning:
          'other origins that browsers may connect from, separated by commas; `*` allows all. A refusal is logged once, with what to set',
        unset: "none; embedded: this machine's",
      },
      {
        name: 'TRUST_PROXY',
        meaning:
          'addresses and subnets of proxies whose `X-Forwarded-For` is believed, separated by commas',
        unset: 'none',
      },
      {
        name: 'CONNECTIONS_PER_ADDRESS',
        meaning: 'connections that one address may have open; trusted proxies have no limit',
      },
    ],
  },
  {
    title: 'Database and secrets',
    about: '',
    settings: [
      {
        name: 'DATABASE_URL',
        meaning: "the owner's connection, for migrations, worker and LISTEN",
        unset: 'embedded Postgres under `DATA_DIR`',
      },
      {
        name: 'AUTH_DATABASE_URL',
        meaning: 'the unprivileged login for GraphQL requests',
        unset: 'derived when embedded, else required',
      },
      {
        name: 'ROLE_PREFIX',
        meaning:
          'the first word of the names of all roles (`trumpet_user`, `trumpet_admin` and so on): another one for each [installation in a cluster](running.md#several-installations-in-one-cluster), from its first migration on',
      },
      {
        name: 'API_CONNECTIONS',
        meaning: 'connections that a server opens as the login of `AUTH_DATABASE_URL`, at most',
      },
      {
        name: 'OWNER_CONNECTIONS',
        meaning:
          'connections that a server opens as the owner, at most, beside three that it keeps: [how many in all](running.md#connections)',
      },
      {
        name: 'WORKER_JOBS',
        meaning:
          'jobs that a worker does at a time; it opens as many connections as the owner, and 8 more',
      },
      { name: 'DATA_DIR', meaning: 'embedded database, uploads, generated secrets' },
      {
        name: 'JWT_SECRET',
        meaning: 'signs access tokens and addresses of files; at least 32 bytes',
        unset: 'generated into `DATA_DIR` when embedded, else required',
      },
      {
        name: 'SIGN_UP',
        meaning:
          'who may make an account: `open` (everybody), `invited` (with an invitation to a room) or `closed`: [who may sign up](auth.md#who-may-sign-up)',
      },
      {
        name: 'LOCAL_PASSWORDS',
        meaning:
          "whether people sign in with a password of Trumpet's own; `false` where all come from your issuers and providers",
      },
      {
        name: 'AUTH_ISSUERS',
        meaning:
          'whose access tokens are taken beside our own, as JSON: [your own users](auth.md#your-own-users)',
        unset: 'none',
      },
      {
        name: 'SIGN_IN_PROVIDERS',
        meaning:
          'with whom people may sign in on the page by OpenID Connect, as JSON: [sign in with …](auth.md#sign-in-with)',
        unset: 'none',
      },
      {
        name: 'READ_DATABASE_URL',
        meaning:
          'a standby of the database, with the user of `AUTH_DATABASE_URL`: it serves queries over HTTP, and never less than the primary would; see [Operating](operations.md#a-standby-that-serves-queries)',
        unset: 'none',
      },
      {
        name: 'REDIS_URL',
        meaning:
          'tells other servers about changes through Redis instead of NOTIFY; databases that share a Redis do not hear each other; `/readyz` and `trumpet_redis_connected` show whether it is there, without it delivery takes up to a second longer',
        unset: 'none',
      },
      {
        name: 'SAMPLE_DATA',
        meaning: 'load the sample people and rooms into an empty database',
        unset: '`true` when embedded',
      },
    ],
  },
  {
    title: 'Server and worker',
    about: '',
    settings: [
      { name: 'GRAPHIQL', meaning: 'GraphiQL at `/graphiql`', unset: '`true` when embedded' },
      {
        name: 'INTROSPECTION',
        meaning: 'introspection of the schema',
        unset: '`true` when embedded',
      },
      { name: 'WORKER', meaning: '`npm start` also runs the worker' },
      {
        name: 'METRICS_PORT',
        meaning: 'where the server shows `/metrics`',
        unset: 'on `PORT`, for programs on the same machine only',
      },
      {
        name: 'WORKER_METRICS_PORT',
        meaning: 'where `npm run worker` shows `/metrics`',
        unset: 'at 127.0.0.1:9464 where that is free; with the embedded database nowhere',
      },
      { name: 'LOG_LEVEL', meaning: '`trace` to `fatal`, or `silent`' },
    ],
  },
  {
    title: 'Traces',
    about:
      'The standard variables of OpenTelemetry; what is recorded is in [monitoring](monitoring.md#traces). Its exporter reads further ones itself, such as `OTEL_EXPORTER_OTLP_COMPRESSION`, `OTEL_EXPORTER_OTLP_CERTIFICATE` and `OTEL_EXPORTER_OTLP_TIMEOUT`.',
    settings: [
      {
        name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        meaning:
          'the collector, such as `http://127.0.0.1:4318`: spans are sent to `/v1/traces` below it',
        unset: 'no traces',
      },
      {
        name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
        meaning: 'the same, with the path',
        unset: 'no traces',
      },
      {
        name: 'OTEL_EXPORTER_OTLP_HEADERS',
        meaning: 'sent with the spans: `name=value` pairs, separated by commas',
        unset: 'none',
      },
      {
        name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
        meaning: '`http/protobuf`; there is no other',
        unset: '`http/protobuf`',
      },
      {
        name: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
        meaning: 'the same, for traces alone',
        unset: '`http/protobuf`',
      },
      {
        name: 'OTEL_SERVICE_NAME',
        meaning: 'what the process is called',
        unset: '`trumpet`, `trumpet-worker`',
      },
      {
        name: 'OTEL_RESOURCE_ATTRIBUTES',
        meaning:
          'what else is said of the process, such as `deployment.environment.name=staging,service.instance.id=node-1`',
        unset: 'none',
      },
      {
        name: 'OTEL_TRACES_SAMPLER',
        meaning:
          'which traces are recorded: `always_on`, `always_off`, `traceidratio`, or one of these behind `parentbased_`: then a caller who names a trace decides',
      },
      {
        name: 'OTEL_TRACES_SAMPLER_ARG',
        meaning: 'how many of them a sampler by ratio records, from 0 to 1',
      },
      {
        name: 'OTEL_TRACES_EXPORTER',
        meaning: '`none` turns traces off; `otlp` turns them on without an endpoint',
        unset: '`otlp` where there is an endpoint',
      },
      { name: 'OTEL_SDK_DISABLED', meaning: '`true` turns traces off, whatever else is set' },
      { name: 'OTEL_BSP_SCHEDULE_DELAY', meaning: 'how long spans are gathered, in milliseconds' },
      {
        name: 'OTEL_BSP_MAX_QUEUE_SIZE',
        meaning: 'how many spans wait at most; what does not fit is dropped',
      },
      { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', meaning: 'how many are sent together' },
    ],
  },
  {
    title: 'Attachments',
    about:
      'Server and worker need the same ones and must reach the same files: [attachments](attachments.md#storage).',
    settings: [
      { name: 'ATTACHMENT_MAX_BYTES', meaning: 'the largest file' },
      { name: 'ATTACHMENT_MAX_BYTES_A_DAY', meaning: 'for one person within 24 hours' },
      { name: 'ATTACHMENT_MAX_FILES_A_DAY', meaning: 'for one person within 24 hours' },
      { name: 'S3_BUCKET', meaning: 'store files in this bucket', unset: '`DATA_DIR/attachments`' },
      { name: 'S3_ENDPOINT', meaning: 'where the bucket is', unset: "Amazon's" },
      { name: 'S3_REGION', meaning: 'where the bucket is' },
      { name: 'S3_ACCESS_KEY_ID', meaning: 'key for the bucket', unset: 'found by the AWS SDK' },
      {
        name: 'S3_SECRET_ACCESS_KEY',
        meaning: 'key for the bucket',
        unset: 'found by the AWS SDK',
      },
      {
        name: 'CLAMD_URL',
        meaning: 'host and port of the ClamAV daemon',
        unset: 'no virus scan',
      },
    ],
  },
  {
    title: 'Webhooks',
    about:
      'Who is told or asked what, and how, is in [webhooks](webhooks.md). The server asks hooks, and the worker tells.',
    settings: [
      {
        name: 'WEBHOOK_TRUSTED_ORIGINS',
        meaning: 'servers of your own network that may be told, such as `http://10.0.0.5:8080`',
        unset: 'only public addresses, by https',
      },
      {
        name: 'WEBHOOK_TIMEOUT_MS',
        meaning: 'how long one answer may take, at most 600,000 (ten minutes)',
      },
    ],
  },
  {
    title: 'Link previews',
    about: 'What is fetched and shown is in [link previews](link-previews.md).',
    settings: [
      {
        name: 'LINK_PREVIEWS',
        meaning: 'whether the worker fetches what links in messages lead to',
      },
      {
        name: 'LINK_PREVIEW_TRUSTED_ORIGINS',
        meaning: 'sites of your own network that may be asked, such as `http://wiki.internal`',
        unset: 'only public addresses',
      },
    ],
  },
  {
    title: 'Notifications',
    about: 'How to get the keys, and what they do, is in [notifications](push.md).',
    settings: [
      { name: 'PUSH_DELAY_MS', meaning: 'how long a message may be read before it is pushed' },
      {
        name: 'PUSH_TRUSTED_ORIGINS',
        meaning: 'push services of your own, beside the well-known ones',
        unset: 'none',
      },
      {
        name: 'VAPID_PUBLIC_KEY',
        meaning: 'with `VAPID_PRIVATE_KEY`: for Web Push',
        unset: 'made once, kept in `DATA_DIR`',
      },
      {
        name: 'VAPID_PRIVATE_KEY',
        meaning: 'with `VAPID_PUBLIC_KEY`: for Web Push',
        unset: 'made once, kept in `DATA_DIR`',
      },
      { name: 'VAPID_SUBJECT', meaning: 'how push services reach you' },
      { name: 'FCM_SERVICE_ACCOUNT_FILE', meaning: "Google's key, for Android", unset: 'no FCM' },
      { name: 'APNS_KEY_FILE', meaning: "Apple's key (`.p8`), for iOS", unset: 'no APNs' },
      { name: 'APNS_KEY_ID', meaning: 'its id', unset: 'no APNs' },
      { name: 'APNS_TEAM_ID', meaning: 'your team at Apple', unset: 'no APNs' },
      { name: 'APNS_TOPIC', meaning: "the app's bundle id", unset: 'no APNs' },
      { name: 'APNS_SANDBOX', meaning: 'for development builds' },
      { name: 'SMTP_URL', meaning: 'the mail server', unset: 'no e-mails' },
      { name: 'EMAIL_FROM', meaning: 'the sender of e-mails', unset: 'no e-mails' },
    ],
  },
  {
    title: 'Moderation service',
    about:
      'What it is asked, and what its answers do, is in [moderation](moderation.md#a-moderation-service).',
    settings: [
      {
        name: 'MODERATION_URL',
        meaning: 'such as `https://api.openai.com/v1/moderations`',
        unset: 'off',
      },
      { name: 'MODERATION_API_KEY', meaning: 'sent as `Authorization: Bearer …`', unset: 'none' },
      { name: 'MODERATION_FORMAT', meaning: '`openai`, or `verdicts` for a service of your own' },
      { name: 'MODERATION_MODEL', meaning: 'what the service calls its model' },
      {
        name: 'MODERATION_TIMEOUT_MS',
        meaning: 'for one answer, at most 600,000 (ten minutes)',
      },
      {
        name: 'MODERATION_ACTIONS',
        meaning: 'what to do by category: `sexual/minors=delete,hate=hold,*=flag`',
      },
    ],
  },
  {
    title: 'Translation service',
    about: 'What it is asked, and when, is in [translation](translation.md).',
    settings: [
      { name: 'TRANSLATION_URL', meaning: 'such as `http://localhost:5000`', unset: 'off' },
      {
        name: 'TRANSLATION_API_KEY',
        meaning: 'sent as `api_key` to LibreTranslate',
        unset: 'none',
      },
      {
        name: 'TRANSLATION_SERVICE',
        meaning: "`libretranslate` and what speaks its interface, or `apertium` for Apertium's APy",
      },
      {
        name: 'TRANSLATION_TIMEOUT_MS',
        meaning: 'for one answer, at most 600,000 (ten minutes)',
      },
    ],
  },
];

/** @throws when a setting is missing here, or is none. */
export function settingsPage(): string {
  const told = GROUPS.flatMap(({ settings }) => settings.map(({ name }) => name));
  const untold = Object.keys(environmentShape.shape).filter((name) => !told.includes(name as Name));
  if (untold.length > 0) {
    throw new Error(`scripts/documents/settings.ts does not tell of ${untold.join(', ')}.`);
  }
  const groups = GROUPS.map(
    ({ title, about, settings }) => `## ${title}

${about === '' ? '' : `${about}\n\n`}| name | when it is not set | meaning |
| --- | --- | --- |
${settings.map((setting) => `| \`${setting.name}\` | ${defaultOf(setting)} | ${setting.meaning} |`).join('\n')}
`,
  );
  return `# Settings

Settings are environment variables. An empty one counts as not set. They are checked at the start, and all problems are reported together. “Embedded” is \`npm start\` without \`DATABASE_URL\`: it then runs a Postgres of its own.

${groups.join('\n')}`;
}

function defaultOf({ name, unset }: Setting): string {
  if (unset !== undefined) {
    return unset;
  }
  const value: unknown = environmentShape.shape[name].parse(undefined);
  return `\`${typeof value === 'object' ? Object.entries(value ?? {}).map((pair) => pair.join('=')) : value}\``;
}
