import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { runBatches } from '../../database/batches.ts';

const payloadShape = z.object({ typeId: z.uuid() });

/** Writes what a type of rooms says into its rooms after it was changed, or lets them go after it was removed. */
export const applyRoomType: Task = async (payload, { query, abortSignal }) => {
  const { typeId } = payloadShape.parse(payload);
  await runBatches(async (size) => {
    const { rows } = await query<{ is_going_on: boolean }>(
      'select app_private.apply_room_type($1, $2) as is_going_on',
      [typeId, size],
    );
    return rows[0]?.is_going_on === true;
  }, abortSignal);
};
