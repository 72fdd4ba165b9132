import { types } from 'node:util';

const { isNativeError } = types;

/** How node-postgres, its pool and the socket below say that there is no connection. They give no codes. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
];
const SOCKET_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
];
/**
 * Connection exceptions, shutting down, crashed, starting up, too many connections; and ended because nothing was
 * heard from here within the transaction, which says that the link is dead.
 */
const SQLSTATES = /^(08...|57P0[1-4]|53300|25P03)$/;

/**
 * Whether an error says that the database could not be asked, as opposed to what it answered: then
 * trying again later is right.
 */
export function isDatabaseAway(error: unknown): boolean {
  // Those of sockets are of another realm where modules run in one of their own.
  for (let cause = error; isNativeError(cause); cause = cause.cause ?? originalError(cause)) {
    const { message } = cause;
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (
      SOCKET_CODES.includes(code) ||
      SQLSTATES.test(code) ||
      MESSAGES.some((text) => message.startsWith(text))
    ) {
      return true;
    }
    if ('errors' in cause && Array.isArray(cause.errors) && cause.errors.some(isDatabaseAway)) {
      return true;
    }
  }
  return false;
}

/** Whether an error says that nothing came within the time that a query had: the link may be dead. */
export function isSilence(error: Error): boolean {
  return error.message === 'Query read timeout';
}

/** What is said of a connection that there was: a statement may have been sent on it. */
const LOST = /^(Connection terminated(?! due to connection timeout)|Query read timeout)/;
const LOST_CODES = /^(ECONNRESET|EPIPE|ETIMEDOUT|08...|57P02)$/;

/** Of an error that says that the database is away: whether what was asked for may have been done all the same. */
export function mayHaveBeenDone(error: unknown): boolean {
  for (let cause = error; isNativeError(cause); cause = cause.cause ?? originalError(cause)) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (LOST.test(cause.message) || LOST_CODES.test(code)) {
      return true;
    }
  }
  return false;
}

/** Where GraphQLError keeps what it wraps. */
function originalError(error: Error): unknown {
  return 'originalError' in error ? error.originalError : undefined;
}
