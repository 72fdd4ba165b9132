import type { Task } from 'graphile-worker';
import { z } from 'zod';
import {
  type AttachmentStorage,
  STORED_PARTS,
  type StoredPart,
} from '../../attachments/storage.ts';

const payloadShape = z.object({ id: z.uuid() });

interface Copy {
  readonly copy_of: string;
  readonly is_rewritten: boolean;
  readonly has_thumbnail: boolean;
}

/**
 * Gives a file of a forwarded message its bytes, by which it becomes ready. Killed half-way, it does the same again with
 * the same result.
 */
export function makeCopyAttachment(storage: AttachmentStorage): Task {
  return async function copyAttachment(payload, { query }) {
    const { id } = payloadShape.parse(payload);
    const { rows } = await query<Copy>(
      `select copy_of, is_rewritten, has_thumbnail from app_private.uploads
        where id = $1 and copy_of is not null`,
      [id],
    );
    const [copy] = rows;
    if (copy !== undefined) {
      for (const part of partsOf(copy)) {
        await storage.copy(copy.copy_of, id, part);
      }
      const finished = await query<{ is_needed: boolean }>(
        'select app_private.finish_copy($1) as is_needed',
        [id],
      );
      if (finished.rows[0]?.is_needed !== true) {
        // Given up meanwhile: what was made of it since has missed its removal.
        await storage.remove(id, STORED_PARTS);
      }
    }
    await query('select app_private.publish_upload($1)', [id]);
  };
}

function partsOf({ is_rewritten, has_thumbnail }: Copy): readonly StoredPart[] {
  return [
    is_rewritten ? 'rewritten' : 'original',
    ...(has_thumbnail ? ['thumbnail' as const] : []),
  ];
}
