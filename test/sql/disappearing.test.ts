import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

/*
 * Messages that disappear: from their time on nobody is shown anything of them, whether or not the worker has deleted
 * them yet; and when it has, nothing of them is there.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query(
    'update app_private.limits set user_burst = 1e6, user_in_room_burst = 1e6',
  );
});
afterAll(() => database.close());

const GONE = { code: 'TR404' };

async function makeRoom() {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const { id } = await database.createRoom(ada, { members: [bob] });
  return { ada, bob, roomId: id as string };
}

interface Sent {
  readonly id: string;
  readonly seq: string;
  readonly created_at: Date;
  readonly disappears_at: Date | null;
}

function send(
  who: TestUser,
  roomId: string,
  content: string,
  { after, parent = null }: { after?: number; parent?: string | null } = {},
): Promise<Sent> {
  const metadata = after === undefined ? {} : { disappearAfterSeconds: after };
  return database.call(
    who,
    'send_message',
    roomId,
    content,
    'text',
    JSON.stringify(metadata),
    parent,
  );
}

/** Lets so many seconds go by for all that disappears in a room. */
async function pass(roomId: string, seconds: number): Promise<void> {
  await database.owner.query(
    `with moved as (
      update app_private.disappearing_messages set disappears_at = disappears_at - $2 * interval '1 s'
        where room_id = $1 returning message_id, disappears_at
    ), bulk as (select app_private.begin_bulk())
    update app_public.messages set disappears_at = moved.disappears_at
      from moved, bulk where messages.id = moved.message_id`,
    [roomId, seconds],
  );
}

async function sweep(roomId: string): Promise<number> {
  const { rows } = await database.owner.query<{ deleted: number }>(
    'select app_private.delete_disappeared($1, 100) as deleted',
    [roomId],
  );
  return single(rows).deleted;
}

async function read<Row extends object>(
  who: TestUser,
  sql: string,
  values: unknown[],
): Promise<Row[]> {
  const { rows } = await database.asUser(who, (client) => client.query<Row>(sql, values));
  return rows;
}

async function contents(who: TestUser, roomId: string): Promise<(string | null)[]> {
  const rows = await read<{ content: string | null }>(
    who,
    'select content from app_public.messages where room_id = $1 order by seq',
    [roomId],
  );
  return rows.map(({ content }) => content);
}

async function unread(who: TestUser, roomId: string): Promise<number> {
  const { rows } = await database.owner.query<{ unread: string }>(
    'select unread_count as unread from app_private.unread_counts where room_id = $1 and user_id = $2',
    [roomId, who.id],
  );
  return Number(single(rows).unread);
}

const seconds = ({ created_at, disappears_at }: Sent) =>
  disappears_at === null ? null : (+disappears_at - +created_at) / 1000;

test('the sooner of what the room and the message say counts, for what is sent from then on', async () => {
  const { ada, bob, roomId } = await makeRoom();
  expect(seconds(await send(ada, roomId, 'stays'))).toBeNull();
  expect(seconds(await send(ada, roomId, 'goes', { after: 30 }))).toBe(30);
  await expect(database.call(bob, 'set_disappearing', roomId, 60)).rejects.toMatchObject({
    code: 'TR403',
  });
  await expect(database.call(ada, 'set_disappearing', roomId, 4)).rejects.toMatchObject({
    constraint: 'rooms_disappear_after_seconds_range',
  });
  await database.call(ada, 'set_disappearing', roomId, 60);
  expect(seconds(await send(bob, roomId, 'as all here'))).toBe(60);
  expect(seconds(await send(bob, roomId, 'sooner', { after: 10 }))).toBe(10);
  expect(seconds(await send(bob, roomId, 'not later', { after: 3600 }))).toBe(60);
  await database.call(ada, 'set_disappearing', roomId, null);
  expect(seconds(await send(bob, roomId, 'stays again'))).toBeNull();
  for (const after of [4, 31_536_001, 1.5]) {
    await expect(send(bob, roomId, 'no', { after })).rejects.toMatchObject({ code: 'TR400' });
  }
});

