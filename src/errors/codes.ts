import type { Sentence } from './sentence.ts';

/**
 * The one list of errors that a caller can act on. SQL raises them by SQLSTATE, TypeScript throws
 * `TrumpetError`; both arrive as `extensions.code`. Everything else is masked.
 */

/** What `extensions.code` may hold, with the sentence that a caller sees when none fits better. */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'Sign in first.',
  WRONG_CREDENTIALS: 'The name or the password is wrong.',
  SECOND_FACTOR_REQUIRED: 'Enter the code of your app, or one of your recovery codes.',
  FORBIDDEN: 'You may not do this.',
  NOT_FOUND: 'There is no such thing, or you may not see it.',
  BAD_INPUT: 'The input is not valid.',
  CONFLICT: 'This exists already, or has changed meanwhile.',
  BANNED: 'You are banned from this room.',
  MUTED: 'You are muted in this room.',
  BLOCKED: 'One of you has blocked the other.',
  SLOW_MODE: 'This room is in slow mode: wait before you send again.',
  RATE_LIMITED: 'Too many requests: wait before you try again.',
  ROOM_FULL: 'This room is full.',
  ROOM_ARCHIVED: 'This room is archived: it can only be read.',
  EDIT_WINDOW_CLOSED: 'This message is too old to be edited.',
  TOO_LARGE: 'This is too large.',
  QUERY_TOO_COMPLEX: 'This query asks for too much at once.',
  RESYNC: 'The log does not reach back to there: fetch anew.',
  BUSY: 'Others are being served at this place: try again in a moment.',
  INTERRUPTED: 'The database was lost on the way: this may have been done, or not.',
} as const satisfies Record<string, Sentence>;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The SQLSTATEs that Trumpet's own functions raise. Class `TR` is free for applications: Postgres
 * and the standard use none that begins with T. `QUERY_TOO_COMPLEX`, `WRONG_CREDENTIALS`, `RESYNC`
 * and `INTERRUPTED` are the server's alone.
 */
export const SQLSTATE_CODES = {
  TR400: 'BAD_INPUT',
  TR401: 'UNAUTHENTICATED',
  TR2FA: 'SECOND_FACTOR_REQUIRED',
  TR403: 'FORBIDDEN',
  TRHRF: 'FORBIDDEN',
  TR404: 'NOT_FOUND',
  TR409: 'CONFLICT',
  TR413: 'TOO_LARGE',
  TR429: 'RATE_LIMITED',
  TRSLO: 'SLOW_MODE',
  TRBAN: 'BANNED',
  TRMUT: 'MUTED',
  TRBLK: 'BLOCKED',
  TRFUL: 'ROOM_FULL',
  TRARC: 'ROOM_ARCHIVED',
  TREDT: 'EDIT_WINDOW_CLOSED',
  TRHKS: 'BUSY',
} as const satisfies Record<string, ErrorCode>;

/** Why the server closes a WebSocket; what the client then does is in docs/protocol.md. */
export const CLOSE_CODES = {
  /** Shutting down: reconnect at once, resume. */
  GOING_AWAY: 1001,
  /** Shutting down for a restart: reconnect at once, resume. */
  SERVICE_RESTART: 1012,
  /** Too slow to read: reconnect, resume. */
  TRY_AGAIN_LATER: 1013,
  /** Not the protocol: do not retry. */
  BAD_PROTOCOL: 4400,
  /** No valid token: sign in again. */
  UNAUTHENTICATED: 4401,
  /** Access ended (token expired, signed out, banned): refresh the token, reconnect. */
  ACCESS_ENDED: 4403,
  /** Too many connections or operations: back off. */
  TOO_MANY: 4429,
} as const;

export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** What travels beside the code in `extensions`. */
export interface ErrorDetails {
  /** With SLOW_MODE, RATE_LIMITED and BUSY: how long to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /**
   * With FORBIDDEN: the word for programs that a hook refused with; NOT_CHECKED where it did not answer, NOT_SENDABLE where
   * the text that it answered with cannot be sent.
   */
  readonly hookCode?: string;
}

/** An error whose message and code are safe to show to the caller. */
export class TrumpetError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly hookCode: string | undefined;

  constructor(code: ErrorCode, message: Sentence = ERROR_CODES[code], details: ErrorDetails = {}) {
    super(message);
    this.name = 'TrumpetError';
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.hookCode = details.hookCode;
  }

  /** As GraphQL's `extensions`. */
  get extensions(): { code: ErrorCode; retryAfterMs?: number; hookCode?: string } {
    return {
      code: this.code,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.hookCode !== undefined && { hookCode: this.hookCode }),
    };
  }
}
