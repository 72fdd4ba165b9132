import { idOf, type PresenceSession, type SessionWithStatus } from './presence-session.ts';

/** Who comes and goes. What happens within a moment is told together. */
export interface PresenceNews {
  /** Resolves when it is told. */
  arrive(session: SessionWithStatus): Promise<void>;
  /** Resolves when it is told. */
  depart(session: PresenceSession): Promise<void>;
  /** Resolves when all that has happened until now is told. */
  flush(): Promise<void>;
}

interface PresenceNewsOptions {
  readonly tellArrived: (sessions: readonly SessionWithStatus[]) => Promise<void>;
  readonly tellDeparted: (sessions: readonly PresenceSession[]) => Promise<void>;
}

/** Who comes and goes within this time is told in one statement. */
const GATHER_MS = 50;

export function createPresenceNews({
  tellArrived,
  tellDeparted,
}: PresenceNewsOptions): PresenceNews {
  let arrived = new Map<string, SessionWithStatus>();
  let departed = new Map<string, PresenceSession>();
  /** Statements follow each other: who comes and goes is told in that order. */
  let told: Promise<void> = Promise.resolve();
  let flushing: Promise<void> | undefined;

  async function tell(): Promise<void> {
    flushing = undefined;
    const coming = [...arrived.values()];
    const going = [...departed.values()];
    arrived = new Map();
    departed = new Map();
    if (coming.length > 0) {
      await tellArrived(coming);
    }
    if (going.length > 0) {
      await tellDeparted(going);
    }
  }

  function flush(): Promise<void> {
    if (flushing === undefined) {
      const gathered = new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      flushing = Promise.all([told, gathered]).then(tell);
      told = flushing;
    }
    return flushing;
  }

  return {
    arrive(session) {
      departed.delete(idOf(session));
      arrived.set(idOf(session), session);
      return flush();
    },
    depart(session) {
      arrived.delete(idOf(session));
      departed.set(idOf(session), session);
      return flush();
    },
    flush,
  };
}