test('both people of a direct conversation may let its messages disappear', async () => {
  const { ada, bob } = await makeRoom();
  const { id } = await database.call(ada, 'create_direct_conversation', bob.id);
  await database.call(bob, 'set_disappearing', id, 60);
  expect(seconds(await send(ada, id, 'goes'))).toBe(60);
});

test('messages that travel together disappear as the room says', async () => {
  const { ada, bob, roomId } = await makeRoom();
  await database.call(ada, 'set_disappearing', roomId, 60);
  const { rows } = await database.owner.query<{ seconds: string }>(
    `select extract(epoch from (sent.message).disappears_at - (sent.message).created_at) as seconds
      from app_hidden.send_together(
        $1, $2, array['', ''], array['', ''], array['', ''], array['hi', 'ho'], array['text', 'text'], array['{}', '{}'],
        array[null, null], array[null, null], array[null, null], array[null, null]) as sent`,
    [roomId, [ada.id, bob.id]],
  );
  expect(rows.map((row) => Number(row.seconds))).toEqual([60, 60]);
});

describe('before the worker has deleted it', () => {
  test('nobody reads anything of it, and nobody does anything with it', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const said = await send(ada, roomId, `secret @${bob.username}`, { after: 60 });
    const poll = await database.call(ada, 'send_message', roomId, 'secret?', 'text', {
      poll: { answers: ['yes', 'no'] },
      disappearAfterSeconds: 60,
    });
    const answer = await send(bob, roomId, 'secret, too', { after: 60, parent: said.id });
    await database.call(bob, 'add_message_reaction', said.id, '👍');
    await database.call(bob, 'vote_in_poll', poll.id, [1]);
    await database.call(ada, 'edit_message', said.id, 'secret again');
    await database.call(ada, 'pin_message', said.id);
    await database.call(bob, 'save_message', said.id);
    await database.call(bob, 'set_reminder', said.id, new Date(Date.now() + 3_600_000));
    await database.owner.query('select app_private.index_messages(array[$1::uuid])', [said.id]);
    const found = () =>
      read(bob, "select from app_public.search_messages('secret', room_id => $1)", [roomId]);
    expect(await found()).toHaveLength(1);

    await pass(roomId, 61);
    expect(await found()).toEqual([]);
    for (const who of [ada, bob]) {
      expect(await contents(who, roomId)).toEqual([]);
      for (const [table, column] of [
        ['message_edits', 'message_id'],
        ['message_reactions', 'message_id'],
        ['poll_ballots', 'message_id'],
      ]) {
        expect(
          await read(who, `select from app_public.${table} where ${column} = any ($1)`, [
            [said.id, poll.id, answer.id],
          ]),
        ).toEqual([]);
      }
      expect(
        await read(
          who,
          'select from app_public.rooms, app_public.rooms_pinned_messages(rooms) where rooms.id = $1',
          [roomId],
        ),
      ).toEqual([]);
    }
    const doings: [TestUser, string, ...unknown[]][] = [
      [ada, 'edit_message', said.id, 'again'],
      [ada, 'pin_message', said.id],
      [ada, 'delete_message', said.id],
      [bob, 'add_message_reaction', said.id, '🎉'],
      [bob, 'report_message', said.id, 'bad'],
      [bob, 'vote_in_poll', poll.id, [2]],
      [bob, 'send_message', roomId, 'an answer', 'text', '{}', said.id],
      [bob, 'mark_thread_read', said.id],
      [bob, 'save_draft', roomId, 'an answer', null, said.id],
      [bob, 'save_message', answer.id],
      [bob, 'set_reminder', answer.id, new Date(Date.now() + 3_600_000)],
    ];
    for (const [who, name, ...values] of doings) {
      await expect(database.call(who, name, ...values)).rejects.toMatchObject(GONE);
    }
  });

  test('no push, no mail and no export says what it said, even before its time', async () => {
    const { ada, bob, roomId } = await makeRoom();
    await send(ada, roomId, 'hush hush', { after: 60 });
    const push = async () => {
      const { rows } = await database.owner.query<{ hides_text: boolean; content: string }>(
        'select hides_text, content, message_count from app_private.compose_push($1, $2)',
        [bob.id, roomId],
      );
      return single(rows);
    };
    expect(await push()).toMatchObject({ hides_text: true, message_count: 1 });
    const { rows } = await database.owner.query(
      "select from app_private.personal_data($1) as data where data::text like '%hush hush%'",
      [ada.id],
    );
    expect(rows).toEqual([]);
    await pass(roomId, 61);
    expect(await push()).toMatchObject({ content: null, message_count: 0 });
  });

  test('no export has what hangs on it, or quotes it', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const hush = async (who: TestUser) => {
      const { rows } = await database.owner.query<{ data: { table: string } }>(
        "select data from app_private.personal_data($1) as data where data::text like '%hush%'",
        [who.id],
      );
      return rows.map(({ data }) => data);
    };
    const { id: quoted } = await send(ada, roomId, 'hush hush', { after: 60 });
    const { id: quoting } = await database.call(
      bob,
      'send_message',
      roomId,
      'yes',
      'text',
      JSON.stringify({ quote: { messageId: quoted } }),
    );
    expect(await hush(bob)).toEqual([]);
    const { rows } = await database.owner.query<{ quote: unknown }>(
      `select data #> '{row,metadata,quote}' as quote from app_private.personal_data($1) as data
        where data ->> 'table' = 'messages' and data #>> '{row,id}' = $2`,
      [bob.id, quoting],
    );
    expect(rows).toEqual([{ quote: { messageId: quoted, isRemoved: true } }]);
    const { id: taken } = await send(ada, roomId, 'hush, deleted', { after: 60 });
    await database.call(ada, 'delete_message', taken);
    const { rows: uploads } = await database.owner.query<{ id: string }>(
      `select app_hidden.begin_upload($1, null, 'hush.txt', 10, 100, 1000000) as id`,
      [ada.id],
    );
    const { id: file } = single(uploads);
    await database.owner.query(
      `select app_hidden.receive_upload($1, 'text/plain', false, false, false)`,
      [file],
    );
    await database.owner.query(
      `select app_private.finish_upload($1, 'text/plain', 10, null, null, null, true, false)`,
      [file],
    );
    await database.call(
      ada,
      'send_message',
      roomId,
      '',
      'text',
      JSON.stringify({ disappearAfterSeconds: 60 }),
      null,
      null,
      [file],
    );
    expect(await hush(ada)).toEqual([]);
  });

  test('its files are handed out no more', async () => {
    const { ada, roomId } = await makeRoom();
    const { id } = await send(ada, roomId, 'secret', { after: 60 });
    const { rows } = await database.owner.query<{ id: string }>(
      `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, message_id, room_id)
        values ($1, 'a.png', 'image/png', 1, $2, $3) returning id`,
      [ada.id, id, roomId],
    );
    const upload = single(rows).id;
    const find = async () =>
      (await database.owner.query('select from app_hidden.find_upload($1)', [upload])).rows;
    expect(await find()).toHaveLength(1);
    await pass(roomId, 61);
    expect(await find()).toEqual([]);
    await sweep(roomId);
    const { rows: released } = await database.owner.query(
      'select from app_private.uploads where id = $1 and released_at is not null',
      [upload],
    );
    expect(released).toHaveLength(1);
  });
});

