import type { ClientBase, Pool } from 'pg';
import { StartError } from '../process/start-error.ts';
import { MIGRATIONS_FOLDER, type MigrationFile, readCommitted } from './migration-files.ts';

/** What is to be done to bring a database to this version. */
export interface MigrationPlan {
  /** How many this version has in all. */
  readonly total: number;
  readonly pending: readonly MigrationFile[];
  /** Connections of servers and workers that are there now, by what they are. */
  readonly connected: readonly { readonly name: string; readonly count: number }[];
}

/** Looks at a database and changes nothing. @throws StartError when it belongs to another version. */
export async function planMigration(
  database: ClientBase | Pool,
  folder: string = MIGRATIONS_FOLDER,
): Promise<MigrationPlan> {
  const committed = await readCommitted(folder);
  const pending = await findPending(database, committed);
  const { rows: connected } = await database.query<{ name: string; count: number }>(
    `select application_name as name, count(*)::integer as count from pg_stat_activity
      where datname = current_database() and application_name in ('trumpet listener', 'trumpet worker')
      group by application_name order by application_name`,
  );
  return { total: committed.length, pending, connected };
}

/** What a person reads before it is done. */
export function describePlan({ total, pending, connected }: MigrationPlan, place: string): string {
  if (pending.length === 0) {
    return `The database at ${place} has all ${total} migrations of this version: nothing is to be done.\n`;
  }
  const isNew = pending.length === total;
  const stopping = pending.filter(({ stopsServers }) => stopsServers !== undefined);
  const beside =
    connected.length === 0
      ? 'No server and no worker is connected.'
      : `Connected are ${connected.map(({ name, count }) => `${count} × ${name}`).join(' and ')}.`;
  return [
    isNew
      ? `The database at ${place} has nothing of Trumpet yet: it gets ${total} migrations.`
      : `The database at ${place} lacks ${pending.length} of ${total} migrations. Each is done as a whole or not at all, in this order:`,
    ...(isNew ? [] : pending.map(({ name }) => `  ${name}`)),
    ...(isNew
      ? []
      : stopping.length === 0
        ? [`${beside} They may go on: servers of the version before work with the new database.`]
        : [
            `${beside} All have to be stopped before:`,
            ...stopping.map(({ name, stopsServers }) => `  ${name}: ${stopsServers}`),
          ]),
    '',
  ].join('\n');
}

/** @throws StartError when something runs that the pending migrations do not go with. */
export function refuseBesideServers({ pending, connected }: MigrationPlan): void {
  const stopping = pending.find(({ stopsServers }) => stopsServers !== undefined);
  if (stopping !== undefined && connected.length > 0) {
    throw new StartError(
      `${stopping.name} cannot run beside servers of an earlier version (${stopping.stopsServers}): stop all servers and workers, then migrate again. Nothing was changed.`,
    );
  }
}

/**
 * The committed migrations that a database has not had yet, by file name.
 *
 * @throws StartError when it belongs to another version, that this one does not go with.
 */
export async function pendingMigrations(database: ClientBase | Pool): Promise<string[]> {
  return (await findPending(database, await readCommitted())).map(({ name }) => name);
}

/** @throws StartError when the database is behind; what to do is in the message. */
export async function requireMigrated(database: Pool): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    throw new StartError(
      `The database lacks ${pending.length} migrations (from ${pending[0]} on): run "npm run migrate" first.`,
    );
  }
}

async function findPending(
  database: ClientBase | Pool,
  committed: readonly MigrationFile[],
): Promise<MigrationFile[]> {
  const applied = await readApplied(database);
  const ours = new Map(committed.map((file) => [file.number, file]));
  const pending = committed.filter(({ number }) => !applied.has(number));
  const unknown: string[] = [];
  // Each hash has that of the migration before it in it, so the last one says which version it was.
  const last = [...applied.values()].at(-1);
  for (const [number, hash] of applied) {
    const file = ours.get(number);
    if (file === undefined) {
      unknown.push(number);
    } else if (file.hash !== hash) {
      throw new StartError(
        `${file.name} has changed since this database was migrated (it had ${hash}). A database to develop on is made anew by "npm run db:reset -- --erase". Any other one needs the version that migrated it, which "git log -S ${last} --oneline -- migrations" finds: export everything with that version and import it into a new database of this one, as docs/upgrading.md says.`,
      );
    }
  }
  if (unknown.length > 0) {
    await allowNewer(database, committed, pending, unknown);
  }
  return pending;
}

/** In a rolling deploy, servers of the version before go on with a database that is a version further. */
async function allowNewer(
  database: ClientBase | Pool,
  committed: readonly MigrationFile[],
  pending: readonly MigrationFile[],
  unknown: readonly string[],
): Promise<void> {
  const last = committed.at(-1)?.number ?? '';
  const floor = await readFloor(database);
  if (pending.length > 0 || unknown.some((number) => number < last) || (floor ?? '') > last) {
    throw new StartError(
      `The database has migration ${unknown[0]}, which this version of Trumpet does not know and does not go with: use the version that migrated it, or a newer one.`,
    );
  }
}

/** The first migration that a server has to know, as the migrations say that do not run beside earlier ones. */
async function readFloor(database: ClientBase | Pool): Promise<string | undefined> {
  const { rows: known } = await database.query<{ exists: boolean }>(
    `select to_regclass('app_private.version_floor') is not null as exists`,
  );
  if (known[0]?.exists !== true) {
    return undefined;
  }
  const { rows } = await database.query<{ migration: string }>(
    'select migration from app_private.version_floor',
  );
  return rows[0]?.migration;
}

/** After such migrations were run: has servers of earlier versions refuse to start, and those that run say that they are not ready. */
export async function raiseFloor(
  database: ClientBase,
  done: readonly MigrationFile[],
): Promise<void> {
  const last = done.findLast(({ stopsServers }) => stopsServers !== undefined);
  if (last !== undefined) {
    await database.query(
      'update app_private.version_floor set migration = greatest(migration, $1)',
      [last.number],
    );
  }
}

async function readApplied(database: ClientBase | Pool): Promise<Map<string, string>> {
  const { rows: known } = await database.query<{ exists: boolean }>(
    `select to_regclass('graphile_migrate.migrations') is not null as exists`,
  );
  if (known[0]?.exists !== true) {
    return new Map();
  }
  const { rows } = await database.query<{ filename: string; hash: string }>(
    'select filename, hash from graphile_migrate.migrations order by filename',
  );
  return new Map(rows.map((row) => [row.filename, row.hash]));
}
