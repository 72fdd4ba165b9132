import { translateKeeping, wordsOf } from '../../src/translation/kept-parts.ts';

const asked: string[][] = [];
afterEach(() => {
  asked.length = 0;
});

/** As a service that makes every word long, and leaves marks alone. */
async function shout(lines: readonly string[]) {
  asked.push([...lines]);
  return lines.map((line) => line.replace(/\p{L}+/gu, (word) => word.toUpperCase()));
}

/** As one that takes marks for words and loses them. */
async function lose(lines: readonly string[]) {
  asked.push([...lines]);
  return lines.map((line) => line.replace(/\{\{\d+\}\}/g, '').toUpperCase());
}

const KEPT = [
  ['a mention', 'ask @alice.b first', 'ASK @alice.b FIRST'],
  ['a channel', 'see #general-talk now', 'SEE #general-talk NOW'],
  ['a mention in another script', 'спроси @алиса', 'СПРОСИ @алиса'],
  ['a link', 'read https://example.org/a?b=c#d twice', 'READ https://example.org/a?b=c#d TWICE'],
  ['an address', 'mail bob@example.org today', 'MAIL bob@example.org TODAY'],
  ['code', 'run `npm start` here', 'RUN `npm start` HERE'],
  ['an emoji of a workspace', 'nice :party_parrot: work', 'NICE :party_parrot: WORK'],
  ['an emoji', 'nice 🎺 work', 'NICE 🎺 WORK'],
  ['a family', 'we 👨‍👩‍👧‍👦 are', 'WE 👨‍👩‍👧‍👦 ARE'],
  ['a flag and a tone', 'hi 🇯🇵 and 👍🏽!', 'HI 🇯🇵 AND 👍🏽!'],
  ['a keycap', 'press 1️⃣ now', 'PRESS 1️⃣ NOW'],
  ['several', '@bob: `x` and `y` at https://e.org', '@bob: `x` AND `y` AT https://e.org'],
  ['what looks like our mark', 'write {{0}} and @bob', 'WRITE {{0}} AND @bob'],
  ['a link with a template', 'get https://e.org/{{id}}/a now', 'GET https://e.org/{{id}}/a NOW'],
  ['braces that nothing closes', 'so {{ and @bob', 'SO {{ AND @bob'],
  ['a brace beside it', 'so {@bob} is', 'SO {@bob} IS'],
  ['a link as people write it', 'see www.Example.org/aB now', 'SEE www.Example.org/aB NOW'],
  ['a link in capitals', 'see HTTPS://e.org/aB now', 'SEE HTTPS://e.org/aB NOW'],
  ['code with a backtick in it', 'use ``a ` b`` here', 'USE ``a ` b`` HERE'],
  ['code that goes over a line', 'use `a\nb` here', 'USE `a\nb` HERE'],
  ['a block in one line', '```let x``` is it', '```let x``` IS IT'],
  ['a flag with letters', 'go 🏴󠁧󠁢󠁳󠁣󠁴󠁿 go', 'GO 🏴󠁧󠁢󠁳󠁣󠁴󠁿 GO'],
] as const;

it.each(KEPT)('keeps %s', async (_name, text, expected) => {
  const translated = await translateKeeping(text, shout);
  expect(translated).toBe(expected);
  expect(asked).toHaveLength(1);
});

it.each(KEPT)('keeps %s where the service loses the marks', async (_name, text, expected) => {
  expect(await translateKeeping(text, lose)).toBe(expected);
  expect(asked).toHaveLength(2);
});

it.each([
  ['doubles', (line: string) => `${line} ${line}`],
  ['invents', (line: string) => line.replace('{{0}}', '{{7}}')],
])('is not taken in by a service that %s marks', async (_name, change) => {
  const translated = await translateKeeping('ask @alice first', async (lines) => lines.map(change));
  expect(translated.match(/@alice/g)).toHaveLength(1);
  expect(translated).not.toContain('{{');
});

it('takes marks in another order, as languages have it', async () => {
  const translated = await translateKeeping('@alice gives @bob', async () => ['{{1}} von {{ 0 }}']);
  expect(translated).toBe('@bob von @alice');
});

it('keeps lines, the space around them, and blocks of code', async () => {
  const text = '  one\n\n```sql\nselect one;\n```\n- two  \n\t…';
  expect(await translateKeeping(text, shout)).toBe(
    '  ONE\n\n```sql\nselect one;\n```\n- TWO  \n\t…',
  );
  expect(asked).toEqual([['one', '- two']]);
});

it.each([
  ['other fences in it', '~~~\n```\ncode\n~~~\ntext', '~~~\n```\ncode\n~~~\nTEXT'],
  ['a shorter fence in it', '````\n```\ncode\n````\ntext', '````\n```\ncode\n````\nTEXT'],
  ['a quote around it', '> ```\n> code\n> ```\n> text', '> ```\n> code\n> ```\n> TEXT'],
  ['a quote that ends first', '> ```\n> code\ntext', '> ```\n> code\nTEXT'],
  ['a list around it', '- ```\n  code\n  ```\ntext', '- ```\n  code\n  ```\nTEXT'],
  ['no end', '```\ncode\n``\ncode', '```\ncode\n``\ncode'],
  ['no beginning, but backticks', 'a `\n\nb ` c', 'A `\n\nB ` C'],
])('knows a block of code with %s', async (_name, text, expected) => {
  expect(await translateKeeping(text, shout)).toBe(expected);
});

it.each(['a', '`', 'a@', '{{', '`a``', ':a', '~~~\n', '> ', 'a.'])(
  'is soon through with the longest message of %j',
  async (piece) => {
    const text = piece.repeat(8_000 / piece.length);
    const before = process.cpuUsage();
    await translateKeeping(text, async (lines) => lines);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(500);
  },
);

it('asks nobody about what has no words', async () => {
  for (const text of ['', '42', '🎺🎺', '`code`', '@alice', '…\n…']) {
    expect(await translateKeeping(text, shout)).toBe(text);
  }
  expect(asked).toEqual([]);
});

it('keeps one line for one line, whatever the service answers', async () => {
  const translated = await translateKeeping('one\ntwo', async () => ['a\nb', ' c ']);
  expect(translated).toBe('a b\nc');
});

it('guesses from words alone', () => {
  expect(
    wordsOf('Hallo @alice, `let x` siehe https://example.org/the/and/of 🎺\n```\nselect\n```'),
  ).toBe('Hallo  ,   siehe');
});
