import type { IncomingHttpHeaders } from 'node:http';

/*
 * Where spans are recorded, and what carries them from one part of the work to the next. Nothing here knows
 * OpenTelemetry: open-telemetry.ts does, and is loaded when the settings ask for it. Without it `tracing` is undefined, and
 * what is traced costs a look at that.
 *
 * Work is often done for several at once: messages sent together, rooms read together, events computed together. Then
 * each of their traces gets a span of that work, linked to that of the first, so that every trace is whole by itself.
 */

/** A span that others may follow: of a trace that is recorded. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
}

/** For whom something is done: one place for each trace, at least one. */
export type Traces = readonly TracePlace[];

export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[]>>;

export interface SpanOptions {
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer';
  /** Never what people write, are called or sign in with. */
  readonly attributes?: SpanAttributes;
  /** When it began, in milliseconds since 1970. */
  readonly startedAt?: number;
}

export interface OpenSpan {
  /** Where what follows goes on. */
  readonly traces: Traces;
  set(attributes: SpanAttributes): void;
  /** Says that it failed, by the code or the class of the error: messages may quote what people wrote. */
  fail(error: unknown): void;
  end(): void;
}

export interface Tracing {
  /**
   * Begins a trace, or continues the one that a caller's `traceparent` names. Undefined when it is not to be recorded:
   * then nothing that follows is.
   */
  begin(
    name: string,
    options: SpanOptions & { readonly headers?: IncomingHttpHeaders },
  ): OpenSpan | undefined;
  /** Begins a span in each of these traces. */
  follow(traces: Traces, name: string, options?: SpanOptions): OpenSpan;
  /** For whom the work is done that is under way. */
  current(): Traces | undefined;
  /** Works for these; for nobody when undefined. */
  run<T>(traces: Traces | undefined, work: () => T): T;
}

/** More are left out where work is done for so many at once. */
export const MOST_TRACES = 64;

/** Undefined unless the settings ask for traces. */
export let tracing: Tracing | undefined;

/** Begins to record; undefined ends it. */
export function setTracing(opened: Tracing | undefined): void {
  tracing = opened;
}

/** Works within a span of what is under way, if that is recorded. The work is begun at once. */
export function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span?: OpenSpan) => Promise<T>,
): Promise<T> {
  const traces = tracing?.current();
  return traces === undefined ? work() : inSpanOf(traces, name, options, work);
}

/** Works within a span in each of these traces. */
export function inSpanOf<T>(
  traces: Traces | undefined,
  name: string,
  options: SpanOptions,
  work: (span?: OpenSpan) => Promise<T>,
): Promise<T> {
  if (tracing === undefined || traces === undefined) {
    return work();
  }
  return withinSpan(tracing, tracing.follow(traces, name, options), work);
}

/** Works within a trace of its own, if that is to be recorded. */
export function inTrace<T>(
  name: string,
  options: SpanOptions,
  work: (span?: OpenSpan) => Promise<T>,
): Promise<T> {
  const span = tracing?.begin(name, options);
  return tracing === undefined || span === undefined ? work() : withinSpan(tracing, span, work);
}

function withinSpan<T>(
  opened: Tracing,
  span: OpenSpan,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> {
  return opened
    .run(span.traces, () => work(span))
    .then(
      (value) => {
        span.end();
        return value;
      },
      (error) => {
        span.fail(error);
        span.end();
        throw error;
      },
    );
}

/** Works for these and nobody else, whoever's turn it comes in. */
export function workFor<T>(traces: Traces | undefined, work: () => T): T {
  return tracing === undefined ? work() : tracing.run(traces, work);
}

/** All of them; undefined when there are none. */
export function togetherTraces(lists: Iterable<Traces | undefined>): Traces | undefined {
  const all: TracePlace[] = [];
  for (const list of new Set(lists)) {
    all.push(...(list ?? []));
  }
  return all.length === 0 ? undefined : all.slice(0, MOST_TRACES);
}

const carried = new WeakMap<object, Traces>();

/** Notes for whom a thing is, where it goes on by other ways than calls: a connection, an event, a result. */
export function carryTraces(thing: object, traces: Traces | undefined): void {
  if (traces !== undefined) {
    carried.set(thing, traces);
  } else if (tracing !== undefined) {
    carried.delete(thing);
  }
}

/** For whom things are; undefined when for nobody whose trace is recorded. */
export function tracesOf(things: Iterable<object>): Traces | undefined {
  return tracing === undefined
    ? undefined
    : togetherTraces(Iterator.from(things).map((thing) => carried.get(thing)));
}
