/*
 * A transaction horizon: every transaction with a lower id has ended. Horizons are 64-bit transaction ids in decimal.
 */

/** The earlier of two horizons. */
export function earlierHorizon(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}
