import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOfRoom } from '../../src/realtime/log/events.ts';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const WRITERS = 32;

async function roomOf(size: number): Promise<{ users: TestUser[]; roomId: string }> {
  const users = await Promise.all(Array.from({ length: size }, () => database.createUser()));
  const [owner, ...members] = users;
  const room = await database.createRoom(owner as TestUser, { members });
  return { users, roomId: room.id };
}

async function changes(roomId: string) {
  const { rows } = await database.owner.query<{ change_seq: number; message_id: string }>(
    `select change_seq::int, message_id, kind, op from app_private.room_changes
      where room_id = $1 order by change_seq`,
    [roomId],
  );
  return rows;
}

test('32 writers at once, a third of them rolled back, leave no gap and no duplicate, in the order of their commits', async () => {
  const { users, roomId } = await roomOf(WRITERS);
  const before = (await changes(roomId)).length;

  /*
   * The order of commits, seen from outside: a reader that polls the log in snapshots may only ever see it grow at its
   * end. A number that commits before a smaller one would appear above a gap.
   */
  let writing = true;
  const watcher = (async () => {
    while (writing) {
      const seen = (await changes(roomId)).map((change) => change.change_seq);
      expect(seen).toEqual(seen.map((_, index) => index + 1));
    }
  })();

  let sent = 0;
  await Promise.all(
    users.map(async (user, writer) => {
      for (let turn = 0; turn < 12; turn += 1) {
        const send = (client: { query(sql: string, values: unknown[]): Promise<unknown> }) =>
          client.query('select app_public.send_message($1, $2)', [roomId, `${writer}/${turn}`]);
        if ((writer + turn) % 3 === 0) {
          await database.asUser(user, send);
        } else {
          await database.commitAs(user, send);
          sent += 1;
        }
      }
    }),
  );
  writing = false;
  await watcher;

  const log = await changes(roomId);
  expect(log.map((change) => change.change_seq)).toEqual(log.map((_, index) => index + 1));
  expect(log.length - before).toBe(sent);
  const { rows: messages } = await database.owner.query<{ id: string; seq: number }>(
    'select id, seq::int from app_public.messages where room_id = $1 order by seq',
    [roomId],
  );
  expect(messages.map((message) => message.seq)).toEqual(messages.map((_, index) => index + 1));
  expect(log.slice(before).map((change) => change.message_id)).toEqual(
    messages.map((message) => message.id),
  );
}, 60_000);

test('the same nonce sent 32 times at once is one message, and everyone gets it', async () => {
  const { users, roomId } = await roomOf(1);
  const [user] = users as [TestUser];
  const answers = await Promise.all(
    Array.from({ length: WRITERS }, () =>
      database.commitAs(user, async (client) => {
        const { rows } = await client.query<{ id: string; seq: string }>(
          "select id, seq from app_public.send_message($1, 'once', nonce => 'n-1')",
          [roomId],
        );
        return rows[0];
      }),
    ),
  );
  expect(new Set(answers.map((answer) => answer?.id)).size).toBe(1);
  const { rows } = await database.owner.query(
    'select seq::int from app_public.messages where room_id = $1',
    [roomId],
  );
  expect(rows).toEqual([{ seq: 1 }]);
});

test.each([
  ['room_members', 'user_id = $2', 'user_id = $1'],
  ['room_members', 'room_id = $2', 'user_id = $1'],
  ['messages', 'room_id = $2', 'author_id = $1'],
  ['messages', 'id = $2', 'author_id = $1'],
  ['message_reactions', 'user_id = $2', 'user_id = $1'],
  ['message_reactions', "emoji = '👎'", 'user_id = $1'],
])(
  'nobody makes one row of %s into another, by %s, of which the room would not hear',
  async (table, change, where) => {
    const { users, roomId } = await roomOf(1);
    const [user] = users as [TestUser];
    const { id } = await database.sendMessage(user, roomId, 'hello');
    await database.commitAs(user, (client) =>
      client.query("select app_public.add_message_reaction($1, '👍')", [id]),
    );
    const other = change.startsWith('room_id')
      ? (await database.createRoom(await database.createUser())).id
      : (await database.createUser()).id;
    const values = change.includes('$2') ? [user.id, other] : [user.id];
    await expect(
      database.owner.query(`update app_public.${table} set ${change} where ${where}`, values),
    ).rejects.toMatchObject({ code: 'TR403' });
  },
);

