import { setImmediate } from 'node:timers/promises';
import { together } from '../../src/process/together.ts';

test('a start that fails is not over before everything that it has begun is there to be stopped', async () => {
  const begun: string[] = [];
  const start = together(
    Promise.reject(new Error('The migrations failed.')),
    setImmediate().then(() => begun.push('Postgres')),
  );
  await expect(start).rejects.toThrow('The migrations failed.');
  expect(begun).toEqual(['Postgres']);
});

test('what is done at a time gives what each of it gives, in its order', async () => {
  await expect(together(setImmediate(1), Promise.resolve('two'))).resolves.toEqual([1, 'two']);
});
