import type { Pool } from 'pg';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { QUERY_TIMEOUT_MS } from '../process/time-limits.ts';

/** How long requests wait for their turn at the connections of the API: see fair-share.ts. */
export const turnMetrics = {
  waiting: new Gauge({
    name: 'trumpet_database_turns_waiting',
    help: 'Requests that wait for their turn at a connection, by for whom.',
    labelNames: ['kind'] as const,
  }),
  wait: new Histogram({
    name: 'trumpet_database_turn_seconds',
    help: 'How long requests waited for their turn at a connection, by for whom.',
    labelNames: ['kind'] as const,
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 8],
  }),
};

/** One figure of `app_private.measures()`: how it is called there and in `/metrics`. */
interface Figure {
  readonly measure: string;
  readonly name: string;
  readonly help: string;
  /** What its label says, where it has one. */
  readonly label?: string;
}

const GAUGES: readonly Figure[] = [
  {
    measure: 'jobs',
    name: 'trumpet_jobs',
    help: 'Jobs in the queue: due, for later, running, given up.',
    label: 'state',
  },
  {
    measure: 'oldest_due_job_seconds',
    name: 'trumpet_oldest_due_job_seconds',
    help: 'How long the job that waits longest could have begun.',
  },
  {
    measure: 'months_ahead',
    name: 'trumpet_months_ahead',
    help: 'Months after this one for which a table has its partition.',
    label: 'table',
  },
  {
    measure: 'oldest_month_move_seconds',
    name: 'trumpet_oldest_month_move_seconds',
    help: 'How long the month that is longest on its way out of its table has been so; 0 when none is.',
  },
  {
    measure: 'database_runs',
    name: 'trumpet_database_runs',
    help: 'How often Postgres was started or the database restored: it rises when clients may have to be told RESYNC.',
  },
  {
    measure: 'gin_pending_pages',
    name: 'trumpet_gin_pending_pages',
    help: 'Pages of words that wait to be put in order, which each search reads. Missing without pgstattuple.',
    label: 'index',
  },
  {
    measure: 'lock_waits',
    name: 'trumpet_lock_waits',
    help: 'Transactions that wait for a lock just now: for a room, or for something else.',
    label: 'kind',
  },
  {
    measure: 'longest_lock_wait_seconds',
    name: 'trumpet_longest_lock_wait_seconds',
    help: 'How long the one that waits longest for a lock has waited.',
  },
  {
    measure: 'connections',
    name: 'trumpet_postgres_connections',
    help: 'Connections to this database, of all programs.',
  },
  {
    measure: 'max_connections',
    name: 'trumpet_postgres_max_connections',
    help: 'Connections that Postgres takes at most.',
  },
  {
    measure: 'size_bytes',
    name: 'trumpet_postgres_size_bytes',
    help: 'What the database takes on disk.',
  },
  {
    measure: 'xid_age',
    name: 'trumpet_postgres_xid_age',
    help: 'Transactions since the oldest that is not frozen; at two billion Postgres takes no more.',
  },
  {
    measure: 'oldest_transaction_seconds',
    name: 'trumpet_postgres_oldest_transaction_seconds',
    help: 'How long the oldest transaction has been open, of those that the owner may see.',
  },
];

const COUNTERS: readonly Figure[] = [
  {
    measure: 'written_messages',
    name: 'trumpet_written_messages_total',
    help: 'Messages that were written to the database this month, by all servers, rolled back ones included.',
  },
  {
    measure: 'commits',
    name: 'trumpet_postgres_commits_total',
    help: 'Transactions that were committed in this database.',
  },
  {
    measure: 'rollbacks',
    name: 'trumpet_postgres_rollbacks_total',
    help: 'Transactions that were rolled back: refused requests, too.',
  },
  {
    measure: 'deadlocks',
    name: 'trumpet_postgres_deadlocks_total',
    help: 'Transactions that Postgres ended because they waited for each other.',
  },
  {
    measure: 'wal_bytes',
    name: 'trumpet_postgres_wal_bytes_total',
    help: 'WAL that the cluster has written.',
  },
];

interface Row {
  readonly measure: string;
  readonly label: string;
  readonly value: number;
}

/**
 * Shows how the database is. Every server and every worker says the same: take the largest, not the sum. While the
 * database is away these figures are missing, and `trumpet_database_answers` is 0.
 *
 * @param pool connections of the owner, one of which is used whenever somebody looks
 */
export function registerDatabaseMetrics(registry: Registry, pool: Pool): void {
  const readOnce = shared(() => readMeasures(pool));
  for (const [Kind, figures] of [
    [Gauge, GAUGES],
    [Counter, COUNTERS],
  ] as const) {
    for (const { measure, name, help, label } of figures) {
      new Kind({
        name,
        help,
        labelNames: label === undefined ? [] : [label],
        registers: [registry],
        async collect() {
          const rows = await readOnce();
          this.reset();
          for (const row of rows.filter((one) => one.measure === measure)) {
            this.inc(label === undefined ? {} : { [label]: row.label }, row.value);
          }
          if (rows.length === 0) {
            this.remove({});
          }
        },
      });
    }
  }
  new Gauge({
    name: 'trumpet_database_answers',
    help: 'Whether the database has answered just now: 1, or 0.',
    registers: [registry],
    async collect() {
      this.set(Number((await readOnce()).length > 0));
    },
  });
}

/** Shows how busy the connections of a process are. */
export function registerPoolMetrics(
  registry: Registry,
  pools: Readonly<Record<string, Pool>>,
): void {
  new Gauge({
    name: 'trumpet_pool_connections',
    help: 'Connections to the database that this process has, in use and idle.',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [name, pool] of Object.entries(pools)) {
        this.set({ pool: name, state: 'idle' }, pool.idleCount);
        this.set({ pool: name, state: 'busy' }, pool.totalCount - pool.idleCount);
      }
    },
  });
  new Gauge({
    name: 'trumpet_pool_waiting',
    help: 'Requests that wait for a connection because all are in use.',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      for (const [name, pool] of Object.entries(pools)) {
        this.set({ pool: name }, pool.waitingCount);
      }
    },
  });
}

/** Nothing when the database does not answer. */
async function readMeasures(pool: Pool): Promise<readonly Row[]> {
  const query = {
    text: 'select measure, label, value from app_private.measures()',
    query_timeout: QUERY_TIMEOUT_MS,
  };
  return pool.query<Row>(query).then(
    ({ rows }) => rows,
    () => [],
  );
}

/** Those who ask while an answer is under way get the same. */
function shared<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | undefined;
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
