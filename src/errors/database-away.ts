import { TrumpetError } from './codes.ts';

const RETRY_AFTER_MS = 2_000;

/** What a caller is told while the database cannot be asked: nothing of the request has been done. */
export function databaseAway(): TrumpetError {
  return new TrumpetError('BUSY', 'The database cannot be asked at the moment: try again.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
