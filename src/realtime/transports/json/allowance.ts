/** How many frames a client may send: so many at once, and so many a second over time. */
export interface Allowance {
  /**
   * Counts a frame. Returns how long the client has to wait before it may send more, in milliseconds: 0 when this one
   * is fine, and undefined when it goes on and on though it has been told.
   *
   * @param now milliseconds of performance.now()
   */
  take(now: number): number | undefined;
}

/** Frames a second that a socket may send over time, and at once. */
export const FRAMES_A_SECOND = 25;
export const FRAME_BURST = 100;

export function createAllowance(now: number): Allowance {
  /** Below zero the client has been told to wait. */
  let left = FRAME_BURST;
  let countedAt = now;
  return {
    take(at) {
      const refill = ((at - countedAt) / 1_000) * FRAMES_A_SECOND;
      left = Math.min(FRAME_BURST, left + refill) - 1;
      countedAt = at;
      if (left >= 0) {
        return 0;
      }
      return left < -FRAME_BURST ? undefined : Math.ceil((-left / FRAMES_A_SECOND) * 1_000);
    },
  };
}