test('sending it again says that it is not kept, and does not bring it back', async () => {
  const { ada, roomId } = await makeRoom();
  const again = () =>
    database.call(
      ada,
      'send_message',
      roomId,
      'secret',
      'text',
      '{"disappearAfterSeconds": 60}',
      null,
      'n',
    );
  await again();
  await pass(roomId, 61);
  await expect(again()).rejects.toMatchObject({ code: 'TR409' });
  await sweep(roomId);
  await expect(again()).rejects.toMatchObject({ code: 'TR409' });
});

test('what is deleted is gone from every table, from what is kept of it, from all numbers, and told', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const stays = await send(ada, roomId, 'stays');
  const said = await send(ada, roomId, `secret @${bob.username} https://example.com`, {
    after: 60,
    parent: stays.id,
  });
  await database.call(bob, 'add_message_reaction', said.id, '👍');
  await database.call(ada, 'edit_message', said.id, `secret again @${bob.username}`);
  await database.call(bob, 'save_message', said.id);
  await database.call(bob, 'set_reminder', said.id, new Date(Date.now() + 3_600_000));
  await database.owner.query('select app_private.index_messages(array[$1::uuid])', [said.id]);
  expect(await unread(bob, roomId)).toBe(2);

  await pass(roomId, 61);
  expect(await sweep(roomId)).toBe(1);
  expect(await sweep(roomId)).toBe(0);
  const { rows: tables } = await database.owner.query<{ name: string; column: string }>(
    `select attrelid::regclass::text as name, attname as column
      from pg_attribute join pg_class on pg_class.oid = attrelid
      where attname in ('message_id', 'thread_id') and relkind in ('r', 'p') and not relispartition
        and relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
        -- The log and nonces say which message, and so does what waits to be looked at by the index.
        and attrelid not in (
          'app_private.room_changes'::regclass, 'app_private.message_nonces'::regclass,
          'app_private.messages_to_index'::regclass)`,
  );
  for (const { name, column } of tables) {
    const { rows } = await database.owner.query(`select from ${name} where ${column} = $1`, [
      said.id,
    ]);
    expect([name, rows.length]).toEqual([name, 0]);
  }
  expect(await contents(bob, roomId)).toEqual(['stays']);
  expect(await unread(bob, roomId)).toBe(1);
  const { rows: told } = await database.owner.query(
    "select from app_private.room_changes where message_id = $1 and kind = 'message' and op = 'delete'",
    [said.id],
  );
  expect(told).toHaveLength(1);
  const { rows: heads } = await database.owner.query(
    `select last_message_id, reply_count from app_private.room_heads
      join app_public.messages on messages.id = last_message_id where room_heads.room_id = $1`,
    [roomId],
  );
  expect(heads).toEqual([{ last_message_id: stays.id, reply_count: 0 }]);
});

