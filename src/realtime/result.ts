import { randomBytes } from 'node:crypto';

/** A computed event, serialised once for all who get it. */
export interface Result {
  /** The GraphQL result as JSON. */
  readonly json: Buffer;
  /** Typing and presence: the first to go when a reader is slow. */
  readonly isFleeting: boolean;
}

/** A result whose cursors are still open. */
export interface SharedResult {
  readonly byteLength: number;
  readonly isFleeting: boolean;
  /** The result for everyone who is at this cursor: made once. */
  at(cursor: string): Result;
}

/**
 * Stands where a `cursor` is selected. The cursor depends on how far a subscriber has come with all
 * other rooms, so it is put in when the result is sent. It is random, so that nobody can write it.
 */
export const CURSOR_PLACEHOLDER = `cursor-${randomBytes(24).toString('base64url')}`;

export function shareResult(text: string, isFleeting: boolean): SharedResult {
  const [first, ...rest] = text.split(CURSOR_PLACEHOLDER).map((part) => Buffer.from(part)) as [
    Buffer,
    ...Buffer[],
  ];
  const whole: Result = { json: first, isFleeting };
  let latest: { readonly cursor: string; readonly result: Result } | undefined;
  return {
    byteLength: rest.reduce((sum, part) => sum + part.length, first.length),
    isFleeting,
    at(cursor) {
      if (rest.length === 0) {
        return whole;
      }
      if (latest?.cursor !== cursor) {
        const inserted = Buffer.from(cursor);
        const json = Buffer.concat([first, ...rest.flatMap((part) => [inserted, part])]);
        latest = { cursor, result: { json, isFleeting } };
      }
      return latest.result;
    },
  };
}

/** A transaction horizon as clients get it: opaque. */
export function encodeCursor(horizon: string): string {
  return Buffer.from(`h${horizon}`).toString('base64url');
}

/** The horizon in a cursor; undefined when it is none of ours. */
export function decodeCursor(cursor: string): string | undefined {
  return /^h(\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
}
