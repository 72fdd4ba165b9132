import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';
import { erase, retain, stepsIn } from '../../testing/history.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRoom() {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(ada, { members: [bob, eve] });
  return { ada, bob, eve, roomId };
}

type Sent = Awaited<ReturnType<TestDatabase['sendMessage']>>;

async function numbersOf(viewer: TestUser, roomId: string) {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query(
      'select unread_count as unread, mention_count as mentions from app_public.conversations where room_id = $1',
      [roomId],
    ),
  );
  return single(rows);
}

async function latestOf(viewer: TestUser, roomId: string) {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ latest_message_id: string }>(
      'select latest_message_id from app_public.conversations where room_id = $1',
      [roomId],
    ),
  );
  return single(rows).latest_message_id;
}

describe('unread is', () => {
  test('nothing of what was deleted by hand, which is not the last message nor an answer either', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    const first = await database.sendMessage(ada, roomId, 'one');
    const second = await database.sendMessage(ada, roomId, `two @${bob.username}`);
    const { rows } = await database.owner.query<{ id: string }>(
      `insert into app_public.messages (room_id, author_id, content, parent_message_id)
        values ($1, $2, 'three', $3) returning id`,
      [roomId, eve.id, first.id],
    );
    const answer = await database.call(eve, 'send_message', roomId, 'four', 'text', '{}', first.id);
    const replies = async () =>
      single(
        (
          await database.owner.query<{ reply_count: number }>(
            'select reply_count::int from app_public.messages where id = $1',
            [first.id],
          )
        ).rows,
      ).reply_count;
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 4, mentions: 1 });
    expect(await replies()).toBe(2);

    await database.owner.query('delete from app_public.messages where id = any ($1)', [
      [second.id, single(rows).id, answer.id],
    ]);

    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 0 });
    expect(await latestOf(bob, roomId)).toBe(first.id);
    expect(await replies()).toBe(0);
    await database.sendMessage(ada, roomId, 'five');
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 2, mentions: 0 });
    await database.owner.query('delete from app_public.rooms where id = $1', [roomId]);
  });

  test('nothing of what was deleted', async () => {
    const { ada, bob, roomId } = await makeRoom();
    for (const text of ['one', 'two', `three @${bob.username}`]) {
      const { id } = await database.sendMessage(ada, roomId, text);
      await database.call(ada, 'delete_message', id);
    }
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 0, mentions: 0 });
  });

  test('what others wrote, though one has written since', async () => {
    const { ada, bob, roomId } = await makeRoom();
    await database.sendMessage(ada, roomId, `hello @${bob.username}`);
    await database.sendMessage(bob, roomId, 'about something else');
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 1 });
  });

  test('read by sending up to the message that was on the screen, and no further', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const seen = await database.sendMessage(ada, roomId, `hello @${bob.username}`);
    await database.sendMessage(ada, roomId, 'are you there?');
    await database.commitAs(bob, (client) =>
      client.query(
        'select app_public.send_message(room_id => $1, content => $2, read_up_to_message_id => $3)',
        [roomId, 'here', seen.id],
      ),
    );
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 0 });
    await expect(
      database.commitAs(bob, (client) =>
        client.query(
          'select app_public.send_message(room_id => $1, content => $2, read_up_to_message_id => $3)',
          [roomId, 'here', roomId],
        ),
      ),
    ).rejects.toMatchObject({ code: 'TR404' });
  });

  test('nothing of a person who is blocked, who is not shown as the latest either', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    const kept = await database.sendMessage(ada, roomId, 'a friend');
    await database.sendMessage(eve, roomId, `hello @${bob.username}`);
    await database.call(bob, 'block_user', eve.id);
    await database.sendMessage(eve, roomId, `again @${bob.username}`);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 0 });
    expect(await latestOf(bob, roomId)).toBe(kept.id);
    expect(await numbersOf(ada, roomId)).toEqual({ unread: 2, mentions: 0 });
    expect(await latestOf(ada, roomId)).not.toBe(kept.id);
  });

  test('to everyone but its author what was held and is released', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    await database.call(ada, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
    const held = await database.call(bob, 'send_message', roomId, 'dubious');
    await database.sendMessage(ada, roomId, 'meanwhile');
    await database.call(ada, 'release_message', held.id);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 0 });
    expect(await numbersOf(eve, roomId)).toEqual({ unread: 2, mentions: 0 });
  });

  test('what is marked so and all after it, until it is read again, and nobody else sees it', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    const texts = ['one', `two @${bob.username}`, 'three'];
    const sent: Sent[] = [];
    for (const text of texts) {
      sent.push(await database.sendMessage(ada, roomId, text));
    }
    const [first, second, third] = sent as unknown as [Sent, Sent, Sent];
    const readers = async () =>
      (
        await database.asUser(eve, (client) =>
          client.query(
            'select count(*)::int as readers from app_public.messages, app_public.messages_read_by(messages) where messages.id = $1',
            [third.id],
          ),
        )
      ).rows[0];
    await database.call(bob, 'mark_room_read', roomId);
    expect(await readers()).toEqual({ readers: 1 });

    await database.call(bob, 'mark_room_unread', roomId, second.id);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 2, mentions: 1 });
    expect(await readers()).toEqual({ readers: 1 });
    await database.sendMessage(ada, roomId, 'four');
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 3, mentions: 1 });
    // Another mark takes the place of the first, also one that is further on.
    await database.call(bob, 'mark_room_unread', roomId, third.id);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 2, mentions: 0 });
    await database.call(bob, 'mark_room_unread', roomId, first.id);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 4, mentions: 1 });

    await database.call(bob, 'mark_room_read', roomId, second.id);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 2, mentions: 0 });
    await database.call(bob, 'mark_room_read', roomId, third.id);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 0 });
    await database.call(bob, 'mark_room_unread', roomId, first.id);
    await database.call(bob, 'mark_room_read', roomId);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 0, mentions: 0 });
    // Without a message: from the last one of somebody else.
    await database.sendMessage(bob, roomId, 'five');
    await database.call(bob, 'mark_room_read', roomId);
    await database.call(bob, 'mark_room_unread', roomId);
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 1, mentions: 0 });
    expect(await numbersOf(eve, roomId)).toEqual({ unread: 5, mentions: 0 });
  });

  test('read by what one sends from the room, though it was marked as unread', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const { id } = await database.sendMessage(ada, roomId, 'hello');
    await database.call(bob, 'mark_room_read', roomId);
    await database.call(bob, 'mark_room_unread', roomId, id);
    const next = await database.sendMessage(ada, roomId, 'are you there?');
    await database.commitAs(bob, (client) =>
      client.query(
        'select app_public.send_message(room_id => $1, content => $2, read_up_to_message_id => $3)',
        [roomId, 'here', next.id],
      ),
    );
    expect(await numbersOf(bob, roomId)).toEqual({ unread: 0, mentions: 0 });
  });

  test.each([
    ['all', { unread: 2, mentions: 1 }],
    ['mentions', { unread: 2, mentions: 1 }],
    ['none', { unread: 2, mentions: 0 }],
  ])('the same at every level, and mentions are none at NONE: %s', async (level, numbers) => {
    const { ada, bob, roomId } = await makeRoom();
    await database.call(bob, 'set_notification_level', roomId, level);
    await database.sendMessage(ada, roomId, 'hello');
    await database.sendMessage(ada, roomId, `hello @${bob.username}`);
    expect(await numbersOf(bob, roomId)).toEqual(numbers);
  });
});

