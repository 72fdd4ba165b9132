import { createTestDatabase, type TestUser } from '../../testing/database.ts';

/* What a bot tells one member of a room: seen by the two, in no history, replaced and dismissed. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

async function makeRoom() {
  const [ada, bob, bot, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  await owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob, bot] });
  const tell = (who: TestUser, to: TestUser, content: string, ...more: unknown[]) =>
    call(who, 'send_ephemeral_message', roomId, to.id, content, ...more);
  return { ada, bob, bot, eve, roomId, tell };
}

type Room = Awaited<ReturnType<typeof makeRoom>>;

async function shown(who: TestUser, roomId: string) {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query(
      `select interactions.kind, interactions.answer, interactions.dismissed_at is not null as is_dismissed
        from app_public.rooms, app_public.rooms_interactions(rooms) as interactions where rooms.id = $1`,
      [roomId],
    );
    return rows;
  });
}

test('is seen by whom it is for and by its bot, and is in no history', async () => {
  const { ada, bob, bot, roomId, tell } = await makeRoom();
  const { rows: before } = await owner.query(
    'select last_change_seq, last_message_seq from app_private.room_heads where room_id = $1',
    [roomId],
  );
  await tell(bot, bob, 'Your ticket is **12**.');
  const notice = { kind: 'notice', answer: 'Your ticket is **12**.', is_dismissed: false };
  expect(await shown(bob, roomId)).toEqual([notice]);
  expect(await shown(bot, roomId)).toEqual([notice]);
  expect(await shown(ada, roomId)).toEqual([]);
  const { rows: after } = await owner.query(
    'select last_change_seq, last_message_seq from app_private.room_heads where room_id = $1',
    [roomId],
  );
  expect(after).toEqual(before);
  const { rows: news } = await owner.query(
    `select person_id from app_private.interaction_news join app_public.interactions on interactions.id = interaction_id
      where room_id = $1`,
    [roomId],
  );
  expect(new Set(news.map(({ person_id }) => person_id))).toEqual(new Set([bob.id, bot.id]));
  const { rows: hooks } = await owner.query(
    `select from app_private.interaction_deliveries join app_public.interactions on interactions.id = interaction_id
      where room_id = $1`,
    [roomId],
  );
  expect(hooks).toEqual([]);
});

test('comes from bots only, to members only, and to nobody who has blocked the bot', async () => {
  const { ada, bob, bot, eve, tell } = await makeRoom();
  await expect(tell(ada, bob, 'Psst')).rejects.toMatchObject({ code: 'TR403' });
  await expect(tell(bot, eve, 'Psst')).rejects.toMatchObject({ code: 'TR404' });
  await expect(tell(bot, bob, '   ')).rejects.toMatchObject({ code: 'TR400' });
  await expect(tell(bot, bob, 'x'.repeat(8_001))).rejects.toMatchObject({ code: 'TR413' });
  await call(bob, 'block_user', bot.id);
  await expect(tell(bot, bob, 'Psst')).rejects.toMatchObject({ code: 'TRBLK' });
});

test('is sent once for each nonce, and a nonce is for one person', async () => {
  const { ada, bob, bot, roomId, tell } = await makeRoom();
  const first = await tell(bot, bob, 'Once', null, 'n1');
  expect(await tell(bot, bob, 'Once', null, 'n1')).toMatchObject({ id: first.id });
  expect(await shown(bob, roomId)).toHaveLength(1);
  await expect(tell(bot, ada, 'Once', null, 'n1')).rejects.toMatchObject({ code: 'TR409' });
});

test('is replaced by its bot, and never becomes a message for all', async () => {
  const { bob, bot, roomId, tell } = await makeRoom();
  const { id } = await tell(bot, bob, 'Looking …');
  await call(bot, 'answer_interaction', id, 'Found.');
  expect(await shown(bob, roomId)).toMatchObject([{ answer: 'Found.' }]);
  await expect(call(bot, 'answer_interaction', id, 'Found.', true)).rejects.toMatchObject({
    code: 'TR400',
  });
  await expect(call(bob, 'answer_interaction', id, 'Mine')).rejects.toMatchObject({
    code: 'TR404',
  });
});

test.each([
  ['has blocked the bot', 'TRBLK', ({ bob, bot }) => call(bob, 'block_user', bot.id)],
  ['was blocked by it', 'TRBLK', ({ bob, bot }) => call(bot, 'block_user', bob.id)],
  ['has left the room', 'TR404', ({ bob, roomId }) => call(bob, 'leave_room', roomId)],
  [
    'hears a bot that may not write any more',
    'TR403',
    ({ ada, roomId }) =>
      call(ada, 'set_writing_roles', roomId, 'moderator', 'moderator', 'moderator'),
  ],
] satisfies [string, string, (room: Room) => Promise<unknown>][])(
  'is not replaced for whoever %s',
  async (_name, code, change) => {
    const room = await makeRoom();
    const { id } = await room.tell(room.bot, room.bob, 'Seen');
    await change(room);
    await expect(call(room.bot, 'answer_interaction', id, 'More')).rejects.toMatchObject({ code });
    const { rows } = await database.asUser(room.bob, (client) =>
      client.query('select answer from app_public.interactions where id = $1', [id]),
    );
    expect(rows).toEqual([{ answer: 'Seen' }]);
  },
);

test('is dismissed by whom it is for and by its bot, and by nobody else', async () => {
  const { ada, bob, bot, roomId, tell } = await makeRoom();
  const { id } = await tell(bot, bob, 'One');
  await expect(call(ada, 'dismiss_interaction', id)).rejects.toMatchObject({ code: 'TR404' });
  await call(bob, 'dismiss_interaction', id);
  expect(await shown(bob, roomId)).toMatchObject([{ is_dismissed: true }]);
  await call(bot, 'answer_interaction', id, 'News');
  expect(await shown(bob, roomId)).toMatchObject([{ answer: 'News', is_dismissed: false }]);
  await call(bot, 'dismiss_interaction', id);
  expect(await shown(bob, roomId)).toMatchObject([{ is_dismissed: true }]);
});

test('is gone after its time, and in the export of whom it is for until then', async () => {
  const { ada, bob, bot, roomId, tell } = await makeRoom();
  await tell(bot, bob, 'Zanzibar');
  const exported = async (who: TestUser) => {
    const { rows } = await owner.query(
      "select from app_private.personal_data($1) as row where row::text like '%Zanzibar%'",
      [who.id],
    );
    return rows.length;
  };
  expect(await exported(bob)).toBe(1);
  expect(await exported(ada)).toBe(0);
  await owner.query(
    "update app_public.interactions set expires_at = now() - interval '1 second' where room_id = $1",
    [roomId],
  );
  expect(await shown(bob, roomId)).toEqual([]);
  await owner.query('select app_private.expire_interactions()');
  expect(await exported(bob)).toBe(0);
});

test('cannot be in a thread whose beginning its reader does not see: they would never find it', async () => {
  const { ada, bob, bot, eve, roomId, tell } = await makeRoom();
  const { id: threadId } = await database.sendMessage(ada, roomId, 'before');
  await call(ada, 'set_history_visibility', roomId, 'since_joining');
  await call(ada, 'add_room_member', roomId, eve.id);
  await expect(tell(bot, eve, 'psst', threadId)).rejects.toMatchObject({ code: 'TR404' });
  expect(await tell(bot, bob, 'psst', threadId)).toMatchObject({ parent_message_id: threadId });
  const { id: later } = await database.sendMessage(ada, roomId, 'since');
  expect(await tell(bot, eve, 'psst', later)).toMatchObject({ parent_message_id: later });
});
