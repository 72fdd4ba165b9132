import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { runBatches } from '../../database/batches.ts';

const payloadShape = z.object({ workspaceId: z.uuid() });

/**
 * Deletes what there is of a workspace: rooms with what was written in them, people, and then the workspace itself and the
 * words that nobody else has written. What is put on hold meanwhile stops it: it is tried again later.
 */
export const deleteWorkspace: Task = async (payload, { query, abortSignal }) => {
  const { workspaceId } = payloadShape.parse(payload);

  async function runSteps(text: string, valuesFor: (size: number) => unknown[]): Promise<void> {
    await runBatches(async (size) => {
      const { rows } = await query<{ is_going_on: boolean }>(text, valuesFor(size));
      return rows[0]?.is_going_on === true;
    }, abortSignal);
  }
  // Whoever was signing in at the moment at which it was deleted.
  await query('select app_private.end_sessions_of_workspace($1)', [workspaceId]);
  await runSteps('select app_private.delete_next_of_workspace($1, $2) as is_going_on', (size) => [
    workspaceId,
    size,
  ]);
  await runSteps('select app_private.index_noted($1) > 0 as is_going_on', (size) => [size]);
  await runSteps('select app_private.forget_words($1) as is_going_on', (size) => [size]);
};