/** Somebody does something, by the number of the person and of what it is done to; often refused, as in life. */
type Step = readonly [what: (typeof KINDS)[number], who: number, which: number];
const KINDS = [
  'send',
  'send',
  'mention',
  'mention',
  'hold',
  'reply',
  'read on',
  'mark as unread',
  'send and read',
  'delete',
  'edit',
  'hold by edit',
  'release',
  'reject',
  'leave',
  'join',
  'block',
  'unblock',
  'level',
  'retain',
  'erase',
  'archive',
  'bring back',
  'close',
  'open',
  'delete by hand',
  'empty by hand',
  'hold by hand',
] as const;

/*
 * `RUNS=1000 npm test -- test/sql/unread.test.ts` looks longer. Each run looks at other histories; a failure tells its seed
 * and its path: with `SEED=… SEQUENCE=…` that history happens again.
 */
const RUNS = Number(process.env.RUNS ?? 60);
const SEED = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));
const MS_A_HISTORY = 5_000;
const LEVELS = ['all', 'mentions', 'none'];

/** A room in which everything happens within one transaction that is rolled back. */
async function play(client: pg.PoolClient, people: readonly TestUser[], steps: readonly Step[]) {
  const step = stepsIn(client);
  const call = async (...given: Parameters<typeof step>) => (await step(...given)) ?? [];
  const [ada] = people as [TestUser];
  const [room] = await call(
    ada,
    `select id from app_public.create_room(name => 'Room', slug => 'room-' || gen_random_uuid())`,
    [],
  );
  const roomId: string = room.id;
  for (const person of people.slice(1)) {
    await call(person, 'select app_public.join_room($1)', [roomId]);
  }
  await call(ada, `select app_public.set_room_rule($1, 'words', 'hold', array['dubious'])`, [
    roomId,
  ]);

  let isArchived = false;
  /** As the worker does, but within this transaction: while it is away, nothing new can be written. */
  const archive = async () => {
    await client.query(
      `do $$ declare v_month date := app_private.this_month(); v_name text := app_private.month_table(v_month); begin
        execute format('alter table app_public.messages detach partition app_private.%I', v_name);
        execute format('alter table app_private.%I set schema app_archive', v_name);
        perform app_private.note_archived(v_month);
      end $$`,
    );
    isArchived = true;
  };
  const bringBack = async () => {
    await client.query(
      'select app_private.restore_month(month), app_private.settle_reply_counts(month), app_private.end_bulk() from app_private.this_month() as month',
    );
    isArchived = false;
  };

  for (const [what, who, which] of steps) {
    const person = people[who % people.length] as TestUser;
    const other = people[which % people.length] as TestUser;
    const { rows: messages } = await client.query<{ id: string; author_id: string }>(
      'select id, author_id from app_public.messages where room_id = $1 order by seq',
      [roomId],
    );
    const message = messages[messages.length - 1 - (which % Math.max(1, messages.length))];
    const author = people.find(({ id }) => id === message?.author_id) ?? person;
    const send = (text: string, rest = '', values: unknown[] = []) =>
      call(person, `select app_public.send_message(room_id => $1, content => $2${rest})`, [
        roomId,
        text,
        ...values,
      ]);
    switch (what) {
      case 'send':
        await send('hello');
        break;
      case 'mention':
        await send(`hello @${other.username}`);
        break;
      case 'hold':
        await send(`dubious @${other.username}`);
        break;
      case 'reply':
        await send('indeed', ', parent_message_id => $3', [message?.id]);
        break;
      case 'send and read':
        await send('as I see', ', read_up_to_message_id => $3', [message?.id]);
        break;
      case 'read on':
        await call(person, 'select app_public.mark_room_read($1, $2)', [
          roomId,
          which % 3 === 0 ? null : message?.id,
        ]);
        break;
      case 'mark as unread':
        await call(person, 'select app_public.mark_room_unread($1, $2)', [
          roomId,
          which % 5 === 0 ? null : message?.id,
        ]);
        break;
      case 'delete':
        await call(which % 2 ? ada : author, 'select app_public.delete_message($1)', [message?.id]);
        break;
      case 'edit':
        await call(author, 'select app_public.edit_message($1, $2)', [
          message?.id,
          `rather @${other.username} ${which}`,
        ]);
        break;
      case 'hold by edit':
        await call(author, 'select app_public.edit_message($1, $2)', [
          message?.id,
          `dubious @${other.username}`,
        ]);
        break;
      case 'release':
        await call(
          ada,
          'select app_public.release_message(id) from app_public.messages where room_id = $1 and held_at is not null limit 1',
          [roomId],
        );
        break;
      case 'reject':
        await call(ada, 'select app_public.reject_message($1)', [message?.id]);
        break;
      case 'leave':
        await call(person, 'select app_public.leave_room($1)', [roomId]);
        break;
      case 'join':
        await call(person, 'select app_public.join_room($1)', [roomId]);
        break;
      case 'block':
        await call(person, 'select app_public.block_user($1)', [other.id]);
        break;
      case 'unblock':
        await call(person, 'select app_public.unblock_user($1)', [other.id]);
        break;
      case 'level':
        await call(person, 'select app_public.set_notification_level($1, $2)', [
          roomId,
          LEVELS[which % 3],
        ]);
        break;
      case 'retain':
        if (isArchived) {
          break;
        }
        await retain(call, roomId, which % 6);
        break;
      case 'erase':
        if (who % 9 === 0 && other !== ada) {
          await erase(call, other);
        }
        break;
      case 'archive':
        // Seldom: Postgres plans everything anew afterwards.
        if (!isArchived && which % 5 === 0) {
          await archive();
        }
        break;
      case 'bring back':
        if (isArchived) {
          await bringBack();
        }
        break;
      case 'close':
        if (which % 4 === 0) {
          await call(ada, 'select app_public.archive_room($1)', [roomId]);
        }
        break;
      case 'open':
        await call(ada, 'select app_public.unarchive_room($1)', [roomId]);
        break;
      case 'delete by hand':
        await call(null, 'delete from app_public.messages where id = $1', [message?.id]);
        break;
      case 'empty by hand':
        await call(null, 'update app_public.messages set deleted_at = now() where id = $1', [
          message?.id,
        ]);
        break;
      case 'hold by hand':
        await call(
          null,
          `update app_public.messages set held_at = case when held_at is null then now() end
            where id = $1 and deleted_at is null`,
          [message?.id],
        );
        break;
    }
  }
  return { roomId, isArchived, bringBack };
}

