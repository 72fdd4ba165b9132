import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function mentionedIn(content: string): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    'select name from app_private.mentioned_names($1) as name order by name',
    [content],
  );
  return rows.map(({ name }) => name);
}

describe('a mention is what a reader sees as one', () => {
  test.each<[string, string[]]>([
    ['@bob', ['bob']],
    ['@BOB', ['bob']],
    ['hello @bob', ['bob']],
    ['@bob, hello', ['bob']],
    ['@bob.', ['bob']],
    ['@bob...', ['bob']],
    ['@bob-', ['bob']],
    ['@bob!', ['bob']],
    ["@bob's turn", ['bob']],
    ['(@bob)', ['bob']],
    ['[@bob]', ['bob']],
    ['"@bob"', ['bob']],
    ['“@bob”', ['bob']],
    ['«@bob»', ['bob']],
    ['.@bob', ['bob']],
    ['Hello.@bob', ['bob']],
    ['_@bob_', ['bob']],
    ['__@bob__', ['bob']],
    ['*@bob*', ['bob']],
    ['**@bob**', ['bob']],
    ['~~@bob~~', ['bob']],
    ['_hello @bob_', ['bob']],
    ['-@bob', ['bob']],
    ['- @bob', ['bob']],
    ['hi:@bob', ['bob']],
    ['hi,@bob', ['bob']],
    ['@bob: hi', ['bob']],
    ['@bob\n@ann', ['ann', 'bob']],
    ['@bob @ann @eve', ['ann', 'bob', 'eve']],
    ['@bob,@ann;@eve', ['ann', 'bob', 'eve']],
    ['@bob@ann', ['ann', 'bob']],
    ['@bob/@ann', ['ann', 'bob']],
    ['@bob+@ann', ['ann', 'bob']],
    ['@bob & @bob', ['bob']],
    ['@ann.lee', ['ann.lee']],
    ['Ask @ann.lee.', ['ann.lee']],
    ['@ann_lee-x', ['ann_lee-x']],
    ['@_bob_', ['_bob_']],
    ['@bob_', ['bob_']],
    ['@42', ['42']],
    ['こんにちは@bobさん', ['bob']],
    ['你好@bob，你在吗', ['bob']],
    ['สวัสดี@bobครับ', ['bob']],
    ['مرحبا @bob', ['bob']],
    ['Привет,@bob!', ['bob']],
    ['👋@bob👋', ['bob']],
    ['＠bob', ['bob']],
    ['> quoted\n@bob', ['bob']],
    ['`code` @bob', ['bob']],
    ['\\`@bob\\`', ['bob']],
    ['```\n@ann\n```\n@bob', ['bob']],
    ['https://example.com @bob', ['bob']],
    ['write to ann@example.com or @bob', ['bob']],
  ])('%j mentions %j', async (content, names) => {
    expect(await mentionedIn(content)).toEqual(names);
  });

  test.each([
    ['@'],
    ['@ bob'],
    ['@@bob'],
    ['`@bob`'],
    ['``@bob ` @bob``'],
    ['```\n@bob\n```'],
    ['```js\nnotify("@bob")\n```'],
    ['```\n@bob, and never closed'],
    ['~~~\n@bob\n~~~'],
    ['> @bob said so'],
    ['hello\n  > @bob said so'],
    ['\\@bob'],
    ['bob@example.com'],
    ['a.b+c@example.co.uk'],
    ['@bob@example.com'],
    ['me@bob'],
    ['first_@bob'],
    ['é@bob'],
    ['https://example.com/@bob'],
    ['https://social.example/@bob/1234'],
    ['http://user@bob:8080/'],
    ['www.example.com/@bob'],
    ['mailto:me@bob'],
    ['ssh://git@bob/repo.git'],
    ['packages/@bob/core'],
    ['@bobé'],
    ['@abcdefghijklmnopqrstuvwxyz0123456'],
  ])('%j mentions nobody', async (content) => {
    expect(await mentionedIn(content)).toEqual([]);
  });
});
