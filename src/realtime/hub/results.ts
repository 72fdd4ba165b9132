import type { SharedResult } from '../execution/result.ts';
import type { DurableEvent, Happening } from '../log/events.ts';
import type { KeptResults } from './kept-results.ts';

/** A room's log as one recipe shows it. */
export interface Results {
  /** One result an event, for publishing; those of the log are kept. Waits for a database that is away. */
  compute(events: readonly Happening[]): Promise<SharedResult[]>;
  /** Results from change `from` on, at least one and none behind `to`. Null: the log does not reach back that far. */
  read(from: number, to: number): Promise<readonly SharedResult[] | null>;
  /** Lets go of the results that are kept for those who come back. */
  forget(): void;
}

interface ResultsOptions {
  /** Executes the recipe over events, one result each. */
  readonly run: (events: readonly Happening[]) => Promise<SharedResult[]>;
  /** The room's changes behind `after`, at most `limit`; null when the log does not reach back that far. */
  readonly readEvents: (after: number, limit: number) => Promise<readonly DurableEvent[] | null>;
  readonly kept: KeptResults;
}

export function createResults({ run, readEvents, kept }: ResultsOptions): Results {
  const pending = new Map<string, Promise<SharedResult[] | null>>();

  async function compute(events: readonly Happening[]): Promise<SharedResult[]> {
    const results = await run(events);
    for (const [index, { changeSeq }] of events.entries()) {
      if (changeSeq !== null) {
        kept.keep(changeSeq, results[index] as SharedResult);
      }
    }
    return results;
  }

  async function computeFromLog(from: number, to: number): Promise<SharedResult[] | null> {
    const events = await readEvents(from - 1, to - from + 1);
    return events === null || events.length === 0 ? null : await compute(events);
  }

  function keptFrom(from: number, to: number): SharedResult[] {
    const found: SharedResult[] = [];
    for (let seq = from; seq <= to; seq += 1) {
      const result = kept.get(seq);
      if (result === undefined) {
        break;
      }
      found.push(result);
    }
    return found;
  }

  /** The last change before one whose result is kept. */
  function endOfGap(from: number, to: number): number {
    let end = from;
    while (end < to && kept.get(end + 1) === undefined) {
      end += 1;
    }
    return end;
  }

  return {
    compute,
    async read(from, to) {
      const found = keptFrom(from, to);
      if (found.length > 0) {
        return found;
      }
      const end = endOfGap(from, to);
      // A thousand clients that come back together ask for the same.
      const key = `${from}-${end}`;
      const earlier = pending.get(key);
      const results = earlier ?? computeFromLog(from, end).finally(() => pending.delete(key));
      pending.set(key, results);
      return await results;
    },
    forget: kept.forget,
  };
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
