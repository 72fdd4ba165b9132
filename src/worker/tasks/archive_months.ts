import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type Move, moveMonths } from '../../database/months/partitions.ts';

const payloadShape = z.object({ month: z.iso.date() }).partial();

/** Takes months of messages to the archive: the one that an administrator names, or all whose time has come. */
export function makeArchiveMonths(pool: Pool): Task {
  return async (payload, { abortSignal }) => {
    const { month } = payloadShape.parse(payload ?? {});
    const months = month === undefined ? await dueMonths(pool) : [month];
    await moveMonths(
      pool,
      months.map(
        (due): Move => ({ parent: 'app_public.messages', month: due, destination: 'archive' }),
      ),
      abortSignal,
    );
  };
}

async function dueMonths(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ month: string }>(
    'select month::text from app_private.archivable_months() as month',
  );
  return rows.map(({ month }) => month);
}