/** What a person has not read, by looking at every row. */
async function expected(client: pg.PoolClient, viewer: TestUser, roomId: string) {
  const { rows: tables } = await client.query<{ name: string }>(
    'select name from app_private.message_tables() as name',
  );
  const everywhere = tables
    .map(({ name }) => `select id, room_id, seq, author_id, deleted_at, held_at from ${name}`)
    .join(' union all ');
  const { rows } = await client.query<{ unread: number; mentions: number; level: string }>(
    `with all_messages as (${everywhere})
    select
        count(messages.id)::int as unread,
        (count(messages.id) filter (where exists (
          select from app_private.message_mentions where message_id = messages.id and user_id = $1)))::int as mentions,
        coalesce((select notification_level::text from app_private.member_preferences where user_id = $1 and room_id = $2), 'all') as level
      from app_public.room_members
      left join all_messages as messages on messages.room_id = $2
        and messages.seq > coalesce((
          select unread_after_seq from app_private.member_preferences
            where user_id = $1 and room_id = $2 and unread_while_read_to_seq = last_read_seq), last_read_seq)
        and messages.deleted_at is null and messages.held_at is null
        and messages.author_id <> $1
        and not exists (select from app_private.user_blocks where blocker_id = $1 and blocked_id = messages.author_id)
      where room_members.room_id = $2 and room_members.user_id = $1
      group by room_members.user_id`,
    [viewer.id, roomId],
  );
  return rows[0];
}

