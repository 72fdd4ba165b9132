import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { runBatches } from '../../database/batches.ts';

const Payload = z.object({ roomId: z.uuid(), afterSeq: z.number().int().nonnegative().default(0) });

/** Indexes the messages of a room anew after its language changed. New ones are indexed in between. */
export const indexRoom: Task = async (payload, { query, abortSignal }) => {
  const { roomId, afterSeq } = Payload.parse(payload);
  let last: number | null = afterSeq;
  await runBatches(async (size) => {
    const { rows } = await query<{ seq: number | null }>(
      'select app_private.index_room($1, $2, $3)::float as seq',
      [roomId, last, size],
    );
    last = rows[0]?.seq ?? null;
    return last !== null;
  }, abortSignal);
};
