import type { Task } from 'graphile-worker';
import { runBatches } from '../../database/batches.ts';

const ROOMS_A_RUN = 1_000;
/** Messages that one transaction counts. */
const MESSAGES_A_STEP = 20_000;

/** Adds what was written since the last run to the daily statistics. */
export const rollUpStatistics: Task = async (_payload, { query, abortSignal }) => {
  await runBatches(async () => {
    const { rows } = await query<{ room_id: string }>(
      'select app_private.rooms_to_roll_up($1) as room_id',
      [ROOMS_A_RUN],
    );
    for (const { room_id: roomId } of rows) {
      abortSignal.throwIfAborted();
      await query('select app_private.roll_up_room($1, $2)', [roomId, MESSAGES_A_STEP]);
    }
    return rows.length > 0;
  }, abortSignal);
  await query('select app_private.expire_user_days()');
  await query('select app_private.expire_delivery_delays()');
};
