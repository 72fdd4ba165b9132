/** A statement that took too long, a lock that was not had in time, a deadlock that Postgres has ended. */
const SQLSTATES = ['57014', '55P03', '40P01'];

/** Whether an error says that something took too long, as it does while others hold a lock: it may pass. */
export function isPassing(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause ?? originalError(cause)) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (SQLSTATES.includes(code) || code === 'BUSY') {
      return true;
    }
  }
  return false;
}

/** Where GraphQLError keeps what it wraps. */
function originalError(error: Error): unknown {
  return 'originalError' in error ? error.originalError : undefined;
}
