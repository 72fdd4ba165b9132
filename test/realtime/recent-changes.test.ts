import { expect, test } from '@jest/globals';
import { createRecentChanges } from '../../src/realtime/hub/recent-changes.ts';
import type { DurableEvent } from '../../src/realtime/log/events.ts';

const base = { roomId: 'r', occurredAt: '2026-01-31T09:30:00Z' };

function sent(from: number, to: number): DurableEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    ...base,
    __typename: 'MessageEvent',
    event: 'insert',
    changeSeq: from + index,
    cursor: `${from + index}`,
    goneSeq: null,
    messageId: `m${from + index}`,
  }));
}

const numbers = (changes: readonly DurableEvent[] | undefined) =>
  changes?.map(({ changeSeq }) => changeSeq);

test('changes are found behind any place that they reach back to, and no further', () => {
  const recent = createRecentChanges();
  expect(recent.behind(7, 10)).toBeUndefined();
  recent.append(sent(8, 12));
  expect(recent.behind(6, 10)).toBeUndefined();
  expect(numbers(recent.behind(7, 2))).toEqual([8, 9]);
  expect(numbers(recent.behind(10, 10))).toEqual([11, 12]);
  expect(numbers(recent.behind(12, 10))).toEqual([]);
});

test('the latest 512 changes are kept, without gap, and never more than twice as many', () => {
  const recent = createRecentChanges();
  for (let head = 50; head <= 5_000; head += 50) {
    recent.append(sent(head - 49, head));
    expect(recent.size).toBeLessThanOrEqual(1_024);
    const kept = Math.min(head, 512);
    const found = numbers(recent.behind(head - kept, kept));
    expect([found?.length, found?.[0], found?.at(-1)]).toEqual([kept, head - kept + 1, head]);
  }
});

test('what is forgotten has to be read from the log', () => {
  const recent = createRecentChanges();
  recent.append(sent(1, 9));
  recent.forget();
  expect(recent.size).toBe(0);
  expect(recent.behind(8, 1)).toBeUndefined();
  recent.append(sent(10, 10));
  expect(numbers(recent.behind(9, 9))).toEqual([10]);
});
