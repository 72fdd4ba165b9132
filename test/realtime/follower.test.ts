import { expect, test } from '@jest/globals';
import { createBatch, shareResult } from '../../src/realtime/execution/result.ts';
import {
  catchUp,
  createFollower,
  deliver,
  deliverNext,
  type Follower,
  fallBehind,
  hasLeft,
  leaveAfter,
  letGo,
  stay,
} from '../../src/realtime/hub/follower.ts';

/** A follower that has got everything up to change 5, and the changes that it is given from then on. */
function follow(): { follower: Follower; got: string[] } {
  const got: string[] = [];
  const follower = createFollower({
    userId: 'ada',
    position: 5,
    checkedAt: 5,
    reader: {
      transport: 'json',
      deliver: ({ results }) => got.push(...results.map((result) => result.json('').toString())),
      drained: () => undefined,
      onEnd() {},
    },
  });
  return { follower, got };
}

const resultsOf = (...changes: number[]) =>
  changes.map((change) => shareResult(String(change), false));

test('a follower begins behind, and is live once it has caught up', () => {
  const { follower, got } = follow();
  expect(follower.state).toBe('behind');
  deliverNext(follower, 6, resultsOf(6, 7));
  catchUp(follower);
  deliver(follower, createBatch(resultsOf(8)), 8);
  expect(follower).toMatchObject({ state: 'live', position: 8 });
  fallBehind(follower);
  deliverNext(follower, 9, resultsOf(9));
  expect(follower).toMatchObject({ state: 'behind', position: 9 });
  expect(got).toEqual(['6', '7', '8', '9']);
});

test('after n comes n + 1, or nothing', () => {
  const { follower, got } = follow();
  expect(() => deliverNext(follower, 7, resultsOf(7))).toThrow('After change 5 comes not 7');
  expect(() => deliverNext(follower, 5, resultsOf(5))).toThrow('After change 5 comes not 5');
  expect(got).toEqual([]);
});

test('who leaves gets nothing behind the change that is the last', () => {
  const { follower, got } = follow();
  leaveAfter(follower, 7);
  leaveAfter(follower, 9); // Removed, back, and removed again: the first removal counts.
  expect(hasLeft(follower)).toBe(false);
  deliverNext(follower, 6, resultsOf(6, 7, 8, 9));
  expect(follower).toMatchObject({ state: 'leaving', position: 7 });
  expect(hasLeft(follower)).toBe(true);
  expect(got).toEqual(['6', '7']);
});

test('who leaves is not given what is published', () => {
  const { follower } = follow();
  catchUp(follower);
  leaveAfter(follower, 7);
  expect(() => deliver(follower, createBatch(resultsOf(6)), 6)).toThrow('leaving');
});

test('who comes back before leaving reads on as if nothing had been', () => {
  const { follower, got } = follow();
  leaveAfter(follower, 6);
  stay(follower, 7);
  expect(follower).toMatchObject({ state: 'behind', checkedAt: 7 });
  deliverNext(follower, 6, resultsOf(6, 7, 8));
  expect(got).toEqual(['6', '7', '8']);
});

test('there is no way back from gone', () => {
  const { follower, got } = follow();
  letGo(follower);
  const changes = [
    () => catchUp(follower),
    () => fallBehind(follower),
    () => leaveAfter(follower, 9),
    () => stay(follower, 9),
    () => deliverNext(follower, 6, resultsOf(6)),
    () => deliver(follower, createBatch(resultsOf(6)), 6),
  ];
  for (const change of changes) {
    expect(change).toThrow('This cannot be done to a follower that is gone.');
  }
  expect(follower.state).toBe('gone');
  expect(got).toEqual([]);
});

test('a check from before the change that is the last takes nothing back', () => {
  const { follower, got } = follow();
  leaveAfter(follower, 7);
  stay(follower, 6);
  expect(follower).toMatchObject({ state: 'leaving', checkedAt: 5 });
  deliverNext(follower, 6, resultsOf(6, 7, 8));
  expect(got).toEqual(['6', '7']);
});
