import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/* Messages that show others: what a quote keeps, who may forward what where, and that nobody learns where it comes from. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

interface Quote {
  readonly messageId: string;
  readonly seq?: number;
  readonly authorId?: string;
  readonly createdAt?: string;
  readonly content?: string;
  readonly isPart?: boolean;
  readonly isRemoved?: boolean;
}

const createPeople = () =>
  Promise.all([database.createUser(), database.createUser(), database.createUser()]);

/** Says something about a message. */
const quoting = (who: TestUser, roomId: string, quote: unknown, content = 'I agree') =>
  call(who, 'send_message', roomId, content, 'text', JSON.stringify({ quote }));

const forward = (who: TestUser, id: string, roomId: string, nonce?: string) =>
  call(who, 'forward_message', id, roomId, nonce ?? null);

async function quoteIn(id: string): Promise<Quote> {
  const { rows } = await owner.query<{ quote: Quote }>(
    `select metadata -> 'quote' as quote from app_public.messages where id = $1`,
    [id],
  );
  return single(rows).quote;
}

async function makeRoom() {
  const [ada, bob, eve] = await createPeople();
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob, eve] });
  const { id } = await database.sendMessage(bob, roomId, 'The door is open. Close it at ten.');
  return { ada, bob, eve, roomId, id };
}

/** Two rooms: bob is in both, eve in the second alone. */
async function makeTwoRooms() {
  const [ada, bob, eve] = await createPeople();
  const { id: from } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const { id: to } = await database.createRoom(eve, { type: 'private', members: [bob] });
  const { id } = await database.sendMessage(ada, from, 'The launch is on Monday, @eve');
  return { ada, bob, eve, from, to, id };
}

/** Resolves when so many wait for a lock. */
async function waiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await owner.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    if (rows.length >= count) {
      return;
    }
  }
}

/** Begins one after the other while somebody holds a room, and waits for what each comes to. */
async function whileLocked(
  roomId: string,
  begin: readonly (() => Promise<unknown>)[],
): Promise<readonly unknown[]> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select app_private.lock_room($1)', [roomId]);
    const begun: Promise<unknown>[] = [];
    for (const each of begin) {
      const under = each();
      under.catch(() => {});
      begun.push(under);
      await waiting(begun.length);
    }
    await client.query('commit');
    return await Promise.all(begun);
  } finally {
    client.release();
  }
}

