import type { Pool } from 'pg';

/** An answer that says in which run of the database it was given; null where that is not noted yet. */
interface Answer {
  readonly run: string | null;
}

/** Asks again when the database has begun to run anew, once that is noted. */
export async function inRun<Row extends Answer>(
  pool: Pool,
  ask: () => Promise<readonly Row[]>,
): Promise<Row & { readonly run: string }> {
  let [row] = await ask();
  if (row?.run == null) {
    await pool.query('select app_private.begin_run()');
    [row] = await ask();
  }
  if (row?.run == null) {
    throw new Error('The database has begun to run anew twice');
  }
  return row as Row & { readonly run: string };
}
