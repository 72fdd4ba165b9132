import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const { call } = database;

/** A room that holds every message with "dubious" in it, with one message before it. */
async function makeRoom() {
  const [admin, moderator, author, other] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(admin, { members: [moderator, author, other] });
  await call(admin, 'set_member_role', roomId, moderator.id, 'moderator');
  await call(admin, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
  const first = await database.sendMessage(other, roomId, 'first');
  return { admin, moderator, author, other, roomId, first };
}

async function countFor(
  viewer: TestUser | 'broadcast',
  table: string,
  messageId: string,
  roomId: string,
) {
  const column = table === 'messages' ? 'id' : 'message_id';
  const count = async (client: {
    query: (sql: string, values: unknown[]) => Promise<{ rowCount: number | null }>;
  }) =>
    (await client.query(`select from app_public.${table} where ${column} = $1`, [messageId]))
      .rowCount;
  return viewer === 'broadcast'
    ? database.asBroadcast(roomId, count)
    : database.asUser(viewer, count);
}

async function headOf(roomId: string) {
  const { rows } = await owner.query<{
    last_message_seq: string;
    last_change_seq: string;
    last_message_id: string;
  }>('select * from app_private.room_heads where room_id = $1', [roomId]);
  return single(rows);
}

async function inboxOf(viewer: TestUser, roomId: string) {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query(
      'select unread_count, mention_count, latest_message_id from app_public.conversations where room_id = $1',
      [roomId],
    ),
  );
  return single(rows);
}

async function changesAfter(roomId: string, seq: string) {
  const { rows } = await owner.query(
    'select kind, op, message_id from app_private.room_changes where room_id = $1 and change_seq > $2 order by change_seq',
    [roomId, seq],
  );
  return rows;
}

