import type { PgClientQuery } from '@dataplan/pg';
import type { Pool, PoolClient } from 'pg';
import * as stock from 'postgraphile/adaptors/pg';
import { createFairShare, type Sharer } from '../src/database/fair-share.ts';
import { roleName } from '../src/database/role-names.ts';
import type { Standby } from '../src/database/standby.ts';
import { type AskFirst, withQuestion } from '../src/database/unasked.ts';
import { withListLookUps } from './list-look-ups.ts';

/*
 * PostGraphile's transaction takes four round trips: begin, the settings, the query, commit; and the settings are
 * planned anew each time. Here all four travel together, over connections in node-postgres' pipeline mode, and the
 * settings are a prepared statement: one round trip, and a room that is written to is locked for that much less.
 *
 * What makes it safe not to wait: were the settings refused, the transaction would be aborted and the query refused with
 * it; were `begin`, the query would run as the bare login, which may do nothing; and the commit of a transaction whose
 * query failed is a rollback.
 */

type Service = ReturnType<typeof stock.makePgService>;
type WithPgClient = Awaited<ReturnType<Service['adaptor']['createWithPgClient']>>;
type Callback = Parameters<WithPgClient>[1];

/** What a callback gets to query with. */
type Client = Parameters<Callback>[0];

/** The part of a node-postgres client that it does not declare. */
interface WireClient {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

const SETTINGS_QUERY = {
  name: 'trumpet_settings',
  text: 'select set_config(setting.key, setting.value, true) from json_each_text($1) as setting',
};

/** Set for what only reads: a standby may serve it. */
export const READS_ONLY = { 'trumpet.reads_only': 'yes' } as const;

interface PipelineOptions {
  /** Asks the hooks of rooms that messages are sent to, between two tries; without it such messages are refused. */
  readonly askFirst?: AskFirst | undefined;
  /** Serves what only reads, where it can. */
  readonly standby?: Standby | undefined;
}

/**
 * A service for PostGraphile whose transactions are pipelined, and whose connections are shared fairly. The pool must have
 * been made with `pipeline: true`.
 */
export function makePipelinedPgService(
  pool: Pool,
  schemas: string[],
  options: PipelineOptions = {},
): Service {
  const service = stock.makePgService({ pool, schemas, pubsub: false });
  return {
    ...service,
    adaptor: {
      ...service.adaptor,
      createWithPgClient: () => pipelinedTransactions(pool, options),
    },
  };
}

type Settings = Record<string, string | undefined> | null;

function pipelinedTransactions(pool: Pool, { askFirst, standby }: PipelineOptions): WithPgClient {
  const onPrimary = fairTransactions(pool);
  const onStandby = standby && fairTransactions(standby.pool, standby);

  async function read(pgSettings: Settings, callback: Callback): ReturnType<WithPgClient> {
    if (standby !== undefined && onStandby !== undefined && (await standby.hasCaughtUp())) {
      try {
        const answer = await onStandby(pgSettings, callback);
        standby.count('standby');
        return answer;
      } catch (error) {
        if (!(error instanceof ForPrimaryError)) {
          throw error;
        }
      }
    }
    standby?.count('primary');
    return await onPrimary(pgSettings, callback);
  }

  function withPgClient(pgSettings: Settings, callback: Callback) {
    if (standby !== undefined && isReading(pgSettings)) {
      return read(pgSettings, callback);
    }
    if (askFirst === undefined || sharerOf(pgSettings).kind !== 'person') {
      return onPrimary(pgSettings, callback);
    }
    return askFirst((more) => onPrimary({ ...pgSettings, ...more }, callback));
  }
  return withPgClient as WithPgClient;
}

function isReading(pgSettings: Settings): boolean {
  return Object.keys(READS_ONLY).every((setting) => pgSettings?.[setting] !== undefined);
}

/** The standby could not do it, and that says nothing of what was asked. */
class ForPrimaryError extends Error {}

/** Transactions on the connections of one pool, shared fairly. */
function fairTransactions(
  pool: Pool,
  standby?: Standby,
): (pgSettings: Settings, callback: Callback) => ReturnType<WithPgClient> {
  const share = createFairShare(pool.options.max);
  // What PostGraphile runs its queries on inside of a transaction that someone else has begun, one a connection.
  const insides = new WeakMap<PoolClient, WithPgClient>();

  async function insideOf(client: PoolClient): Promise<WithPgClient> {
    let inside = insides.get(client);
    if (inside === undefined) {
      inside = (await stock.createWithPgClient({
        poolClient: client,
        poolClientIsInTransaction: true,
      })) as WithPgClient;
      insides.set(client, inside);
    }
    return inside;
  }

  async function transact(pgSettings: Settings, callback: Callback) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const { opening, work, end } = send(
        client,
        await insideOf(client),
        pgSettings,
        standby === undefined ? callback : (inner) => callback(askingStandby(inner, standby)),
      );
      const outcomes = await Promise.allSettled([opening, work]);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      await end(failed === undefined ? 'commit' : 'rollback').catch((error: Error) => {
        broken = error;
      });
      if (failed !== undefined || broken !== undefined) {
        throw failed === undefined ? broken : withQuestion(client, failed.reason);
      }
      return await work;
    } finally {
      client.release(broken);
    }
  }

  async function transactOnStandby(pgSettings: Settings, callback: Callback) {
    try {
      return await transact(pgSettings, callback);
    } catch (error) {
      if (!(error instanceof ForPrimaryError) && standby?.noteFailure(undefined, error)) {
        throw new ForPrimaryError('The standby is in trouble.', { cause: error });
      }
      throw error;
    }
  }

  const run = standby === undefined ? transact : transactOnStandby;
  return (pgSettings, callback) =>
    share.run(sharerOf(pgSettings), () => run(pgSettings, callback)) as ReturnType<WithPgClient>;
}