test('a nonce whose first send was rolled back is free again', async () => {
  const { users, roomId } = await roomOf(1);
  const [user] = users as [TestUser];
  const sql = "select id, content from app_public.send_message($1, $2, nonce => 'n-2')";
  await database.asUser(user, (client) => client.query(sql, [roomId, 'rolled back']));
  const { rows } = await database.commitAs(user, (client) => client.query(sql, [roomId, 'kept']));
  expect(rows[0].content).toBe('kept');
});

test('people who edit, answer, delete and react at once never deadlock', async () => {
  const { users, roomId } = await roomOf(8);
  const [author] = users as [TestUser];
  const parent = await database.sendMessage(author, roomId, 'parent');
  const actions: ((id: string) => [sql: string, values: string[]])[] = [
    (id: string) => ["select app_public.edit_message($1, 'edited ' || random())", [id]],
    (id: string) => [
      "select app_public.send_message($2, 'answer', parent_message_id => $1)",
      [id, roomId],
    ],
    (id: string) => ["select app_public.add_message_reaction($1, '👍')", [id]],
    (id: string) => ["select app_public.remove_message_reaction($1, '👍')", [id]],
    (id: string) => ['select app_public.pin_message($1)', [id]],
    (_: string) => ['select app_public.mark_room_read($1)', [roomId]],
  ];
  await Promise.all(
    users.map(async (user, index) => {
      for (let turn = 0; turn < 12; turn += 1) {
        const [sql, values] = (actions[(index + turn) % actions.length] as (typeof actions)[0])(
          parent.id,
        );
        await database
          .commitAs(user, (client) => client.query(sql, values as string[]))
          .catch((error) => {
            expect(error.code).toBe('TR403'); // Someone else's message, or a pin without the role.
          });
      }
    }),
  );
  const log = (await changes(roomId)).map((change) => change.change_seq);
  expect(log).toEqual(log.map((_, index) => index + 1));
});

test('a change made by hand at psql is in the log like any other', async () => {
  const { users, roomId } = await roomOf(2);
  const [owner, member] = users as [TestUser, TestUser];
  const message = await database.sendMessage(owner, roomId, 'hello');
  const before = (await changes(roomId)).length;
  await database.owner.query("update app_public.messages set content = 'changed' where id = $1", [
    message.id,
  ]);
  await database.owner.query("update app_public.rooms set name = 'Renamed' where id = $1", [
    roomId,
  ]);
  await database.owner.query(
    'delete from app_public.room_members where room_id = $1 and user_id = $2',
    [roomId, member.id],
  );
  await database.owner.query('delete from app_public.messages where id = $1', [message.id]);
  const log = (await changes(roomId)).slice(before) as unknown as { kind: string; op: string }[];
  expect(log.map(({ kind, op }) => `${kind} ${op}`)).toEqual([
    'message update',
    'room update',
    'member delete',
    'message delete',
  ]);
});

test('only a change that commits is rung, once a room', async () => {
  const { users, roomId } = await roomOf(1);
  const [user] = users as [TestUser];
  const listener = await database.owner.connect();
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  try {
    await listener.query('listen trumpet_bell');
    const send =
      (text: string) => (client: { query(sql: string, values: unknown[]): Promise<unknown> }) =>
        client.query('select app_public.send_message($1, $2)', [roomId, text]);
    await database.asUser(user, send('rolled back'));
    await database.commitAs(user, send('kept'));
    await listener.query('select 1'); // Notifications come before the answer.
    expect(heard).toEqual([`c:${roomId}`]);
  } finally {
    listener.release(true);
  }
});

