import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { isPlainParagraph } from '../src/ui/plain-paragraph.ts';

const WORDS =
  'a Hi 1 12. 3) www. http:// a@b.c mailto: x: # > - + * _ ` ~ | : [ ] ( ) < & ! \\ / . , = ? ’ 😀 \u0000'.split(
    ' ',
  );

const text = fc
  .array(fc.oneof(fc.constantFrom(...WORDS, ' ', ' ', '\n', '\t'), fc.string({ maxLength: 3 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

const parse = (written: string) =>
  fromMarkdown(written, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children;

test('a text that is taken for one paragraph without marks is that to the parser too', () => {
  let plain = 0;
  fc.assert(
    fc.property(text, (written) => {
      if (isPlainParagraph(written)) {
        plain += 1;
        expect(parse(written)).toMatchObject([
          { type: 'paragraph', children: [{ type: 'text', value: written }] },
        ]);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(500);
});

test('what people write most often is', () => {
  for (const written of [
    'Good morning, Ada!',
    'See you at 9:30 (or later)',
    'it’s 5 - 3 = 2',
    '👍',
    'مرحبا',
  ]) {
    expect(isPlainParagraph(written)).toBe(true);
  }
});
