import type pg from 'pg';
import type { Person } from '../../../testing/environment.ts';

/** Calls a function of the API in SQL, as a person. */
export async function callAs(
  owner: pg.Pool,
  { id }: Person,
  name: string,
  ...values: readonly unknown[]
): Promise<Record<string, unknown>> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query(
      `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
      [id],
    );
    const places = values.map((_, index) => `$${index + 1}`).join(', ');
    const { rows } = await client.query(`select * from app_public.${name}(${places})`, [...values]);
    await client.query('commit');
    return rows[0] ?? {};
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
