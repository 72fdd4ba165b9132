import { expect, test } from '@jest/globals';
import { type SharedResult, shareResult } from '../../src/realtime/execution/result.ts';
import { createKeptResults, type KeptResults } from '../../src/realtime/hub/kept-results.ts';

const MEGABYTE = 1024 * 1024;
const ofBytes = (bytes: number): SharedResult => shareResult('x'.repeat(bytes), false);

function keptAmong(kept: KeptResults, from: number, to: number): number[] {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return numbers.filter((change) => kept.get(change) !== undefined);
}

test('the results of the latest 512 changes are kept', () => {
  const bytes = { together: 0 };
  const kept = createKeptResults(bytes);
  for (let change = 1; change <= 600; change += 1) {
    kept.keep(change, ofBytes(10));
  }
  expect(keptAmong(kept, 1, 600)).toEqual(Array.from({ length: 512 }, (_, index) => 89 + index));
  kept.keep(20, ofBytes(10)); // Read again from the log, by someone who was away for long.
  expect(kept.get(20)).toBeUndefined();
  expect(bytes.together).toBe(5_120);
});

test('after a pause the old ones go first all the same', () => {
  const kept = createKeptResults({ together: 0 });
  for (const first of [1, 1_000_000]) {
    for (let change = first; change < first + 300; change += 1) {
      kept.keep(change, ofBytes(1));
    }
  }
  expect(keptAmong(kept, 1, 300)).toHaveLength(212);
  expect(keptAmong(kept, 1, 88)).toEqual([]);
  expect(keptAmong(kept, 1_000_000, 1_000_299)).toHaveLength(300);
});

test('a group keeps 4 MB at most', () => {
  const kept = createKeptResults({ together: 0 });
  for (let change = 1; change <= 6; change += 1) {
    kept.keep(change, ofBytes(MEGABYTE));
  }
  expect(keptAmong(kept, 1, 6)).toEqual([3, 4, 5, 6]);
});

test('where all groups together keep too much, each keeps a few', () => {
  const bytes = { together: 64 * MEGABYTE };
  const kept = createKeptResults(bytes);
  for (let change = 1; change <= 20; change += 1) {
    kept.keep(change, ofBytes(1));
  }
  expect(keptAmong(kept, 1, 20)).toHaveLength(16);
  expect(bytes.together).toBe(64 * MEGABYTE + 16);
});

test('what is kept twice counts once, and what is forgotten not at all', () => {
  const bytes = { together: 0 };
  const kept = createKeptResults(bytes);
  kept.keep(1, ofBytes(100));
  kept.keep(1, ofBytes(30));
  expect(bytes.together).toBe(30);
  kept.forget();
  expect(kept.get(1)).toBeUndefined();
  expect(bytes.together).toBe(0);
});
