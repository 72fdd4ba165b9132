import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig, type ResolvedConfig } from './config/load.ts';
import { resolveDatabase } from './database/resolve.ts';
import { checkPort } from './http/port.ts';
import { SAMPLE_PASSWORD, SAMPLE_PEOPLE } from './http/sample-people.ts';
import type { RunningServer } from './http/server.ts';
import { log } from './process/log.ts';
import { runUntilSignal } from './process/run.ts';
import { startTracing } from './process/start-tracing.ts';
import { together } from './process/together.ts';
import { VERSION } from './process/version.ts';

/**
 * Everything in one process: database (unless it is yours), migrations, server and worker. A first start takes its time to
 * make a database and about as long to load the server, so it does both at a time.
 */
await runUntilSignal(async (stack) => {
  const settings: Config = loadConfig(process.env);
  await startTracing(settings.tracing, 'trumpet', stack);
  await checkPort(settings);
  const [config, { startServer }, { startWorker }] = await together(
    prepareDatabase(settings, stack),
    import('./http/server.ts'),
    import('./worker/run.ts'),
    buildPage(),
  );
  const { loadSampleData } = await import('./database/migrations.ts');
  const [server] = await together(
    startServer(config).then((running) => {
      stack.defer(running.close);
      return running;
    }),
    loadSampleData(config),
  );
  if (config.worker) {
    const worker = await startWorker(config.databaseUrl, config);
    stack.defer(worker.stop);
  }
  process.stdout.write(welcome(config, server));
});

async function prepareDatabase(
  settings: Config,
  stack: AsyncDisposableStack,
): Promise<ResolvedConfig> {
  const config = await resolveDatabase(settings, stack);
  const { migrateDatabase } = await import('./database/migrations.ts');
  await migrateDatabase(config);
  return config;
}

/**
 * Builds the page unless that has been done, in a process of its own: a bundler has no business in a server. Without the
 * page everything else works, so its failure, which it has told itself, ends nothing.
 */
async function buildPage(): Promise<void> {
  const script = join(import.meta.dirname, '..', 'web', 'build', 'build.ts');
  const [code] = await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit');
  if (code !== 0) {
    log.error({ event: 'page.not_built', code });
  }
}

/** What a person wants to know when it is ready. Passwords only of the database that is ours. */
function welcome(config: ResolvedConfig, { url, hasDocuments }: RunningServer): string {
  const lines = [
    ['The chat', url],
    ['GraphQL', `${url}/graphql`],
    ['WebSocket', `${url.replace(/^http/, 'ws')}/graphql`],
    ...(config.graphiql ? [['GraphiQL', `${url}/graphiql`]] : []),
    ...(hasDocuments ? [['Documents', `${url}/docs/`]] : []),
    ...(config.embedded
      ? [
          ['psql, as the owner', config.databaseUrl],
          ['psql, as GraphQL does', config.authDatabaseUrl],
          ['Data', whereDataIs(config.dataDir)],
        ]
      : []),
    ...(config.sampleData ? [['Sample sign-in', sampleSignIn()]] : []),
  ];
  return [
    '',
    `Trumpet ${VERSION} is ready.`,
    '',
    ...lines.map(([name, value]) => `  ${name?.padEnd(22)} ${value}`),
    '',
    `  Ctrl-C stops it.`,
    '',
  ].join('\n');
}

function sampleSignIn(): string {
  const [first, ...others] = SAMPLE_PEOPLE.map(({ username }) => username);
  return `${first} (or ${others.join(', ')}), password ${SAMPLE_PASSWORD}`;
}

/** The folder, and where the database lies when its user could not reach it there. */
function whereDataIs(dataDir: string): string {
  const database = realpathSync(join(dataDir, 'postgres'));
  return database.startsWith(realpathSync(dataDir))
    ? dataDir
    : `${dataDir}, database in ${database}`;
}
