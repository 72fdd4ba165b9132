import type { PgClientQuery } from '@dataplan/pg';
import type { Pool, PoolClient } from 'pg';
import * as stock from 'postgraphile/adaptors/pg';
import { isChangedUnderneath } from '../src/database/changed-underneath.ts';
import { createFairShare, type Sharer } from '../src/database/fair-share.ts';
import { settingsOfTransactions } from '../src/database/pooler.ts';
import { roleName } from '../src/database/role-names.ts';
import { afterSending, readSendStatement } from '../src/database/send-statement.ts';
import { type Answer, createSendsTogether, type Send } from '../src/database/sends-together.ts';
import type { CaughtUp, Standby } from '../src/database/standby.ts';
import { type AskFirst, withQuestion } from '../src/database/unasked.ts';
import { LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from '../src/process/time-limits.ts';
import { carryTraces, inSpan, tracing } from '../src/process/tracing.ts';
import { withListLookUps } from './list-look-ups.ts';
import { withTracedQueries } from './traced-queries.ts';

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

/** A transaction of the login itself: what it calls is for nobody else to call. */
const LOGIN_SETTINGS = {
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
  lock_timeout: String(LOCK_TIMEOUT_MS),
};

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
    const caughtUp = await standby?.caughtUp();
    if (standby !== undefined && onStandby !== undefined && caughtUp !== undefined) {
      try {
        const answer = await onStandby(pgSettings, callback, caughtUp);
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
): (pgSettings: Settings, callback: Callback, caughtUp?: CaughtUp) => ReturnType<WithPgClient> {
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

  async function transact(pgSettings: Settings, callback: Callback, caughtUp?: CaughtUp) {
    try {
      return await attempt(pgSettings, callback, caughtUp);
    } catch (error) {
      if (isChangedUnderneath(error)) {
        return await attempt(pgSettings, callback, caughtUp);
      }
      throw error;
    }
  }

  const attempt = (pgSettings: Settings, callback: Callback, caughtUp?: CaughtUp) =>
    inSpan('transaction', {}, () => tryOnce(pgSettings, callback, caughtUp));

  async function tryOnce(pgSettings: Settings, callback: Callback, caughtUp?: CaughtUp) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      if (caughtUp !== undefined && !(await standby?.isCaughtUpOn(client, caughtUp))) {
        throw new ForPrimaryError('This standby lags.');
      }
      const { opening, work, end } = send(
        client,
        await insideOf(client),
        { ...settingsOfTransactions(pool), ...pgSettings },
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
      carryTraces(client, undefined);
      client.release(broken);
    }
  }

  async function transactOnStandby(pgSettings: Settings, callback: Callback, caughtUp?: CaughtUp) {
    try {
      return await transact(pgSettings, callback, caughtUp);
    } catch (error) {
      if (!(error instanceof ForPrimaryError) && standby?.noteFailure(undefined, error)) {
        throw new ForPrimaryError('The standby is in trouble.', { cause: error });
      }
      throw error;
    }
  }

  const query = (settings: Settings, asked: PgClientQuery) =>
    transact(settings, (client) => client.query(asked)) as Promise<Answer>;
  const sendTogether = createSendsTogether({
    alone: ({ settings, statement: { name, text }, values, arrayMode }) =>
      query({ ...settings }, { name, text, values, arrayMode } as PgClientQuery),
    together: (asked) => query(LOGIN_SETTINGS, asked as PgClientQuery),
    withConnection: (roomId, work) => share.run({ kind: 'sends', key: `room ${roomId}` }, work),
  });

  async function answerTo(sharer: Sharer, send: Send): Promise<Answer> {
    const { answer, message } = await share.runWithOthers(sharer, () => sendTogether(send));
    if (message === undefined) {
      return answer;
    }
    const { settings, statement, values, arrayMode } = send;
    const asked = {
      name: `after ${statement.name}`,
      text: afterSending(statement, values.length),
      values: [...values, message],
      arrayMode,
    };
    return share.run(sharer, () => query({ ...settings }, asked as PgClientQuery));
  }

  const run = standby === undefined ? transact : transactOnStandby;
  return (pgSettings, callback, caughtUp) => {
    const sharer = sharerOf(pgSettings);
    if (standby === undefined && sharer.kind === 'person') {
      const first = firstQuery(callback);
      const send = first.query && readSend({ ...pgSettings }, first.query);
      if (send !== undefined) {
        return first.answerWith(answerTo(sharer, send));
      }
    }
    return share.run(sharer, () => run(pgSettings, callback, caughtUp)) as ReturnType<WithPgClient>;
  };
}

/** What a callback asks first of all, seen before a connection is taken for it. */
function firstQuery(callback: Callback): {
  readonly query: PgClientQuery | undefined;
  /** What the callback makes of an answer to it. */
  answerWith(answer: Promise<Answer>): ReturnType<WithPgClient>;
} {
  let query: PgClientQuery | undefined;
  let answer: (promise: Promise<Answer>) => void = () => {};
  const answered = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  const client = {
    query(asked: PgClientQuery) {
      query = asked;
      return answered;
    },
    // Whatever needs several statements is called back with a real client.
    withTransaction: () => new Promise(() => {}),
  } as unknown as Client;
  const work = callback(client) as Promise<unknown>;
  work.catch(() => {}); // Where it is not awaited, the same is called back again.
  return {
    query,
    answerWith(promise) {
      answer(promise);
      return work as ReturnType<WithPgClient>;
    },
  };
}

/** A message that can be sent with others; undefined for any other query. */
function readSend(settings: Send['settings'], query: PgClientQuery): Send | undefined {
  const statement = readSendStatement(query.text);
  const values = query.values ?? [];
  const given = statement?.argumentsOf(values);
  return (
    statement &&
    given && { settings, statement, values, given, arrayMode: query.arrayMode ?? false }
  );
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
    const work = inside(null, (inner) =>
      callback(
        commitsAtOnce(
          withListLookUps(tracing === undefined ? inner : withTracedQueries(inner, client)),
        ),
      ),
    );
    return { opening, work, end: (how) => commit ?? client.query(how) };
  } finally {
    stream.uncork();
  }
}
