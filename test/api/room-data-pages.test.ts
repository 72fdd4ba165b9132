import { single } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';

/* A page of the directory reads as much when there are ten times as many rooms, wherever it is and whatever is asked. */

const { database, server, close } = await createTestWorld();
afterAll(close);

const ada = await database.createUser();
let rooms = 0;

/** So many rooms in all, each with its number in its data, and one in a thousand with a mark. */
async function grow(count: number): Promise<void> {
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    await client.query(`select app_private.begin_bulk()`);
    await client.query(
      `with made as (
        insert into app_public.rooms (name, slug, workspace_id)
          select 'Room ' || n, 'numbered-' || n, workspace_id
            from generate_series($1::integer, $2::integer) as n, app_public.users where users.id = $3
          returning id, slug
      ), numbered as (
        select id, substr(slug::text, 10)::integer as n from made
      )
      insert into app_public.room_data (room_id, data)
        select id, jsonb_build_object('number', n, 'name', 'n' || n, 'rare', n % 1000 = 7) from numbered`,
      [rooms + 1, count, ada.id],
    );
    // As setRoomData does it.
    await client.query('select app_private.index_room_data(rooms) from app_public.rooms');
    await client.query('commit');
  } finally {
    client.release();
  }
  rooms = count;
  await database.owner.query('vacuum analyze app_public.rooms');
  await database.owner.query('vacuum analyze app_public.room_data');
  await database.owner.query('vacuum analyze app_public.room_field_keys');
}

/** @returns what a page has, and how many blocks of tables and indexes the queries behind it read */
async function pageOf(asked: Record<string, unknown>) {
  const ask = async () => {
    const { data, errors } = await server.graphql(
      `query ($where: [RoomFieldCondition!], $dataContains: JSON, $orderBy: RoomFieldOrder, $after: Cursor) {
        publicRooms(where: $where, dataContains: $dataContains, orderBy: $orderBy, first: 20, after: $after) {
          nodes { slug }
          pageInfo { endCursor }
        }
      }`,
      asked,
      ada.token,
    );
    expect(errors).toBeUndefined();
    return data.publicRooms;
  };
  // What is read once a session, and is there from then on.
  for (let count = 0; count < 3; count++) {
    await ask();
  }
  const before = await blocks();
  const { nodes, pageInfo } = await ask();
  return { nodes, end: pageInfo.endCursor, blocks: (await blocks()) - before };
}

async function blocks(): Promise<number> {
  const { rows: found } = await database.owner.query<{ blocks: string }>(
    `select coalesce(sum(shared_blks_hit + shared_blks_read), 0) as blocks from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and query like '%"rooms"%' and query not like '%pg_stat_statements%'`,
  );
  return Number(single(found).blocks);
}

test('a page is read at the same cost at 1,000 and at 10,000 rooms, at the beginning and deep within', async () => {
  await database.owner.query(
    `select app_admin.define_room_field('number', 'Number', 'number', 'a test'),
      app_admin.define_room_field('name', 'Name', 'text', 'a test'),
      app_admin.define_room_field('rare', 'Rare', 'boolean', 'a test')`,
  );
  const questions: Readonly<Record<string, Record<string, unknown>>> = {
    'by name': {},
    ascending: { orderBy: { field: 'number' } },
    descending: { orderBy: { field: 'number', descending: true } },
    'by text': { orderBy: { field: 'name' } },
    'one value': { where: [{ field: 'number', equalTo: 500 }] },
    range: { where: [{ field: 'number', greaterThan: 100, lessThan: 130 }] },
    contained: { dataContains: { number: 500 } },
  };
  const costs: Record<string, number[]> = {};
  const note = (name: string, cost: number) => {
    costs[name] = [...(costs[name] ?? []), cost];
  };
  for (const count of [1_000, 10_000]) {
    await grow(count);
    for (const [name, asked] of Object.entries(questions)) {
      const { blocks: cost, nodes } = await pageOf(asked);
      expect(nodes.length).toBeGreaterThan(0);
      note(name, cost);
    }
    // Pages in the middle: from a cursor of this list, moved on.
    for (const descending of [false, true]) {
      const orderBy = { field: 'number', descending };
      const { end } = await pageOf({ orderBy });
      const [digest] = JSON.parse(Buffer.from(end, 'base64').toString());
      const { rows: keys } = await database.owner.query<{ sort_key: string; room_id: string }>(
        `select sort_key, room_id from app_public.room_field_keys
          where field_id = (select id from app_public.room_fields where key = 'number') and sort_key <> ''
          order by sort_key offset $1 limit 1`,
        [Math.floor(count / 2)],
      );
      const { sort_key: key, room_id: id } = single(keys);
      const after = Buffer.from(JSON.stringify([digest, descending, key, id])).toString('base64');
      const { nodes, blocks: cost } = await pageOf({ orderBy, after });
      const next = Math.floor(count / 2) + (descending ? 0 : 2);
      expect(nodes[0].slug).toBe(`numbered-${next}`);
      note(descending ? 'descending, deep' : 'ascending, deep', cost);
    }
  }
  for (const [name, [few = 0, many = 0]] of Object.entries(costs)) {
    expect([name, few > 0 && many <= few * 1.5 + 20]).toEqual([name, true]);
  }
});
