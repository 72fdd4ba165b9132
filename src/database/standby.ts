import { LRUCache } from 'lru-cache';
import type { Pool, PoolClient } from 'pg';
import { Counter } from 'prom-client';
import { isDatabaseError } from '../errors/from-sqlstate.ts';
import { inTime } from '../process/in-time.ts';
import { log } from '../process/log.ts';

/*
 * What is read from a standby is never older than what is read from the primary: before each read the primary is asked
 * how far its log is durable, and the standby is waited for until it has replayed that much. Whatever somebody was told,
 * on whatever node, by an answer or an event, is before that place. It needs no token that clients hand around, and costs
 * one question of a microsecond or two for all who read at about the same time. A standby that lags, is gone, was promoted
 * or follows another history is not read from: the primary is.
 *
 * There may be several standbys behind one address. A connection that leads to another than the one that was waited for
 * is asked itself before it is read on.
 */

/** How long a read waits for the standby before the primary serves it, in milliseconds. */
const MAX_WAIT_MS = 50;
/** How long a standby that did not answer, or is none, is left alone, in milliseconds. */
const AWAY_MS = 1_000;
/** Between two looks at how far it is, in milliseconds. There is no waiting for a place of the log in Postgres 18. */
const LOOK_MS = 1;
/** How long a read waits for another standby than the one that was waited for, on the connection that it needs. */
const MAX_WAIT_ON_CONNECTION_MS = 10;
/** Statements that cannot run on a standby and are known. */
const KNOWN_STATEMENTS = 1_000;

/** What a statement fails with because it runs on a standby. */
const NOT_ON_A_STANDBY = [
  '25006', // It writes.
  '0A000', // It reads an unlogged table: presence, typing.
];
/** What it may fail with there for other reasons that are none of the reader's. */
const TROUBLE_OF_A_STANDBY = /^(40001|40P01|08...|57P0.|53...|3D000|28...|XX...)$/;

export interface Standby {
  /** Connections of the unprivileged login, to read with. */
  readonly pool: Pool;
  /** Resolves once it has all that was durable on the primary when this was called; soon with undefined where it does
   * not. Never rejects. */
  caughtUp(): Promise<CaughtUp | undefined>;
  /** Whether that is true of where this connection leads to as well. Never rejects. */
  isCaughtUpOn(client: PoolClient, caughtUp: CaughtUp): Promise<boolean>;
  /** Whether a statement, by its text, is known to run on a primary only. */
  isForPrimary(statement: string): boolean;
  /**
   * Notes that a statement failed on the standby.
   *
   * @returns whether that says nothing of the statement itself: the primary is to be asked
   */
  noteFailure(statement: string | undefined, error: unknown): boolean;
  /** Notes by whom a read was served. */
  count(by: 'standby' | 'primary'): void;
}

/** A place in the log, as a number, and the timeline that it lies on. */
interface Place {
  readonly identity: string;
  readonly timeline: number;
  readonly bytes: bigint;
}

/** How far a standby is, and which it is of those behind one address. */
interface StandbyPlace extends Place {
  readonly instance: string;
}

/** That one of the standbys has come to some place. */
export interface CaughtUp {
  readonly wanted: Place;
  readonly instance: string;
}

interface StandbyPools {
  /** What reads. */
  readonly pool: Pool;
  /** What asks how far it is: reads must not keep it from being asked. */
  readonly places: Pool;
}

const PRIMARY_PLACE = `select system_identifier::text as identity,
    ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::integer as timeline,
    pg_current_wal_flush_lsn() - '0/0' as bytes
  from pg_control_system()`;

// The timeline in its control file may be older than what it replays: then it is not read from for a moment.
const STANDBY_PLACE = `select system_identifier::text as identity, min_recovery_end_timeline as timeline,
    coalesce(pg_last_wal_replay_lsn() - '0/0', 0) as bytes,
    concat_ws(' ', inet_server_addr(), inet_server_port(), pg_postmaster_start_time()) as instance
  from pg_control_system(), pg_control_recovery() where pg_is_in_recovery()`;

/** How queries fare. */
export const standbyMetrics = {
  reads: new Counter({
    name: 'trumpet_reads_total',
    help: 'Statements of queries, by who served them: the standby, or the primary because the standby could not.',
    labelNames: ['by'] as const,
    registers: [],
  }),
};

