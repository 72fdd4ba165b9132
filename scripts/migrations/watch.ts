import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultLogger } from 'graphile-migrate';
import { findProblems, MIGRATIONS_FOLDER, readMigrations } from './function-files.ts';
import { type MigrationSource, runCurrentMigration } from './graphile-migrate.ts';
import { releasedMigrations } from './releases.ts';

const POLL_INTERVAL_MS = 500;

/**
 * Runs current.sql now and whenever it, or a function's file, changes. What is wrong goes to the logger, and what keeps
 * a changed file from counting.
 *
 * @returns what stops it.
 */
export function watchMigrations(source: MigrationSource): () => Promise<void> {
  const stop = new AbortController();
  const ended = (async () => {
    let seen: string | undefined;
    while (!stop.signal.aborted) {
      // Asked for and not waited for: no watch of a system survives all that editors and git do to files.
      const now = stateOf(source.folder ?? MIGRATIONS_FOLDER);
      if (now !== seen) {
        seen = now;
        await tryCurrentMigration(source);
      }
      await wait(POLL_INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return () => {
    stop.abort();
    return ended;
  };
}

async function tryCurrentMigration(source: MigrationSource): Promise<void> {
  const { folder, logger = defaultLogger } = source;
  try {
    for (const problem of findProblems(readMigrations(folder), releasedMigrations())) {
      logger.warn(problem);
    }
    await runCurrentMigration(source);
  } catch (error) {
    logger.error((error as Error).message);
  }
}

/** Changes when current.sql or a file that it could include does. What is committed, the commit itself runs. */
function stateOf(folder: string): string {
  const included = readdirSync(join(folder, 'fixtures'), { recursive: true, encoding: 'utf8' });
  return ['current.sql', ...included.map((name) => join('fixtures', name))]
    .map((name) => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      return `${name} ${stat?.mtimeMs} ${stat?.size}`;
    })
    .join('\n');
}
