import { gather } from '../../src/database/gather.ts';

/** Doubles numbers, and remembers how many were asked about at once. */
function doubling() {
  const sizes: number[] = [];
  const double = gather(async (questions: readonly number[]) => {
    sizes.push(questions.length);
    return questions.map((question) => question * 2);
  });
  return { sizes, double };
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

test('what is asked together is asked once, and each gets its own answer', async () => {
  const { sizes, double } = doubling();
  await expect(Promise.all(numbers(500).map(double))).resolves.toEqual(
    numbers(500).map((number) => number * 2),
  );
  expect(sizes).toEqual([500]);
});

test('no statement has more than a thousand questions', async () => {
  const { sizes, double } = doubling();
  await expect(Promise.all(numbers(2_500).map(double))).resolves.toHaveLength(2_500);
  expect(sizes).toEqual([1_000, 1_000, 500]);
});

test('no answer is remembered', async () => {
  const { sizes, double } = doubling();
  await double(1);
  await double(1);
  expect(sizes).toEqual([1, 1]);
});

test('a failure is told to all who asked, and later questions are asked again', async () => {
  let isAway = true;
  const ask = gather(async (questions: readonly string[]) => {
    if (isAway) {
      throw new Error('The database is away.');
    }
    return questions;
  });
  const answers = await Promise.allSettled([ask('one'), ask('two')]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isAway = false;
  await expect(ask('one')).resolves.toBe('one');
});

test('an answer too few is nobody else’s', async () => {
  const ask = gather(async (questions: readonly string[]) => questions.slice(1));
  await expect(Promise.all([ask('one'), ask('two')])).rejects.toThrow();
});
