import { jest } from '@jest/globals';
import {
  createPersonLimits,
  DOCUMENTS_PER_PERSON,
  READ_BURST,
  READS_PER_SECOND,
  SUBSCRIBE_BURST,
  SUBSCRIBES_PER_SECOND,
} from '../../src/realtime/hub/person-limits.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const REFUSED = expect.objectContaining({ code: 'RATE_LIMITED' });

test('a person listens with a few documents at a time, in as many rooms as they like', () => {
  const limits = createPersonLimits();
  const ends = Array.from({ length: DOCUMENTS_PER_PERSON }, (_, n) =>
    limits.begin('ada', `document ${n}`),
  );
  expect(() => limits.begin('ada', 'one more')).toThrow(REFUSED);
  limits.begin('bob', 'one more');
  const second = limits.begin('ada', 'document 0');
  ends[0]?.();
  ends[0]?.(); // Ended twice is ended.
  expect(() => limits.begin('ada', 'one more')).toThrow(REFUSED);
  second();
  limits.begin('ada', 'one more');
});

test('a person begins so many subscriptions, and more as time goes on', () => {
  const limits = createPersonLimits();
  for (let count = 0; count < SUBSCRIBE_BURST; count += 1) {
    limits.begin('ada', 'document')();
  }
  expect(() => limits.begin('ada', 'document')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) }),
  );
  limits.begin('bob', 'document');
  jest.advanceTimersByTime(1_000);
  for (let count = 0; count < SUBSCRIBES_PER_SECOND; count += 1) {
    limits.begin('ada', 'document')();
  }
  expect(() => limits.begin('ada', 'document')).toThrow(REFUSED);
});

test('the log is read for a person at two places at a time, and slower when it was much', async () => {
  const limits = createPersonLimits();
  const asked: number[] = [];
  const answers = Array.from({ length: 5 }, (_, number) => {
    const { promise, resolve } = Promise.withResolvers<readonly number[]>();
    const done = limits.read('ada', () => {
      asked.push(number);
      return promise;
    });
    return { done, answer: (changes: number) => resolve(Array(changes).fill(number)) };
  });
  expect(asked).toEqual([0, 1]);
  const [first, second, third] = answers;
  first?.answer(READ_BURST);
  expect(await first?.done).toHaveLength(READ_BURST);
  await Promise.resolve();
  expect(asked).toEqual([0, 1, 2]); // What is free is free.
  second?.answer(READS_PER_SECOND);
  await second?.done;
  expect(asked).toEqual([0, 1, 2]);
  await jest.advanceTimersByTimeAsync(1_001);
  expect(asked).toEqual([0, 1, 2, 3]);
  third?.answer(0);
  await third?.done;
  for (const { answer } of answers) {
    answer(0);
  }
  await jest.advanceTimersByTimeAsync(10_000);
  await Promise.all(answers.map(({ done }) => done));
  expect(asked).toEqual([0, 1, 2, 3, 4]);
});

test('who reads nothing any more is forgotten', async () => {
  const limits = createPersonLimits();
  limits.begin('ada', 'document')();
  await limits.read('ada', async () => [1]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(jest.getTimerCount()).toBe(0);
});
