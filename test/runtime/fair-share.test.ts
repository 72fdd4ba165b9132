import { jest } from '@jest/globals';
import {
  createFairShare,
  DATABASE_BURST_MS,
  DATABASE_MS_PER_SECOND,
  type FairShare,
  LONG_STATEMENT_MS,
  MAX_PAUSE_MS,
  SHARES,
  type Sharer,
} from '../../src/database/fair-share.ts';

const ada: Sharer = { kind: 'person', key: 'ada' };
const bob: Sharer = { kind: 'person', key: 'bob' };

/** Work that lasts until it is told to end. */
function hold(share: FairShare, sharer: Sharer) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const work = { hasBegun: false, begun: begun.promise, end: resolve };
  const done = share.run(sharer, () => {
    work.hasBegun = true;
    begun.resolve();
    return promise;
  });
  return Object.assign(work, { done });
}

const begunOf = (works: readonly { hasBegun: boolean }[]) =>
  works.filter(({ hasBegun }) => hasBegun).length;

test('nobody has more than one connection at a time, and others have theirs at once', async () => {
  const share = createFairShare(20);
  const works = Array.from({ length: 50 }, () => hold(share, ada));
  expect(begunOf(works)).toBe(1);
  const other = hold(share, bob);
  expect(other.hasBegun).toBe(true);
  works[0]?.end();
  await works[1]?.begun;
  expect(begunOf(works)).toBe(2);
  for (const work of [...works, other]) {
    work.end();
  }
  await Promise.all([...works, other].map(({ done }) => done));
});

test('who waits beside a statement of their own that takes long has a second connection', async () => {
  jest.useFakeTimers();
  const share = createFairShare(20);
  const works = Array.from({ length: 5 }, () => hold(share, ada));
  await jest.advanceTimersByTimeAsync(LONG_STATEMENT_MS);
  expect(begunOf(works)).toBe(SHARES.person.each);
  await jest.advanceTimersByTimeAsync(LONG_STATEMENT_MS);
  expect(begunOf(works)).toBe(SHARES.person.each);
  for (const work of works) {
    work.end();
  }
  await jest.advanceTimersByTimeAsync(60 * DATABASE_BURST_MS);
  await Promise.all(works.map(({ done }) => done));
  jest.useRealTimers();
});

test('lines are served in turn, however long one of them is', async () => {
  const share = createFairShare(4); // Three of them are shared.
  const zoe: Sharer = { kind: 'person', key: 'zoe' };
  const works = [
    hold(share, bob),
    hold(share, zoe),
    ...Array.from({ length: 50 }, () => hold(share, ada)),
  ];
  const others = ['carol', 'dave', 'eve'].map((key) => hold(share, { kind: 'person', key }));
  expect(begunOf(others)).toBe(0);
  for (const work of works.slice(0, 4)) {
    work.end();
  }
  await Promise.all(others.map(({ begun }) => begun));
  expect(begunOf(works)).toBeLessThan(10);
  for (const work of [...works, ...others]) {
    work.end();
  }
  await Promise.all([...works, ...others].map(({ done }) => done));
});

test('whoever has used the database for long has one connection, and half of the time', async () => {
  jest.useFakeTimers();
  const share = createFairShare(20);
  const first = hold(share, ada);
  await jest.advanceTimersByTimeAsync(2 * DATABASE_BURST_MS);
  first.end();
  await first.done;
  const slowed = Array.from({ length: 3 }, () => hold(share, ada));
  const other = hold(share, bob);
  expect([begunOf(slowed), other.hasBegun]).toEqual([0, true]);
  // As long as it takes until the time is back.
  await jest.advanceTimersByTimeAsync((DATABASE_BURST_MS * 1_000) / DATABASE_MS_PER_SECOND);
  expect(begunOf(slowed)).toBe(1);
  for (const work of [...slowed, other]) {
    work.end();
  }
  await jest.advanceTimersByTimeAsync(60 * DATABASE_BURST_MS);
  await Promise.all([...slowed, other].map(({ done }) => done));
  const later = Array.from({ length: 3 }, () => hold(share, ada));
  await jest.advanceTimersByTimeAsync(LONG_STATEMENT_MS);
  expect(begunOf(later)).toBe(SHARES.person.each);
  for (const work of later) {
    work.end();
  }
  await jest.advanceTimersByTimeAsync(60 * DATABASE_BURST_MS);
  await Promise.all(later.map(({ done }) => done));
  jest.useRealTimers();
});

test('a statement that took long is followed by a pause, but not by one that nobody waits for', async () => {
  jest.useFakeTimers();
  const share = createFairShare(20);
  const first = hold(share, ada);
  await jest.advanceTimersByTimeAsync(100 * DATABASE_BURST_MS);
  first.end();
  await first.done;
  const next = hold(share, ada);
  await jest.advanceTimersByTimeAsync(MAX_PAUSE_MS);
  expect(next.hasBegun).toBe(true);
  next.end();
  await next.done;
  jest.useRealTimers();
});

test('a pause is over when its timer has come, be it early by a part of a millisecond', async () => {
  const share = createFairShare(20);
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  await share.run(ada, async () => {
    now = 10_000;
  });
  const next = share.run(ada, async () => 'begun');
  now += MAX_PAUSE_MS - 0.4; // When the timer comes.
  await expect(next).resolves.toBe('begun');
  clock.mockRestore();
});

test('visitors together have a part of what there is', async () => {
  const share = createFairShare(20);
  const visitors = Array.from({ length: 10 }, (_, n) =>
    hold(share, { kind: 'visitor', key: `192.0.2.${n}` }),
  );
  expect(begunOf(visitors)).toBe(SHARES.visitor.together);
  for (const visitor of visitors) {
    visitor.end();
  }
  await Promise.all(visitors.map(({ done }) => done));
});

test('a line that is too long takes no more: RATE_LIMITED', async () => {
  const share = createFairShare(20);
  const visitor: Sharer = { kind: 'visitor', key: '192.0.2.1' };
  const { each, waiting } = SHARES.visitor;
  const works = Array.from({ length: each + waiting }, () => hold(share, visitor));
  await expect(share.run(visitor, async () => {})).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  });
  for (const work of works) {
    work.end();
  }
  await Promise.all(works.map(({ done }) => done));
});

test('work that fails gives its connection back', async () => {
  const share = createFairShare(1);
  const failure = new Error('refused');
  await expect(share.run(ada, () => Promise.reject(failure))).rejects.toBe(failure);
  await expect(share.run(bob, async () => 'answered')).resolves.toBe('answered');
});