test('what a legal hold keeps is hidden from all until the hold ends, and then goes', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const stays = await send(ada, roomId, 'stays');
  await send(ada, roomId, 'secret', { after: 60, parent: stays.id });
  await send(bob, roomId, 'secret of bob', { after: 60 });
  const { rows } = await database.owner.query<{ hold: string }>(
    "select app_admin.hold_room($1, 'a court asks') as hold",
    [roomId],
  );
  const look = async () => ({
    ada: await contents(ada, roomId),
    bob: await contents(bob, roomId),
    unread: [await unread(ada, roomId), await unread(bob, roomId)],
    replies: (
      await read(ada, 'select reply_count from app_public.messages where id = $1', [stays.id])
    )[0],
    kept: (
      await database.owner.query('select from app_public.messages where room_id = $1', [roomId])
    ).rows.length,
  });
  const hidden = {
    ada: ['stays'],
    bob: ['stays'],
    unread: [0, 1],
    replies: { reply_count: 0 },
  };
  await pass(roomId, 61);
  await sweep(roomId);
  expect(await look()).toEqual({ ...hidden, kept: 3 });
  expect(await sweep(roomId)).toBe(0);
  await database.owner.query('select app_admin.release_hold($1)', [single(rows).hold]);
  expect(await sweep(roomId)).toBe(2);
  expect(await look()).toEqual({ ...hidden, kept: 1 });
});

