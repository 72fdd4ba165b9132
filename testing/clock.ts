/** Epoch milliseconds with a fraction, comparable between the processes of one machine. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Sets the wall clock of this process so many milliseconds off, until it is disposed of. */
export function offsetWallClock(offsetMs: number): Disposable {
  const RealDate = globalThis.Date;
  globalThis.Date = class extends RealDate {
    constructor(...values: unknown[]) {
      super(...((values.length === 0 ? [RealDate.now() + offsetMs] : values) as [number]));
    }

    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  } as DateConstructor;
  return {
    [Symbol.dispose]() {
      globalThis.Date = RealDate;
    },
  };
}
