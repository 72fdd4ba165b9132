import { randomUUID } from 'node:crypto';
import { log } from '../process/log.ts';

/** What a caller sees of an error that nobody expected: an id, under which the log has the rest. */
export interface UnexpectedError {
  readonly message: string;
  readonly extensions: { readonly errorId: string };
}

/** Gives an error the id under which the caller reports it and the log is searched. */
export function unexpectedError(): UnexpectedError {
  const errorId = randomUUID();
  return { message: `An unexpected error occurred (id ${errorId}).`, extensions: { errorId } };
}

/**
 * Logs an error that nobody expected.
 *
 * @param event the name of the log line
 * @returns what the caller may see of it
 */
export function logUnexpected(event: string, error: unknown): UnexpectedError {
  const shown = unexpectedError();
  log.error({ event, errorId: shown.extensions.errorId, error });
  return shown;
}
