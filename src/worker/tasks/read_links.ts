import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { linksIn } from '../../links/addresses.ts';

const payloadShape = z.object({ messageId: z.uuid() });

/** Finds the links of a message, and has what they lead to shown. */
export const readLinks: Task = async (payload, { query }) => {
  const { messageId } = payloadShape.parse(payload);
  const { rows } = await query<{ content: string }>(
    'select content from app_public.messages where id = $1 and content is not null and held_at is null',
    [messageId],
  );
  for (const { content } of rows) {
    await query('select app_private.set_message_links($1, $2, $3)', [
      messageId,
      content,
      linksIn(content),
    ]);
  }
};
