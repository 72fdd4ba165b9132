import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Push } from '../../push/create-push.ts';
import { newsShape, pushAbout } from '../../push/message.ts';
import { pushMetrics } from '../../push/metrics.ts';
import { pushToDevice } from '../../push/send.ts';

const payloadShape = z.object({
  userId: z.uuid(),
  roomId: z.uuid(),
  notedAt: z.coerce.date().optional(),
  /** Only this device: the others have been told. */
  subscriptionId: z.uuid().optional(),
});

/** Tells one person's devices what is new in one room, as it is by now. */
export function makeSendPush(pool: Pool, push: Push): Task {
  return async (payload) => {
    const { userId, roomId, notedAt, subscriptionId } = payloadShape.parse(payload);
    const { rows } = await pool.query('select * from app_private.compose_push($1, $2, $3)', [
      userId,
      roomId,
      subscriptionId,
    ]);
    if (rows.length === 0) {
      pushMetrics.suppressed.inc({ cause: 'left' });
      return;
    }
    const news = newsShape.parse(rows[0]);
    if (news.suppressed_by !== null) {
      pushMetrics.suppressed.inc({ cause: news.suppressed_by });
      return;
    }
    if (news.message_id === null || news.through_seq === null) {
      throw new Error('Messages to tell of, but not the last of them');
    }
    const content = pushAbout(roomId, news.message_id, news);
    const target = { userId, roomId, throughSeq: news.through_seq, notedAt };
    await Promise.all(
      (news.devices ?? []).map((device) =>
        pushToDevice(pool, push.channels, device, target, content),
      ),
    );
  };
}
