import type { Pool } from 'pg';
import { explainDatabaseError, isDatabaseError } from '../errors/from-sqlstate.ts';

/**
 * The rows of a statement that nobody has signed in for yet.
 *
 * @param pool connections of the unprivileged login
 * @throws TrumpetError where the database refuses what was shown
 */
export async function explainedQuery<Row extends object>(
  pool: Pool,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  return (await explained(pool.query<Row>(text, [...values]))).rows;
}

/** @throws TrumpetError where the database refuses what was shown */
export async function explained<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw (isDatabaseError(error) && explainDatabaseError(error, true)) || error;
  }
}
