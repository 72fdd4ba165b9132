import type { Pool } from 'pg';

/** Names a database among all clusters, the same for all who use it, a promoted standby included. */
export async function databaseIdentity(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ identity: string }>(
    `select system_identifier || ':' || oid as identity
      from pg_control_system(), pg_database where datname = current_database()`,
  );
  return rows[0]?.identity ?? '';
}
