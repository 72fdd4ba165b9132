import fc from 'fast-check';
import { readHookAnswer } from '../../src/webhooks/hook-answer.ts';

const read = (answer: unknown) => readHookAnswer(JSON.stringify(answer));

test('a reason or a code that is missing, or none, is one that says little', () => {
  expect(read({ verdict: 'hold' })).toEqual({ verdict: 'hold', reason: 'Held by a hook.' });
  const refused = { verdict: 'refuse', reason: 'This message was refused.', code: null };
  expect(read({ verdict: 'refuse' })).toEqual(refused);
  expect(read({ verdict: 'refuse', reason: 7, code: 'two words' })).toEqual(refused);
  expect(read({ verdict: 'refuse', reason: ' \n\u202e ', code: '' })).toEqual(refused);
});

test('a reason is one line of at most 200 characters, without what would turn it around', () => {
  expect(read({ verdict: 'hold', reason: 'Look\n\u202eat\u0000 this.' })).toEqual({
    verdict: 'hold',
    reason: 'Look at this.',
  });
  // What joins letters belongs to them.
  expect(read({ verdict: 'hold', reason: 'می‌خواهم 👩‍💻' })).toMatchObject({
    reason: 'می‌خواهم 👩‍💻',
  });
  const { reason } = read({ verdict: 'refuse', reason: '😀'.repeat(300) }) as { reason: string };
  expect([...reason]).toHaveLength(200);
});

test('what is more than it has to be is left out, and what is another thing is no answer', () => {
  expect(read({ verdict: 'allow', more: 1 })).toEqual({ verdict: 'allow' });
  for (const answer of [null, [], 'allow', 1, {}, { verdict: 'change' }, { verdict: 'ALLOW' }]) {
    expect(read(answer)).toBeUndefined();
  }
});

test('a text that cannot be sent is a refusal that says so', () => {
  for (const content of ['', ' \n', 'x'.repeat(8_001), '\ud800', 'a\0b']) {
    expect(read({ verdict: 'change', content })).toMatchObject({
      verdict: 'refuse',
      code: 'NOT_SENDABLE',
    });
  }
  const content = '😀'.repeat(8_000);
  expect(read({ verdict: 'change', content })).toEqual({ verdict: 'change', content });
});

test('nothing that a server may answer throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const answer = readHookAnswer(body);
      expect(['allow', 'refuse', 'change', 'hold', undefined]).toContain(answer?.verdict);
    }),
  );
});
