import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  commit,
  compile,
  current,
  defaultLogger,
  Logger,
  type LogLevel,
  type Settings,
  uncommit,
} from 'graphile-migrate';
import { findInBlocks, MIGRATIONS_FOLDER, readMigrations } from './function-files.ts';

/*
 * graphile-migrate for contributors: its commands on a database, with a shadow database beside it that is made anew
 * each time. The server runs the committed files only (src/database/migrations.ts).
 */

const BLANK = '-- The migration that is being written: how, is in docs/migrations.md.\n';

const { clearAllPools } = createRequire(createRequire(import.meta.url).resolve('graphile-migrate'))(
  './pgReal.js',
) as { clearAllPools(): void };

/** Only what went wrong. */
export const quietLogger = new Logger(() => (level, message) => {
  if (level === ('error' as LogLevel)) {
    console.error(message);
  }
});

export interface MigrationSource {
  readonly databaseUrl: string;
  readonly folder?: string;
  readonly logger?: Logger;
}

/** Runs migrations/current.sql, where it is not what the database has had last; before it, what is committed. */
export async function runCurrentMigration(source: MigrationSource): Promise<void> {
  await withSettings(source, async (settings) => {
    try {
      await current(settings);
    } catch (error) {
      throw await withPlace(settings, error);
    }
  });
}

/**
 * Moves migrations/current.sql to committed/, after all migrations have run on a new database.
 *
 * @param message what it changes, for its name; without one, the message that current.sql has from its last commit
 */
export async function commitMigration(source: MigrationSource, message?: string): Promise<void> {
  await withSettings(source, async (settings) => {
    const file = join(String(settings.migrationsFolder), 'current.sql');
    writeFileSync(file, readFileSync(file, 'utf8').replace(BLANK, ''));
    await commit(settings, message);
  });
}

/** Takes the last committed migration back into migrations/current.sql. */
export async function uncommitMigration(source: MigrationSource): Promise<void> {
  await withSettings(source, (settings) => uncommit(settings));
}

async function withSettings(
  { databaseUrl, folder = MIGRATIONS_FOLDER, logger = defaultLogger }: MigrationSource,
  run: (settings: Settings) => Promise<unknown>,
): Promise<void> {
  const database = new URL(databaseUrl).pathname.slice(1);
  try {
    await run({
      connectionString: databaseUrl,
      shadowConnectionString: withDatabase(databaseUrl, `${database}_shadow`),
      rootConnectionString: withDatabase(databaseUrl, 'postgres'),
      migrationsFolder: folder,
      blankMigrationContent: BLANK,
      afterReset: [
        {
          _: 'command',
          command: `"${process.execPath}" "${join(import.meta.dirname, 'prepare-shadow.ts')}"`,
        },
      ],
      logger,
    });
  } finally {
    clearAllPools();
  }
}

/** An error of Postgres counts characters in the compiled text: says where that is in a function's own file. */
async function withPlace(settings: Settings, error: unknown): Promise<unknown> {
  const { position } = error as { position?: string };
  if (error instanceof Error && position !== undefined) {
    const compiled = await compile(settings, readMigrations(settings.migrationsFolder).current);
    const place = findInBlocks(compiled, Number(position) - 1);
    if (place !== undefined) {
      error.message = `${error.message} (fixtures/${place.path}:${place.line})`;
    }
  }
  return error;
}

export function withDatabase(url: string, database: string): string {
  const copy = new URL(url);
  copy.pathname = `/${database}`;
  return copy.href;
}
