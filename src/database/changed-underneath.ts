import { isDatabaseError } from '../errors/from-sqlstate.ts';

/** Where Postgres raises it: sentences may be in another language. */
const ROUTINES = ['tupledesc_match', 'RevalidateCachedQuery'];

/**
 * Whether a statement failed because what it is about was changed between its planning and its run, as a migration does
 * under a running server. Nothing of its transaction was done, and the same works now.
 */
export function isChangedUnderneath(error: unknown): boolean {
  return (
    isDatabaseError(error) &&
    (('routine' in error && ROUTINES.includes(String(error.routine))) ||
      (error.code === 'XX000' && error.message.startsWith('cache lookup failed')))
  );
}
