import type { Task } from 'graphile-worker';
import { z } from 'zod';

const payloadShape = z.object({ id: z.uuid() });

/** Ends a status text whose time is over, and tells those who listen. */
export const endStatusText: Task = async (payload, { query }) => {
  const { id } = payloadShape.parse(payload);
  await query('select app_private.end_status_text($1)', [id]);
};