/** What each of the places tells that tell people of numbers. */
async function told(client: pg.PoolClient, viewer: TestUser, roomId: string) {
  await client.query(
    `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
    [viewer.id],
  );
  const inbox = (
    await client.query(
      `select unread_count as unread, mention_count as mentions,
          (select app_public.rooms_unread_count(rooms) from app_public.rooms where id = $1) as in_room,
          (select app_public.rooms_mention_count(rooms) from app_public.rooms where id = $1) as mentions_in_room
        from app_public.conversations where room_id = $1`,
      [roomId],
    )
  ).rows[0];
  await client.query(
    `select set_config('role', 'none', true), set_config('trumpet.user_id', '', true)`,
  );
  await client.query(`select app_private.note_seen($1, now() - interval '2 hours')`, [viewer.id]);
  const { rows } = await client.query(
    `select app_private.unread_total($1)::int as badge,
      (select row(message_count, mention_count)::text from app_private.missed_messages($2, array[$1::uuid])) as push`,
    [viewer.id, roomId],
  );
  const digest = await client.query(
    `select row((room ->> 'messageCount')::int, (room ->> 'mentionCount')::int)::text as digest
      from app_private.compose_digest($1), json_array_elements(rooms) as room`,
    [viewer.id],
  );
  return { inbox, ...rows[0], digest: digest.rows[0]?.digest ?? '(0,0)' };
}

async function check<Part>(
  client: pg.PoolClient,
  people: readonly TestUser[],
  roomId: string,
  part: (numbers: Awaited<ReturnType<typeof told>>) => Part,
) {
  for (const viewer of people) {
    const truth = await expected(client, viewer, roomId);
    if (truth === undefined) {
      continue; // No member any more.
    }
    const { unread, level } = truth;
    const mentions = level === 'none' ? 0 : truth.mentions;
    const counting = { all: unread, mentions, none: 0 }[level];
    expect(part(await told(client, viewer, roomId))).toEqual(
      part({
        inbox: { unread, mentions, in_room: unread, mentions_in_room: mentions },
        badge: level === 'none' ? 0 : unread,
        push: `(${counting},${mentions})`,
        digest: `(${counting},${mentions})`,
      }),
    );
  }
}

/** What plays with marks, and little else. */
const MARKING = [
  'send',
  'mention',
  'mention',
  'read on',
  'mark as unread',
  'mark as unread',
  'mark as unread',
  'send and read',
  'delete',
] as const;

test.each([
  ['whatever has happened', KINDS, RUNS],
  ['however often all is marked as unread and read again', MARKING, Math.ceil(RUNS / 2)],
] as const)(
  'inbox, room, badge, push and e-mail tell the same numbers, %s',
  async (_, kinds, numRuns) => {
    const people = [
      await database.createUser(),
      await database.createUser(),
      await database.createUser(),
    ];
    await database.owner.query(
      `update app_private.user_secrets set email = user_id || '@example.org', holds_email = true`,
    );
    const step = fc.tuple(
      fc.constantFrom(...(kinds as readonly Step[0][])),
      fc.nat(99),
      fc.nat(99),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        async (steps) => {
          const client = await database.owner.connect();
          try {
            await client.query('begin');
            const { roomId, isArchived, bringBack } = await play(client, people, steps);
            if (isArchived) {
              // Nobody is notified of what is archived.
              await check(client, people, roomId, ({ inbox, badge }) => ({ inbox, badge }));
              await bringBack();
            }
            await check(client, people, roomId, (numbers) => numbers);
          } finally {
            await client.query('rollback');
            client.release();
          }
        },
      ),
      { numRuns, seed: SEED, path: process.env.SEQUENCE ?? '', endOnFailure: true },
    );
  },
  RUNS * MS_A_HISTORY,
);
