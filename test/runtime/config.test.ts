import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config/load.ts';

const OWN_POSTGRES = {
  DATABASE_URL: 'postgres://owner:secret@db.example.org/chat',
  AUTH_DATABASE_URL: 'postgres://trumpet_authenticator:secret@db.example.org/chat',
  JWT_SECRET: 'x'.repeat(32),
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
}

test('nothing needs to be set for the embedded database', () => {
  expect(loadConfig({})).toMatchObject({
    port: 8000,
    host: '127.0.0.1',
    embedded: true,
    sampleData: true,
    graphiql: true,
    introspection: true,
    worker: true,
  });
});

test("a Postgres of the user's own is served to everyone, without sample data or GraphiQL", () => {
  expect(loadConfig(OWN_POSTGRES)).toMatchObject({
    host: '0.0.0.0',
    embedded: false,
    sampleData: false,
    graphiql: false,
    introspection: false,
  });
});

test('a worker of production shows its metrics to this machine unless another place is set', () => {
  expect(loadConfig({}).workerMetrics).toBeUndefined();
  expect(loadConfig(OWN_POSTGRES).workerMetrics).toEqual({
    host: '127.0.0.1',
    port: 9464,
    isAskedFor: false,
  });
  expect(loadConfig({ ...OWN_POSTGRES, WORKER_METRICS_PORT: '9000' }).workerMetrics).toEqual({
    host: '0.0.0.0',
    port: 9000,
    isAskedFor: true,
  });
});

test('traces are recorded where a collector is named, and nothing speaks against it', () => {
  const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  const asked = { sampler: 'parentbased_always_on', ratio: 1, exportDelayMs: 5_000 };
  const tracingOf = (settings: Record<string, string>) => loadConfig(settings).tracing;
  expect(tracingOf({})).toBeUndefined();
  expect(
    tracingOf({ OTEL_SERVICE_NAME: 'chat', OTEL_TRACES_SAMPLER: 'always_on' }),
  ).toBeUndefined();
  expect(tracingOf(collector)).toMatchObject(asked);
  expect(
    tracingOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' }),
  ).toMatchObject(asked);
  expect(tracingOf({ OTEL_TRACES_EXPORTER: 'otlp' })).toMatchObject(asked);
  expect(tracingOf({ ...collector, OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
  expect(tracingOf({ ...collector, OTEL_SDK_DISABLED: 'True' })).toBeUndefined();
  expect(
    tracingOf({
      ...collector,
      OTEL_SDK_DISABLED: 'false',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    }),
  ).toMatchObject({ sampler: 'traceidratio', ratio: 0.01 });
  expect(
    problemsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_SAMPLER: 'some',
      OTEL_TRACES_SAMPLER_ARG: '1.5',
    }),
  ).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL like http://collector:4318',
    'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf',
    expect.stringMatching(/^OTEL_TRACES_SAMPLER must be one of always_on, /),
    'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1',
  ]);
});

test('every problem is listed at once, each by the name of its setting', () => {
  const problems = problemsOf({
    PORT: '80000',
    DATABASE_URL: 'mysql://somewhere/else',
    JWT_SECRET: 'short',
    REDIS_URL: 'localhost:6379',
    SAMPLE_DATA: 'maybe',
    ALLOWED_ORIGINS: 'https://chat.example.org/path',
    LOG_LEVEL: 'loud',
  });
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
    'ALLOWED_ORIGINS',
    'AUTH_DATABASE_URL',
    'DATABASE_URL',
    'JWT_SECRET',
    'LOG_LEVEL',
    'PORT',
    'REDIS_URL',
    'SAMPLE_DATA',
  ]);
});

test('a problem tells no secret', () => {
  const problems = problemsOf({
    ...OWN_POSTGRES,
    JWT_SECRET: 'hush',
    DATABASE_URL: 'pg://a:hush@b/c',
  });
  expect(problems).toHaveLength(2);
  expect(problems.join()).not.toContain('hush');
});

test('GraphQL does not run as the owner, whom row-level security does not bind', () => {
  expect(
    problemsOf({
      ...OWN_POSTGRES,
      AUTH_DATABASE_URL: 'postgres://owner:other@db.example.org/chat',
    }),
  ).toEqual([expect.stringMatching(/^AUTH_DATABASE_URL must not be the user of DATABASE_URL/)]);
});

