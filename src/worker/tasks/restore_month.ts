import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { runBatches } from '../../database/batches.ts';

const payloadShape = z.object({ month: z.iso.date() });

/** Makes a month of the archive a part of the messages again. Nobody who sends waits for it. */
export const restoreMonth: Task = async (payload, { query, abortSignal }) => {
  const { month } = payloadShape.parse(payload);
  await query('select app_private.restore_month($1)', [month]);
  let last: string | null = '00000000-0000-0000-0000-000000000000';
  await runBatches(async (size) => {
    const { rows } = await query<{ last: string | null }>(
      'select app_private.index_month($1, $2, $3) as last',
      [month, last, size],
    );
    last = rows[0]?.last ?? null;
    return last !== null;
  }, abortSignal);
  await query('select app_private.settle_reply_counts($1)', [month]);
};
