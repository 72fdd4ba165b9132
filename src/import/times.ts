/** The last millisecond of the year 9999: what is later is no time that anybody means. */
const LAST_MS = 253_402_300_799_999;

/**
 * A number of milliseconds since 1970 as an ISO 8601 time with six digits, so that all can be compared as texts. What is
 * no time is 1970, which is bent as every time that is too early.
 */
export function isoTime(milliseconds: number, microseconds = '000'): string {
  const isTime = milliseconds >= 0 && milliseconds <= LAST_MS;
  return new Date(isTime ? milliseconds : 0).toISOString().replace('Z', `${microseconds}Z`);
}
