import { expect, test } from '@jest/globals';
import {
  createAllowance,
  createPersonAllowances,
  PERSON_FRAMES,
  SOCKET_FRAMES,
} from '../../src/realtime/transports/json/allowance.ts';

const { burst: FRAME_BURST, perSecond: FRAMES_A_SECOND } = SOCKET_FRAMES;

test('a hundred frames at once are fine, and 25 a second from then on', () => {
  const allowance = createAllowance(SOCKET_FRAMES);
  for (let frame = 0; frame < FRAME_BURST; frame += 1) {
    expect(allowance.take(0)).toBe(0);
  }
  for (let second = 1; second <= 10; second += 1) {
    for (let frame = 0; frame < FRAMES_A_SECOND; frame += 1) {
      expect(allowance.take(second * 1_000)).toBe(0);
    }
  }
});

test('who sends more is told how long to wait, and after that long may go on', () => {
  const allowance = createAllowance(SOCKET_FRAMES);
  for (let frame = 0; frame < FRAME_BURST; frame += 1) {
    allowance.take(0);
  }
  const waitMs = allowance.take(0) as number;
  expect(waitMs).toBe(40);
  expect(allowance.take(2 * waitMs)).toBe(0);
});

test('who goes on and on though told is given up', () => {
  const allowance = createAllowance(SOCKET_FRAMES);
  const answers = Array.from({ length: 2 * FRAME_BURST + 1 }, () => allowance.take(0));
  expect(answers.filter((waitMs) => waitMs === 0)).toHaveLength(FRAME_BURST);
  expect(answers.indexOf(undefined)).toBe(2 * FRAME_BURST);
});

test('all sockets of a person share what is theirs, and nobody else does', () => {
  const allowanceOf = createPersonAllowances();
  for (let frame = 0; frame < PERSON_FRAMES.burst; frame += 1) {
    expect(allowanceOf('ada').take(0)).toBe(0);
  }
  expect(allowanceOf('ada').take(0)).toBeGreaterThan(0);
  expect(allowanceOf('bob').take(0)).toBe(0);
});
