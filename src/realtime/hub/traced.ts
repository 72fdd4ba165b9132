import { wallClockMs } from '../../process/clock.ts';
import { carryTraces, inSpanOf, tracesOf, tracing, workFor } from '../../process/tracing.ts';
import type { SharedResult } from '../execution/result.ts';
import type { Happening } from '../log/events.ts';
import type { Transport } from './subscriber.ts';

/** Computes events within a span of the traces that they are of, and nobody else's. Its results are of that span. */
export function executing(
  events: readonly Happening[],
  compute: () => Promise<SharedResult[]>,
): Promise<SharedResult[]> {
  const traces = tracesOf(events);
  if (traces === undefined) {
    return workFor(undefined, compute);
  }
  const attributes = { 'trumpet.events': events.length };
  return inSpanOf(traces, 'execution', { attributes }, async (span) => {
    const results = await compute();
    for (const result of results) {
      carryTraces(result, span?.traces);
    }
    return results;
  });
}

/** To whom results were given. */
export interface Delivered {
  readonly sockets: number;
  readonly transports: ReadonlySet<Transport>;
}

/** Gives results to sockets within a span of the traces that they are of. */
export function delivering<To extends Delivered>(
  results: readonly SharedResult[],
  give: () => To,
): To {
  const traces = tracesOf(results);
  if (tracing === undefined || traces === undefined) {
    return give();
  }
  const span = tracing.follow(traces, 'deliver', { kind: 'producer', startedAt: wallClockMs() });
  const given = give();
  span.set({
    'trumpet.sockets': given.sockets,
    'trumpet.transports': [...given.transports],
    'trumpet.events': results.length,
  });
  span.end();
  return given;
}
