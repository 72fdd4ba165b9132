/** Questions are asked no more often than this; the first after a pause is asked at once. */
const INTERVAL_MS = 25;
const MAX_QUESTIONS = 1_000;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns a question about many into one about each: what is asked at about the same time goes to the
 * database in one statement. A thousand clients that come back together are then not a thousand queries.
 *
 * @param askAll answers in the order of the questions
 */
export function gather<Question, Answer>(
  askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;

  async function flush(): Promise<void> {
    askedAt = performance.now();
    const batch = waiting.slice(0, MAX_QUESTIONS);
    waiting = waiting.slice(MAX_QUESTIONS);
    if (waiting.length > 0) {
      setTimeout(flush, INTERVAL_MS);
    }
    try {
      const answers = await askAll(batch.map(({ question }) => question));
      for (const [index, { resolve }] of batch.entries()) {
        resolve(answers[index] as Answer);
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    }
  }

  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ question, resolve, reject }) === 1) {
        setTimeout(flush, Math.max(0, askedAt + INTERVAL_MS - performance.now()));
      }
    });
}
