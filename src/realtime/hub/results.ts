import type { SharedResult } from '../execution/result.ts';
import type { DurableEvent, Happening } from '../log/events.ts';

/*
 * Nothing that has been computed is kept: a message may be deleted, held or edited, its author renamed or erased, and
 * whoever comes then is shown what a query shows then. What is read is computed after it was asked for. Whoever asks
 * while something is being computed waits for the next time, together with all others who do: so a thousand clients
 * that come back at the same moment are a few executions, one after the other.
 */

/** A room's log as one recipe shows it. */
export interface Results {
  /** One result an event, for publishing. Waits for a database that is away. */
  compute(events: readonly Happening[]): Promise<SharedResult[]>;
  /**
   * Results from change `from` on, at least one and none behind `to`, as new as this call. Null: the log does not reach
   * back that far.
   */
  read(from: number, to: number): Promise<readonly SharedResult[] | null>;
}

interface ResultsOptions {
  /** Executes the recipe over events, one result each. */
  readonly run: (events: readonly Happening[]) => Promise<SharedResult[]>;
  /** The room's changes behind `after`, at most `limit`; null when the log does not reach back that far. */
  readonly readEvents: (after: number, limit: number) => Promise<readonly DurableEvent[] | null>;
}

interface Question {
  readonly from: number;
  readonly to: number;
  readonly answer: (results: readonly SharedResult[] | null) => void;
  readonly refuse: (error: unknown) => void;
}

/** Changes that are computed in one execution, and who asked for any of them. */
interface Run {
  readonly from: number;
  to: number;
  readonly questions: Question[];
}

const MAX_RUN = 64;

export function createResults({ run, readEvents }: ResultsOptions): Results {
  let waiting: Question[] = [];
  let isReading = false;

  async function answerWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const questions = waiting;
      waiting = [];
      await Promise.all(runsOf(questions).map(answerRun));
    }
    isReading = false; // In the same turn as the last look: nobody asks in between and is left waiting.
  }

  async function answerRun({ from, to, questions }: Run): Promise<void> {
    try {
      const events = await readEvents(from - 1, to - from + 1);
      const [unanswerable, others] = partition(questions, (question) => question.from === from);
      if ((events === null || events.length === 0) && others.length > 0) {
        // The log may reach back to where these begin.
        for (const { answer } of unanswerable) {
          answer(null);
        }
        await Promise.all(runsOf(others).map(answerRun));
        return;
      }
      const results = events === null || events.length === 0 ? null : await run(events);
      for (const question of questions) {
        question.answer(results?.slice(question.from - from, question.to - from + 1) ?? null);
      }
    } catch (error) {
      for (const { refuse } of questions) {
        refuse(error);
      }
    }
  }

  return {
    compute: run,
    read: (from, to) =>
      new Promise((answer, refuse) => {
        waiting.push({ from, to: Math.min(to, from + MAX_RUN - 1), answer, refuse });
        if (!isReading) {
          isReading = true;
          setImmediate(() => void answerWaiting());
        }
      }),
  };
}

/** Gathers questions that overlap, so that no change is computed twice for them. */
function runsOf(questions: readonly Question[]): Run[] {
  const runs: Run[] = [];
  for (const question of questions.toSorted((a, b) => a.from - b.from)) {
    const last = runs.at(-1);
    if (last === undefined || question.from > last.to) {
      runs.push({ from: question.from, to: question.to, questions: [question] });
    } else {
      // Whoever wants more than fits asks again.
      last.to = Math.max(last.to, Math.min(question.to, last.from + MAX_RUN - 1));
      last.questions.push(question);
    }
  }
  return runs;
}

function partition<Item>(
  items: readonly Item[],
  isMeant: (item: Item) => boolean,
): readonly [Item[], Item[]] {
  return [items.filter(isMeant), items.filter((item) => !isMeant(item))];
}

const MAX_SLICE_BYTES = 64 * 1024;

/** Cuts results into runs of bounded size, so that what is written at once is bounded too. */
export function sliceResults(
  results: readonly SharedResult[],
): readonly { readonly start: number; readonly end: number }[] {
  const slices: { start: number; end: number }[] = [];
  let start = 0;
  let bytes = 0;
  for (const [index, result] of results.entries()) {
    bytes += result.byteLength;
    if (bytes >= MAX_SLICE_BYTES || index === results.length - 1) {
      slices.push({ start, end: index + 1 });
      start = index + 1;
      bytes = 0;
    }
  }
  return slices;
}
