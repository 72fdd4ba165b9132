import type { Pool, PoolClient } from 'pg';
import * as stock from 'postgraphile/adaptors/pg';
import { withListLookUps } from './list-look-ups.ts';

/*
 * PostGraphile's transaction takes four round trips: begin, the settings, the query, commit; and the settings are
 * planned anew each time. Here the first three travel together, over connections in node-postgres' pipeline mode, and
 * the settings are a prepared statement: two round trips.
 *
 * What makes it safe not to wait for the first two: were the settings refused, the transaction would be aborted and the
 * query refused with it; were `begin`, the query would run as the bare login, which may do nothing.
 */

type Service = ReturnType<typeof stock.makePgService>;
type WithPgClient = Awaited<ReturnType<Service['adaptor']['createWithPgClient']>>;
type Callback = Parameters<WithPgClient>[1];

/** The part of a node-postgres client that it does not declare. */
interface WireClient {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

const SETTINGS_QUERY = {
  name: 'trumpet_settings',
  text: 'select set_config(setting.key, setting.value, true) from json_each_text($1) as setting',
};

/** A service for PostGraphile whose transactions are pipelined. The pool must have been made with `pipeline: true`. */
export function makePipelinedPgService(pool: Pool, schemas: string[]): Service {
  const service = stock.makePgService({ pool, schemas, pubsub: false });
  return {
    ...service,
    adaptor: {
      ...service.adaptor,
      createWithPgClient: () => pipelinedTransactions(pool),
    },
  };
}

function pipelinedTransactions(pool: Pool): WithPgClient {
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

  async function withPgClient(
    pgSettings: Record<string, string | undefined> | null,
    callback: Callback,
  ) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const inside = await insideOf(client);
      const { stream } = (client as unknown as WireClient).connection;
      stream.cork();
      let opening: Promise<unknown>;
      let work: ReturnType<WithPgClient>;
      try {
        opening = Promise.all([
          client.query('begin'),
          client.query({ ...SETTINGS_QUERY, values: [JSON.stringify(pgSettings ?? {})] }),
        ]);
        work = inside(null, (inner) => callback(withListLookUps(inner)));
      } finally {
        stream.uncork();
      }
      const [opened, worked] = await Promise.allSettled([opening, work]);
      if (opened.status === 'rejected') {
        throw opened.reason;
      }
      if (worked.status === 'rejected') {
        throw worked.reason;
      }
      await client.query('commit');
      return worked.value;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
  return withPgClient as WithPgClient;
}
