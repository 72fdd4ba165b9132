import { plainText } from '../src/ui/plain-text.ts';
import { en } from '../src/ui/words/en.ts';

test.each([
  ['**bold**, ~~gone~~ and `code`', 'bold, gone and code'],
  ['[a page](https://example.com/a) to read', 'a page to read'],
  ['[\\[FIRING:1\\] Disk is full](https://example.com/alert)', '[FIRING:1] Disk is full'],
  ['not \\*bold\\*, and C:\\Users', 'not *bold*, and C:\\Users'],
  ['> quoted\n> twice', 'quoted twice'],
])('in one line, %j is %j', (content, expected) => {
  expect(plainText(en, { content, deletedAt: null, attachments: [] })).toBe(expected);
});