test.each([
  ['WEBHOOK_TIMEOUT_MS', '3000000000', /from 1 to 600000$/],
  ['MODERATION_TIMEOUT_MS', '3000000000', /from 1 to 600000$/],
  ['ATTACHMENT_MAX_FILES_A_DAY', '2147483648', /from 1 to 2147483647$/],
  ['WORKER_JOBS', '999999999999999', /from 1 to 1000$/],
  ['API_CONNECTIONS', '999999999999999', /from 2 to 10000$/],
  ['OWNER_CONNECTIONS', '999999999999999', /from 2 to 10000$/],
  ['ROLE_PREFIX', 'pg_acme', /neither a digit nor pg_$/],
  ['ROLE_PREFIX', '1acme', /neither a digit nor pg_$/],
])('%s=%s is told at the start, and does not fail afterwards', (name, value, problem) => {
  expect(problemsOf({ ...OWN_POSTGRES, [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name} .*${problem.source}`)),
  ]);
});

test.each(['DATABASE_URL', 'AUTH_DATABASE_URL'] as const)(
  'how %s is encrypted is one of the words that psql has, and none that goes without TLS unsaid',
  (name) => {
    for (const mode of ['disable', 'require', 'verify-ca', 'verify-full']) {
      expect(
        problemsOf({ ...OWN_POSTGRES, [name]: `${OWN_POSTGRES[name]}?sslmode=${mode}` }),
      ).toEqual([]);
    }
    for (const mode of ['allow', 'prefer', 'verify-ful', 'no-verify', '']) {
      expect(
        problemsOf({ ...OWN_POSTGRES, [name]: `${OWN_POSTGRES[name]}?sslmode=${mode}` }),
      ).toEqual([
        expect.stringMatching(new RegExp(`^${name} has another sslmode than disable, require, `)),
      ]);
    }
  },
);

test('an empty setting counts as not set', () => {
  expect(loadConfig({ PORT: '', DATABASE_URL: '', JWT_SECRET: '' }).port).toBe(8000);
});

test('a moderation service needs an address, and says what to do by category', () => {
  expect(loadConfig({ MODERATION_ACTIONS: 'hate=hold' }).moderation).toBeUndefined();
  expect(
    loadConfig({
      MODERATION_URL: 'http://localhost:9/v1/moderations',
      MODERATION_ACTIONS: 'sexual/minors=delete, hate=hold,*=flag',
    }).moderation,
  ).toMatchObject({
    format: 'openai',
    timeoutMs: 5_000,
    actions: { 'sexual/minors': 'delete', hate: 'hold', '*': 'flag' },
  });
  expect(problemsOf({ MODERATION_ACTIONS: 'hate=scold', MODERATION_FORMAT: 'x' })).toEqual([
    expect.stringContaining('MODERATION_FORMAT must be one of openai, verdicts'),
    expect.stringContaining('MODERATION_ACTIONS must be pairs like'),
  ]);
});

test('accounts are for everybody and have passwords, unless it is said otherwise', () => {
  expect(loadConfig({}).accounts).toEqual({ signUp: 'open', localPasswords: true });
  expect(loadConfig({ SIGN_UP: 'closed', LOCAL_PASSWORDS: 'false' }).accounts).toEqual({
    signUp: 'closed',
    localPasswords: false,
  });
  expect(problemsOf({ SIGN_UP: 'nobody' })).toEqual([
    'SIGN_UP must be one of open, invited, closed',
  ]);
});

/** The examples in JSON of how people come in. */
function examplesOfAuth(): readonly string[] {
  const document = readFileSync(join(import.meta.dirname, '../../docs/auth.md'), 'utf8');
  return [...document.matchAll(/```json\n(.*?)```/gs)].map(([, example = '']) => example);
}

describe('providers with whom people sign in', () => {
  const provider = { name: 'example', issuer: 'https://id.example.org', clientId: 'trumpet' };
  const read = (...providers: unknown[]) => ({ SIGN_IN_PROVIDERS: JSON.stringify(providers) });

  test('are read as the documents show them', () => {
    const [example] = examplesOfAuth();
    expect(loadConfig({ SIGN_IN_PROVIDERS: example }).providers).toMatchObject([
      { name: 'example', label: 'Example Company', scope: 'openid profile email' },
    ]);
    expect(loadConfig(read(provider)).providers).toMatchObject([
      { label: 'id.example.org', clientSecret: undefined },
    ]);
  });

  test.each([
    ['no JSON', { SIGN_IN_PROVIDERS: '[' }],
    ['no client', read({ ...provider, clientId: undefined })],
    ['a name that is no part of an address', read({ ...provider, name: '../x' })],
    [
      'an issuer that anybody can be on the way',
      read({ ...provider, issuer: 'http://id.example.org' }),
    ],
    ['a scope that says nobody who it is', read({ ...provider, scope: 'profile' })],
    ['another subject', read({ ...provider, claims: { subject: 'email' } })],
    ['a member that means nothing', read({ ...provider, secret: 'x' })],
    ['one name twice', read(provider, { ...provider, issuer: 'https://other.example.org' })],
  ])('are refused with %s', (_, settings) => {
    expect(problemsOf(settings)).toEqual([expect.stringMatching(/^SIGN_IN_PROVIDERS/)]);
  });
});

describe('issuers of access tokens', () => {
  const issuer = {
    issuer: 'https://id.example.org',
    audience: 'chat',
    jwks: 'https://id.example.org/keys',
  };
  const read = (...issuers: unknown[]) => ({ AUTH_ISSUERS: JSON.stringify(issuers) });

  test('are read as the documents show them', () => {
    const [, example] = examplesOfAuth();
    expect(loadConfig({ AUTH_ISSUERS: example }).issuers).toMatchObject([
      { issuer: 'https://id.example.org', audience: ['chat'], clockToleranceMs: 5_000 },
    ]);
  });

  test.each([
    ['no JSON', { AUTH_ISSUERS: '{' }],
    ['no list', { AUTH_ISSUERS: '{}' }],
    ['no audience', read({ ...issuer, audience: undefined })],
    ['no key', read({ ...issuer, jwks: undefined })],
    ['two kinds of keys', read({ ...issuer, secret: 'x'.repeat(32) })],
    ['keys that anybody can change on the way', read({ ...issuer, jwks: 'http://id.example.org' })],
    ['a secret that can be guessed', read({ ...issuer, jwks: undefined, secret: 'short' })],
    ['a public key that is none', read({ ...issuer, jwks: undefined, publicKey: 'x' })],
    ['no signature', read({ ...issuer, algorithms: ['none'] })],
    ['a secret where there are keys', read({ ...issuer, algorithms: ['HS256'] })],
    ['a member that means nothing', read({ ...issuer, audiences: ['chat'] })],
    ['one issuer twice', read(issuer, issuer)],
    ['ourselves', read({ ...issuer, issuer: 'trumpet' })],
  ])('are refused with %s', (_, settings) => {
    const problems = problemsOf(settings);
    expect(problems).toEqual([expect.stringMatching(/^AUTH_ISSUERS/)]);
    expect(problems.join()).not.toContain('short');
  });
});
