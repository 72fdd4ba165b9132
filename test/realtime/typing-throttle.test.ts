import { jest } from '@jest/globals';
import { createTypingThrottle } from '../../src/realtime/log/typing-throttle.ts';

const insert = { kind: 'typing', roomId: 'r', userId: 'u', event: 'insert' } as const;
const end = { ...insert, event: 'delete' } as const;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function start() {
  const told: string[] = [];
  const throttle = createTypingThrottle(
    ({ userId, event }) => void told.push(`${userId} ${event}`),
  );
  return { told, throttle };
}

test('who begins and ends over and over is told of once a second, and the last word always', () => {
  const { told, throttle } = start();
  for (let count = 0; count < 10; count += 1) {
    throttle.hear(insert);
    throttle.hear(end);
  }
  throttle.hear(insert);
  expect(told).toEqual(['u insert', 'u delete']);
  jest.advanceTimersByTime(1_000);
  expect(told).toEqual(['u insert', 'u delete', 'u insert']);
  jest.advanceTimersByTime(10_000);
  throttle.hear(end);
  expect(told.at(-1)).toBe('u delete');
  throttle.release();
});

test('a room where everyone begins at once tells of 20 a second', () => {
  const { told, throttle } = start();
  for (let count = 0; count < 200; count += 1) {
    throttle.hear({ ...insert, userId: `u${count}` });
  }
  throttle.hear({ ...insert, roomId: 'other' });
  expect(told).toHaveLength(21);
  jest.advanceTimersByTime(1_000);
  throttle.hear({ ...insert, userId: 'late' });
  expect(told.at(-1)).toBe('late insert');
  throttle.release();
});
