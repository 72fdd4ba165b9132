import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type AskFirst, onOneConnection } from '../../database/unasked.ts';
import { log } from '../../process/log.ts';

const payloadShape = z.object({ id: z.uuid() });

/**
 * Sends a message whose time has come, once: what it does is one transaction. The hooks of its room are asked first, as
 * for any message.
 */
export function makeSendScheduled(pool: Pool, askFirst: AskFirst): Task {
  return async (payload) => {
    const { id } = payloadShape.parse(payload);
    const outcome = await askFirst((settings) =>
      onOneConnection(pool, async (connection) => {
        const { rows } = await connection.query<{ outcome: string }>(
          `select app_private.send_scheduled_message($1) as outcome
            from set_config('trumpet.hook_question', $2, true)`,
          [id, settings['trumpet.hook_question'] ?? ''],
        );
        return rows[0]?.outcome;
      }),
    );
    log.info({ event: 'scheduled_message.done', scheduledMessageId: id, outcome });
  };
}
