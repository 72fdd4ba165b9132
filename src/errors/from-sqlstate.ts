import { type ErrorCode, type ErrorDetails, SQLSTATE_CODES, TrumpetError } from './codes.ts';
import { constraintMessage } from './constraint-messages.ts';
import { sentence } from './sentence.ts';

/** After which time whoever was refused a lock should come back, in milliseconds. */
const BUSY_RETRY_MS = 500;

/** What node-postgres tells of a refusal by the database. */
export interface DatabaseError extends Error {
  readonly code: string;
  readonly detail?: string;
  readonly constraint?: string;
  /** Of which entry of a batch it is, such as `users[3]`. */
  readonly hint?: string;
}

/** Whether an error is an answer of the database, and not a lost connection or a mistake of ours. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code) &&
    'severity' in error
  );
}

/**
 * What Postgres refused, in words for the caller; undefined when it is none of their doing.
 *
 * @param isVisitor whether the caller has not signed in: to them a missing right means "sign in"
 */
export function explainDatabaseError(
  error: DatabaseError,
  isVisitor: boolean,
): TrumpetError | undefined {
  const explained = explain(error, isVisitor);
  if (explained === undefined || !/^\w+\[\d+\]$/.test(error.hint ?? '')) {
    return explained;
  }
  const { code, message, retryAfterMs } = explained;
  return new TrumpetError(
    code,
    `${error.hint}: ${sentence(message)}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** What a function of ours says beside its sentence. */
function detailsOf(code: ErrorCode, { code: state, detail }: DatabaseError): ErrorDetails {
  switch (code) {
    case 'SLOW_MODE':
    case 'RATE_LIMITED':
      return { retryAfterMs: Number(detail) || 0 };
    case 'BUSY':
      return { retryAfterMs: BUSY_RETRY_MS };
    default:
      return state === 'TRHRF' && detail ? { hookCode: detail } : {};
  }
}

function explain(error: DatabaseError, isVisitor: boolean): TrumpetError | undefined {
  if (Object.hasOwn(SQLSTATE_CODES, error.code)) {
    const code: ErrorCode = SQLSTATE_CODES[error.code as keyof typeof SQLSTATE_CODES];
    return new TrumpetError(code, sentence(error.message), detailsOf(code, error));
  }
  switch (error.code) {
    // What others have made or taken away at the same moment.
    case '23503':
    case '23505':
    case '23P01':
      return new TrumpetError('CONFLICT', constraintMessage(error.constraint));
    case '23514':
    case '23502':
      return new TrumpetError('BAD_INPUT', constraintMessage(error.constraint));
    case '42501':
      return new TrumpetError(isVisitor ? 'UNAUTHENTICATED' : 'FORBIDDEN');
    // A lock that was not had within lock_timeout, and what Postgres has ended because of others: it can be sent again.
    case '55P03':
    case '40001':
    case '40P01':
      return new TrumpetError('BUSY', undefined, { retryAfterMs: BUSY_RETRY_MS });
    case '57014':
      return new TrumpetError('QUERY_TOO_COMPLEX', 'This query took too long.');
    default:
      // Class 22 is data that does not fit its type.
      return error.code.startsWith('22') ? new TrumpetError('BAD_INPUT') : undefined;
  }
}
