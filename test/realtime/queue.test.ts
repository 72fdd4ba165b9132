import { expect, test } from '@jest/globals';
import { createQueue } from '../../src/realtime/hub/queue.ts';

interface Item {
  readonly n: number;
}

/** A queue whose batches are done when the test says so. */
function start() {
  const batches: { numbers: number[]; done: PromiseWithResolvers<void> }[] = [];
  const told: string[] = [];
  const queue = createQueue<Item>({
    work(batch) {
      const done = Promise.withResolvers<void>();
      batches.push({ numbers: batch.map(({ n }) => n), done });
      return done.promise;
    },
    onOverflow: (dropped) => void told.push(`dropped ${dropped.length}`),
    onFailed: (_error, batch) => void told.push(`failed ${batch.map(({ n }) => n)}`),
  });
  const append = (from: number, to = from) =>
    queue.append(Array.from({ length: to - from + 1 }, (_, index) => ({ n: from + index })));
  /** Finishes the batch under way. */
  async function finish(error?: Error): Promise<void> {
    const { done } = batches.at(-1) as (typeof batches)[number];
    error === undefined ? done.resolve() : done.reject(error);
    await done.promise.catch(() => {});
  }
  return { queue, batches, told, append, finish };
}

test('what comes while one batch is worked on goes into the next, at most 100 at a time', async () => {
  const { batches, append, finish } = start();
  append(1);
  append(2, 3);
  append(4, 150);
  await finish();
  await finish();
  await finish();
  expect(batches.map(({ numbers }) => [numbers[0], numbers.length])).toEqual([
    [1, 1],
    [2, 100],
    [102, 49],
  ]);
});

test('what is appended at the moment when a batch ends is not left waiting', async () => {
  const { batches, append } = start();
  for (let turn = 0; turn < 6; turn += 1) {
    // So many turns of the microtask queue after the batch has ended.
    append(1);
    batches.at(-1)?.done.resolve();
    for (let count = 0; count < turn; count += 1) {
      await undefined;
    }
    append(2);
    await new Promise(setImmediate);
    batches.at(-1)?.done.resolve();
    await new Promise(setImmediate);
    expect(batches.splice(0).flatMap(({ numbers }) => numbers)).toEqual([1, 2]);
  }
});

test('it is settled when everything that was appended before is done', async () => {
  const { queue, append, finish } = start();
  await queue.settled();
  append(1);
  append(2);
  const order: string[] = [];
  const settled = queue.settled().then(() => order.push('settled'));
  append(3);
  await finish();
  order.push('one is done');
  await finish();
  await settled;
  expect(order).toEqual(['one is done', 'settled']);
});

test('more than 5,000 are not kept waiting, and whoever waits for them is told', async () => {
  const { queue, told, append, finish } = start();
  append(0);
  append(1, 3_000);
  const settled = queue.settled();
  append(3_001, 5_000);
  expect(told).toEqual(['dropped 5000']);
  await finish();
  await settled;
});

test('after a batch that fails it goes on with the next', async () => {
  const { queue, batches, told, append, finish } = start();
  append(1);
  append(2);
  const settled = queue.settled();
  await finish(new Error('broken'));
  await new Promise(setImmediate);
  await finish();
  await settled;
  expect(told).toEqual(['failed 1']);
  expect(batches.map(({ numbers }) => numbers)).toEqual([[1], [2]]);
});
