import type { Pool } from 'pg';
import { log } from '../../process/log.ts';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';

/*
 * Who has a socket here is there. A node says so for all of its sockets in one statement, every 30
 * seconds; the rows lapse after 65, so that a node that is killed takes nobody's status with it and
 * one statement that fails takes nobody's away. A socket that closes lets its row lapse after 10
 * seconds: who reloads a page was never offline.
 */

export type Status = 'online' | 'away' | 'busy' | 'offline';

/** A presence session: one tab or device of one person. */
export interface PresenceSession {
  readonly userId: string;
  readonly key: string;
}

export interface Presence {
  /** Keeps a session alive until it is let go, and begins it when it is not there. Resolves when it is; never rejects. */
  hold(session: PresenceSession, status: Status): Promise<void>;
  /** Notes what a held session has become, for the day that its row is lost. */
  note(session: PresenceSession, status: Status): void;
  /** The opposite of `hold`: its socket has closed. */
  letGo(session: PresenceSession): void;
  readonly statistics: { readonly sessions: number; readonly renewals: number };
  /** Lets everyone lapse, with time to come back elsewhere. */
  release(): Promise<void>;
}

interface PresenceOptions {
  /** Connections of the owner. */
  readonly pool: Pool;
  /** How long a session holds without being renewed, in milliseconds. */
  readonly leaseMs?: number;
}

interface Held extends PresenceSession {
  status: Status;
  /** Sockets that hold it: two of them may use the same key. */
  holders: number;
}

const RENEWAL_MS = 30_000;
/** Who comes and goes within this time is told in one statement. */
const GATHER_MS = 50;
/** A little more than leave_presence leaves them. */
const SWEEP_DELAY_MS = 10_250;
/** One renewal may fail, and the next take its time. */
const LEASE_MS = 2 * RENEWAL_MS + QUERY_TIMEOUT_MS;

export function createPresence({ pool, leaseMs = LEASE_MS }: PresenceOptions): Presence {
  const held = new Map<string, Held>();
  let arrived = new Set<Held>();
  let departed = new Map<string, PresenceSession>();
  /** Statements follow each other: who comes and goes is told in that order. */
  let told: Promise<unknown> = Promise.resolve();
  let flushing: Promise<void> | undefined;
  let sweepTimer: NodeJS.Timeout | undefined;
  let lastDepartureAt = 0;
  let renewals = 0;

  function query(text: string, values: unknown[]): Promise<unknown> {
    const timed = { text, values, query_timeout: QUERY_TIMEOUT_MS };
    return pool.query(timed).catch((error) => {
      // The next renewal says it all again; what was to be ended lapses by itself.
      log.warn({ event: 'presence.failed', error });
    });
  }

  async function renew(sessions: readonly Held[]): Promise<void> {
    if (sessions.length > 0) {
      renewals += 1;
      await query(
        `select app_private.renew_presence(
          $1, $2, $3::app_public.user_status[], make_interval(secs => $4::float8 / 1000))`,
        [
          sessions.map(({ userId }) => userId),
          sessions.map(({ key }) => key),
          sessions.map(({ status }) => status),
          leaseMs,
        ],
      );
    }
  }

  async function leave(sessions: readonly PresenceSession[]): Promise<void> {
    if (sessions.length > 0) {
      await query('select app_private.leave_presence($1, $2)', [
        sessions.map(({ userId }) => userId),
        sessions.map(({ key }) => key),
      ]);
      lastDepartureAt = performance.now();
      scheduleSweep();
    }
  }

  /** Tells listeners who has not come back. */
  function scheduleSweep(): void {
    sweepTimer ??= setTimeout(async () => {
      const startedAt = performance.now();
      await query('select app_private.sweep_presence()', []);
      sweepTimer = undefined;
      if (lastDepartureAt > startedAt - SWEEP_DELAY_MS) {
        scheduleSweep();
      }
    }, SWEEP_DELAY_MS).unref();
  }

  function flush(): Promise<void> {
    if (flushing === undefined) {
      const gathered = new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      flushing = Promise.all([told, gathered]).then(async () => {
        flushing = undefined;
        const coming = [...arrived];
        const going = [...departed.values()];
        arrived = new Set();
        departed = new Map();
        await renew(coming);
        await leave(going);
      });
      told = flushing;
    }
    return flushing;
  }

  const renewer = setInterval(() => void renew([...held.values()]), RENEWAL_MS);
  renewer.unref();

  return {
    hold(session, status) {
      const id = idOf(session);
      const record = held.get(id) ?? { ...session, status, holders: 0 };
      record.status = status;
      record.holders += 1;
      held.set(id, record);
      departed.delete(id);
      arrived.add(record);
      return flush();
    },
    note(session, status) {
      const record = held.get(idOf(session));
      if (record !== undefined) {
        record.status = status;
      }
    },
    letGo(session) {
      const id = idOf(session);
      const record = held.get(id);
      if (record === undefined) {
        return;
      }
      record.holders -= 1;
      if (record.holders === 0) {
        held.delete(id);
        arrived.delete(record);
        departed.set(id, session);
        void flush();
      }
    },
    get statistics() {
      return { sessions: held.size, renewals };
    },
    async release() {
      clearInterval(renewer);
      for (const session of held.values()) {
        departed.set(idOf(session), session);
      }
      held.clear();
      await flush();
      clearTimeout(sweepTimer);
    },
  };
}

function idOf({ userId, key }: PresenceSession): string {
  return `${userId} ${key}`;
}
