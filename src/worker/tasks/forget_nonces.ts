import type { Task } from 'graphile-worker';
import { runBatches } from '../../database/batches.ts';

/** Forgets nonces of messages that were sent so long ago that nobody can resume from there. */
export const forgetNonces: Task = async (_payload, { query, abortSignal }) => {
  await runBatches(async (size) => {
    const { rows } = await query<{ is_going_on: boolean }>(
      'select app_private.forget_nonces($1) as is_going_on',
      [size],
    );
    return rows[0]?.is_going_on === true;
  }, abortSignal);
};
