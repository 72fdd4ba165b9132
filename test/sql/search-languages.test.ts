import { createTestDatabase } from '../../testing/database.ts';

/*
 * What people type finds what others wrote, in the languages that most is written in: whatever is left out, joined, put on
 * top or typed on another keyboard.
 */

const database = await createTestDatabase();
afterAll(() => database.close());

const ada = await database.createUser('ada');

/** Kind, text, what is typed, and whether it finds the text as it is written (not as a misspelt word). */
type Case = readonly [kind: string, text: string, query: string, isFound: boolean];

const CASES: readonly Case[] = [
  // While typing.
  ['typing: a compound', 'the foo-barbell is here', 'foo-bar', true],
  ['typing: a compound, ended', 'the foo-barbell is here', 'foo-bar ', false],
  ['typing: an address', 'see docs.example.com/handbook', 'example.com/hand', true],
  ['typing: a phrase in an open quotation', 'hello everyone', '"hello every', true],
  ['typing: a phrase in a closed quotation', 'hello everyone', '"hello every"', false],
  ['typing: the first of two words', 'the trumpet', 'trump the', false],
  ['typing: the same word twice', 'a trumpet and a triumph', 'trump trump', false],
  ['typing: excluded', 'a trumpet and a tree', 'tree -trump', true],
  ['typing: Russian', 'Сообщение отправлено', 'сообщ', true],
  ['typing: Arabic', 'الرسالة وصلت', 'الرسا', true],
  ['typing: Hindi', 'नमस्ते दुनिया', 'नमस्', true],
  ['typing: Hindi, over a virama', 'राष्ट्रीय', 'राष्ट्र', true],
  ['typing: Bengali', 'বাংলাদেশ সুন্দর', 'বাংলা', true],
  // One to twenty-odd languages, each with what its writers vary.
  ['English: capitals', 'Quarterly REPORT', 'report', true],
  ['English: accents', 'a naïve résumé', 'naive resume', true],
  ['English: apostrophes', 'I don’t know', "don't", true],
  ['English: another word', 'a report', 'resort', false],
  ['Chinese: inside a sentence', '今天天气很好', '天气', true],
  ['Chinese: not across a full stop', '今天。气温高', '天气', false],
  ['Chinese: another order', '今天天气很好', '气天', false],
  ['Chinese: full-width letters and digits', '版本Ｖ２发布了', 'v2', true],
  ['Chinese: compatibility ideographs', '\u8c48有此理', '\uf900有此理', true],
  ['Hindi: nukta, composed', 'सड़क पर', 'सडक', true],
  ['Hindi: nukta, decomposed', 'सड\u093cक पर', 'सड़क', true],
  ['Hindi: nukta left out in the text', 'जरूरी काम', 'ज़रूरी', true],
  ['Hindi: anusvara and nasal letter', 'हिन्दी में', 'हिंदी', true],
  ['Hindi: candrabindu', 'चाँद निकला', 'चांद', true],
  ['Hindi: joiners', 'क्\u200dष', 'क्ष', true],
  ['Hindi: digits', 'कमरा १२३', '123', true],
  ['Hindi: another word', 'कमल', 'काम', false],
  ['Spanish: accents', 'mañana será otro día', 'manana dia', true],
  ['Spanish: opening marks', '¿Dónde estás?', 'donde', true],
  ['French: ligatures', 'un cœur d’œuvre', 'coeur', true],
  ['French: elision', "l'homme", 'homme', true],
  ['French: decomposed', 'e\u0301te\u0301', 'été', true],
  ['French: composed', 'été', 'e\u0301te\u0301', true],
  ['Arabic: vowel marks in the text', 'قال مُحَمَّد ذلك', 'محمد', true],
  ['Arabic: vowel marks in the query', 'قال محمد ذلك', 'مُحَمَّد', true],
  ['Arabic: alef with hamza above', 'أحمد', 'احمد', true],
  ['Arabic: alef with hamza below', 'إسلام', 'اسلام', true],
  ['Arabic: alef with madda', 'آمال', 'امال', true],
  ['Arabic: alef wasla', 'ٱلله', 'الله', true],
  ['Arabic: teh marbuta', 'مدرسة', 'مدرسه', true],
  ['Arabic: alef maksura', 'مصطفى', 'مصطفي', true],
  ['Arabic: tatweel', 'محـــمد', 'محمد', true],
  ['Arabic: dagger alef', 'رحمٰن', 'رحمن', true],
  ['Arabic: presentation forms', 'ﻣﺤﻤﺪ', 'محمد', true],
  ['Arabic: ligature', 'ﻻ بأس', 'لا باس', true],
  ['Arabic: digits', 'غرفة ٣٤', '34', true],
  ['Arabic: digits typed', 'room 34', '٣٤', true],
  ['Arabic: another word', 'محمد', 'حمدي', false],
  ['Bengali: digits', 'রুম ১২', '12', true],
  ['Bengali: nukta', 'বাড়ি', 'বাড\u09bcি', true],
  ['Bengali: khanda ta', 'উৎসব', 'উত্\u200dসব', true],
  ['Bengali: vowel in two parts', 'ক\u09c7\u09be', 'কো', true],
  ['Portuguese: accents', 'a informação não está', 'informacao nao', true],
  ['Russian: yo', 'ещё раз', 'еще', true],
  ['Russian: yo typed', 'еще раз', 'ещё', true],
  ['Russian: short i is another letter', 'май', 'маи', false],
  ['Russian: short i, decomposed', 'мои\u0306', 'мой', true],
  ['Russian: stress mark', 'за\u0301мок', 'замок', true],
  ['Ukrainian: apostrophes', 'п’ять', 'пʼять', true],
  ['Ukrainian: yi', 'її', 'ії', false],
  ['Urdu: Arabic letters for its own', 'كيا', 'کیا', true],
  ['Urdu: heh', 'یہ', 'یه', true],
  ['Urdu: digits', 'کمرہ ۳', '3', true],
  ['Urdu: marks', 'اُردُو', 'اردو', true],
  ['Persian: non-joiner', 'می\u200cخواهم', 'میخواهم', true],
  ['Persian: keheh and yeh', 'کتابی', 'كتابي', true],
  ['Indonesian: reduplication', 'anak-anak bermain', 'anak', true],
  ['German: sharp s', 'Lange Straße', 'strasse', true],
  ['German: sharp s typed', 'Lange Strasse', 'straße', true],
  ['German: capital sharp s', 'LANGE STRAẞE', 'straße', true],
  ['German: umlauts', 'Müller übt', 'muller', true],
  ['Japanese: katakana for hiragana', 'ありがとう', 'アリガトウ', true],
  ['Japanese: hiragana for katakana', 'テスト', 'てすと', true],
  ['Japanese: half width', 'これはﾃｽﾄです', 'テスト', true],
  ['Japanese: half width with voice marks', 'ﾊﾞｯｸ', 'バック', true],
  ['Japanese: decomposed voice marks', 'か\u3099くせい', 'がくせい', true],
  ['Japanese: voiced is another letter', 'かくせい', 'がくせい', false],
  ['Marathi: eyelash ra', 'तर्\u200dहा', 'तर्हा', true],
  ['Telugu: digits and joiners', 'గది ౧౨ క్\u200cష', '12 క్ష', true],
  ['Telugu: another word', 'నమస్కారం', 'నమస ', false],
  ['Turkish: dotless i', 'ılık su', 'ilik', true],
  ['Turkish: dotted capital', 'İstanbul', 'istanbul', true],
  ['Turkish: dotted capital, typed', 'istanbul', 'İSTANBUL', true],
  ['Turkish: other marks', 'çok güzel şey', 'cok guzel sey', true],
  ['Tamil: vowel in two parts', 'க\u0bc6\u0bbe', 'கொ', true],
  ['Tamil: digits', 'அறை ௩', '3', true],
  ['Tamil: typing', 'தமிழ்நாடு', 'தமிழ்', true],
  ['Vietnamese: tones and letters', 'Đường Nguyễn Huệ', 'duong nguyen hue', true],
  ['Vietnamese: decomposed', 'Nguye\u0302\u0303n', 'nguyễn', true],
  ['Korean: inside a word', '오늘날씨가 좋다', '날씨', true],
  ['Korean: decomposed', '\u1112\u1161\u11ab\u1100\u1173\u11af', '한글', true],
  ['Korean: another syllable', '한글', '하글', false],
  ['Italian: accents', 'perché così', 'perche cosi', true],
  ['Thai: inside a sentence', 'ภาษาไทยง่าย', 'ไทย', true],
  ['Thai: tone marks', 'น้ำใส', 'นำใส', true],
  ['Thai: sara am in two parts', 'น้\u0e4d\u0e32ใส', 'น้ำใส', true],
  ['Thai: digits', 'ห้อง ๓๔', '34', true],
  ['Gujarati: digits', 'રૂમ ૧૨', '12', true],
  ['Punjabi: tippi and bindi', 'ਪੰਜਾਬ', 'ਪਂਜਾਬ', true],
  ['Polish: barred l', 'Łódź i żółw', 'lodz zolw', true],
  ['Malayalam: chillu', 'അവൻ', 'അവന്\u200d', true],
  ['Kannada: joiner', 'ಕ್\u200cಷ', 'ಕ್ಷ', true],
  ['Burmese: digits', 'အခန်း ၁၂', '12', true],
  ['Burmese: inside a sentence', 'မြန်မာစာ', 'မာစာ', true],
  ['Khmer: not across a full stop', 'ក។ខ', 'កខ', false],
  ['Hebrew: points', 'שָׁלוֹם לכולם', 'שלום', true],
  ['Hebrew: points typed', 'שלום לכולם', 'שָׁלוֹם', true],
  ['Hebrew: maqaf', 'בית־ספר', 'ספר', true],
  ['Greek: accents', 'Καλημέρα', 'καλημερα', true],
  ['Greek: final sigma', 'ΟΔΟΣ', 'οδός', true],
  ['Danish: slashed o', 'rødgrød på øen', 'rodgrod', true],
  ['Croatian: barred d', 'đak', 'dak', true],
  ['Swedish: ring', 'smörgåsbord', 'smorgasbord', true],
  // Whatever is written with it.
  ['styled letters', '𝓗𝓮𝓵𝓵𝓸 𝟑', 'hello 3', true],
  ['soft hyphens', 'hyper\u00adtext', 'hypertext', true],
  ['an emoji', 'well done 🎉', '🎉', true],
  ['another emoji', 'well done 🎉', '🔥', false],
  ['an emoji beside a word', 'done🎉', 'done', true],
  ['an emoji, without its variation', 'love ❤️', '❤', true],
  ['an emoji, with its variation', 'love ❤', '❤️', true],
  ['an emoji in another skin', 'fine 👍🏽', '👍', true],
  ['an emoji in one skin of another', 'fine 👍🏽', '👍🏿', true],
  ['a family', 'us 👩‍👩‍👧', '👩‍👩‍👧', true],
  ['a flag', 'aus 🇩🇪', '🇩🇪', true],
  ['another flag', 'aus 🇩🇪', '🇩🇰', false],
  ['C++', 'I write C++ daily', 'C++', true],
  ['C++ in brackets', 'languages (C++, C#)', 'c++', true],
  ['C is no C++', 'vitamin C', 'C++', false],
  ['C++ is a C too', 'I write C++ daily', 'C', true],
  ['C++ in full width', 'Ｃ＋＋', 'C++', true],
  ['C++ in a phrase', 'C++ templates', '"C++ templates"', true],
  ['C in a phrase with C++', 'C templates', '"C++ templates"', false],
  ['C#', 'C# and F#', 'f#', true],
  ['C# is no C++', 'C# and F#', 'c++', false],
  ['while typing C++', 'I write C++ daily', 'C+', true],
  ['C++ excluded', 'vitamin C', 'vitamin -C++', true],
  ['.NET', 'a job with .NET', '.NET', true],
  ['the net is no .NET', 'surf the net', '.NET', false],
  ['.NET behind a full stop of a sentence', 'See the end.Net result', '.net', false],
  ['#topic', 'read #topic today', '#topic', true],
  ['a topic is no #topic', 'the topic of today', '#topic', false],
  ['while typing #topic', 'read #topic today', '#top', true],
  ['#topic without its sign', 'read #topic today', 'topic', true],
  ['a #topic of another script', 'см. #тема_дня', '#тема_дня', true],
  ['full-width hash', '＃話題', '#話題', true],
];

