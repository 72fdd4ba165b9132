import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
const { owner } = database;
afterAll(() => database.close());

const viewer = await database.createUser('viewer');
const stranger = await database.createUser('stranger');
let roomId: string;

async function named(username: string, displayName: string): Promise<TestUser> {
  const user = await database.createUser(username);
  await owner.query('update app_public.users set display_name = $2 where id = $1', [
    user.id,
    displayName,
  ]);
  return user;
}

async function find(query: string, asking = viewer, room = roomId): Promise<string[]> {
  const { rows } = await database.asUser(asking, (client) =>
    client.query(
      `select found.username from app_public.rooms, app_public.rooms_search_members(rooms, $2) as found
        where rooms.id = $1`,
      [room, query],
    ),
  );
  return rows.map(({ username }) => username);
}

beforeAll(async () => {
  const members = [
    await named('zoe-anne', 'Anne'),
    await named('a.zoe', 'Zoë'),
    await named('Zoe', 'somebody else'),
    await named('lovelace', 'Ada  Lovelace'),
    await named('quote', String.raw`D'Arcy\ "the" Fox:*`),
    await named('masha', 'Маша Иванова'),
  ];
  ({ id: roomId } = await database.createRoom(viewer, { type: 'public', members }));
  await database.createRoom(stranger, { members: [await named('zoe-elsewhere', 'Zoë')] });
});

test.each(['zoe', 'ZOË', '@Zoe', ' zoe ', 'Zoe\u0308'])(
  '%j finds who is called so first, then whose name begins so',
  async (query) => {
    await expect(find(query)).resolves.toEqual(['Zoe', 'a.zoe', 'zoe-anne']);
  },
);

test.each([
  ['love', 'lovelace'],
  ['ada l', 'lovelace'],
  ['ADA  LOVELACE', 'lovelace'],
  ["d'a", 'quote'],
  [String.raw`d'arcy\ "`, 'quote'],
  ['fox:*', 'quote'],
  ['ива', 'masha'],
])('%j finds the beginning of a word of a display name', async (query, username) => {
  await expect(find(query)).resolves.toEqual([username]);
});

test.each(['', ' ', '@', 'oe', 'velace', '%', '_', '*', ':*', "'", '\\', 'zoe:*', 'zoe | ada'])(
  '%j finds nobody',
  async (query) => {
    await expect(find(query)).resolves.toEqual([]);
  },
);

test('strangers find nobody in a public room, nor do visitors and those who have left', async () => {
  await expect(find('zoe', stranger)).resolves.toEqual([]);
  await expect(
    database.asVisitor((client) =>
      client.query(
        `select from app_public.rooms_search_members(
          jsonb_populate_record(null::app_public.rooms, jsonb_build_object('id', $1::text)), 'zoe')`,
        [roomId],
      ),
    ),
  ).rejects.toMatchObject({ code: '42501' });
  const left = await named('zoe-left', 'Left');
  await database.call(left, 'join_room', roomId);
  await expect(find('zoe-l')).resolves.toEqual(['zoe-left']);
  await expect(find('zoe-a', left)).resolves.toEqual(['zoe-anne']);
  await database.call(left, 'leave_room', roomId);
  await expect(find('zoe-l')).resolves.toEqual([]);
  await expect(find('zoe-a', left)).resolves.toEqual([]);
});

test('who is blocked or suspended is found as they are among the members; who is deleted is not', async () => {
  const [blocked, suspended, deleted] = [
    await named('xena-blocked', 'x'),
    await named('xena-suspended', 'x'),
    await named('xena-deleted', 'x'),
  ];
  for (const user of [blocked, suspended, deleted]) {
    await database.call(user, 'join_room', roomId);
  }
  await database.call(viewer, 'block_user', blocked.id);
  await owner.query(`select app_admin.suspend_user($1, 'spam')`, [suspended.username]);
  await database.call(deleted, 'delete_my_account', deleted.username);
  const { rows } = await database.asUser(viewer, (client) =>
    client.query(
      `select username from app_public.room_members join app_public.users on users.id = user_id
        where room_id = $1 and username like 'xena%' order by username`,
      [roomId],
    ),
  );
  expect(rows.map(({ username }) => username)).toEqual(['xena-blocked', 'xena-suspended']);
  await expect(find('xena')).resolves.toEqual(['xena-blocked', 'xena-suspended']);
});

test('a name of which nobody thought is none that cannot be taken', async () => {
  for (const name of ['ﷺ'.repeat(80), 'a '.repeat(40).trim(), '\u3000é\u2003x', '🎺']) {
    const user = await named(`odd-${Math.random().toString(36).slice(2, 10)}`, name);
    await database.call(user, 'join_room', roomId);
    await expect(find(name)).resolves.toContain(user.username);
  }
  await expect(find('x'.repeat(101))).rejects.toMatchObject({ code: 'TR400' });
});

test('in a large room as few are read as begin so', async () => {
  const { id: large } = await database.createRoom(viewer);
  await owner.query(
    `with people as (
      insert into app_public.users (username, display_name)
        select 'crowd' || chr(97 + n % 20) || n, 'Crowd' || chr(97 + n / 20 % 20) || n from generate_series(1, 1000) as n
        returning id
    )
    insert into app_public.room_members (room_id, user_id) select $1, id from people`,
    [large],
  );
  await owner.query('analyze app_public.users, app_public.room_members');
  const read = await database.asUser(viewer, async (client) => {
    // What the same connection has read for others lately is counted with it.
    const readSoFar = async () => {
      const { rows } = await client.query<{ count: number }>(
        `select (seq_tup_read + idx_tup_fetch)::int as count
          from pg_stat_xact_user_tables where relname = 'users'`,
      );
      return single(rows).count;
    };
    const before = await readSoFar();
    await client.query(
      `select from app_public.rooms, app_public.rooms_search_members(rooms, 'crowdb11') where rooms.id = $1`,
      [large],
    );
    return (await readSoFar()) - before;
  });
  // Of a thousand: an index that is written to is read a little further.
  expect(read).toBeLessThan(300);
  const found = await find('crowd', viewer, large);
  expect(found).toEqual(found.toSorted());
  expect(found).toHaveLength(100);
});
