import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietLogger, runCurrentMigration } from '../scripts/migrations/graphile-migrate.ts';
import { startEmbeddedPostgres } from '../src/database/embedded/postgres.ts';
import { randomSecret } from '../src/database/embedded/secrets.ts';
import { migrateDatabase } from '../src/database/migrations.ts';

/** Memory that is mounted as a folder, on Linux. */
const MEMORY = '/dev/shm';
/** More than a run of all tests takes. Containers often have 64 MB, which one database fills. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

export interface ThrowAwayPostgres {
  ownerUrl(database?: string): string;
  /** Where Postgres writes its log. */
  readonly logFile: string;
  /** Runs all migrations on one of its databases, the one that is being written too, and gives the login's address. */
  migrate(database?: string): Promise<string>;
  /** Stops it and removes everything. */
  close(): Promise<void>;
}

/**
 * A Postgres that is gone with whoever started it: in memory where there is room, else among the temporary files.
 *
 * @param options.durable for measurements: it lies on the disk, and writes to it as a server would
 */
export async function startThrowAwayPostgres(
  options: { readonly durable?: boolean } = {},
): Promise<ThrowAwayPostgres> {
  const { durable = false } = options;
  const parent = !durable && hasRoom(MEMORY) ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, 'trumpet-throw-away-'));
  chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
  const dataDirectory = join(folder, 'postgres');
  const logFile = join(folder, 'postgres.log');
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    logFile,
    ownerPassword: randomSecret(),
    port: 0,
    durable,
  });
  return {
    ownerUrl: postgres.ownerUrl,
    logFile,
    async migrate(database) {
      const databaseUrl = postgres.ownerUrl(database);
      const login = new URL(databaseUrl);
      login.username = 'trumpet_authenticator';
      login.password = randomSecret();
      await migrateDatabase({ databaseUrl, authDatabaseUrl: login.href });
      await runCurrentMigration({ databaseUrl, logger: quietLogger });
      return login.href;
    },
    async close() {
      await postgres.stop();
      if (lstatSync(dataDirectory).isSymbolicLink()) {
        rmSync(readlinkSync(dataDirectory), { recursive: true, force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) {
    return false;
  }
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ENOUGH_BYTES;
}
