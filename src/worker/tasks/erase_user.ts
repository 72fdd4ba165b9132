import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { runBatches } from '../../database/batches.ts';

const payloadShape = z.object({ userId: z.uuid() });

/**
 * Finishes the deletion of an account: rooms, messages, quotes and copies of them, reactions, votes, and then the account itself and
 * the words that nobody else has written. What is on hold stays; releasing the hold starts this again.
 */
export const eraseUser: Task = async (payload, { query, abortSignal }) => {
  const { userId } = payloadShape.parse(payload);

  async function runSteps(text: string, valuesFor: (size: number) => unknown[]): Promise<void> {
    await runBatches(async (size) => {
      const { rows } = await query<{ is_going_on: boolean }>(text, valuesFor(size));
      return rows[0]?.is_going_on === true;
    }, abortSignal);
  }
  // One room at a time: leaving one may hand it over, or archive it.
  await runSteps('select app_private.leave_next_room($1) as is_going_on', () => [userId]);
  for (const eraseBatch of ['erase_messages', 'erase_copies', 'erase_reactions', 'erase_ballots']) {
    await runSteps(`select app_private.${eraseBatch}($1, $2) > 0 as is_going_on`, (size) => [
      userId,
      size,
    ]);
  }
  await query('select app_private.finish_erasure($1)', [userId]);
  await runSteps('select app_private.index_noted($1) > 0 as is_going_on', (size) => [size]);
  await runSteps('select app_private.forget_words($1) as is_going_on', (size) => [size]);
};
