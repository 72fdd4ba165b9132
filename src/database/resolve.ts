import { join } from 'node:path';
import type { Config, ResolvedConfig } from '../config/load.ts';
import { lockDataDir } from './embedded/lock.ts';
import { startEmbeddedPostgres } from './embedded/postgres.ts';
import { readOrCreateSecrets, writeSecrets } from './embedded/secrets.ts';

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
  const login = new URL(postgres.ownerUrl());
  login.username = 'trumpet_authenticator';
  login.password = secrets.authenticatorPassword;
  return {
    ...config,
    databaseUrl: postgres.ownerUrl(),
    authDatabaseUrl: login.href,
    jwtSecret: jwtSecret ?? secrets.jwtSecret,
  };
}
