/*
 * A transaction horizon: every transaction with a lower id has ended. Horizons are 64-bit transaction ids in decimal.
 */

/** The earlier of two horizons. */
export function earlierHorizon(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

/** A horizon as clients get it: opaque. */
export function encodeCursor(horizon: string): string {
  return Buffer.from(`h${horizon}`).toString('base64url');
}

/** The horizon in a cursor; undefined when it is none of ours. */
export function decodeCursor(cursor: string): string | undefined {
  return /^h(\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
}
