import { jest } from '@jest/globals';
import {
  createRefusals,
  REFUSED_BURST,
  REFUSED_PER_SECOND,
  REFUSED_WAIT_MS,
} from '../../src/process/refusals.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function refuse(refusals: ReturnType<typeof createRefusals>, key: string, times: number) {
  for (let time = 0; time < times; time += 1) {
    refusals.note(key);
  }
}

test('whoever does not heed refusals is served at the pace of refusals, and nobody else', async () => {
  const refusals = createRefusals();
  refuse(refusals, 'ada', REFUSED_BURST);
  expect(refusals.turn('ada')).toBeUndefined();
  refuse(refusals, 'ada', 10 * REFUSED_BURST);
  let begun = 0;
  const turns = Array.from({ length: 30 }, () => refusals.turn('ada'));
  for (const turn of turns) {
    void Promise.resolve(turn).then(() => {
      begun += 1;
    });
  }
  await jest.advanceTimersByTimeAsync(1_000);
  expect(begun).toBe(REFUSED_PER_SECOND);
  expect(refusals.turn('bob')).toBeUndefined();
});

test('too many who wait are too many', () => {
  const refusals = createRefusals();
  refuse(refusals, 'ada', REFUSED_BURST + 1);
  const turns = Array.from({ length: 200 }, () => refusals.turn('ada'));
  expect(turns.filter((turn) => turn === false)).toHaveLength(
    200 - (REFUSED_PER_SECOND * REFUSED_WAIT_MS) / 1_000,
  );
});

test('it is over soon after the last refusal, however many there were', async () => {
  const refusals = createRefusals();
  refuse(refusals, 'ada', 1_000 * REFUSED_BURST);
  await jest.advanceTimersByTimeAsync(REFUSED_WAIT_MS + 1_000);
  expect(refusals.turn('ada')).toBeUndefined();
});
