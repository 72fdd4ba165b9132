import { jest } from '@jest/globals';
import { createPacedTurns } from '../../src/process/paced-turns.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('what takes the process long is done one after the other, with pauses in which others are served', async () => {
  const turns = createPacedTurns(1 / 4);
  const begun: number[] = [];
  async function take(ms: number) {
    await turns.begin('ada');
    begun.push(performance.now());
    jest.advanceTimersByTime(ms); // The process does nothing else meanwhile.
    turns.took('ada', ms);
  }
  const all = Promise.all(Array.from({ length: 10 }, () => take(20)));
  expect(turns.begin('bob')).toBeUndefined();
  await jest.runAllTimersAsync();
  await all;
  expect(begun).toHaveLength(10);
  const span = (begun.at(-1) as number) - (begun[0] as number);
  expect(span).toBeGreaterThanOrEqual(9 * 20 * 4);
});

test('whoever has done nothing for a while has their turn at once', async () => {
  const turns = createPacedTurns(1 / 4);
  expect(turns.begin('ada')).toBeUndefined();
  turns.took('ada', 20);
  expect(turns.begin('ada')).toBeInstanceOf(Promise);
  await jest.runAllTimersAsync();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(turns.begin('ada')).toBeUndefined();
});
