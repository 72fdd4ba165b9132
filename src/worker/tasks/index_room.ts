import type { Task } from 'graphile-worker';
import { z } from 'zod';

const Payload = z.object({ roomId: z.uuid(), afterSeq: z.number().int().nonnegative().default(0) });

const BATCH = 500;

/** Indexes the messages of a room anew after its language changed, a batch a transaction. */
export const indexRoom: Task = async (payload, { query }) => {
  const { roomId, afterSeq } = Payload.parse(payload);
  for (let seq: number | null = afterSeq; seq !== null; ) {
    const { rows }: { rows: { seq: number | null }[] } = await query(
      'select app_private.index_room($1, $2, $3)::float as seq',
      [roomId, seq, BATCH],
    );
    seq = rows[0]?.seq ?? null;
  }
};
