import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';

/*
 * What nobody can see is no text and no name; names are one line, and nobody takes a name to be taken for somebody else.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const signUp = (username: string, displayName: string | null = null, password = 'correct horse') =>
  database.owner.query('select (app_public.sign_up($1, $2, $3)).user_id', [
    username,
    password,
    displayName,
  ]);
const signIn = async (username: string, password: string) =>
  (await database.owner.query('select (app_public.sign_in($1, $2)).user_id', [username, password]))
    .rows[0].user_id;

/** All of Unicode that leaves no ink by itself. */
const INVISIBLE = Array.from({ length: 0x10ffff }, (_, index) => index + 1)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point))
  .filter((letter) =>
    /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufffc]$/u.test(letter),
  );

test('nothing that cannot be seen is a text', async () => {
  const { rows } = await database.owner.query(
    'select letter from unnest($1::text[]) as letter where not app_private.is_blank(letter)',
    [INVISIBLE],
  );
  expect(rows).toEqual([]);
  expect(INVISIBLE.length).toBeGreaterThan(4000);
});

test.each(['a', '天', 'ـ', '🎺', '❤️', '.', '\u0301', 'می‌خواهم'])(
  '%j is a text, whatever hides around it',
  async (text) => {
    const { rows } = await database.owner.query('select app_private.is_blank($1) as blank', [
      `\u200b${text}\u2060`,
    ]);
    expect(rows).toEqual([{ blank: false }]);
  },
);

const BLANK = ['\t\n', '\u200b', '\u2060\u00ad', '\u3164', '\u2800 \u2800', '\u{e0041}', '\ufe0f'];

test.each(BLANK)('%j is no message, no room, no display name and no reason', async (blank) => {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob] });
  const message = await database.sendMessage(bob, room.id, 'Hello');
  await expect(database.sendMessage(ada, room.id, blank)).rejects.toMatchObject({ code: 'TR400' });
  await expect(database.createRoom(ada, { name: blank })).rejects.toMatchObject({
    constraint: 'rooms_name_length',
  });
  await expect(database.call(ada, 'update_room', room.id, blank)).rejects.toMatchObject({
    constraint: 'rooms_name_length',
  });
  await expect(database.call(ada, 'update_profile', blank)).rejects.toMatchObject({
    constraint: 'users_display_name_length',
  });
  await expect(database.call(ada, 'report_message', message.id, blank)).rejects.toMatchObject({
    constraint: 'message_reports_reason_length',
  });
  await database.call(ada, 'mute_member', room.id, bob.id, 60, blank);
  const ban = await database.call(ada, 'ban_member', room.id, bob.id, blank);
  expect(ban.reason).toBeNull();
  const { rows } = await database.owner.query(
    'select reason from app_public.moderation_log where room_id = $1',
    [room.id],
  );
  expect(rows).toEqual([{ reason: null }, { reason: null }]);
});

test.each([
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['Ada\nLovelace\r\n', 'Ada Lovelace'],
  ['Ada\u2028Lovelace', 'Ada Lovelace'],
  ['\u202eadA\u202c', 'adA'],
  ['A\u200bd\u00ada\u2066', 'Ada'],
  ['Ada\u{e0041}\u{e0042}', 'Ada'],
  ['Zoe\u0308', 'Zoë'],
  ['می‌خواهم', 'می‌خواهم'],
  // Towers of marks: three accents stay of each letter, and six marks of any kind.
  [
    `Z${'\u0351'.repeat(20)}a${'\u0316\u0301'.repeat(9)}lgo`,
    'Z\u0351\u0351\u0351\u00e1\u0316\u0316\u0316lgo',
  ],
  [`Z${'\u0351\u200d'.repeat(20)}o`, 'Z\u0351\u200d\u0351o'],
  [`ส${'\u0e47'.repeat(40)}`, 'ส\u0e47\u0e47\u0e47'],
  [`ག${'\u0fb3'.repeat(40)}`, 'ག\u0fb3\u0fb3\u0fb3\u0fb3\u0fb3\u0fb3'],
  [`ཀ${'\u0316\u0f71\u0f72'.repeat(9)}`, `ཀ${'\u0f71'.repeat(6)}`],
  // And nothing of what people are called.
  ['Nguyễn Thị Ngọc', 'Nguyễn Thị Ngọc'],
  ['မြို့မချွေးကြွေ', 'မြို့မချွေးကြွေ'],
  ['བསྒྲུབས་རྒྱལ་མཚན', 'བསྒྲུབས་རྒྱལ་མཚན'],
  ['น้ำผึ้งที่รัก', 'น้ำผึ้งที่รัก'],
  ['مُحَمَّدٌ', 'مُحَمَّدٌ'],
  ['שִׁמְעוֹן', 'שִׁמְעוֹן'],
  ['श्रीमती कृष्णा', 'श्रीमती कृष्णा'],
  ['ស្រីមុំ', 'ស្រីមុំ'],
  ['محمــــــد', 'محمــــــد'],
  ['1️⃣ 👩🏽‍❤️‍💋‍👨🏽', '1️⃣ 👩🏽‍❤️‍💋‍👨🏽'],
  ['👩‍🚀 ❤️', '👩‍🚀 ❤️'],
  [
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ],
])('the display name %j is shown as %j', async (given, shown) => {
  const ada = await database.createUser();
  expect((await database.call(ada, 'update_profile', given)).display_name).toBe(shown);
  const room = await database.createRoom(ada, { name: given });
  const { rows } = await database.owner.query('select name from app_public.rooms where id = $1', [
    room.id,
  ]);
  expect(rows).toEqual([{ name: shown }]);
});

