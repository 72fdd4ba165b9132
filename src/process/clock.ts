/*
 * There are two clocks. How long something takes or may take is measured with performance.now(), which nobody can set.
 * The wall clock may be set while the server runs, by half a minute or by half a year: it is for instants that are
 * stored, shown or signed, and it is read here and nowhere else.
 */

/** The time of day, in milliseconds since 1970. */
export function wallClockMs(): number {
  return Date.now();
}

/** Measures how far the wall clock has been set from where it was, in milliseconds; forward is positive. */
export function watchWallClock(): () => number {
  const difference = wallClockMs() - performance.now();
  return () => wallClockMs() - performance.now() - difference;
}

/** The time of day, in RFC 3339. */
export function timestamp(): string {
  return new Date(wallClockMs()).toISOString();
}

/** When an instant of the wall clock comes, in milliseconds of performance.now(), if nobody sets the clock until then. */
export function monotonicAt(instantMs: number): number {
  return performance.now() + instantMs - wallClockMs();
}
