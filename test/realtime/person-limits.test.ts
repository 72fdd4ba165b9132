import { jest } from '@jest/globals';
import { DOCUMENTS_PER_PERSON } from '../../src/realtime/hub/documents-in-use.ts';
import {
  createPersonLimits,
  SUBSCRIBE_BURST,
  SUBSCRIBES_PER_SECOND,
} from '../../src/realtime/hub/person-limits.ts';
import { READ_BURST, READS_PER_SECOND } from '../../src/realtime/hub/reading-turns.ts';

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
    limits.listen('ada', `document ${n}`),
  );
  expect(() => limits.listen('ada', 'one more')).toThrow(REFUSED);
  limits.listen('bob', 'one more');
  const second = limits.listen('ada', 'document 0');
  ends[0]?.();
  ends[0]?.(); // Ended twice is ended.
  expect(() => limits.listen('ada', 'one more')).toThrow(REFUSED);
  second();
  limits.listen('ada', 'one more');
});

test('a person begins so many subscriptions, and more as time goes on', () => {
  const limits = createPersonLimits();
  for (let count = 0; count < SUBSCRIBE_BURST; count += 1) {
    limits.begin('ada');
  }
  expect(() => limits.begin('ada')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) }),
  );
  limits.begin('bob');
  jest.advanceTimersByTime(1_000);
  for (let count = 0; count < SUBSCRIBES_PER_SECOND; count += 1) {
    limits.begin('ada');
  }
  expect(() => limits.begin('ada')).toThrow(REFUSED);
});

test('a person who begins many at once begins them one after the other, and nobody else waits', async () => {
  const limits = createPersonLimits();
  let begun = 0;
  const all = Array.from({ length: 100 }, async () => {
    await limits.begin('ada');
    begun += 1;
  });
  await jest.advanceTimersByTimeAsync(100);
  expect(begun).toBeLessThan(50);
  expect(limits.begin('bob')).toBeUndefined();
  await jest.runAllTimersAsync();
  await Promise.all(all);
});

test('a document that nobody else listens with keeps the next subscription waiting for longer', async () => {
  const limits = createPersonLimits();
  const msOf = async (document: string) => {
    const beganAt = performance.now();
    const begun = Promise.resolve(limits.begin('ada'));
    await jest.runAllTimersAsync();
    await begun;
    limits.listen('ada', document);
    return performance.now() - beganAt;
  };
  await msOf('of many');
  await msOf('of many');
  const usual = await msOf('one of them');
  expect(await msOf('another one')).toBeGreaterThan(usual);
});

test('the log is read for a person at one place at a time, and slower when it was much', async () => {
  const limits = createPersonLimits();
  const asked: number[] = [];
  const answers = Array.from({ length: 4 }, (_, number) => {
    const { promise, resolve } = Promise.withResolvers<readonly number[]>();
    const done = limits.read('ada', () => {
      asked.push(number);
      return promise;
    });
    return { done, answer: (changes: number) => resolve(Array(changes).fill(number)) };
  });
  expect(asked).toEqual([0]);
  const [first, second] = answers;
  first?.answer(READ_BURST);
  expect(await first?.done).toHaveLength(READ_BURST);
  await Promise.resolve();
  expect(asked).toEqual([0, 1]); // What is free is free.
  second?.answer(READS_PER_SECOND);
  await second?.done;
  expect(asked).toEqual([0, 1]);
  await jest.advanceTimersByTimeAsync(1_001);
  expect(asked).toEqual([0, 1, 2]);
  for (const { answer } of answers) {
    answer(0);
  }
  await jest.advanceTimersByTimeAsync(10_000);
  await Promise.all(answers.map(({ done }) => done));
  expect(asked).toEqual([0, 1, 2, 3]);
});

test('it is known who listens alone with a document: they wait for it, and nobody else', () => {
  const limits = createPersonLimits();
  const endOfAda = limits.listen('ada', 'document');
  limits.listen('ada', 'document');
  expect(limits.onlyListener('document')).toBe('ada');
  const endOfBob = limits.listen('bob', 'document');
  expect(limits.onlyListener('document')).toBeUndefined();
  endOfBob();
  endOfAda();
  expect(limits.onlyListener('document')).toBe('ada');
  expect(limits.onlyListener('another')).toBeUndefined();
});

test('who reads nothing any more is forgotten', async () => {
  const limits = createPersonLimits();
  limits.begin('ada');
  limits.listen('ada', 'document')();
  await limits.read('ada', async () => [1]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(jest.getTimerCount()).toBe(0);
});