test('what hangs on a message that a legal hold keeps is as hidden as the message', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const { id } = await send(ada, roomId, 'secret', { after: 60 });
  await database.call(ada, 'edit_message', id, 'a greater secret');
  await database.call(bob, 'add_message_reaction', id, '👍');
  await database.call(bob, 'report_message', id, 'It is no secret.');
  await database.call(ada, 'set_thread_followed', id, true);
  const later = new Date(Date.now() + 3_600_000);
  for (const person of [ada, bob]) {
    await database.call(person, 'save_message', id);
    await database.call(person, 'set_reminder', id, later);
  }
  await database.owner.query(
    `with file as (
        insert into app_public.message_attachments (
            id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail
          ) values (uuidv7(), $1, $2, 1, 'secret.txt', 'text/plain', 1, 'ready', false)
      ), preview as (
        insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
          values ($1, $2, 1, 'https://example.org/', 'secret')
      ), asked as (
        insert into app_public.interactions (
            id, kind, room_id, bot_id, user_id, message_id, component_id, waits_until, expires_at
          ) values (uuidv7(), 'component', $2, $3, $4, $1, 'yes', now(), now() + interval '1 day')
      )
      insert into app_public.poll_ballots (room_id, message_id, user_id, choices, is_anonymous)
        values ($2, $1, $4, '{1}', false)`,
    [id, roomId, ada.id, bob.id],
  );
  const { rows: tables } = await database.owner.query<{ name: string }>(
    `select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'message_id'
      where relnamespace = 'app_public'::regnamespace and relkind in ('r', 'p', 'v') and not relispartition
        and has_table_privilege('trumpet_user', pg_class.oid, 'select')
      order by relname`,
  );
  /** What is the person's own, and says nothing of the message but its id. */
  const own = new Set(['interactions', 'message_reports', 'reminders', 'saved_messages']);
  const rowsSeen = async (as: (sql: string) => Promise<number>) => {
    const found: string[] = [];
    for (const { name } of tables) {
      if ((await as(`select from app_public.${name} where message_id = '${id}'`)) > 0) {
        found.push(name);
      }
    }
    return found;
  };
  const asPerson = (who: TestUser) => (sql: string) =>
    database.asUser(who, async (client) => (await client.query(sql)).rowCount ?? 0);
  const asAdmin = async (sql: string) => {
    const client = await database.owner.connect();
    try {
      await client.query('begin');
      await client.query('set local role trumpet_admin');
      return (await client.query(sql)).rowCount ?? 0;
    } finally {
      await client.query('rollback');
      client.release();
    }
  };
  // Every table that hangs something on a message is tried: what is new has a row here, or is told apart.
  expect(new Set([...(await rowsSeen(asPerson(ada))), ...(await rowsSeen(asPerson(bob)))])).toEqual(
    new Set(tables.map(({ name }) => name)),
  );
  const { rows: holds } = await database.owner.query<{ hold: string }>(
    "select app_admin.hold_room($1, 'a court asks') as hold",
    [roomId],
  );
  await pass(roomId, 61);
  for (const isWithheld of [false, true]) {
    if (isWithheld) {
      expect(await sweep(roomId)).toBe(1);
    }
    for (const person of [ada, bob]) {
      const seen = await rowsSeen(asPerson(person));
      expect(seen.filter((name) => !own.has(name))).toEqual([]);
    }
  }
  const { rows: kept } = await database.owner.query(
    'select from app_public.message_reactions where message_id = $1',
    [id],
  );
  expect(kept).toHaveLength(1);
  const administered = await rowsSeen(async (sql) => asAdmin(sql).catch(() => 0));
  expect(administered.filter((name) => !own.has(name))).toEqual([]);
  await database.owner.query('select app_admin.release_hold($1)', [single(holds).hold]);
  expect(await sweep(roomId)).toBe(1);
});

