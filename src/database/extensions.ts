import pg from 'pg';
import { StartError } from '../process/start-error.ts';

/** What functions and columns of ours are made of: they are in one schema, by default `public`. */
export const SCHEMA_EXTENSIONS = ['pgcrypto', 'citext', 'pg_trgm', 'unaccent', 'btree_gin'];

/**
 * Where a database has the extensions that Trumpet uses, or would get them. Hosted Postgres often keeps them in a schema
 * of their own.
 */
export async function extensionSchema(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(
    `select distinct nspname as schema
      from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
      where extname = any ($1)`,
    [SCHEMA_EXTENSIONS],
  );
  if (rows.length > 1) {
    const names = rows.map(({ schema }) => schema).join(', ');
    throw new StartError(
      `The extensions ${SCHEMA_EXTENSIONS.join(', ')} must be in one schema, and are in ${names}: have a superuser run "alter extension … set schema …".`,
    );
  }
  return rows[0]?.schema ?? 'public';
}

/**
 * Has every session of the database find the operators of the extensions: `=` of a citext is not that of a text.
 *
 * @throws StartError when somebody else must say so
 */
export async function findExtensions(client: pg.ClientBase): Promise<string> {
  const schema = await extensionSchema(client);
  const { rows } = await client.query<{
    found: boolean;
    database: string;
    path: string;
    role: string;
  }>(
    `select $1 = any (current_schemas(false)) as found, current_database() as database,
      current_setting('search_path') as path, current_user as role`,
    [schema],
  );
  const { found, database, path, role } = rows[0] as (typeof rows)[0];
  if (schema !== 'public' && !found) {
    const statement = `alter database ${pg.escapeIdentifier(database)} set search_path = ${path}, ${pg.escapeIdentifier(schema)}`;
    try {
      await client.query(statement);
      await client.query(`set search_path = ${path}, ${pg.escapeIdentifier(schema)}`);
    } catch (error) {
      throw new StartError(
        `The extensions are in the schema ${schema}, where sessions do not look, and ${role} may not change that: have the database's owner run "${statement}".`,
        { cause: error },
      );
    }
  }
  return schema;
}

/** SQL that was written for extensions in `public`, for where they are. Nothing else of ours is in that schema. */
export function withExtensionSchema(sql: string, schema: string): string {
  if (schema === 'public') {
    return sql;
  }
  const name = pg.escapeIdentifier(schema);
  return sql
    .replaceAll(/(?<![\w"])public\.(?=[a-z~%<])/g, `${name}.`)
    .replaceAll(/\bpg_catalog, public, pg_temp\b/g, `pg_catalog, ${name}, pg_temp`)
    .replaceAll(/\bwith schema public\b/g, `with schema ${name}`);
}