/** What Unicode calls a mark, as far as a browser's letters go. */
const MARKS = Array.from({ length: 0x10ffff }, (_, index) => index + 1)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point))
  .filter((letter) => /^\p{M}$/u.test(letter));

test('marks without a letter are no name', async () => {
  const { rows } = await database.owner.query(
    "select mark from unnest($1::text[]) as mark where app_private.plain_name(mark || mark) <> ''",
    [MARKS],
  );
  expect(rows).toEqual([]);
  expect(MARKS.length).toBeGreaterThan(2400);
  const ada = await database.createUser();
  for (const name of ['\u0301', '\u0301 \u0e48\u200b', '\ufffc', '\u20e3\ufe0f', '\u{1d165}']) {
    await expect(database.call(ada, 'update_profile', name)).rejects.toMatchObject({
      constraint: 'users_display_name_length',
    });
    await expect(database.createRoom(ada, { name })).rejects.toMatchObject({
      constraint: 'rooms_name_length',
    });
  }
});

test('letters and signs are a name, with any marks', async () => {
  const { rows } = await database.owner.query(
    "select letter from unnest($1::text[]) as letter where app_private.plain_name(letter || '\u0301') = ''",
    [
      Array.from({ length: 0x10ffff }, (_, index) => index + 1)
        .filter((point) => point < 0xd800 || point > 0xdfff)
        .map((point) => String.fromCodePoint(point))
        .filter(
          (letter) => /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(letter) && !INVISIBLE.includes(letter),
        ),
    ],
  );
  expect(rows).toEqual([]);
});

test.each([
  'all',
  'Here',
  'EVERYONE',
  'room',
  'admin',
  'Adm1n',
  'adrnin',
  'me',
  'system',
  'a11',
  'AlI',
  'r0ot',
  'deleted_1',
  'Deleted',
  'de1eted',
  'a.d-m_in',
  'admin_',
  'no_reply',
  '0dmin',
  '4dm1n',
  'syst3m',
  'supp_rt',
  'd-eleted',
])('the username %s cannot be taken', async (username) => {
  await expect(signUp(username)).rejects.toMatchObject({ code: 'TR409' });
});

test.each([
  'Deleted account',
  'deleted  user',
  'DELETED',
  'Admin',
  'Аdmin',
  'Ádmín ✓',
  'A d m i n',
  'Adm1n',
  '𝐀𝐝𝐦𝐢𝐧',
  'System',
  'sуstem',
  'Trumpet',
  'Support!',
  'me',
  'ꓮdmin',
  'admiո',
  'ᗩdmin',
  '🅐🅓🅜🅘🅝',
  '🅰dmin',
  '🇦dmin',
  'Ꭺdmin',
  'Adm!n',
  '@dmin',
  'Syst3m',
  '$ystem',
  'Sys†em',
  'ꓢystem',
  'D3leted @ccount',
  '⓪dmin',
  '|dmin',
  '|dm!n',
  '⑴dmin',
  '＊dmin',
  'adm*n',
  'Adm⃝in',
  'Ⓐⓓⓜⓘⓝ',
  '⒜⒟⒨⒤⒩',
  'ａｄｍｉｎ',
  'ᵃᵈᵐⁱⁿ',
  '5y5tem',
  'Suppo⁉t',
  '𝟎wner',
  'A11',
  'a||',
  'a‖',
  'r∞m',
  'b০t',
  '¥ou',
  'mө𝖉',
  'everyθne',
  'me\u0301',
  'Adm\ufffcin',
])('nobody is shown as %s', async (name) => {
  await expect(signUp('pretender', name)).rejects.toMatchObject({ code: 'TR409' });
  const person = await database.createUser();
  await expect(database.call(person, 'update_profile', name)).rejects.toMatchObject({
    code: 'TR409',
  });
});