describe('a held message', () => {
  test('is seen by its author and by moderators, by nobody else and by no live stream', async () => {
    const room = await makeRoom();
    const { id } = await call(room.author, 'send_message', room.roomId, 'dubious');
    await owner.query(
      `insert into app_public.message_attachments
        (id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail)
        values (uuidv7(), $1, $2, 1, 'a.png', 'image/png', 1, 'ready', false)`,
      [id, room.roomId],
    );
    await owner.query(
      `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
        values ($1, $2, 1, 'https://example.org/', 'An example')`,
      [id, room.roomId],
    );
    await call(room.author, 'edit_message', id, 'dubious, really');
    for (const table of ['messages', 'message_edits', 'message_attachments', 'link_previews']) {
      expect([
        await countFor(room.author, table, id, room.roomId),
        await countFor(room.moderator, table, id, room.roomId),
        await countFor(room.other, table, id, room.roomId),
        await countFor('broadcast', table, id, room.roomId),
      ]).toEqual([1, 1, 0, 0]);
    }
  });

  test('is in no log, no inbox, no count and no search', async () => {
    const room = await makeRoom();
    const before = await headOf(room.roomId);
    const inbox = await inboxOf(room.other, room.roomId);
    const { id } = await call(
      room.author,
      'send_message',
      room.roomId,
      `dubious @${room.other.username}`,
      'text',
      '{}',
      room.first.id,
    );
    await call(room.author, 'edit_message', id, `dubious still @${room.other.username}`);
    expect(await headOf(room.roomId)).toEqual(before);
    expect(await changesAfter(room.roomId, before.last_change_seq)).toEqual([]);
    expect(await inboxOf(room.other, room.roomId)).toEqual(inbox);
    const { rows } = await owner.query(
      'select reply_count from app_public.messages where id = $1',
      [room.first.id],
    );
    expect(rows).toEqual([{ reply_count: 0 }]);
    await database.indexMessages();
    const found = await database.asUser(room.other, (client) =>
      client.query("select from app_public.search_messages('dubious')"),
    );
    expect(found.rowCount).toBe(0);
  });

  test('is nothing that others can act on, and that its author can react to, pin or answer', async () => {
    const room = await makeRoom();
    const { id } = await call(room.author, 'send_message', room.roomId, 'dubious');
    const attempts: [string, ...unknown[]][] = [
      ['add_message_reaction', id, '👍'],
      ['edit_message', id, 'x'],
      ['delete_message', id],
      ['report_message', id, 'x'],
      ['mark_room_read', room.roomId, id],
      ['send_message', room.roomId, 'x', 'text', '{}', id],
      ['release_message', id],
    ];
    for (const [name, ...values] of attempts) {
      await expect(call(room.other, name, ...values)).rejects.toMatchObject({ code: 'TR404' });
    }
    for (const [name, ...values] of [attempts[0], ['pin_message', id]] as [string][]) {
      await expect(call(room.author, name, ...values)).rejects.toMatchObject({ code: 'TR409' });
    }
    await expect(
      call(room.author, 'send_message', room.roomId, 'x', 'text', '{}', id),
    ).rejects.toMatchObject({ code: 'TR404' });
    await expect(call(room.author, 'release_message', id)).rejects.toMatchObject({ code: 'TR403' });
    await expect(call(room.author, 'mark_room_read', room.roomId, id)).rejects.toMatchObject({
      code: 'TR404',
    });
  });

  test('comes before the moderators, at the end of the history of those who see it', async () => {
    const room = await makeRoom();
    const { id } = await call(room.author, 'send_message', room.roomId, 'dubious');
    await database.sendMessage(room.other, room.roomId, 'later');
    const { rows: history } = await database.asUser(room.moderator, (client) =>
      client.query('select id from app_public.messages where room_id = $1 order by seq desc', [
        room.roomId,
      ]),
    );
    expect(history[0].id).toBe(id);
    const { rows: queue } = await database.asUser(room.moderator, (client) =>
      client.query(
        'select held.id from app_public.rooms, app_public.rooms_held_messages(rooms) as held where rooms.id = $1',
        [room.roomId],
      ),
    );
    expect(queue).toEqual([{ id }]);
    const { rows: reports } = await database.asUser(room.moderator, (client) =>
      client.query(
        'select message_id, status, reporter_id from app_public.message_reports where room_id = $1',
        [room.roomId],
      ),
    );
    expect(reports).toEqual([{ message_id: id, status: 'open', reporter_id: null }]);
  });

  test('takes the next number when it is released, and is then a message like any other', async () => {
    const room = await makeRoom();
    const held = await call(
      room.author,
      'send_message',
      room.roomId,
      `dubious @${room.other.username}`,
      'text',
      '{}',
      room.first.id,
    );
    await database.sendMessage(room.other, room.roomId, 'second');
    const before = await headOf(room.roomId);
    const released = await call(room.moderator, 'release_message', held.id, 'harmless');
    expect(released).toMatchObject({ id: held.id, seq: '3', held_at: null });
    expect(await headOf(room.roomId)).toMatchObject({
      last_message_seq: '3',
      last_message_id: held.id,
    });
    expect(await changesAfter(room.roomId, before.last_change_seq)).toEqual([
      { kind: 'message', op: 'insert', message_id: held.id },
      { kind: 'message', op: 'update', message_id: room.first.id },
    ]);
    expect(await countFor(room.other, 'messages', held.id, room.roomId)).toBe(1);
    expect(await countFor('broadcast', 'messages', held.id, room.roomId)).toBe(1);
    expect(await inboxOf(room.other, room.roomId)).toEqual({
      unread_count: 1,
      mention_count: 1,
      latest_message_id: held.id,
    });
    const { rows } = await owner.query(
      'select status from app_public.message_reports where message_id = $1',
      [held.id],
    );
    expect(rows).toEqual([{ status: 'dismissed' }]);
  });

  test('is gone without a trace when it is rejected, but for those who answer for it', async () => {
    const room = await makeRoom();
    const before = await headOf(room.roomId);
    const send = () =>
      call(room.author, 'send_message', room.roomId, 'dubious', 'text', '{}', null, 'nonce');
    const { id } = await send();
    await call(room.moderator, 'reject_message', id, 'spam');
    expect(await headOf(room.roomId)).toEqual(before);
    expect(await countFor(room.author, 'messages', id, room.roomId)).toBe(0);
    const { rows } = await owner.query(
      'select content, reason from app_private.message_deletions where message_id = $1',
      [id],
    );
    expect(rows).toEqual([{ content: 'dubious', reason: 'spam' }]);
    // A client that has not heard of its answer does not have it held, and reported, once more.
    await expect(send()).rejects.toMatchObject({ code: 'TR409' });
  });

  test('is the same one when it is sent again under its nonce', async () => {
    const room = await makeRoom();
    const send = () =>
      call(room.author, 'send_message', room.roomId, 'dubious', 'text', '{}', null, 'nonce');
    expect((await send()).id).toBe((await send()).id);
  });

  test('can be taken back by its author', async () => {
    const room = await makeRoom();
    const { id } = await call(room.author, 'send_message', room.roomId, 'dubious');
    expect(await call(room.author, 'delete_message', id)).toMatchObject({ id, content: null });
    expect(await countFor(room.author, 'messages', id, room.roomId)).toBe(0);
  });
});

