import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Response } from 'express';
import { ERROR_CODES, type ErrorCode, TrumpetError } from '../errors/codes.ts';
import { log } from '../process/log.ts';

/** The HTTP status of an error that ends a request before GraphQL sees it. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
};

/** Answers with an error in GraphQL's own shape, so that clients have one way to read errors. */
export function sendError(
  res: Response,
  error: TrumpetError,
  status = STATUS[error.code] ?? 400,
): void {
  if (error.code === 'UNAUTHENTICATED') {
    res.set('WWW-Authenticate', 'Bearer');
  }
  res.status(status).json({ errors: [{ message: error.message, extensions: error.extensions }] });
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
  const errorId = randomUUID();
  log.error({ event: 'http.error', errorId, error });
  res.status(500).json({
    errors: [{ message: `An unexpected error occurred (id ${errorId})`, extensions: { errorId } }],
  });
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
    ? { error: new TrumpetError('TOO_LARGE', 'The request body is larger than 1 MB.') }
    : { error: new TrumpetError('BAD_INPUT', ERROR_CODES.BAD_INPUT), status };
}