test('partitions are made once, ahead, and every moment of the next half year has one', async () => {
  const { rows } = await database.owner.query('select app_private.make_partitions() as made');
  expect(rows[0].made).toBe(0);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 180 * 86_400 }), async (seconds) => {
      const { rows: floors } = await database.owner.query<{ inside: boolean }>(
        `select exists (
          select from pg_inherits join pg_class on pg_class.oid = inhrelid
            where inhparent = 'app_public.messages'::regclass
              and relname = 'messages_' || to_char((now() + make_interval(secs => $1)) at time zone 'UTC', 'YYYY_MM')
        ) as inside`,
        [seconds],
      );
      expect(floors[0]?.inside).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('a month that is missing, as when the clock was set by years, is made by what the worker does every minute', async () => {
  const fresh = await createTestDatabase();
  const ada = await fresh.createUser();
  const { id: roomId } = await fresh.createRoom(ada);
  const { rows } = await fresh.owner.query<{ month: string }>(
    `select to_char(now() at time zone 'UTC', 'YYYY_MM') as month`,
  );
  await fresh.owner.query(
    `drop table app_private.messages_${rows[0]?.month}, app_private.room_changes_${rows[0]?.month}`,
  );
  await expect(fresh.sendMessage(ada, roomId, 'now')).rejects.toMatchObject({ code: '23514' });
  await fresh.owner.query('select app_private.make_missing_month()');
  await fresh.sendMessage(ada, roomId, 'now');
  await fresh.close();
});

/** Pairs of neighbours in a room of which the later one is not later in time. */
async function backwards(roomId: string) {
  const { rows } = await database.owner.query<{ messages: number; changes: number }>(
    `select
      (select count(*)::int from (
        select created_at <= lag(created_at) over (order by seq) as is_back from app_public.messages where room_id = $1
      ) as pair where is_back) as messages,
      (select count(*)::int from (
        select occurred_at <= lag(occurred_at) over (order by change_seq) as is_back from app_private.room_changes where room_id = $1
      ) as pair where is_back) as changes`,
    [roomId],
  );
  return rows[0];
}

test('time rises with the numbers of messages and changes, under 32 writers', async () => {
  const { users, roomId } = await roomOf(WRITERS);
  await Promise.all(
    users.map(async (user) => {
      for (let turn = 0; turn < 20; turn += 1) {
        await database.sendMessage(user, roomId, 'one of many');
      }
    }),
  );
  expect(await backwards(roomId)).toEqual({ messages: 0, changes: 0 });
});

test('time rises though the clock of the database is set back', async () => {
  const { users, roomId } = await roomOf(2);
  const [ada, bob] = users as [TestUser, TestUser];
  // What was written before the clock was set back is in the future.
  await database.owner.query(
    `with sent as (
      update app_public.messages set created_at = now() + interval '10 minutes' where id = $2
    ), logged as (
      update app_private.room_changes set occurred_at = now() + interval '10 minutes'
        where room_id = $1 and message_id = $2
    )
    update app_private.room_heads
      set last_change_at = now() + interval '10 minutes', last_message_at = now() + interval '10 minutes'
      where room_id = $1`,
    [roomId, (await database.sendMessage(ada, roomId, 'first')).id],
  );
  const { id } = await database.sendMessage(bob, roomId, 'second');
  await database.call(bob, 'add_message_reaction', id, '👍');
  await database.call(ada, 'mark_room_read', roomId);
  await database.sendMessage(ada, roomId, 'third');
  await database.call(bob, 'leave_room', roomId);
  expect(await backwards(roomId)).toEqual({ messages: 0, changes: 0 });
});

test('the index of the log stays full, and is what a room is read by', async () => {
  const { owner } = database;
  const { rows } = await owner.query<{ id: string }>(
    'select gen_random_uuid() as id from generate_series(1, 16)',
  );
  const roomIds = rows.map(({ id }) => id);
  const index = `app_private.room_changes_${new Date().toISOString().slice(0, 7).replace('-', '_')}_room_key_change_seq_idx`;
  const size = async () =>
    single(
      (await owner.query<{ size: number }>('select pg_relation_size($1)::float8 as size', [index]))
        .rows,
    ).size;
  const before = await size();
  await owner.query(
    `insert into app_private.room_changes (room_id, change_seq, kind, op, occurred_at)
      select room_id, number, 'room', 'update', now()
        from generate_series(1, 2000) as number, unnest($1::uuid[]) as room_id`,
    [roomIds],
  );
  // Half-full it would be 72, and with the room as a uuid 87.
  expect(((await size()) - before) / 32_000).toBeLessThan(45);
  await owner.query('analyze app_private.room_changes');
  const plan = await owner.query<{ 'QUERY PLAN': string }>(
    `explain (costs off) select * from app_private.room_changes as changes
      where ${isOfRoom('changes', `'${roomIds[0]}'`)} and change_seq > 1000 order by change_seq limit 100`,
  );
  const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toContain('room_key_change_seq_idx');
  expect(lines).not.toMatch(/Seq Scan|-> +Sort/);
});