describe('a quote', () => {
  test('has who said it, when, and what, whatever the client says of that', async () => {
    const { bob, eve, roomId, id } = await makeRoom();
    const sent = await quoting(eve, roomId, { messageId: id });
    expect(sent.metadata.quote).toEqual({
      messageId: id,
      seq: 1,
      authorId: bob.id,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      content: 'The door is open. Close it at ten.',
      isPart: false,
    });
    await expect(
      quoting(eve, roomId, { messageId: id, authorId: eve.id, content: 'Close it' }),
    ).rejects.toMatchObject({ code: 'TR400' });
  });

  test('may be of a part of the text, and of nothing that is not in it', async () => {
    const { eve, roomId, id } = await makeRoom();
    const sent = await quoting(eve, roomId, { messageId: id, content: ' Close it at ten. ' });
    expect(sent.metadata.quote).toMatchObject({ content: 'Close it at ten.', isPart: true });
    await expect(
      quoting(eve, roomId, { messageId: id, content: 'Close it at nine.' }),
    ).rejects.toMatchObject({ code: 'TR400' });
  });

  test('of a long message shows its beginning, and a longer passage is refused', async () => {
    const { bob, eve, roomId } = await makeRoom();
    const long = 'long '.repeat(500).trim();
    const { id } = await database.sendMessage(bob, roomId, long);
    const sent = await quoting(eve, roomId, { messageId: id });
    expect(sent.metadata.quote).toMatchObject({ content: long.slice(0, 1000), isPart: true });
    await expect(
      quoting(eve, roomId, { messageId: id, content: long.slice(0, 1001) }),
    ).rejects.toMatchObject({ code: 'TR413' });
  });

  test('keeps what it showed when the message is edited, and when its author deletes it', async () => {
    const { bob, eve, roomId, id } = await makeRoom();
    const { id: quoteId } = await quoting(eve, roomId, { messageId: id });
    const before = await quoteIn(quoteId);
    await call(bob, 'edit_message', id, 'The door is closed.');
    await expect(quoteIn(quoteId)).resolves.toEqual(before);
    await call(bob, 'delete_message', id);
    await expect(quoteIn(quoteId)).resolves.toEqual(before);
  });

  test('loses what a moderator deletes, which is told as a change of the message that quotes', async () => {
    const { ada, eve, roomId, id } = await makeRoom();
    const { id: quoteId } = await quoting(eve, roomId, { messageId: id });
    await call(ada, 'delete_message', id, 'spam');
    await expect(quoteIn(quoteId)).resolves.toEqual({ messageId: id, isRemoved: true });
    const { rows } = await owner.query(
      `select op from app_private.room_changes where message_id = $1 order by change_seq`,
      [quoteId],
    );
    expect(rows).toEqual([{ op: 'insert' }, { op: 'update' }]);
  });

  test('loses what the moderation service deletes', async () => {
    const { eve, roomId, id } = await makeRoom();
    const { id: quoteId } = await quoting(eve, roomId, { messageId: id });
    await owner.query(
      `with noted as (
        insert into app_private.moderation_queue (message_id) values ($1) returning tries
      ) select from noted`,
      [id],
    );
    await owner.query(
      `select app_private.apply_moderation(messages.id, content, tries, 'delete', 'unlawful')
        from app_public.messages join app_private.moderation_queue on message_id = messages.id
        where messages.id = $1`,
      [id],
    );
    await expect(quoteIn(quoteId)).resolves.toEqual({ messageId: id, isRemoved: true });
  });

  test('is of a message of the room that is there for everyone', async () => {
    const { ada, eve, roomId, id } = await makeRoom();
    const { id: elsewhere } = await database.createRoom(ada, { type: 'private', members: [eve] });
    await expect(quoting(eve, elsewhere, { messageId: id })).rejects.toMatchObject({
      code: 'TR404',
    });
    await call(ada, 'delete_message', id);
    await expect(quoting(eve, roomId, { messageId: id })).rejects.toMatchObject({ code: 'TR404' });
    await expect(quoting(eve, roomId, { messageId: 'first' })).rejects.toMatchObject({
      code: 'TR400',
    });
  });

  test('waits for who is deleting the message, and does not show it then', async () => {
    const { ada, eve, roomId, id } = await makeRoom();
    const client = await owner.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('trumpet.user_id', $1, true)`, [ada.id]);
      await client.query('select app_public.delete_message($1)', [id]);
      const late = quoting(eve, roomId, { messageId: id });
      late.catch(() => {});
      await waiting(1);
      await client.query('commit');
      await expect(late).rejects.toMatchObject({ code: 'TR404' });
    } finally {
      client.release();
    }
  });
});

describe('a forwarded message', () => {
  test('has the text, mentions nobody, is notified of with an arrow, and stays as it was', async () => {
    const { bob, to, id } = await makeTwoRooms();
    const sent = await forward(bob, id, to);
    expect(sent).toMatchObject({
      content: 'The launch is on Monday, @eve',
      author_id: bob.id,
      room_id: to,
      metadata: { forward: {} },
    });
    const { rows } = await owner.query(
      'select from app_private.message_mentions where message_id = $1',
      [sent.id],
    );
    expect(rows).toEqual([]);
    const notice = await owner.query<{ text: string }>(
      'select app_private.notice_of(messages) as text from app_public.messages where id = $1',
      [sent.id],
    );
    expect(single(notice.rows).text).toBe('↪ The launch is on Monday, @eve');
    await expect(call(bob, 'edit_message', sent.id, 'Never')).rejects.toMatchObject({
      code: 'TR409',
    });
  });

  test('is found by its text', async () => {
    const { bob, eve, to, id } = await makeTwoRooms();
    await forward(bob, id, to);
    await database.indexMessages();
    const found = await database.asUser(eve, async (client) => {
      const { rows } = await client.query(
        `select messages.content from app_public.search_messages('launch monday') as found
          join app_public.messages on messages.id = found.message_id`,
      );
      return rows;
    });
    expect(found).toEqual([{ content: 'The launch is on Monday, @eve' }]);
  });

  test('is what nobody can make by hand', async () => {
    const { bob, to } = await makeTwoRooms();
    await expect(
      call(bob, 'send_message', to, 'I am a forward', 'text', '{"forward": {}}'),
    ).rejects.toMatchObject({ code: 'TR400' });
  });

  test('needs the right to read there and to write here', async () => {
    const { ada, bob, eve, from, to, id } = await makeTwoRooms();
    const { id: answer } = await database.sendMessage(eve, to, 'Really?');
    await expect(forward(eve, id, to)).rejects.toMatchObject({ code: 'TR404' });
    await expect(forward(ada, id, to)).rejects.toMatchObject({ code: 'TR404' });
    await expect(forward(ada, answer, from)).rejects.toMatchObject({ code: 'TR404' });
    await call(eve, 'mute_member', to, bob.id, 600);
    await expect(forward(bob, id, to)).rejects.toMatchObject({ code: 'TRMUT' });
    await expect(forward(bob, answer, from)).resolves.toMatchObject({ content: 'Really?' });
  });

  test('tells a stranger to where it comes from the same as any other, byte for byte', async () => {
    const { ada, bob, eve, to, id } = await makeTwoRooms();
    const { id: other } = await database.createRoom(bob, { type: 'private' });
    const { id: otherId } = await database.sendMessage(bob, other, 'The launch is on Monday, @eve');
    const sent = [await forward(bob, id, to), await forward(bob, otherId, to)];
    const seen = await database.asUser(eve, async (client) => {
      const { rows } = await client.query(
        `select to_jsonb(messages) - '{id,seq,created_at}'::text[] as shown, app_public.messages_forwarded_from(messages) as source,
            app_hidden.source_of(messages.id) as source_id, app_public.messages_quote(messages) as quote
          from app_public.messages where id = any ($1) order by seq`,
        [sent.map((message) => message.id)],
      );
      return rows;
    });
    expect(seen).toHaveLength(2);
    expect(JSON.stringify(seen[0])).toBe(JSON.stringify(seen[1]));
    expect(seen[0]).toMatchObject({ source: null, source_id: null });
    const text = JSON.stringify(seen[0]);
    for (const secret of [ada.id, ada.username, id, otherId]) {
      expect(text).not.toContain(secret);
    }
  });

  test('leads who may read it there to where it stands, until they leave', async () => {
    const { ada, bob, from, to, id } = await makeTwoRooms();
    const sent = await forward(bob, id, to);
    const source = () =>
      database.asUser(bob, async (client) => {
        const { rows } = await client.query(
          `select (app_public.messages_forwarded_from(messages)).id, (app_public.messages_forwarded_from(messages)).author_id
            from app_public.messages where messages.id = $1`,
          [sent.id],
        );
        return single(rows);
      });
    await expect(source()).resolves.toEqual({ id, author_id: ada.id });
    await call(bob, 'leave_room', from);
    await expect(source()).resolves.toEqual({ id: null, author_id: null });
  });

  test('is sent once by a nonce, after the message has gone, too', async () => {
    const { ada, bob, to, id } = await makeTwoRooms();
    const sent = await forward(bob, id, to, 'once');
    await call(ada, 'delete_message', id);
    await expect(forward(bob, id, to, 'once')).resolves.toMatchObject({ id: sent.id });
    const { id: another } = await database.sendMessage(bob, to, 'More');
    await expect(forward(bob, another, to, 'once')).rejects.toMatchObject({ code: 'TR409' });
    await expect(
      call(bob, 'send_message', to, 'x', 'text', '{}', null, 'once'),
    ).rejects.toMatchObject({ code: 'TR409' });
  });

  test('has its comment above it, both or neither, once, and as one in slow mode', async () => {
    const { bob, eve, to, id } = await makeTwoRooms();
    await database.call(eve, 'set_slow_mode', to, 3600);
    const mention = `Look at this, @${eve.username}`;
    const forwarding = (nonce: string, comment: string) =>
      call(bob, 'forward_message', id, to, nonce, comment);
    const sent = await forwarding('commented', ` ${mention} `);
    const all = async () =>
      (
        await owner.query<{ id: string; content: string }>(
          `select messages.id, content from app_public.messages
            where room_id = $1 and message_type <> 'system' order by seq`,
          [to],
        )
      ).rows;
    const [comment, forwarded, ...more] = await all();
    expect(more).toEqual([]);
    expect(comment?.content).toBe(mention);
    expect(forwarded).toEqual({ id: sent.id, content: 'The launch is on Monday, @eve' });
    const { rows } = await owner.query(
      'select user_id from app_private.message_mentions where message_id = $1',
      [comment?.id],
    );
    expect(rows).toEqual([{ user_id: eve.id }]);
    await expect(forwarding('commented', mention)).resolves.toMatchObject({ id: sent.id });
    await expect(forwarding('commented', 'Else')).rejects.toMatchObject({ code: 'TR409' });
    await expect(forwarding('another', mention)).rejects.toMatchObject({ code: 'TRSLO' });
    await database.call(eve, 'set_slow_mode', to, 0);
    // What cannot be forwarded leaves no comment behind.
    const { id: poll } = await call(bob, 'create_poll', to, 'Which?', ['this', 'that']);
    await expect(call(bob, 'forward_message', poll, to, null, 'x')).rejects.toMatchObject({
      code: 'TR409',
    });
    expect((await all()).filter(({ content }) => content === 'x')).toEqual([]);
  });

  test('two across each other do not lock each other out', async () => {
    const { ada, bob, eve, from, to, id } = await makeTwoRooms();
    await call(eve, 'add_room_member', to, ada.id);
    const { id: back } = await database.sendMessage(eve, to, 'Back');
    const [first, last] = [from, to].sort() as [string, string];
    const idIn = (roomId: string) => (roomId === from ? id : back);
    const sent = await whileLocked(first, [
      () => forward(ada, idIn(first), last),
      () => forward(bob, idIn(last), first),
    ]);
    expect(sent).toMatchObject([{ room_id: last }, { room_id: first }]);
  });

  test('and a message that is sent at the same time do not lock each other out', async () => {
    const { bob, to, id } = await makeTwoRooms();
    const sent = await whileLocked(to, [
      () => forward(bob, id, to),
      () => database.sendMessage(bob, to, 'And this'),
    ]);
    expect(sent).toMatchObject([{ room_id: to }, { seq: expect.anything() }]);
  });

  test('is sent once by requests at the same time', async () => {
    const { ada, bob, eve, from, to, id } = await makeTwoRooms();
    await call(eve, 'add_room_member', to, ada.id);
    const { id: back } = await database.sendMessage(eve, to, 'Back');
    const sent = await Promise.all([
      ...Array.from({ length: 8 }, () => forward(bob, id, to, 'racing')),
      ...Array.from({ length: 8 }, () => forward(ada, back, from, 'racing')),
      ...Array.from({ length: 8 }, (_, at) => database.sendMessage(bob, to, `Between ${at}`)),
    ]);
    expect(new Set(sent.slice(0, 16).map((message) => message.id)).size).toBe(2);
  });

  test('cannot be a poll, or what the server has written', async () => {
    const { ada, from, to } = await makeTwoRooms();
    const { id: poll } = await call(ada, 'create_poll', from, 'When?', ['Now', 'Never']);
    await expect(forward(ada, poll, from)).rejects.toMatchObject({ code: 'TR409' });
    expect(to).toBeDefined();
  });

  test('cannot be one that disappears, and what quotes that is empty once it has', async () => {
    const { ada, bob, from, to } = await makeTwoRooms();
    const { id } = await call(
      ...([ada, 'send_message', from, 'For your eyes', 'text'] as const),
      JSON.stringify({ disappearAfterSeconds: 3_600 }),
    );
    await expect(forward(bob, id, to)).rejects.toMatchObject({ code: 'TR409' });
    const { id: quoteId } = await quoting(bob, from, { messageId: id });
    const { rows } = await owner.query<{ disappears_at: Date }>(
      'select disappears_at from app_public.messages where id = $1',
      [id],
    );
    await expect(quoteIn(quoteId)).resolves.toMatchObject({
      content: 'For your eyes',
      disappearsAt: single(rows).disappears_at.toISOString(),
    });
    const shown = async () => {
      const quotes = await database.asUser(ada, (client) =>
        client.query(
          `select quote.content, quote.is_removed from app_public.messages
            cross join lateral app_public.messages_quote(messages) as quote where messages.id = $1`,
          [quoteId],
        ),
      );
      return single(quotes.rows);
    };
    await expect(shown()).resolves.toEqual({ content: 'For your eyes', is_removed: false });
    await owner.query(
      `update app_public.messages
        set metadata = jsonb_set(metadata, '{quote,disappearsAt}', '"2026-01-01T00:00:00.000Z"') where id = $1`,
      [quoteId],
    );
    await expect(shown()).resolves.toEqual({ content: null, is_removed: true });
    await owner.query(
      `with due as (
        update app_private.disappearing_messages set disappears_at = now() where message_id = $1
      ) update app_public.messages set disappears_at = now() where id = $1`,
      [id],
    );
    await expect(quoting(bob, from, { messageId: id })).rejects.toMatchObject({ code: 'TR404' });
    await owner.query('select app_private.delete_disappeared($1, 100)', [from]);
    await expect(quoteIn(quoteId)).resolves.toEqual({ messageId: id, isRemoved: true });
  });

  test('is quoted as its sender’s, and forwarded again without them', async () => {
    const { bob, eve, to, id } = await makeTwoRooms();
    const { id: sent } = await forward(bob, id, to);
    const quote = await quoting(eve, to, { messageId: sent });
    expect(quote.metadata.quote).toMatchObject({ authorId: bob.id });
    const { id: third } = await database.createRoom(eve, { type: 'private' });
    await expect(forward(eve, sent, third)).resolves.toMatchObject({ metadata: { forward: {} } });
  });

  test('is held by a rule of the room it goes to', async () => {
    const { bob, eve, to, id } = await makeTwoRooms();
    await call(eve, 'set_room_rule', to, 'words', 'hold', ['launch']);
    const sent = await forward(bob, id, to);
    expect(sent.held_at).not.toBeNull();
    await call(eve, 'release_message', sent.id);
    const { rows } = await owner.query(
      'select from app_private.message_mentions where message_id = $1',
      [sent.id],
    );
    expect(rows).toEqual([]);
  });
});
