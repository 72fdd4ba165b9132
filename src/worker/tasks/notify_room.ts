import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { pushMetrics } from '../../push/metrics.ts';

const payloadShape = z.object({ roomId: z.uuid(), firstSeq: z.int(), notedAt: z.string() });

/** Makes a job for each member of a room who missed something in it. */
export const notifyRoom: Task = async (payload, { query }) => {
  const { roomId, firstSeq, notedAt } = payloadShape.parse(payload);
  const { rows } = await query<{ suppressed_by: string; member_count: number }>(
    'select * from app_private.notify_room($1, $2, $3)',
    [roomId, firstSeq, notedAt],
  );
  for (const { suppressed_by: cause, member_count: count } of rows) {
    pushMetrics.suppressed.inc({ cause }, count);
  }
};
