import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig, type ResolvedConfig } from './config/load.ts';
import { migrateDatabase } from './database/migrations.ts';
import { resolveDatabase } from './database/resolve.ts';
import { checkPort, startServer } from './http/server.ts';
import { runUntilSignal } from './process/run.ts';
import { startWorker } from './worker/run.ts';

/** Everything in one process: database (unless it is yours), migrations, server and worker. */
await runUntilSignal(async (stack) => {
  const settings: Config = loadConfig(process.env);
  await checkPort(settings);
  const config = await resolveDatabase(settings, stack);
  await migrateDatabase(config);
  const server = await startServer(config);
  stack.defer(server.close);
  if (config.worker) {
    const worker = await startWorker(config.databaseUrl, config);
    stack.defer(worker.stop);
  }
  process.stdout.write(welcome(config, server.url));
});

/** What a person wants to know when it is ready. Passwords only of the database that is ours. */
function welcome(config: ResolvedConfig, url: string): string {
  const lines = [
    ['GraphQL', `${url}/graphql`],
    ['WebSocket', `${url.replace(/^http/, 'ws')}/graphql`],
    ...(config.graphiql ? [['GraphiQL', `${url}/graphiql`]] : []),
    ...(config.embedded
      ? [
          ['psql, as the owner', config.databaseUrl],
          ['psql, as GraphQL does', config.authDatabaseUrl],
          ['Data', whereDataIs(config.dataDir)],
        ]
      : []),
    ...(config.sampleData
      ? [['Sample sign-in', 'alice (or bob, carol, dave), password trumpet-demo']]
      : []),
  ];
  return [
    '',
    'Trumpet is ready.',
    '',
    ...lines.map(([name, value]) => `  ${name?.padEnd(22)} ${value}`),
    '',
    `  Ctrl-C stops it.`,
    '',
  ].join('\n');
}

/** The folder, and where the database lies when its user could not reach it there. */
function whereDataIs(dataDir: string): string {
  const database = realpathSync(join(dataDir, 'postgres'));
  return database.startsWith(realpathSync(dataDir))
    ? dataDir
    : `${dataDir}, database in ${database}`;
}