/** Notes which statements cannot run on a standby, and does not try them again. */
function askingStandby(inner: Client, standby: Standby): Client {
  return {
    ...inner,
    async query<Row>(options: PgClientQuery) {
      if (standby.isForPrimary(options.text)) {
        throw new ForPrimaryError('A primary has to do this.');
      }
      try {
        return await inner.query<Row>(options);
      } catch (error) {
        if (standby.noteFailure(options.text, error)) {
          throw new ForPrimaryError('A primary has to do this.', { cause: error });
        }
        throw error;
      }
    },
  };
}

/** For whom a transaction is, as its settings say. */
function sharerOf(pgSettings: Settings): Sharer {
  const userId = pgSettings?.['trumpet.user_id'];
  if (pgSettings?.role === roleName('broadcast')) {
    const listener = pgSettings['trumpet.only_listener'];
    return listener === undefined
      ? { kind: 'rooms', key: 'rooms' }
      : { kind: 'listener', key: `listener ${listener}` };
  }
  return userId
    ? { kind: 'person', key: userId }
    : { kind: 'visitor', key: pgSettings?.['trumpet.client_address'] ?? '' };
}

interface Sent {
  readonly opening: Promise<unknown>;
  readonly work: ReturnType<WithPgClient>;
  /** Ends the transaction, unless its end has been sent with its query. */
  end(how: 'commit' | 'rollback'): Promise<unknown>;
}

/** Begins a transaction and calls back; what it asks at once is sent in the same write, and with it the commit. */
function send(
  client: PoolClient,
  inside: WithPgClient,
  pgSettings: Settings,
  callback: Callback,
): Sent {
  let commit: Promise<unknown> | undefined;

  function commitsAtOnce(inner: Client): Client {
    return {
      ...inner,
      query<Row>(options: PgClientQuery) {
        if (commit !== undefined) {
          throw new Error('A transaction takes one query; several need withTransaction.');
        }
        const answer = inner.query<Row>(options);
        commit = client.query('commit');
        commit.catch(() => {}); // Awaited once it is known how the query went.
        return answer;
      },
    };
  }

  const { stream } = (client as unknown as WireClient).connection;
  stream.cork();
  try {
    const opening = Promise.all([
      client.query('begin'),
      client.query({ ...SETTINGS_QUERY, values: [JSON.stringify(pgSettings ?? {})] }),
    ]);
    const work = inside(null, (inner) => callback(commitsAtOnce(withListLookUps(inner))));
    return { opening, work, end: (how) => commit ?? client.query(how) };
  } finally {
    stream.uncork();
  }
}
