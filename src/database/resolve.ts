import { join } from 'node:path';
import type { Config, ResolvedConfig } from '../config/load.ts';
import { isDataDirLocked, lockDataDir } from './embedded/lock.ts';
import { embeddedUrl, startEmbeddedPostgres } from './embedded/postgres.ts';
import { readOrCreateSecrets, type Secrets, writeSecrets } from './embedded/secrets.ts';
import { roleName } from './role-names.ts';

/**
 * Turns a configuration into one with a database: the user's own as it is, or the embedded one,
 * started and to be stopped by the stack.
 *
 * @throws StartError when the data folder is in use or Postgres does not start.
 */
export async function resolveDatabase(
  config: Config,
  stack: AsyncDisposableStack,
): Promise<ResolvedConfig> {
  const { databaseUrl, authDatabaseUrl, jwtSecret } = config;
  if (databaseUrl !== undefined && authDatabaseUrl !== undefined && jwtSecret !== undefined) {
    return { ...config, databaseUrl, authDatabaseUrl, jwtSecret };
  }
  stack.defer(lockDataDir(config.dataDir));
  const secrets = readOrCreateSecrets(config.dataDir);
  const postgres = await startEmbeddedPostgres({
    dataDirectory: join(config.dataDir, 'postgres'),
    logFile: join(config.dataDir, 'postgres.log'),
    ownerPassword: secrets.ownerPassword,
    port: secrets.postgresPort,
  });
  stack.defer(postgres.stop);
  if (postgres.port !== secrets.postgresPort) {
    writeSecrets(config.dataDir, { ...secrets, postgresPort: postgres.port });
  }
  return withEmbedded(config, secrets, postgres.port);
}

/**
 * The same for a contributor beside whom `npm start` may run: its embedded database is shared then. It is not stopped
 * by the stack.
 */
export async function resolveSharedDatabase(
  config: Config,
  stack: AsyncDisposableStack,
): Promise<ResolvedConfig> {
  if (!config.embedded || !isDataDirLocked(config.dataDir)) {
    return resolveDatabase(config, stack);
  }
  const secrets = readOrCreateSecrets(config.dataDir);
  return withEmbedded(config, secrets, secrets.postgresPort);
}

function withEmbedded(config: Config, secrets: Secrets, port: number): ResolvedConfig {
  const databaseUrl = embeddedUrl(secrets.ownerPassword, port);
  const login = new URL(databaseUrl);
  login.username = roleName('authenticator');
  login.password = secrets.authenticatorPassword;
  return {
    ...config,
    databaseUrl,
    authDatabaseUrl: login.href,
    jwtSecret: config.jwtSecret ?? secrets.jwtSecret,
  };
}
