import type { ErrorCode } from './codes.ts';

/** What is not named here is a request that should not be sent again as it is: 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  WRONG_CREDENTIALS: 401,
  SECOND_FACTOR_REQUIRED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RESYNC: 410,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  BUSY: 503,
};

/** The HTTP status of an error that ends a request by itself, outside of a GraphQL result. */
export function httpStatusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}
