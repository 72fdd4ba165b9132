import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const [olga, adam, rita, stranger] = (await Promise.all(
  ['olga', 'adam', 'rita', 'stranger'].map((name) => database.createUser(name)),
)) as [TestUser, TestUser, TestUser, TestUser];
const { id: roomId } = await database.createRoom(olga, { members: [adam, rita] });
await database.commitAs(olga, (client) =>
  client.query(`select app_public.set_member_role($1, $2, 'admin')`, [roomId, adam.id]),
);

describe('who may say how long a room keeps its messages, and what becomes of them', () => {
  const calls = [
    'select app_public.set_room_retention($1, 30)',
    `select app_public.set_erasure_rule($1, 'anonymise')`,
  ];

  test.each(calls)('the owner may: %s', async (sql) => {
    const { rowCount } = await database.asUser(olga, (client) => client.query(sql, [roomId]));
    expect(rowCount).toBe(1);
  });

  test.each(
    calls.flatMap((sql) => [
      { sql, who: adam, code: 'TR403' },
      { sql, who: rita, code: 'TR403' },
      { sql, who: stranger, code: 'TR403' },
    ]),
  )('$who.username may not: $sql', async ({ sql, who, code }) => {
    await expect(
      database.asUser(who, (client) => client.query(sql, [roomId])),
    ).rejects.toMatchObject({ code });
  });

  test.each([-1, 36_501])('%d days are refused', async (days) => {
    await expect(
      database.asUser(olga, (client) =>
        client.query('select app_public.set_room_retention($1, $2)', [roomId, days]),
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('analytics', () => {
  async function analyticsOf(id: string, viewer: TestUser) {
    return database.asUser(viewer, async (client) => {
      const { rows } = await client.query(
        'select (app_public.rooms_analytics(rooms)).* from app_public.rooms where id = $1',
        [id],
      );
      return single(rows);
    });
  }
  async function rollUp() {
    await owner.query(
      'select app_private.roll_up_room(room_id, 1000) from app_private.rooms_to_roll_up(1000) as room_id',
    );
  }

  test('are exact before, between and after roll-ups', async () => {
    const room = await database.createRoom(olga, { members: [rita, adam] });
    const expected = (messages: number, active: number) => ({
      total_messages: messages,
      messages_last_7_days: messages,
      messages_last_30_days: messages,
      total_members: 3,
      active_users_7_days: active,
      active_users_30_days: active,
      average_daily_messages: messages,
      peak_daily_messages: messages,
    });
    expect(await analyticsOf(room.id, rita)).toEqual(expected(0, 0));
    await database.sendMessage(olga, room.id, 'one');
    expect(await analyticsOf(room.id, rita)).toEqual(expected(1, 1));
    await rollUp();
    expect(await analyticsOf(room.id, rita)).toEqual(expected(1, 1));
    await database.sendMessage(olga, room.id, 'two');
    await database.sendMessage(rita, room.id, 'three');
    expect(await analyticsOf(room.id, rita)).toEqual(expected(3, 2));
    await rollUp();
    await rollUp();
    expect(await analyticsOf(room.id, rita)).toEqual(expected(3, 2));
  });

  test('tell the last 7 days from the last 30, and remember the busiest day', async () => {
    const room = await database.createRoom(olga, { members: [rita] });
    await owner.query(
      `update app_public.rooms set created_at = now() - interval '100 days' where id = $1`,
      [room.id],
    );
    await database.sendMessage(olga, room.id, 'today');
    await rollUp();
    await owner.query(
      `with days (days_ago, message_count, user_id) as (values (6, 10, $2::uuid), (7, 20, $3::uuid), (29, 30, $3::uuid), (30, 400, $3::uuid)),
        counted as (
          insert into app_private.room_days (room_id, day, message_count)
            select $1, app_private.utc_day(now()) - days_ago, message_count from days)
        insert into app_private.room_writers (room_id, user_id, last_day)
          select $1, user_id, app_private.utc_day(now()) - min(days_ago) from days group by user_id
          on conflict on constraint room_writers_pkey do update set last_day = greatest(room_writers.last_day, excluded.last_day)`,
      [room.id, olga.id, rita.id],
    );
    expect(await analyticsOf(room.id, olga)).toMatchObject({
      messages_last_7_days: 11,
      messages_last_30_days: 61,
      active_users_7_days: 1,
      active_users_30_days: 2,
      average_daily_messages: 2.03,
      peak_daily_messages: 400,
    });
  });

  test('are for members; strangers get nothing', async () => {
    expect(await analyticsOf(roomId, stranger)).toMatchObject({ total_messages: null });
  });
});

/*
 * Two lists stand in SQL, of tables that hang on messages and of tables that are about a person. Whoever adds a table
 * has to think of both: these tests find what is in neither and has no reason here.
 */
describe('nothing is forgotten', () => {
  async function uuidColumns(name: RegExp): Promise<string[]> {
    const { rows } = await owner.query<{ name: string }>(
      `select format('%I.%I.%I', nspname, relname, attname) as name
        from pg_attribute
        join pg_class on pg_class.oid = attrelid and relkind in ('r', 'p') and not relispartition
        join pg_namespace on pg_namespace.oid = relnamespace and nspname in ('app_public', 'app_private')
        where atttypid = 'uuid'::regtype and attnum > 0 and not attisdropped
        order by 1`,
    );
    return rows.map((row) => row.name).filter((column) => name.test(column));
  }

  test('every table with a message_id goes with the message, or says here why not', async () => {
    const reasons: Record<string, string> = {
      'app_private.message_search': 'deleted by its own trigger, and dropped by month',
      'app_public.interactions': 'gone within a day, and between two people',
      'app_public.reminders': 'its person is told that the message is gone',
      'app_public.saved_messages': 'its person is told that the message is gone',
      'app_public.drafts': 'in a thread that may be gone: then nobody is shown it',
      'app_public.scheduled_messages': 'in a thread that may be gone: then it is refused',
      'app_private.messages_to_index': 'gone once it is indexed',
      'app_private.room_changes': 'the log: dropped after its time',
      'app_private.uploads': 'released, and forgotten when their bytes are gone',
      'app_private.room_heads': 'the last message, which may be gone',
      'app_public.message_reports': 'what was reported is answered for when the message is gone',
      'app_public.moderation_log': 'never changed',
      'app_private.moderation_queue': 'gone once the service has been asked',
    };
    const { rows } = await owner.query<{ name: string }>(
      'select app_private.message_child_tables()::text as name',
    );
    const known = new Set([...rows.map(({ name }) => name), ...Object.keys(reasons)]);
    const columns = await uuidColumns(/message_id$/);
    const tables = columns.map((column) => column.replace(/\.[^.]+$/, ''));
    expect(tables.filter((table) => !known.has(table) && table !== 'app_public.messages')).toEqual(
      [],
    );
  });

  test('what is about a person is exported, or says here why not', async () => {
    const reasons: Record<string, string> = {
      'app_public.messages.author_id': 'exported as messages',
      'app_private.message_nonces.author_id': 'names of requests, kept as long as the log',
      'app_private.message_sources.source_author_id': "of a copy that is somebody else's",
      'app_private.message_deletions.deleted_by': "about other people's messages",
      'app_private.interaction_nonces.user_id': 'names of requests, gone within a day',
      'app_private.personal_news.person_id': 'that something changed which is exported itself',
      'app_private.direct_rooms.first_user_id': 'the same as the membership',
      'app_private.direct_rooms.second_user_id': 'the same as the membership',
      'app_private.room_changes.user_id': 'the log of what is exported otherwise',
      'app_private.room_changes.actor_id': 'the log of what is exported otherwise',
      'app_private.room_writers.user_id': 'follows from the messages',
      'app_private.presence_sessions.user_id': 'gone within 90 seconds',
      'app_private.typing_indicators.user_id': 'gone within 6 seconds',
      'app_private.legal_holds.user_id': 'must not be told',
      'app_private.suspensions.user_id': "the operator's own",
      'app_private.admin_actions.user_id': "the operator's own",
      'app_private.audit_entries.actor_id': 'what was administered',
      'app_private.audit_pending.actor_id': 'gone with the commit',
      'app_private.compliance_exports.requested_by': "the operator's own",
      'app_private.auditors.user_id': "the operator's own",
      'app_private.erasures.user_id': 'of people who are gone',
      'app_private.room_mutes.user_id': 'the same as the membership',
      'app_private.user_blocks.blocked_id': 'of whoever blocked them',
      'app_public.message_reports.resolved_by': "the report is somebody else's",
      'app_public.room_bans.banned_by': "the ban is somebody else's",
      'app_public.moderation_log.moderator_id': 'never changed',
      'app_public.moderation_log.target_user_id': 'never changed',
      'app_private.email_codes.user_id':
        'hashes, gone within a day; whether there is one may tell who has an address',
      'app_private.passkey_setups.user_id': 'what was asked, gone within minutes',
      'app_private.totp_setups.user_id': 'a secret, gone within an hour',
      'app_private.email_digests.user_id': 'when a digest was last sent',
      'app_private.push_marks.user_id': 'what a device was last shown',
      'app_private.server_keys.user_id': 'a bot, which is no person',
      'app_private.token_buckets.user_id': 'gone within hours',
    };
    const { rows } = await owner.query<{ name: string }>(
      `select table_name || '.' || user_column as name from app_private.personal_tables()`,
    );
    const known = new Set([...rows.map(({ name }) => name), ...Object.keys(reasons)]);
    const columns = await uuidColumns(
      /\.(\w*user_id|\w+_by|\w*actor_id|\w*author_id|\w*uploader_id|reporter_id|blocker_id|blocked_id|moderator_id)$/,
    );
    expect(columns.filter((column) => !known.has(column))).toEqual([]);
  });
});