/** Every letter that Unicode's own compatibility, a circle, a square or a style makes of a letter. */
const STYLED = Array.from({ length: 0x10ffff }, (_, index) => index + 1)
  .filter((point) => point > 0x7f && (point < 0xd800 || point > 0xdfff))
  .map((point) => String.fromCodePoint(point))
  .map((letter) => ({ letter, plain: letter.normalize('NFKD').replace(/[\p{M}()]/gu, '') }))
  .filter(({ plain }) => /^[a-z]$/i.test(plain));

test('a reserved name is none the freer for a letter in another style', async () => {
  const names = STYLED.flatMap(({ letter, plain }) =>
    ['admin', 'system', 'everyone', 'moderator', 'webmaster', 'group', 'security', 'no-reply']
      .filter((name) => name.includes(plain.toLowerCase()))
      .map((name) => name.replace(plain.toLowerCase(), letter)),
  );
  const { rows } = await database.owner.query(
    'select name from unnest($1::text[]) as name where not app_private.is_reserved(name)',
    [names],
  );
  expect(rows).toEqual([]);
  expect(names.length).toBeGreaterThan(1000);
});

test.each([
  'Moderator 1',
  'S*m',
  'Tea♥',
  'Group 7b',
  'Ada, admin of chess',
  'Deleted Scenes',
  'Adminah',
  'Systema',
  '🎺',
  'Будь',
  '管理',
])('people may be called %s', async (name) => {
  const person = await database.createUser();
  expect((await database.call(person, 'update_profile', name)).display_name).toBe(name);
});

test('an administrator adds names of another language', async () => {
  await database.owner.query("insert into app_private.reserved_names values ('Администратор')");
  const person = await database.createUser();
  await expect(database.call(person, 'update_profile', 'АДМИНИСТРАТОР')).rejects.toMatchObject({
    code: 'TR409',
  });
});

test.each([
  ['modern_family', 'modem_family'],
  ['paula.lee', 'pauIa.lee'],
  ['paulb.lee', 'pau1b.lee'],
  ['zoo_keeper', 'z0o_keeper'],
])('who is called %s is not to be confused with %s', async (taken, alike) => {
  await signUp(taken);
  await expect(signUp(alike)).rejects.toMatchObject({
    code: '23505',
    constraint: 'users_username_looks_like_no_other',
  });
});

test('the name of a deleted account is free after 90 days, and nothing tells it until then', async () => {
  const person = await database.createUser('pauline');
  await database.commitAs(person, (client) =>
    client.query('select app_public.delete_my_account($1)', ['pauline']),
  );
  await expect(signUp('Pauline')).rejects.toMatchObject({ code: 'TR409' });
  await expect(signUp('pau1ine')).rejects.toMatchObject({ code: 'TR409' });
  const { rows } = await database.owner.query('select * from app_private.released_names');
  expect(JSON.stringify(rows)).not.toContain('pauline');
  await database.owner.query(
    `update app_private.released_names set free_at = free_at - interval '90 days'`,
  );
  await signUp('pauline');
});

test.each([
  ['as another keyboard writes it', 'cafe\u0301 au lait', 'café au lait'],
  ['in full width', 'correct１２３', 'correct123'],
  ['with a space that does not break', 'two\u00a0words', 'two words'],
])('a password is the same %s', async (_how, set, typed) => {
  const username = `p${Math.random()
    .toString(36)
    .slice(2, 12)
    .replace(/[01iolm]/g, 'x')}`;
  await signUp(username, null, set);
  expect(await signIn(username, typed)).not.toBeNull();
  expect(await signIn(username, `${typed}!`)).toBeNull();
});

test('nothing that is typed behind 72 bytes is ignored', async () => {
  const password = 'ä'.repeat(36);
  await signUp('long-secret', null, password);
  expect(await signIn('long-secret', password)).not.toBeNull();
  expect(await signIn('long-secret', `${password}!`)).toBeNull();
});
