import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * What was written before somebody may see it is to them as if it were not there, whichever way they ask: each way to read
 * is one line of the table below, asked by one who sees a room from a message on, and by one who sees all of it. That what
 * is told live keeps to the same is in test/realtime/history-visibility.test.ts.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const SECRET = 'Zanzibar';

/** A room where ada and bob have talked, eve has come in the middle of it, and all three went on. */
async function makeRoom(type: 'public' | 'private' = 'private') {
  const [ada, bob, eve] = await Promise.all([
    database.createUser(),
    database.createUser(),
    database.createUser(),
  ]);
  const { id: roomId } = await database.createRoom(ada, { type, members: [bob] });
  await call(ada, 'set_history_visibility', roomId, 'since_joining');
  return { ada, bob, eve, roomId };
}

const NOT_FOUND = { code: 'TR404' };

describe('whoever asks for what was written before', () => {
  let ada: TestUser;
  let bob: TestUser;
  let eve: TestUser;
  let roomId: string;
  let otherId: string;
  /** Before: a message, its answer, and a poll. */
  let old: string;
  let oldReply: string;
  let oldPoll: string;
  let oldFile: string;
  let oldPreview: string;
  let oldHeld: string;
  let oldReport: string;
  let oldDeleted: string;
  /** Since: an answer to what eve does not see, a quote of it, and it forwarded to here. */
  let lateReply: string;
  let fresh: string;
  let forwarded: string;

  beforeAll(async () => {
    ({ ada, bob, eve, roomId } = await makeRoom());
    ({ id: otherId } = await database.createRoom(ada, { type: 'private', members: [eve] }));
    ({ id: old } = await database.sendMessage(
      ada,
      roomId,
      `The island of ${SECRET}, @${eve.username} https://example.org/`,
    ));
    ({ id: oldReply } = await call(bob, 'send_message', roomId, SECRET, 'text', '{}', old));
    ({ id: oldPoll } = await call(bob, 'create_poll', roomId, SECRET, ['Yes', 'No']));
    ({ id: oldHeld } = await database.sendMessage(bob, roomId, SECRET));
    await call(ada, 'vote_in_poll', oldPoll, [1]);
    await call(ada, 'add_message_reaction', old, '🍒');
    await call(ada, 'edit_message', old, `Still ${SECRET}, @${eve.username} and @${bob.username}`);
    await call(ada, 'pin_message', old);
    ({ id: oldDeleted } = await database.sendMessage(bob, roomId, SECRET));
    await call(ada, 'delete_message', oldDeleted, SECRET);
    ({ id: oldReport } = await call(bob, 'report_message', old, SECRET));
    await call(bob, 'report_message', oldHeld, SECRET).catch(() => undefined);
    ({ id: oldFile } = single(
      (
        await owner.query<{ id: string }>(
          `insert into app_public.message_attachments
              (id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail)
            values (uuidv7(), $1, $2, 1, $3, 'image/png', 1, 'ready', false) returning id`,
          [old, roomId, `${SECRET}.png`],
        )
      ).rows,
    ));
    ({ id: oldPreview } = single(
      (
        await owner.query<{ id: string }>(
          `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
            values ($1, $2, 1, 'https://example.org/', $3) returning id`,
          [old, roomId, SECRET],
        )
      ).rows,
    ));
    await call(ada, 'add_room_member', roomId, eve.id);
    await call(ada, 'set_member_role', roomId, eve.id, 'moderator');
    ({ id: lateReply } = await call(ada, 'send_message', roomId, 'later', 'text', '{}', old));
    ({ id: fresh } = await database.sendMessage(bob, roomId, 'fresh'));
    ({ id: forwarded } = await call(ada, 'forward_message', fresh, otherId));
    await database.indexMessages();
  });

  /** Each way to read, as a query of one row or none; `$1` is the room, `$2` the message before. */
  const WAYS: readonly (readonly [name: string, query: string, values: () => unknown[]])[] = [
    ['messages by id', 'select from app_public.messages where id = $1', () => [old]],
    [
      'all messages',
      'select from app_public.messages where room_id = $1 and seq <= 5',
      () => [roomId],
    ],
    [
      'message(id)',
      'select from app_public.messages where id = $1 and room_id is not null',
      () => [oldReply],
    ],
    ['a held message', 'select from app_public.messages where id = $1', () => [oldHeld]],
    [
      'a page of history',
      `select from app_hidden.room_page($1, '{"size": 100, "newestFirst": false, "topLevelOnly": false, "half": 0}')
        where seq <= 5`,
      () => [roomId],
    ],
    [
      'a page around',
      `select from app_hidden.room_page(
        $1, '{"size": 100, "newestFirst": true, "topLevelOnly": false, "around": 1, "half": 50}') where seq <= 5`,
      () => [roomId],
    ],
    [
      'answers to it',
      'select from app_public.messages where parent_message_id = $1 and seq <= 5',
      () => [old],
    ],
    [
      'what a later one answers',
      `select from app_public.messages as reply join app_public.messages as parent on parent.id = reply.parent_message_id
        where reply.id = $1`,
      () => [lateReply],
    ],
    ['earlier versions', 'select from app_public.message_edits where message_id = $1', () => [old]],
    ['reactions', 'select from app_public.message_reactions where message_id = $1', () => [old]],
    [
      'reactions of a room',
      'select from app_public.message_reactions where room_id = $1',
      () => [roomId],
    ],
    ['ballots', 'select from app_public.poll_ballots where message_id = $1', () => [oldPoll]],
    ['files', 'select from app_public.message_attachments where id = $1', () => [oldFile]],
    [
      'files of a room',
      'select from app_public.message_attachments where room_id = $1',
      () => [roomId],
    ],
    ['previews of links', 'select from app_public.link_previews where id = $1', () => [oldPreview]],
    ['reports', 'select from app_public.message_reports where id = $1', () => [oldReport]],
    [
      'the log of moderation',
      'select from app_public.moderation_log where room_id = $1 and target_message_id = $2',
      () => [roomId, oldDeleted],
    ],
    [
      'pinned messages',
      'select from app_public.rooms, app_public.rooms_pinned_messages(rooms) where rooms.id = $1',
      () => [roomId],
    ],
    ['search', 'select from app_public.search_messages($1)', () => [SECRET]],
    [
      'search in the room',
      'select from app_public.search_messages($1, $2)',
      () => [SECRET, roomId],
    ],
    [
      'search, misspelt',
      'select from app_public.search_messages($1, approximate => true)',
      () => ['Zanzibbar'],
    ],
    [
      'what search matches',
      'select from app_hidden.match_messages($1, null, null, null, null, null, null, null, null, null)',
      () => [SECRET],
    ],
    ['search for pins', "select from app_public.search_messages('is:pinned')", () => []],
    ['whom it mentions', 'select unnest(app_hidden.mentioned_ids_of($1))', () => [old]],
    [
      'whom a made-up row of it mentions',
      `select from app_public.messages_mentions(
        jsonb_populate_record(null::app_public.messages, jsonb_build_object('id', $1::text, 'room_id', $2::text)))`,
      () => [old, roomId],
    ],
    [
      'answers of a poll',
      `select from app_public.poll_answers(
        jsonb_populate_record(null::app_public.poll, jsonb_build_object('message_id', $1::text)))`,
      () => [oldPoll],
    ],
    ['threads followed', 'select from app_public.my_threads()', () => []],
    [
      'archived messages',
      'select from app_public.archived_messages($1) where seq <= 5',
      () => [roomId],
    ],
    [
      'held messages',
      'select from app_public.rooms, app_public.rooms_held_messages(rooms) where rooms.id = $1',
      () => [roomId],
    ],
  ];

  /** What a function lets do with a message that is seen: each is refused as if there were none. */
  const DEEDS: readonly (readonly [name: string, deed: () => Promise<unknown>])[] = [
    ['answer', () => call(eve, 'send_message', roomId, 'x', 'text', '{}', old)],
    [
      'quote',
      () =>
        call(
          eve,
          'send_message',
          roomId,
          'x',
          'text',
          JSON.stringify({ quote: { messageId: old } }),
        ),
    ],
    ['forward', () => call(eve, 'forward_message', old, otherId)],
    ['react', () => call(eve, 'add_message_reaction', old, '👍')],
    ['take a reaction back', () => call(eve, 'remove_message_reaction', old, '👍')],
    ['edit', () => call(eve, 'edit_message', old, 'x')],
    ['delete', () => call(eve, 'delete_message', old)],
    ['delete what is held', () => call(eve, 'reject_message', oldHeld)],
    ['pin', () => call(eve, 'pin_message', old)],
    ['unpin', () => call(eve, 'unpin_message', old)],
    ['report', () => call(eve, 'report_message', old, 'x')],
    ['resolve a report', () => call(eve, 'resolve_report', oldReport, 'dismissed')],
    ['save', () => call(eve, 'save_message', old)],
    ['be reminded', () => call(eve, 'set_reminder', old, new Date(Date.now() + 3_600_000))],
    ['vote', () => call(eve, 'vote_in_poll', oldPoll, [1])],
    ['close a poll', () => call(eve, 'close_poll', oldPoll)],
    ['follow its answers', () => call(eve, 'set_thread_followed', old, true)],
    ['choose which answers notify', () => call(eve, 'set_thread_notification_level', old, 'all')],
    ['translate', () => call(eve, 'translate_message', old, 'de')],
    ['read its answers', () => call(eve, 'mark_thread_read', old)],
    ['read up to it', () => call(eve, 'mark_room_read', roomId, old)],
    ['mark as unread from it', () => call(eve, 'mark_room_unread', roomId, old)],
    ['remove a preview', () => call(eve, 'remove_link_preview', oldPreview)],
    ['begin to answer', () => call(eve, 'save_draft', roomId, 'x', null, old)],
    [
      'answer later',
      () =>
        call(
          eve,
          'schedule_message',
          roomId,
          'x',
          new Date(Date.now() + 3_600_000),
          null,
          null,
          old,
        ),
    ],
    ['show others from it', () => call(eve, 'widen_history', roomId, eve.id, old)],
    [
      'read up to it by sending',
      () =>
        database.commitAs(eve, (client) =>
          client.query('select app_public.send_message($1, $2, read_up_to_message_id => $3)', [
            roomId,
            'x',
            old,
          ]),
        ),
    ],
  ];

  test.each(WAYS)('finds nothing: %s', async (_name, query, values) => {
    const { rows } = await database.asUser(eve, (client) => client.query(query, values()));
    expect(rows).toHaveLength(0);
  });

  test.each(
    WAYS.filter(
      ([name]) =>
        ![
          'threads followed',
          'archived messages',
          'held messages',
          'ballots',
          'search, misspelt',
        ].includes(name),
    ),
  )('is what others find: %s', async (_name, query, values) => {
    const { rows } = await database.asUser(ada, (client) => client.query(query, values()));
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each(DEEDS)('can do nothing with it: %s', async (_name, deed) => {
    await expect(deed()).rejects.toMatchObject(NOT_FOUND);
  });

  test('nor does any column or function of the API show the text', async () => {
    const seen = await database.asUser(eve, async (client) => {
      const { rows: tables } = await owner.query<{ name: string }>(
        `select format('app_public.%I', relname) as name from pg_class
          where relnamespace = 'app_public'::regnamespace and relkind in ('r', 'p', 'v')
            and has_table_privilege('trumpet_user', oid, 'select')`,
      );
      const found: unknown[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query(
          `select '${name}' as name, to_jsonb(shown) as row from ${name} as shown
            where to_jsonb(shown)::text ~ any ($1)`,
          [[SECRET, old, oldReply, oldPoll, oldHeld]],
        );
        found.push(...rows);
      }
      return found;
    });
    // That a later message answers one is all that is said of it.
    expect(seen).toEqual([
      { name: 'app_public.messages', row: expect.objectContaining({ id: lateReply }) },
    ]);
  });

  test('sees what was written since, and no more is unread than that', async () => {
    const { rows } = await database.asUser(eve, (client) =>
      client.query('select id from app_public.messages where room_id = $1 order by seq', [roomId]),
    );
    expect(rows).toEqual([{ id: lateReply }, { id: fresh }]);
    expect(forwarded).toBeDefined();
    const inbox = await database.asUser(eve, (client) =>
      client.query(
        'select unread_count, mention_count, latest_message_id from app_public.conversations where room_id = $1',
        [roomId],
      ),
    );
    expect(inbox.rows).toEqual([{ unread_count: 2, mention_count: 0, latest_message_id: fresh }]);
  });
});

test('a word that somebody is told of is not told of where they do not see it', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  const { id } = await database.sendMessage(ada, roomId, 'an island');
  await call(ada, 'add_room_member', roomId, eve.id);
  for (const who of [bob, eve]) {
    await call(who, 'add_keyword_alert', SECRET);
  }
  await call(ada, 'edit_message', id, `The island of ${SECRET}`);
  await database.indexMessages();
  const { rows } = await owner.query(
    'select user_id from app_private.message_mentions where message_id = $1',
    [id],
  );
  expect(rows).toEqual([{ user_id: bob.id }]);
});

test('an inbox shows no last message that was written before', async () => {
  const { ada, eve, roomId } = await makeRoom();
  await database.sendMessage(ada, roomId, SECRET);
  await call(ada, 'add_room_member', roomId, eve.id);
  const inbox = await database.asUser(eve, (client) =>
    client.query(
      'select latest_message_id, unread_count from app_public.conversations where room_id = $1',
      [roomId],
    ),
  );
  expect(inbox.rows).toEqual([{ latest_message_id: null, unread_count: 0 }]);
  await expect(call(eve, 'mark_room_unread', roomId)).rejects.toMatchObject(NOT_FOUND);
});

const seenBy = async (who: TestUser, roomId: string) =>
  (
    await database.asUser(who, (client) =>
      client.query<{ content: string }>(
        'select content from app_public.messages where room_id = $1 order by seq',
        [roomId],
      ),
    )
  ).rows.map(({ content }) => content);

describe('who sees what', () => {
  test('whom an import adds to a room that was brought in before joins as anybody does', async () => {
    const [ada, bob, eve, dan] = (await Promise.all(
      [1, 2, 3, 4].map(() => database.createUser()),
    )) as [TestUser, TestUser, TestUser, TestUser];
    const importRoom = async (...people: TestUser[]) =>
      single(
        (
          await owner.query<{ id: string }>(
            `select id from app_private.import_room(
                app_private.begin_import('slack T'), 'C1', 'private', 'general', 'General', '', now(), false, $1, $2)`,
            [
              people.map(({ id }) => id),
              people.map((_, place) => (place === 0 ? 'owner' : 'member')),
            ],
          )
        ).rows,
      ).id;
    const roomId = await importRoom(ada, bob);
    await database.sendMessage(ada, roomId, 'one');
    expect(await seenBy(bob, roomId)).toEqual(['one']);
    await call(ada, 'set_history_visibility', roomId, 'since_joining');
    await call(ada, 'add_room_member', roomId, eve.id);
    await database.sendMessage(ada, roomId, 'two');
    await call(eve, 'leave_room', roomId);
    await call(ada, 'set_history_visibility', roomId, 'everything');
    await importRoom(ada, bob, eve);
    expect(await seenBy(eve, roomId)).toEqual(['two']);
    await call(ada, 'set_history_visibility', roomId, 'since_joining');
    await importRoom(ada, bob, eve, dan);
    await database.sendMessage(ada, roomId, 'three');
    expect(await seenBy(dan, roomId)).toEqual(['three']);
    // Whoever was shown all, and leaves, sees it again.
    await call(ada, 'widen_history', roomId, eve.id);
    await call(ada, 'set_history_visibility', roomId, 'everything');
    await call(eve, 'leave_room', roomId);
    await call(ada, 'add_room_member', roomId, eve.id);
    expect(await seenBy(eve, roomId)).toEqual(['one', 'two', 'three']);
  });

  test('the setting is for those who join from then on', async () => {
    const { ada, bob, eve, roomId } = await makeRoom('public');
    await database.sendMessage(ada, roomId, 'one');
    await call(eve, 'join_room', roomId);
    expect(await seenBy(eve, roomId)).toEqual([]);
    expect(await seenBy(bob, roomId)).toEqual(['one']);
    await call(ada, 'set_history_visibility', roomId, 'everything');
    expect(await seenBy(eve, roomId)).toEqual([]);
    const late = await database.createUser();
    await call(late, 'join_room', roomId);
    expect(await seenBy(late, roomId)).toEqual(['one']);
  });

  test('an invitation lets in by the setting', async () => {
    const { ada, eve, roomId } = await makeRoom();
    await database.sendMessage(ada, roomId, 'one');
    const { code } = await call(ada, 'create_invitation', roomId);
    await call(eve, 'accept_invitation', code);
    await database.sendMessage(ada, roomId, 'two');
    expect(await seenBy(eve, roomId)).toEqual(['two']);
  });

  test('whoever adds somebody may choose the message that they see from, but none that they do not see', async () => {
    const { ada, eve, roomId } = await makeRoom();
    const { id: one } = await database.sendMessage(ada, roomId, 'one');
    const { id: two } = await database.sendMessage(ada, roomId, 'two');
    await call(ada, 'add_room_member', roomId, eve.id, 'moderator', two);
    expect(await seenBy(eve, roomId)).toEqual(['two']);
    const late = await database.createUser();
    await expect(
      call(eve, 'add_room_member', roomId, late.id, 'member', one),
    ).rejects.toMatchObject(NOT_FOUND);
    await call(eve, 'add_room_member', roomId, late.id, 'member', two);
    expect(await seenBy(late, roomId)).toEqual(['two']);
    const { id: elsewhere } = await database.createRoom(ada);
    const { id: foreign } = await database.sendMessage(ada, elsewhere, 'foreign');
    await expect(
      call(ada, 'add_room_member', roomId, (await database.createUser()).id, 'member', foreign),
    ).rejects.toMatchObject(NOT_FOUND);
  });

  test('chosen from the first message on is everything', async () => {
    const { ada, eve, roomId } = await makeRoom();
    const { id: one } = await database.sendMessage(ada, roomId, 'one');
    expect(await call(ada, 'add_room_member', roomId, eve.id, 'member', one)).toMatchObject({
      sees_from_seq: null,
    });
  });

  test('leaving and joining again shows nobody more than they saw', async () => {
    const { ada, eve, roomId } = await makeRoom();
    await database.sendMessage(ada, roomId, 'one');
    await call(ada, 'add_room_member', roomId, eve.id, 'moderator');
    await database.sendMessage(ada, roomId, 'two');
    await call(ada, 'set_history_visibility', roomId, 'everything');
    const { code } = await call(ada, 'create_invitation', roomId);
    await call(eve, 'leave_room', roomId);
    await call(eve, 'accept_invitation', code);
    expect(await seenBy(eve, roomId)).toEqual(['two']);
    await call(ada, 'kick_member', roomId, eve.id);
    await call(ada, 'add_room_member', roomId, eve.id);
    expect(await seenBy(eve, roomId)).toEqual(['two']);
    await call(ada, 'widen_history', roomId, eve.id);
    await call(eve, 'leave_room', roomId);
    await call(ada, 'add_room_member', roomId, eve.id);
    expect(await seenBy(eve, roomId)).toEqual(['one', 'two']);
  });

  test('joining again since joining shows less than before', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const { id } = await database.sendMessage(ada, roomId, 'one');
    await call(bob, 'save_message', id);
    await call(bob, 'set_reminder', id, new Date(Date.now() + 3_600_000));
    await call(bob, 'set_thread_followed', id, true);
    await call(bob, 'mark_room_unread', roomId, id);
    await call(bob, 'leave_room', roomId);
    await call(ada, 'add_room_member', roomId, bob.id);
    expect(await seenBy(bob, roomId)).toEqual([]);
    await call(ada, 'send_message', roomId, `@${bob.username}`, 'text', '{}', id);
    const { rows } = await database.asUser(bob, (client) =>
      client.query(
        `select unread_count, mention_count, (select count(*)::integer from app_public.my_threads()) as threads,
            (select count(*)::integer from app_public.messages join app_public.saved_messages on message_id = id) as saved,
            (select count(*)::integer from app_public.messages join app_public.reminders on message_id = messages.id) as reminders
          from app_public.conversations where room_id = $1`,
        [roomId],
      ),
    );
    expect(rows).toEqual([
      { unread_count: 1, mention_count: 1, threads: 0, saved: 0, reminders: 0 },
    ]);
  });

  test('moderators let see more, up to what they see themselves, and nobody less', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    await database.sendMessage(ada, roomId, 'one');
    const { id: two } = await database.sendMessage(ada, roomId, 'two');
    const { id: three } = await database.sendMessage(ada, roomId, 'three');
    await call(ada, 'add_room_member', roomId, eve.id);
    await expect(call(bob, 'widen_history', roomId, eve.id)).rejects.toMatchObject({
      code: 'TR403',
    });
    await expect(call(eve, 'widen_history', roomId, eve.id)).rejects.toMatchObject({
      code: 'TR403',
    });
    await call(ada, 'widen_history', roomId, eve.id, three);
    expect(await seenBy(eve, roomId)).toEqual(['three']);
    await call(ada, 'set_member_role', roomId, eve.id, 'admin');
    // As much as they see themselves, which is what they see.
    expect(await call(eve, 'widen_history', roomId, eve.id)).toMatchObject({ sees_from_seq: '3' });
    await call(ada, 'widen_history', roomId, eve.id, two);
    expect(await seenBy(eve, roomId)).toEqual(['two', 'three']);
    await expect(call(ada, 'widen_history', roomId, eve.id, three)).rejects.toMatchObject({
      code: 'TR409',
    });
    expect(await call(ada, 'widen_history', roomId, eve.id)).toMatchObject({
      sees_from_seq: null,
    });
    expect(await seenBy(eve, roomId)).toEqual(['one', 'two', 'three']);
  });

  test('only admins and the owner set it, and not in a conversation', async () => {
    const { ada, bob, roomId } = await makeRoom();
    await expect(call(bob, 'set_history_visibility', roomId, 'everything')).rejects.toMatchObject({
      code: 'TR403',
    });
    const { id } = await call(ada, 'create_direct_conversation', bob.id);
    await expect(call(ada, 'set_history_visibility', id, 'since_joining')).rejects.toMatchObject({
      code: 'TR403',
    });
  });

  test('a conversation of several that becomes a room keeps what was said among the few, unless it says otherwise', async () => {
    const [ada, bob, carol, eve] = (await Promise.all(
      [1, 2, 3, 4].map(() => database.createUser()),
    )) as [TestUser, TestUser, TestUser, TestUser];
    for (const [given, seen] of [
      [[], []],
      [['everything'], ['among us']],
    ] as const) {
      const { id } = await call(ada, 'create_group_conversation', [bob.id, carol.id]);
      await database.sendMessage(ada, id, 'among us');
      await call(ada, 'turn_into_room', id, 'Plans', `plans-${given.length}`, ...given);
      await call(ada, 'add_room_member', id, eve.id);
      expect(await seenBy(eve, id)).toEqual(seen);
      expect(await seenBy(bob, id)).toEqual(['among us']);
    }
  });
});
