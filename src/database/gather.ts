import DataLoader from 'dataloader';

/** Questions are asked no more often than this on average; the first after a pause is asked at once. */
const INTERVAL_MS = 25;
const MAX_QUESTIONS = 1_000;

/**
 * Turns a question about many into one about each: what is asked at about the same time goes to the
 * database in one statement. A thousand clients that come back together are then not a thousand queries.
 * No answer is remembered.
 *
 * @param askAll answers in the order of the questions; an `Error` among the answers refuses that question alone
 */
export function gather<Question, Answer>(
  askAll: (questions: readonly Question[]) => Promise<readonly (Answer | Error)[]>,
): (question: Question) => Promise<Answer> {
  let askedAt = Number.NEGATIVE_INFINITY;
  const loader = new DataLoader<Question, Answer>(askAll, {
    cache: false,
    maxBatchSize: MAX_QUESTIONS,
    batchScheduleFn(ask) {
      const now = performance.now();
      askedAt = Math.max(now, askedAt + INTERVAL_MS);
      setTimeout(ask, askedAt - now);
    },
  });
  return (question) => loader.load(question);
}
