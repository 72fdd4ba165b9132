import { expect, test } from '@jest/globals';
import { systemMessageOf, systemText } from '../src/ui/special/system-text.ts';
import { specialWords } from '../src/ui/special/words.ts';
import { count, fill } from '../src/ui/words/plural.ts';

/* What happened in a room is said in the language of whoever reads. */

const KINDS = [
  { kind: 'MEMBER_JOINED' },
  { kind: 'MEMBER_LEFT' },
  { kind: 'RENAMED', name: 'Den' },
  { kind: 'BECAME_ROOM', name: 'Den' },
  { kind: 'DESCRIPTION_CHANGED', description: 'Talk' },
  { kind: 'DESCRIPTION_CHANGED' },
  { kind: 'MESSAGE_PINNED', messageId: '01a22021-a49e-732c-a33c-21a80d1330cc' },
  { kind: 'RETENTION_CHANGED', retentionDays: 30 },
  { kind: 'RETENTION_CHANGED', retentionDays: 0 },
  { kind: 'RETENTION_CHANGED' },
  { kind: 'DISAPPEARING_CHANGED', disappearAfterSeconds: 604_800 },
  { kind: 'DISAPPEARING_CHANGED' },
];

test.each(['en', 'de', 'ar', 'ja'])('every kind has its own sentence in %s', (language) => {
  const said = KINDS.map((system) => systemText(language, system, 'alice'));
  expect(new Set(said).size).toBe(KINDS.length);
  expect(said.every((text) => text?.includes('alice'))).toBe(true);
  expect(said.filter((text) => /[{}]/.test(text ?? ''))).toEqual([]);
  if (language !== 'en') {
    const english = KINDS.map((system) => systemText('en', system, 'alice'));
    expect(said.filter((text) => english.includes(text))).toEqual([]);
  }
});

test.each(['en', 'de', 'ar', 'ja'])(
  'those who came or went together are named in %s',
  (language) => {
    const { joined, left } = specialWords(language).several;
    const values = { name: 'alice', second: 'bob' };
    for (const { two, more } of [joined, left]) {
      expect(fill(two, values)).toMatch(/alice.*bob/);
      for (const others of [1, 2, 3, 11, 100]) {
        const said = count(language, more, others, values);
        expect(said).toMatch(/alice.*bob/);
        expect(said).not.toMatch(/[{}]/);
        expect(said).not.toBe(fill(two, values));
      }
    }
    expect(joined.two).not.toBe(left.two);
  },
);

test('times are said in the largest unit that they are whole in', () => {
  const said = (disappearAfterSeconds: number) =>
    systemText('en', { kind: 'DISAPPEARING_CHANGED', disappearAfterSeconds }, 'alice');
  expect(said(30)).toContain('30 seconds');
  expect(said(90)).toContain('90 seconds');
  expect(said(3_600)).toContain('1 hour');
  expect(said(604_800)).toContain('7 days');
});

test('a kind of a newer server is left to the text of its message', () => {
  expect(systemText('en', { kind: 'CALL_ENDED' }, 'alice')).toBeUndefined();
  expect(systemMessageOf({ system: 'joined' })).toBeUndefined();
  expect(systemMessageOf(null)).toBeUndefined();
});
