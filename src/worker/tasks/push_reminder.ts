import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Push } from '../../push/create-push.ts';
import { pushMetrics } from '../../push/metrics.ts';
import { pushReminder, reminderShape } from '../../push/reminder.ts';
import { pushToDevice } from '../../push/send.ts';

const payloadShape = z.object({ reminderId: z.uuid(), subscriptionId: z.uuid() });

/** Tells one device of a reminder, as its message is by now. */
export function makePushReminder(pool: Pool, push: Push): Task {
  return async (payload) => {
    const { reminderId, subscriptionId } = payloadShape.parse(payload);
    const { rows } = await pool.query('select * from app_private.compose_reminder($1, $2)', [
      reminderId,
      subscriptionId,
    ]);
    if (rows.length === 0) {
      pushMetrics.suppressed.inc({ cause: 'cancelled' });
      return;
    }
    const reminder = reminderShape.parse(rows[0]);
    const content = pushReminder(reminderId, reminder);
    await pushToDevice(pool, push.channels, reminder.device, { reminderId }, content);
  };
}
