import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { runBatches } from '../batches.ts';

const payloadSchema = z.object({ userId: z.uuid() });

/**
 * Finishes the deletion of an account: rooms, messages, reactions, and then the account itself. What
 * is on hold stays; releasing the hold starts this again.
 */
const eraseUser: Task = async (payload, { query, abortSignal }) => {
  const { userId } = payloadSchema.parse(payload);
  for (const step of [
    'select app_private.leave_next_room($1) as is_going_on where $2::int > 0',
    'select app_private.erase_messages($1, $2) > 0 as is_going_on',
    'select app_private.erase_reactions($1, $2) > 0 as is_going_on',
  ]) {
    await runBatches(async (size) => {
      const { rows } = await query<{ is_going_on: boolean }>(step, [userId, size]);
      return rows[0]?.is_going_on === true;
    }, abortSignal);
  }
  await query('select app_private.finish_erasure($1)', [userId]);
};

export default eraseUser;
