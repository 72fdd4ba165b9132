import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { deviceShape, sendNow } from '../../push/channel.ts';
import type { Push } from '../../push/create-push.ts';
import { pushMetrics } from '../../push/metrics.ts';
import { prepare, removeDevice } from '../../push/send.ts';

const payloadShape = z.object({ userId: z.uuid(), roomId: z.uuid() });
const clearingShape = z.object({
  badge: z.coerce.number(),
  devices: z.array(deviceShape).nullable(),
});

/** Takes the notification of a room away from the apps of a person who has read it elsewhere. */
export function makeClearPushes(pool: Pool, push: Push): Task {
  return async (payload) => {
    const { userId, roomId } = payloadShape.parse(payload);
    const { rows } = await pool.query('select * from app_private.claim_clearing($1, $2)', [
      userId,
      roomId,
    ]);
    const { badge, devices } = clearingShape.parse(rows[0]);
    await Promise.all(
      (devices ?? []).map(async (device) => {
        const channel = push.channels[device.channel];
        const send =
          channel && (await prepare(pool, channel, device, { type: 'clear', roomId, badge }));
        const delivery = send && (await sendNow(send));
        if (delivery?.outcome === 'gone') {
          await removeDevice(pool, device, delivery.cause);
        } else if (delivery !== undefined && delivery.outcome !== 'sent') {
          // Not worth a second try: the next push of the room, or opening the app, does the same.
          pushMetrics.failed.inc({ channel: device.channel, cause: `clear_${delivery.cause}` });
        }
      }),
    );
  };
}
