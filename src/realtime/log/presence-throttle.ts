/** Lets through what people say of their presence once a second each, whichever way they say it; the last word always. */
export interface PresenceThrottle {
  hear(userId: string, status: string): void;
  release(): void;
}

const INTERVAL_MS = 1_000;

interface Told {
  readonly status: string;
  waiting: string | undefined;
  readonly timer: NodeJS.Timeout;
}

export function createPresenceThrottle(
  tell: (userId: string, status: string) => void,
): PresenceThrottle {
  const told = new Map<string, Told>();

  function pass(userId: string, status: string): void {
    const timer = setTimeout(() => {
      const waiting = told.get(userId)?.waiting;
      told.delete(userId);
      if (waiting !== undefined && waiting !== status) {
        pass(userId, waiting);
      }
    }, INTERVAL_MS);
    timer.unref();
    told.set(userId, { status, waiting: undefined, timer });
    tell(userId, status);
  }

  return {
    hear(userId, status) {
      const earlier = told.get(userId);
      if (earlier === undefined) {
        pass(userId, status);
      } else {
        earlier.waiting = status;
      }
    },
    release() {
      for (const { timer } of told.values()) {
        clearTimeout(timer);
      }
      told.clear();
    },
  };
}
