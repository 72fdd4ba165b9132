/*
 * How long anybody waits for Postgres, in one place, in milliseconds: the limits hang together. What Postgres ends by
 * itself comes before what the server gives up.
 */

/** One statement of a request: Postgres cancels it then. */
export const STATEMENT_TIMEOUT_MS = 5_000;
/** A lock that a request wants: who waits keeps a connection from the others. */
export const LOCK_TIMEOUT_MS = 2_000;
/** A transaction whose server says nothing: Postgres ends it, before those who wait for its locks give up. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 4_000;
/** A connection on which a query waits and nothing moves: longer than a statement may run, so that its end is heard. */
export const SILENCE_LIMIT_MS = 7_000;

/** A connection that is being opened. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** A connection from a pool, which may all be in use. */
export const POOL_TIMEOUT_MS = 10_000;

/** An answer to one of the server's own questions: about the log, presence, locks. They are asked again. */
export const QUERY_TIMEOUT_MS = 5_000;
/** The same for where all rooms of a person begin, of which there may be many. */
export const LONG_QUERY_TIMEOUT_MS = 10_000;
