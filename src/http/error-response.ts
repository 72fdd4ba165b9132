import type { ErrorRequestHandler, Response } from 'express';
import { isDatabaseAway } from '../database/away.ts';
import { TrumpetError } from '../errors/codes.ts';
import { databaseAway } from '../errors/database-away.ts';
import { errorBody } from '../errors/error-body.ts';
import { httpStatusOf } from '../errors/http-status.ts';
import { logUnexpected } from '../errors/unexpected.ts';
import { log } from '../process/log.ts';

/** Answers with an error in GraphQL's own shape, so that clients have one way to read errors. */
export function sendError(
  res: Response,
  error: TrumpetError,
  status = httpStatusOf(error.code),
): void {
  if (error.code === 'UNAUTHENTICATED') {
    res.set('WWW-Authenticate', 'Bearer');
  }
  if (error.retryAfterMs !== undefined) {
    res.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1_000)));
  }
  res.status(status).json(errorBody(error));
}

/** The last of an app's handlers: what nobody expected is logged with the id that the caller sees. */
export const handleUnexpectedError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const known = asTrumpetError(error);
  if (known !== undefined) {
    sendError(res, known.error, known.status);
    return;
  }
  if (isDatabaseAway(error)) {
    log.error({ event: 'http.database_away', error });
    sendError(res, databaseAway());
    return;
  }
  res.status(500).json(errorBody(logUnexpected('http.error', error)));
};

/** Ours as they are; those of body-parser by their status. */
function asTrumpetError(error: unknown): { error: TrumpetError; status?: number } | undefined {
  if (error instanceof TrumpetError) {
    return { error };
  }
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status !== 'number' || status < 400 || status >= 500) {
    return undefined;
  }
  return status === 413
    ? { error: new TrumpetError('TOO_LARGE', 'The request body is too large.') }
    : { error: new TrumpetError('BAD_INPUT'), status };
}