describe('a message that an edit makes dubious', () => {
  test('disappears for others, keeps its place, and comes back when it is released', async () => {
    const room = await makeRoom();
    const { id } = await call(
      room.author,
      'send_message',
      room.roomId,
      `harmless @${room.other.username}`,
      'text',
      '{}',
      room.first.id,
    );
    const before = await headOf(room.roomId);
    await call(room.author, 'edit_message', id, `dubious @${room.other.username}`);
    expect(await countFor(room.other, 'messages', id, room.roomId)).toBe(0);
    expect(await countFor('broadcast', 'message_edits', id, room.roomId)).toBe(0);
    expect(await headOf(room.roomId)).toMatchObject({ last_message_id: room.first.id });
    expect(await inboxOf(room.other, room.roomId)).toMatchObject({
      mention_count: 0,
      latest_message_id: room.first.id,
    });
    const changes = await changesAfter(room.roomId, before.last_change_seq);
    expect(changes.filter(({ message_id }) => message_id === id).map(({ op }) => op)).toEqual([
      'update',
      'delete',
    ]);

    const released = await call(room.moderator, 'release_message', id);
    expect(released).toMatchObject({ seq: '2', held_at: null });
    expect((await changesAfter(room.roomId, before.last_change_seq)).map(({ op }) => op)).toContain(
      'insert',
    );
    expect(await inboxOf(room.other, room.roomId)).toMatchObject({
      mention_count: 1,
      latest_message_id: id,
    });
    const { rows } = await owner.query(
      'select reply_count from app_public.messages where id = $1',
      [room.first.id],
    );
    expect(rows).toEqual([{ reply_count: 1 }]);
  });

  test('leaves its place, without content, when it is rejected', async () => {
    const room = await makeRoom();
    const { id } = await call(room.author, 'send_message', room.roomId, 'harmless');
    await call(room.author, 'edit_message', id, 'dubious');
    await call(room.moderator, 'reject_message', id);
    const { rows } = await database.asUser(room.other, (client) =>
      client.query('select seq, content, held_at from app_public.messages where id = $1', [id]),
    );
    expect(rows).toEqual([{ seq: '2', content: null, held_at: null }]);
  });
});

test('reading a page of history runs each set of rooms once, not once a row', async () => {
  const room = await makeRoom();
  const { rows } = await database.asUser(room.other, (client) =>
    client.query(
      'explain (analyze, format json) select * from app_public.messages where room_id = $1 order by seq desc limit 50',
      [room.roomId],
    ),
  );
  const plan = JSON.stringify(rows[0]['QUERY PLAN']);
  expect(plan).toMatch(/hashed SubPlan/);
  const loops = [...plan.matchAll(/"Parent Relationship":"SubPlan".*?"Actual Loops":(\d+)/g)];
  expect(loops.length).toBeGreaterThan(0);
  for (const [, count] of loops) {
    expect(Number(count)).toBeLessThanOrEqual(1);
  }
});
