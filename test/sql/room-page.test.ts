import { createTestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * Pages are read month by month, from what is known of where a room's messages are. Whatever that is, they show what a
 * look at all months would.
 */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;
const ada = await database.createUser();
const bob = await database.createUser();
const { id: roomId } = await database.createRoom(ada, { members: [bob] });
await owner.query(
  `select app_private.make_month_partition(parent::regclass, month::date)
    from unnest(array['app_public.messages', 'app_private.message_search']) as parent,
      generate_series(app_private.this_month() - interval '6 months', app_private.this_month(), interval '1 month') as month`,
);

/** Sent by hand, with an id of so many days ago. */
async function write(count: number, daysAgo: number, columns = ''): Promise<void> {
  await owner.query(
    `insert into app_public.messages (id, room_id, author_id, content ${columns && ', held_at'})
      select uuidv7(make_interval(days => -$4::int)), $1, $2, 'Message ' || number ${columns}
        from generate_series(1, $3::int) as number`,
    [roomId, bob.id, count, daysAgo],
  );
}

type Case = readonly [
  page: {
    size: number;
    newestFirst: boolean;
    topLevelOnly: boolean;
    above?: number;
    below?: number;
  },
];

function cases(): Case[] {
  const some: Case[] = [];
  for (const size of [1, 40]) {
    for (const newestFirst of [true, false]) {
      for (const topLevelOnly of [true, false]) {
        for (const [above, below] of [
          [],
          [0, 30],
          [25],
          [25, 60],
          [undefined, 70],
          [70, 1000],
          [undefined, 2],
        ]) {
          some.push([
            {
              size,
              newestFirst,
              topLevelOnly,
              ...(above === undefined ? {} : { above }),
              ...(below === undefined ? {} : { below }),
            },
          ]);
        }
      }
    }
  }
  return some;
}

async function expectSame(viewer: TestUser): Promise<void> {
  await database.asUser(viewer, async (client) => {
    for (const [page] of cases()) {
      const direction = page.newestFirst ? 'desc' : 'asc';
      const paged = await client.query(
        `select id from app_hidden.room_page($1, $2) order by seq ${direction}, id limit $3`,
        [roomId, JSON.stringify(page), page.size],
      );
      const all = await client.query(
        `select id from app_public.messages where room_id = $1
          and ($2::bigint is null or seq > $2) and ($3::bigint is null or seq < $3)
          and (not $4 or parent_message_id is null or also_sent_to_room)
          order by seq ${direction}, id limit $5`,
        [roomId, page.above, page.below, page.topLevelOnly, page.size],
      );
      expect({ page, rows: paged.rows }).toEqual({ page, rows: all.rows });
    }
  });
}

const steps: [string, () => Promise<unknown>][] = [
  ['sent and not indexed', () => write(20, 0)],
  ['indexed', () => database.indexMessages()],
  ['of months before, and not indexed', () => write(15, 70)],
  ['of months before, indexed', () => database.indexMessages()],
  [
    'of both, in turn',
    async () => {
      await write(5, 0);
      await write(5, 100);
      await write(5, 35);
      await write(5, 0);
      await database.indexMessages();
    },
  ],
  [
    'with answers',
    async () => {
      const { rows } = await owner.query('select id from app_public.messages where seq = 3');
      await owner.query(
        `insert into app_public.messages (room_id, author_id, content, parent_message_id)
        select $1, $2, 'An answer', $3 from generate_series(1, 5)`,
        [roomId, ada.id, rows[0].id],
      );
    },
  ],
  [
    'with answers and others in turn, some of them sent to the room as well',
    async () => {
      const { rows } = await owner.query('select id from app_public.messages where seq = 3');
      await owner.query(
        `insert into app_public.messages (room_id, author_id, content, parent_message_id, also_sent_to_room)
        select $1, $2, 'Message ' || number, case when number % 3 <> 0 then $3::uuid end, number % 21 = 1
          from generate_series(1, 360) as number`,
        [roomId, bob.id, rows[0].id],
      );
    },
  ],
  [
    'with an answer that is released behind others, and one that is put on hold',
    async () => {
      const { rows } = await owner.query('select id from app_public.messages where seq = 3');
      const { rows: held } = await owner.query(
        `insert into app_public.messages (room_id, author_id, content, parent_message_id, held_at)
          select $1, $2, 'Held', $3, now() from generate_series(1, 2) returning id`,
        [roomId, bob.id, rows[0].id],
      );
      await write(1, 0);
      await owner.query('update app_public.messages set held_at = null where id = $1', [
        held[0].id,
      ]);
      await write(1, 0);
    },
  ],
  ['with gaps', () => owner.query('delete from app_public.messages where seq in (2, 21, 57, 66)')],
  ['on hold', () => write(3, 0, ', now()')],
  ['on hold for a month', () => write(2, 30, ', now()')],
  [
    'on hold for long',
    async () => {
      await write(2, 90, ', now()');
      await owner.query('select app_private.note_held_months()');
    },
  ],
  [
    'held again',
    () => owner.query('update app_public.messages set held_at = now() where seq in (5, 58)'),
  ],
  [
    'released after long',
    async () => {
      await owner.query(
        `update app_public.messages set held_at = null where id < uuidv7(interval '-80 days') and held_at is not null`,
      );
      await write(4, 0);
    },
  ],
  ['and all of it indexed', () => database.indexMessages()],
];

test('the month of an id is that of its partition, whatever version it says it is', async () => {
  const { rows } = await owner.query(
    `select moment, app_private.month_of_id(app_private.uuidv7_floor(moment)) = date_trunc('month', moment at time zone 'UTC')::date
        and app_private.month_of_id((app_private.uuidv7_floor(moment + interval '1 month')::text::uuid)) = date_trunc('month', (moment + interval '1 month') at time zone 'UTC')::date as is_same
      from generate_series('2019-01-01 00:00Z'::timestamptz, '2031-01-01', interval '1 month') as moment`,
  );
  expect(rows.filter((row) => !row.is_same)).toEqual([]);
});

test.each(steps)('a page is what all months together would give: %s', async (_what, prepare) => {
  await prepare();
  await expectSame(ada);
  await expectSame(bob);
});

test('a page that leaves answers out costs the same, however many answers stand between its messages', async () => {
  const few = await roomWithAnswers(40);
  const many = await roomWithAnswers(240);
  for (const page of [
    { newestFirst: true },
    { newestFirst: false },
    { newestFirst: true, half: 10 },
  ]) {
    const read = (id: string, around: number) =>
      pagesRead(id, {
        size: 21,
        topLevelOnly: true,
        ...page,
        ...(page.half === undefined ? {} : { around }),
      });
    const [ofFew, ofMany] = [await read(few, 15 * 41), await read(many, 15 * 241)];
    expect({ page, ofFew, ofMany, is: ofMany < 1.2 * ofFew }).toMatchObject({ is: true });
  }
});

/** 26 messages, and behind each of them so many answers. */
async function roomWithAnswers(count: number): Promise<string> {
  const room = await database.createRoom(ada, { members: [bob] });
  // Each of another message: one row that is counted up so often would be slow.
  await owner.query(
    `insert into app_public.messages (room_id, author_id, content, parent_message_id)
      select $1, $2, 'Message ' || number, case when number % ($3 + 1) <> 0 then gen_random_uuid() end
        from generate_series(0, 25 * ($3 + 1)) as number`,
    [room.id, ada.id, count],
  );
  await database.indexMessages();
  await owner.query('vacuum analyze app_public.messages');
  await owner.query('vacuum analyze app_private.answer_runs');
  return room.id;
}

/** How many pages of 8 kB are looked at. */
async function pagesRead(id: string, page: object): Promise<number> {
  return database.asUser(ada, async (client) => {
    const explain = async () => {
      const { rows } = await client.query(
        `explain (analyze, buffers, format json) select from app_hidden.room_page('${id}', '${JSON.stringify(page)}')`,
      );
      const { Plan: plan } = rows[0]['QUERY PLAN'][0];
      expect(plan['Actual Rows']).toBeGreaterThan(19);
      return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    };
    await explain(); // What the catalogue is asked for is known then.
    return explain();
  });
}
