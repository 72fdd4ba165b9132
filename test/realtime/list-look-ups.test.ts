import { afterAll, expect, test } from '@jest/globals';
import { single } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';
import { listenToRoom } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const ada = await database.createUser('ada');
const bob = await database.createUser('bob');
const room = await database.createRoom(ada, { members: [bob] });

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** The queries over lists of ids that this database has run, with the constants left out. */
async function listQueries(): Promise<string[]> {
  const { rows } = await database.owner.query<{ query: string }>(
    `select distinct query from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and query like 'select %from (select ids.ordinality%'`,
  );
  return rows.map(({ query }) => query);
}

/** How a query reads its tables when it is not worth while to read a whole one: the tables of tests are small. */
async function tableReads(query: string): Promise<Plan[]> {
  const client = await database.owner.connect();
  try {
    await client.query(
      `begin; set local enable_seqscan = off; set local enable_bitmapscan = off; set local role trumpet_broadcast`,
    );
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (generic_plan, format json) ${query}`,
    );
    return nodes(single(rows)['QUERY PLAN'][0].Plan).filter(
      (node) => node['Relation Name'] !== undefined,
    );
  } finally {
    await client.query('rollback');
    client.release();
  }
}

test('what a burst of live events shows is looked up by index, whatever the size of the tables', async () => {
  const listener = await listenToRoom(server, ada, { roomId: room.id });
  await listener.next();
  await database.commitAs(bob, (client) =>
    client.query(`select app_public.send_message($1, 'm' || n) from generate_series(1, 5) as n`, [
      room.id,
    ]),
  );
  for (let event = 0; event < 5; event += 1) {
    await listener.next();
  }
  const queries = await listQueries();
  const reads = (await Promise.all(queries.map(tableReads))).flat();
  expect(reads.some((read) => read['Relation Name']?.startsWith('messages_'))).toBe(true);
  expect(reads.filter((read) => read['Index Cond'] === undefined)).toEqual([]);
});
