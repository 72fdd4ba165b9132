import type { Pool } from 'pg';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { createPresenceNews } from './presence-news.ts';
import {
  idOf,
  type PresenceSession,
  type SessionWithStatus,
  type Status,
} from './presence-session.ts';
import { createPresenceStatements } from './presence-statements.ts';
import { createPresenceSweep } from './presence-sweep.ts';

/*
 * Who has a socket here is there. A node says so for all of its sockets in one statement, every 30
 * seconds; the rows lapse after 65, so that a node that is killed takes nobody's status with it and
 * one statement that fails takes nobody's away. A socket that closes lets its row lapse after 10
 * seconds: who reloads a page was never offline.
 */

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

interface Held extends SessionWithStatus {
  status: Status;
  /** Sockets that hold it: two of them may use the same key. */
  holders: number;
}

const RENEWAL_MS = 30_000;
/** One renewal may fail, and the next take its time. */
const LEASE_MS = 2 * RENEWAL_MS + QUERY_TIMEOUT_MS;

export function createPresence({ pool, leaseMs = LEASE_MS }: PresenceOptions): Presence {
  const statements = createPresenceStatements(pool, leaseMs);
  const sweep = createPresenceSweep(statements.sweep);
  const held = new Map<string, Held>();
  let renewals = 0;

  async function renew(sessions: readonly SessionWithStatus[]): Promise<void> {
    renewals += 1;
    await statements.renew(sessions);
  }

  const news = createPresenceNews({
    tellArrived: renew,
    async tellDeparted(sessions) {
      await statements.leave(sessions);
      sweep.noteDeparture();
    },
  });
  const renewer = setInterval(() => {
    if (held.size > 0) {
      void renew([...held.values()]);
    }
  }, RENEWAL_MS).unref();

  return {
    hold(session, status) {
      const id = idOf(session);
      const record = held.get(id) ?? { ...session, status, holders: 0 };
      record.status = status;
      record.holders += 1;
      held.set(id, record);
      return news.arrive(record);
    },
    note(session, status) {
      const record = held.get(idOf(session));
      if (record !== undefined) {
        record.status = status;
      }
    },
    letGo(session) {
      const record = held.get(idOf(session));
      if (record === undefined) {
        return;
      }
      record.holders -= 1;
      if (record.holders === 0) {
        held.delete(idOf(session));
        void news.depart(session);
      }
    },
    get statistics() {
      return { sessions: held.size, renewals };
    },
    async release() {
      clearInterval(renewer);
      for (const session of held.values()) {
        void news.depart(session);
      }
      held.clear();
      await news.flush();
      sweep.release();
    },
  };
}
