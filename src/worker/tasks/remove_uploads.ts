import type { JobHelpers, Task } from 'graphile-worker';
import {
  type AttachmentStorage,
  STORED_PARTS,
  type StoredPart,
} from '../../attachments/storage.ts';
import { throwTogether, throwUnlessAlone } from '../../database/each-alone.ts';

const BATCH_SIZE = 100;

/**
 * Removes the files that nobody has bound for a day, and those of refused uploads and deleted messages. First a file
 * is released, in a transaction, after which nobody can bind it; then its bytes go; then that is noted. Killed
 * anywhere, the next run does the rest. A file that cannot be removed holds up none of the others.
 */
export function makeRemoveUploads(storage: AttachmentStorage): Task {
  return async function removeUploads(_payload, helpers) {
    await helpers.query('select app_private.release_unbound_uploads()');
    const errors = [
      ...(await removeAll(helpers, ['next_removals', 'note_removals'], STORED_PARTS)),
      ...(await removeAll(
        helpers,
        ['next_thumbnail_removals', 'note_thumbnail_removals'],
        ['thumbnail'],
      )),
    ];
    throwTogether(errors);
  };

  /** Removes what the first function names, and says so to the second. Gives what went wrong. */
  async function removeAll(
    { query, abortSignal }: JobHelpers,
    [next, note]: readonly [string, string],
    parts: readonly StoredPart[],
  ): Promise<unknown[]> {
    const errors = new Map<string, unknown>();
    let count: number;
    do {
      const { rows } = await query<{ id: string }>(
        `select ${next} as id from app_private.${next}($1, $2)`,
        [BATCH_SIZE, [...errors.keys()]],
      );
      for (const { id } of rows) {
        try {
          await storage.remove(id, parts);
        } catch (error) {
          throwUnlessAlone(error, abortSignal);
          errors.set(id, error);
        }
      }
      const removed = rows.map(({ id }) => id).filter((id) => !errors.has(id));
      await query(`select app_private.${note}($1)`, [removed]);
      count = rows.length;
      // A storage that refuses a whole batch is broken, and not the files.
    } while (count === BATCH_SIZE && errors.size < BATCH_SIZE);
    return [...errors.values()];
  }
}
