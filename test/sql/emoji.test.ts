import data from 'unicode-emoji-json/data-by-emoji.json' with { type: 'json' };
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { createRoomOfTwo } from '../../testing/world.ts';

/* Any emoji of the newest Unicode is a reaction, in every one of its spellings the same, and nothing else is. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const EMOJI = Object.keys(data);
const TONES = [...'🏻🏼🏽🏾🏿'];

/** What keyboards may send for it: any of its selectors left out. */
function spellings(emoji: string): string[] {
  const [first = '', ...rest] = emoji.split('\ufe0f');
  return rest.reduce<string[]>(
    (some, part) => some.flatMap((before) => [`${before}${part}`, `${before}\ufe0f${part}`]),
    [first],
  );
}

test('every emoji of Unicode is one, and its spellings are one', async () => {
  const pairs = EMOJI.flatMap((emoji) => spellings(emoji).map((spelling) => [spelling, emoji]));
  const { rows } = await database.owner.query(
    `select spelling, emoji from unnest($1::text[], $2::text[]) as pair (spelling, emoji)
      where app_hidden.plain_emoji(spelling) <> emoji or not app_hidden.is_emoji(emoji)`,
    [pairs.map(([spelling]) => spelling), pairs.map(([, emoji]) => emoji)],
  );
  expect(rows).toEqual([]);
  expect(EMOJI.length).toBeGreaterThan(1900);
});

test('every skin tone is one', async () => {
  const toned = Object.entries(data)
    .filter(([, { skin_tone_support }]) => skin_tone_support)
    .map(([emoji]) => [...emoji.replaceAll('\ufe0f', '')])
    .flatMap(([first, ...rest]) => TONES.map((tone) => `${first}${tone}${rest.join('')}`));
  const { rows } = await database.owner.query(
    'select emoji from unnest($1::text[]) as emoji where not app_hidden.is_emoji(app_hidden.plain_emoji(emoji))',
    [toned],
  );
  expect(rows).toEqual([]);
  expect(toned.length).toBeGreaterThan(1000);
});

test('a reaction is the same however it is written, and is taken back by any spelling', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const { id } = await database.sendMessage(ada, roomId, 'Hello');
  await database.call(ada, 'add_message_reaction', id, '❤');
  await database.call(bob, 'add_message_reaction', id, '❤️');
  const reactions = async () => {
    const { rows } = await database.owner.query(
      'select emoji, count(*)::integer from app_public.message_reactions where message_id = $1 group by emoji',
      [id],
    );
    return rows;
  };
  expect(await reactions()).toEqual([{ emoji: '❤️', count: 2 }]);
  await database.call(ada, 'remove_message_reaction', id, '❤️');
  await database.call(bob, 'remove_message_reaction', id, '❤');
  expect(await reactions()).toEqual([]);
});

const tags = (text: string) =>
  [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

test.each([
  ['tags behind a pictograph', `👍${tags('secret')}`],
  ['tags behind a pictograph, ended', `👍${tags('secret')}\u{e007f}`],
  ['the flag of nowhere', `\u{1f3f4}${tags('nowhere')}\u{e007f}`],
  ['tags alone', tags('secret')],
  ['a selector alone', '\ufe0f'],
  ['a zero-width space beside', '👍\u200b'],
  ['two', '👍👍'],
  ['a letter', 'a'],
  ['a digit', '1'],
  ['nothing', ''],
])('%s is no reaction', async (_what, emoji) => {
  const { ada, roomId } = await createRoomOfTwo(database);
  const { id } = await database.sendMessage(ada, roomId, 'Hello');
  await expect(database.call(ada, 'add_message_reaction', id, emoji)).rejects.toMatchObject({
    code: 'TR400',
  });
});
