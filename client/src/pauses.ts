/** Waiting before something is tried again, which can be cut short. */
export interface Pauses {
  /**
   * Waits longer with every failure, and not as long as others that failed at the same moment.
   *
   * @param failures how often it has failed before
   * @param atLeastMs what the server asked for
   * @returns how often it has failed, for the next time: what was cut short does not count
   */
  after(failures: number, atLeastMs?: number): Promise<number>;
  /** Ends all that is being waited for, as when the network is back. */
  end(): void;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

export function createPauses(): Pauses {
  const waiting = new Set<() => void>();

  return {
    after(failures, atLeastMs = 0) {
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
      return new Promise((resolve) => {
        const finish = (count: number) => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve(count);
        };
        const end = () => finish(failures);
        const timer = setTimeout(
          () => finish(failures + 1),
          Math.max(atLeastMs, longest * (0.5 + Math.random() / 2)),
        );
        waiting.add(end);
      });
    },
    end() {
      for (const end of [...waiting]) {
        end();
      }
    },
  };
}