/** @param primary any connections to the primary */
export function createStandby(primary: Pool, { pool, places }: StandbyPools): Standby {
  const forPrimary = new LRUCache<string, true>({ max: KNOWN_STATEMENTS });
  let awayUntil = Number.NEGATIVE_INFINITY;
  const durablePlace = nextAnswer(() => placeOf<Place>(primary, PRIMARY_PLACE));
  const replayedPlace = nextAnswer(() => placeOf<StandbyPlace>(places, STANDBY_PLACE));
  /** Where connections lead to, as far as they were asked. */
  const instances = new WeakMap<PoolClient, string>();

  function isAway(why: unknown): void {
    if (performance.now() >= awayUntil) {
      log.warn({ event: 'database.standby_away', error: why });
    }
    awayUntil = performance.now() + AWAY_MS;
  }

  /** @returns which of the standbys has come there; undefined where it has not in time */
  async function reaches(
    wanted: Place,
    until: number,
    look: () => Promise<StandbyPlace | undefined>,
  ): Promise<string | undefined> {
    for (;;) {
      const replayed = await inTime(look(), until - performance.now());
      if (replayed === undefined) {
        throw new Error('The standby does not answer, or is none.');
      }
      if (replayed.identity !== wanted.identity) {
        throw new Error('READ_DATABASE_URL is no standby of this database.');
      }
      if (replayed.timeline === wanted.timeline && replayed.bytes >= wanted.bytes) {
        return replayed.instance;
      }
      if (performance.now() + LOOK_MS >= until) {
        return undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  return {
    pool,
    async caughtUp() {
      const now = performance.now();
      if (now < awayUntil) {
        return undefined;
      }
      const wanted = await durablePlace().catch(() => undefined);
      if (wanted === undefined) {
        return undefined; // It is for the primary to say what is wrong with it.
      }
      try {
        const instance = await reaches(wanted, performance.now() + MAX_WAIT_MS, replayedPlace);
        return instance === undefined ? undefined : { wanted, instance };
      } catch (error) {
        isAway(error);
        return undefined;
      }
    },
    async isCaughtUpOn(client, { wanted, instance }) {
      if (instances.get(client) === instance) {
        return true;
      }
      const look = async () => {
        const place = await placeOf<StandbyPlace>(client, STANDBY_PLACE);
        if (place !== undefined) {
          instances.set(client, place.instance);
        }
        return place;
      };
      const until = performance.now() + MAX_WAIT_ON_CONNECTION_MS;
      return await reaches(wanted, until, look).then(
        (reached) => reached !== undefined,
        () => false,
      );
    },
    isForPrimary: (statement) => forPrimary.get(statement) === true,
    noteFailure(statement, error) {
      if (!isDatabaseError(error)) {
        isAway(error);
        return true;
      }
      if (NOT_ON_A_STANDBY.includes(error.code)) {
        if (statement !== undefined) {
          forPrimary.set(statement, true);
        }
        return true;
      }
      return TROUBLE_OF_A_STANDBY.test(error.code);
    },
    count: (by) => standbyMetrics.reads.inc({ by }),
  };
}

async function placeOf<Found extends Place>(
  asked: Pool | PoolClient,
  question: string,
): Promise<Found | undefined> {
  const { rows } = await asked.query<Omit<Found, 'bytes'> & { bytes: string }>(question);
  const [row] = rows;
  return row && ({ ...row, bytes: BigInt(row.bytes) } as unknown as Found);
}

/**
 * Asks once for all who want to know at about the same time. An answer that is under way may be from before somebody
 * wanted to know: they get the next.
 */
function nextAnswer<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let underway: Promise<unknown> | undefined;
  let next: Promise<Answer> | undefined;

  function begin(): Promise<Answer> {
    next = undefined;
    const answer = ask();
    underway = answer;
    const over = () => {
      if (underway === answer) {
        underway = undefined;
      }
    };
    answer.then(over, over);
    return answer;
  }

  return () => {
    if (underway === undefined) {
      return begin();
    }
    next ??= underway.then(begin, begin);
    return next;
  };
}
