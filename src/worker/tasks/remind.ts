import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { log } from '../../process/log.ts';

const payloadShape = z.object({ id: z.uuid() });

/**
 * Reminds somebody of a message when its time has come, once.
 *
 * @param isPushed whether this worker pushes
 */
export function makeRemind(pool: Pool, isPushed: boolean): Task {
  return async (payload) => {
    const { id } = payloadShape.parse(payload);
    const { rows } = await pool.query<{ outcome: string }>(
      'select app_private.remind($1, $2) as outcome',
      [id, isPushed],
    );
    log.info({ event: 'reminder.done', reminderId: id, outcome: rows[0]?.outcome });
  };
}
