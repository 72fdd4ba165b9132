import { jest } from '@jest/globals';
import { createPresenceThrottle } from '../../src/realtime/log/presence-throttle.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('who comes and goes forty times is told of once a second, and the last word always', () => {
  const told: string[] = [];
  const throttle = createPresenceThrottle((userId, status) => told.push(`${userId} ${status}`));
  throttle.hear('other', 'online');
  for (let count = 0; count < 20; count += 1) {
    throttle.hear('u', 'away');
    throttle.hear('u', 'online');
  }
  expect(told).toEqual(['other online', 'u away']);
  jest.advanceTimersByTime(1_000);
  expect(told).toEqual(['other online', 'u away', 'u online']);
  throttle.hear('u', 'busy');
  throttle.hear('u', 'online');
  jest.advanceTimersByTime(5_000);
  // It is online, as was told.
  expect(told).toEqual(['other online', 'u away', 'u online']);
  throttle.hear('u', 'busy');
  expect(told.at(-1)).toBe('u busy');
  throttle.release();
  expect(jest.getTimerCount()).toBe(0);
});
