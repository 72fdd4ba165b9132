import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  embeddedUrl,
  startEmbeddedPostgres,
} from '../../../src/database/embedded/postgres.ts';

/*
 * Clusters whose files are copied while they stand still, and while they run: a backup, and a standby.
 */

export interface Cluster extends EmbeddedPostgres {
  /** Where its files really are. */
  readonly files: string;
}

const PASSWORD = 'only on this machine';

export async function startCluster(dataDirectory: string, port = 0): Promise<Cluster> {
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    logFile: `${dataDirectory}.log`,
    ownerPassword: PASSWORD,
    port,
  });
  const [row] = await askOnce<{ data_directory: string }>(postgres, 'show data_directory');
  return { ...postgres, files: row?.data_directory as string };
}

export async function askOnce<Row extends object>(
  postgres: EmbeddedPostgres,
  text: string,
): Promise<Row[]> {
  const client = new pg.Client(postgres.ownerUrl('postgres'));
  await client.connect();
  try {
    return (await client.query<Row & Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Copies files as they are, whoever they belong to. */
export function copyFiles(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

/** What a standby gets from elsewhere, or makes itself. */
const NOT_COPIED = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_stat_tmp',
  'pg_subtrans',
];

/**
 * A standby that follows a cluster, once it has caught up.
 *
 * @param name where there are several
 */
export async function startStandby(primary: Cluster, name = 'standby'): Promise<Cluster> {
  const files = `${primary.files}-${name}`;
  const client = new pg.Client(primary.ownerUrl('postgres'));
  await client.connect();
  try {
    await client.query(`select pg_backup_start('standby', true)`);
    copyFiles(primary.files, files);
    const { rows } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(false)',
    );
    for (const name of NOT_COPIED) {
      for (const inside of readdirSync(join(files, name))) {
        rmSync(join(files, name, inside), { recursive: true });
      }
    }
    rmSync(join(files, 'postmaster.pid'), { force: true });
    writeFileSync(join(files, 'backup_label'), rows[0]?.labelfile as string);
  } finally {
    await client.end();
  }
  writeFileSync(join(files, 'standby.signal'), '');
  const source = new URL(embeddedUrl(PASSWORD, primary.port, 'postgres'));
  appendFileSync(
    join(files, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=${source.username} password=''${PASSWORD}'''\n`,
  );
  execFileSync('chown', ['-R', `--reference=${primary.files}`, files]);
  return await startCluster(files);
}

/** The rows of every table of the database, as `pg_dump --data-only` takes them. */
export type Rows = ReadonlyMap<string, { readonly columns: string; readonly rows: string }>;

export async function readRows(databaseUrl: string): Promise<Rows> {
  return await withClient(databaseUrl, async (client) => {
    await client.query('begin isolation level repeatable read');
    const { rows: tables } = await client.query<{ name: string; columns: string }>(`
      select format('%I.%I', nspname, relname) as name, string_agg(format('%I', attname), ', ') as columns
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
        where nspname in ('app_public', 'app_private') and relkind in ('r', 'p') and not relispartition
        group by 1`);
    const found = new Map<string, { columns: string; rows: string }>();
    for (const { name, columns } of tables) {
      const { rows } = await client.query<{ rows: string }>(
        `select coalesce(json_agg(row), '[]')::text as rows from ${name} as row`,
      );
      found.set(name, { columns, rows: rows[0]?.rows as string });
    }
    return found;
  });
}

/** Puts rows into a database that has been migrated, as `pg_restore --disable-triggers` does. */
export async function writeRows(databaseUrl: string, tables: Rows): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const [name, { columns, rows }] of tables) {
      const { rowCount } = await client.query(`select from ${name} limit 1`);
      if (rowCount !== 0) {
        await client.query(`delete from ${name}`); // What the migrations put there.
      }
      await client.query(
        `insert into ${name} (${columns}) overriding system value
          select ${columns} from json_populate_recordset(null::${name}, $1::json)`,
        [rows],
      );
    }
    await client.query('commit');
  });
}

async function withClient<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(connectionString);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
