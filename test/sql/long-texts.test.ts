import { createTestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * The longest texts that there can be, of the kinds that took seconds: each is dealt with in a part of the time that a
 * statement has, and nobody in the room waits for it.
 */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const TEXTS: Readonly<Record<string, string>> = {
  'letters and dots': 'a.'.repeat(3_990),
  'letters that stand alone': 'a '.repeat(3_990),
  'ordinary words': 'ordinary words of a message, '.repeat(272),
  'words that are all different': Array.from(
    { length: 980 },
    (_, n) => `w${(n * 7_919) % 99_991}x`,
  ).join(' '),
  'rows of letters': 'a.b.c.d.e.f.g.h zz '.repeat(400),
  'one word': 'x'.repeat(7_990),
  'Chinese letters': Array.from({ length: 8_000 }, (_, n) =>
    String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000)),
  ).join(''),
};

async function makeRoom(): Promise<{ member: TestUser; roomId: string }> {
  const [keeper, member] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(keeper, { members: [member] });
  const words = [...Array.from({ length: 990 }, (_, n) => `unwanted${n}`), '坏话', 'ไม่ดี', 'spam'];
  await database.call(keeper, 'set_room_rule', roomId, 'words', 'refuse', words);
  return { member, roomId };
}

test.each(Object.entries(TEXTS))('%s, where a thousand words are ruled', async (_what, text) => {
  const { member, roomId } = await makeRoom();
  await database.commitAs(member, async (client) => {
    await client.query('set local statement_timeout = 5000');
    await client.query('select app_public.send_message($1, $2)', [roomId, text]);
  });
});

test.each(['s.p.a.m', 's p a m', '5p4m', 'spaaaaam', 's-p-a-a-m', 's pam'])(
  'a listed word is still found behind the longest text: %s',
  async (word) => {
    const { member, roomId } = await makeRoom();
    const text = `${'a.'.repeat(3_900)} and ${word}`;
    await expect(database.sendMessage(member, roomId, text)).rejects.toMatchObject({
      code: 'TR403',
    });
  },
);

test('an edit is judged before the room is locked', async () => {
  const { member, roomId } = await makeRoom();
  const { id } = await database.sendMessage(member, roomId, 'nice');
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query('select from app_private.room_heads where room_id = $1 for update', [roomId]);
  await expect(database.call(member, 'edit_message', id, 'spam')).rejects.toMatchObject({
    code: 'TR403',
  });
  await holder.query('rollback');
  holder.release();
  expect(await database.call(member, 'edit_message', id, 'nicer')).toMatchObject({
    content: 'nicer',
  });
});

test.each(['search_users', 'search_rooms'])(
  '%s takes no name that is longer than any',
  async (name) => {
    const user = await database.createUser();
    const search = (query: string) =>
      database.asUser(user, (client) =>
        client.query(`select from app_public.${name}($1)`, [query]),
      );
    await search('x'.repeat(100));
    await expect(search('x'.repeat(101))).rejects.toMatchObject({ code: 'TR400' });
  },
);

test('nobody in the room waits while the words of a long text are found', async () => {
  const { member, roomId } = await makeRoom();
  // The worker's transaction, which has indexed the text and is not committed yet.
  await database.sendMessage(member, roomId, TEXTS['Chinese letters'] as string);
  const indexer = await owner.connect();
  await indexer.query('begin');
  await indexer.query('select app_private.index_sent($1, 10)', [[roomId]]);
  const { id } = await database.sendMessage(member, roomId, 'first');
  await database.call(member, 'send_message', roomId, 'an answer', 'text', '{}', id);
  await database.call(member, 'edit_message', id, 'second');
  await indexer.query('commit');
  indexer.release();
});

test.each([0, 395, 400, 401, 3_999, 7_990])(
  'a match at letter %i of 8,000 without spaces is shown with what is around it',
  async (place) => {
    const member = await database.createUser();
    const { id: roomId } = await database.createRoom(member);
    const text = `${'天'.repeat(place)}喇叭${'地'.repeat(7_998 - place)}`;
    await database.sendMessage(member, roomId, text);
    await database.indexMessages();
    const { rows } = await database.asUser(member, (client) =>
      client.query<{ headline: string }>(
        'select app_public.message_match_headline(found) as headline from app_public.search_messages($1) as found',
        ['喇叭'],
      ),
    );
    const before = Math.min(place, 16);
    expect(rows[0]?.headline).toMatch(
      new RegExp(
        `^${place > 16 ? '… ' : ''}天{${before}}⟦喇叭⟧地{8,63}${place < 7_000 ? ' …' : ''}$`,
      ),
    );
  },
);
