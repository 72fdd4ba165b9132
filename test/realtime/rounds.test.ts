import { jest } from '@jest/globals';
import { createRounds } from '../../src/realtime/log/rounds.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Rounds of 10 ms that end when the test says so; `due` counts what is to be done. */
function start() {
  const begun: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  let due = 0;
  const rounds = createRounds({
    isDue: () => due > 0,
    work() {
      due = 0;
      const round = Promise.withResolvers<void>();
      begun.push(round);
      return round.promise;
    },
    pauseMs: () => 10,
    onFailed: (error) => void failures.push(error),
  });
  return {
    begun,
    failures,
    rounds,
    ring() {
      due += 1;
      rounds.schedule();
    },
  };
}

test('what rings while a round is under way is done in one more, and not before the pause is over', async () => {
  const { begun, ring } = start();
  ring();
  ring();
  await jest.advanceTimersByTimeAsync(0);
  expect(begun).toHaveLength(1);
  ring();
  ring();
  await jest.advanceTimersByTimeAsync(4);
  begun[0]?.resolve();
  await jest.advanceTimersByTimeAsync(5);
  expect(begun).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1);
  expect(begun).toHaveLength(2);
});

test('where nothing is due nothing is done', async () => {
  const { begun, rounds } = start();
  rounds.schedule();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(begun).toHaveLength(0);
});

test('a round that fails is told, and what is due is done 200 ms later', async () => {
  const { begun, failures, ring } = start();
  ring();
  await jest.advanceTimersByTimeAsync(0);
  ring();
  begun[0]?.reject(new Error('broken'));
  await jest.advanceTimersByTimeAsync(199);
  expect([begun.length, failures.length]).toEqual([1, 1]);
  await jest.advanceTimersByTimeAsync(1);
  expect(begun).toHaveLength(2);
});

test('letting go waits for the round under way, and no other begins', async () => {
  const { begun, rounds, ring } = start();
  ring();
  await jest.advanceTimersByTimeAsync(0);
  ring();
  let isReleased = false;
  const released = rounds.release().then(() => {
    isReleased = true;
  });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(isReleased).toBe(false);
  begun[0]?.resolve();
  await released;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(begun).toHaveLength(1);
});
