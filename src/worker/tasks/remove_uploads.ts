import type { Task } from 'graphile-worker';
import { type AttachmentStorage, STORED_PARTS } from '../../attachments/storage.ts';

const BATCH_SIZE = 100;

/**
 * Removes the files that nobody has bound for a day, and those of refused uploads and deleted messages. First a file
 * is released, in a transaction, after which nobody can bind it; then its bytes go; then that is noted. Killed
 * anywhere, the next run does the rest.
 */
export function makeRemoveUploads(storage: AttachmentStorage): Task {
  return async function removeUploads(_payload, { query }) {
    await query('select app_private.release_unbound_uploads()');
    let count: number;
    do {
      const { rows } = await query<{ id: string }>(
        'select next_removals as id from app_private.next_removals($1)',
        [BATCH_SIZE],
      );
      for (const { id } of rows) {
        await storage.remove(id, STORED_PARTS);
      }
      await query('select app_private.note_removals($1)', [rows.map(({ id }) => id)]);
      count = rows.length;
    } while (count === BATCH_SIZE);
  };
}