test('a month is not archived while something in it is still to disappear', async () => {
  const { ada, roomId } = await makeRoom();
  await send(ada, roomId, 'secret', { after: 60 });
  const has = async () => {
    const { rows } = await database.owner.query<{ has: boolean }>(
      'select app_private.has_disappearing(app_private.this_month()) as has',
    );
    return single(rows).has;
  };
  expect(await has()).toBe(true);
  const { rows: others } = await database.owner.query<{ room_id: string }>(
    'select distinct room_id from app_private.disappearing_messages',
  );
  for (const { room_id: id } of others) {
    await pass(id, 1e8);
    await sweep(id);
  }
  expect(await has()).toBe(false);
});

type Step =
  | { readonly kind: 'send'; readonly by: number; readonly after: number | null }
  | { readonly kind: 'answer'; readonly by: number; readonly to: number; readonly after: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'read'; readonly by: number }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'sweep' };

const who = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('send' as const),
    by: who,
    after: fc.constantFrom(null, 1_000, 2_000, 5_000),
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    by: who,
    to: fc.nat(20),
    after: fc.constantFrom(1_000, 3_000),
  }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('read' as const), by: who }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(500, 1_500) }),
  fc.constant({ kind: 'sweep' as const }),
);

/** A message as it should be. */
interface Modelled {
  readonly id: string;
  readonly seq: number;
  readonly by: number;
  readonly parent: string | null;
  content: string | null;
  /** How many seconds it has left; null for ever. */
  left: number | null;
}

test('in random histories everybody reads what has not disappeared, and all numbers are of that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const { ada, bob, roomId } = await makeRoom();
      const people = [ada, bob] as const;
      const messages: Modelled[] = [];
      const readTo = [0, 0];
      const isThere = ({ left }: Modelled) => left === null || left > 0;
      const write = async (by: number, after: number | null, parent: string | null) => {
        const content = `number ${messages.length}`;
        const { id, seq } = await send(people[by] as TestUser, roomId, content, {
          ...(after === null ? {} : { after }),
          parent,
        });
        messages.push({ id, seq: Number(seq), by, parent, content, left: after });
      };
      for (const each of steps) {
        const there = messages.filter((message) => isThere(message) && message.content !== null);
        switch (each.kind) {
          case 'send':
            await write(each.by, each.after, null);
            break;
          case 'answer': {
            const parent = there[each.to % Math.max(1, there.length)];
            await write(each.by, each.after, parent?.id ?? null);
            break;
          }
          case 'delete': {
            const message = there[each.which % Math.max(1, there.length)];
            if (message !== undefined) {
              await database.call(people[message.by] as TestUser, 'delete_message', message.id);
              message.content = null;
            }
            break;
          }
          case 'read': {
            const last = messages.filter(isThere).at(-1);
            if (last !== undefined) {
              await database.call(people[each.by] as TestUser, 'mark_room_read', roomId, last.id);
              readTo[each.by] = Math.max(readTo[each.by] as number, last.seq);
            }
            break;
          }
          case 'pass':
            await pass(roomId, each.seconds);
            for (const message of messages) {
              message.left = message.left === null ? null : message.left - each.seconds;
            }
            break;
          case 'sweep':
            await sweep(roomId);
            break;
        }
        const shown = messages.filter(isThere).map(({ content }) => content);
        expect([await contents(ada, roomId), await contents(bob, roomId)]).toEqual([shown, shown]);
      }
      await sweep(roomId);
      const left = messages.filter(isThere);
      const unreadOf = (by: number) =>
        left.filter(
          (message) =>
            message.by !== by && message.content !== null && message.seq > (readTo[by] as number),
        ).length;
      expect([await unread(ada, roomId), await unread(bob, roomId)]).toEqual([
        unreadOf(0),
        unreadOf(1),
      ]);
      const counted = await read<{ id: string; reply_count: number }>(
        ada,
        'select id, reply_count from app_public.messages where room_id = $1 order by seq',
        [roomId],
      );
      expect(counted).toEqual(
        left.map(({ id }) => ({
          id,
          reply_count: left.filter(({ parent, content }) => parent === id && content !== null)
            .length,
        })),
      );
    }),
    { numRuns: 25 },
  );
});
