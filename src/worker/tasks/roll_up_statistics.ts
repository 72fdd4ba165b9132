import type { JobHelpers, Task } from 'graphile-worker';
import { runBatches } from '../../database/batches.ts';
import { stepsAlone, throwTogether, throwUnlessAlone } from '../../database/each-alone.ts';

const ROOMS_A_RUN = 1_000;
/** Messages that one transaction counts. */
const MESSAGES_A_STEP = 20_000;

/** Adds what was written since the last run to the daily statistics. A room that cannot be counted holds up no other. */
export const rollUpStatistics: Task = (_payload, { query, abortSignal }) =>
  stepsAlone(
    abortSignal,
    () => rollUpRooms(query, abortSignal),
    () => query('select app_private.expire_user_days()'),
    () => query('select app_private.expire_delivery_delays()'),
  );

async function rollUpRooms(query: JobHelpers['query'], signal: AbortSignal): Promise<void> {
  const errors = new Map<string, unknown>();
  await runBatches(async () => {
    const { rows } = await query<{ room_id: string }>(
      'select app_private.rooms_to_roll_up($1, $2) as room_id',
      [ROOMS_A_RUN, [...errors.keys()]],
    );
    for (const { room_id: roomId } of rows) {
      signal.throwIfAborted();
      try {
        await query('select app_private.roll_up_room($1, $2)', [roomId, MESSAGES_A_STEP]);
      } catch (error) {
        throwUnlessAlone(error, signal);
        errors.set(roomId, error);
      }
    }
    return rows.length > 0;
  }, signal);
  throwTogether([...errors.values()]);
}
