import { jest } from '@jest/globals';
import { createPace } from '../../src/realtime/bells/pace.ts';

const pause = { minMs: 3, maxMs: 50 };

/** The pause after questions that took so long, each about so many things of so many groups. */
async function pauseAfter(...questions: { tookMs: number; things: number; groups: number }[]) {
  const clock = jest.spyOn(performance, 'now');
  try {
    const pace = createPace(pause);
    for (const { tookMs, things, groups } of questions) {
      clock.mockReturnValueOnce(0).mockReturnValueOnce(tookMs);
      await pace.timed(
        async () => {},
        () => ({ things, groups }),
      );
    }
    return pace.pauseMs;
  } finally {
    clock.mockRestore();
  }
}

const quick = { tookMs: 1, things: 1, groups: 1 };

test('nothing waits while Postgres answers as quickly as ever', async () => {
  await expect(pauseAfter(quick, { tookMs: 1, things: 500, groups: 1 })).resolves.toBe(3);
});

test('nothing waits for a single change, however late Postgres answers', async () => {
  await expect(pauseAfter(quick, { tookMs: 900, things: 1, groups: 1 })).resolves.toBe(3);
});

test('where changes keep coming and Postgres is late, they are gathered', async () => {
  await expect(pauseAfter(quick, { tookMs: 1.5, things: 40, groups: 40 })).resolves.toBe(20);
  await expect(pauseAfter(quick, { tookMs: 900, things: 40, groups: 40 })).resolves.toBe(50);
});

test('rooms that have several changes each may wait for twice as long', async () => {
  await expect(pauseAfter(quick, { tookMs: 900, things: 60, groups: 40 })).resolves.toBe(75);
  await expect(pauseAfter(quick, { tookMs: 900, things: 400, groups: 1 })).resolves.toBe(100);
});

test('once Postgres is quick again, so is delivery', async () => {
  await expect(pauseAfter(quick, { tookMs: 900, things: 60, groups: 2 }, quick)).resolves.toBe(3);
});