const languages = new Set(CASES.map(([kind]) => kind.split(':')[0]));

test('at least twenty languages are asked', () => {
  expect(languages.size).toBeGreaterThanOrEqual(30);
});

let rooms = 0;

test.each(CASES)('%s: «%s» by «%s»', async (_kind, text, query, isFound) => {
  rooms += 1;
  const room = await database.createRoom(ada, { slug: `room-${rooms}` });
  await database.sendMessage(ada, room.id, text);
  await database.indexMessages();
  const { rows } = await database.asUser(ada, (client) =>
    client.query<{ headline: string }>(
      `select app_public.message_match_headline(found) as headline
        from app_public.search_messages($1, room_id => $2, approximate => false) as found`,
      [query, room.id],
    ),
  );
  expect(rows).toHaveLength(isFound ? 1 : 0);
  if (isFound) {
    // What was found is shown.
    expect(rows[0]?.headline).toContain('⟦');
  }
});

test('whoever types C++ finds it before every C, however new that is', async () => {
  const room = await database.createRoom(ada, { slug: 'programmers' });
  for (const content of ['old: C++', 'new: C', 'newest: c c c c', 'D']) {
    await database.sendMessage(ada, room.id, content);
  }
  await database.indexMessages();
  const { rows } = await database.asUser(ada, (client) =>
    client.query<{ content: string; is_approximate: boolean }>(
      `select found.content, found.is_approximate from app_public.search_messages('C++', room_id => $1) as found
        order by found.is_approximate, found.rank desc`,
      [room.id],
    ),
  );
  expect(rows).toHaveLength(3);
  expect(rows[0]).toEqual({ content: 'old: C++', is_approximate: false });
  expect(rows.slice(1).every((row) => row.is_approximate)).toBe(true);
});
