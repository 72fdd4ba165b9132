import { wallClockMs } from '../../process/clock.ts';
import {
  carryTraces,
  MOST_TRACES,
  type OpenSpan,
  type TracePlace,
  tracing,
} from '../../process/tracing.ts';
import type { DurableEvent } from './events.ts';

/** The traces for which bells of rooms have rung, until these are read. */
export interface AwaitedTraces {
  hear(roomId: string, place: TracePlace): void;
  /** Begins the spans of reading these rooms, one in each trace that waits for it. They began with the first bell. */
  take(roomIds: readonly string[]): TracedRead;
}

/** Ends the spans of a read, one way or the other. */
export interface TracedRead {
  /** The changes are of the traces that waited for their room. */
  found(lists: readonly (readonly DurableEvent[])[]): void;
  failed(error: unknown): void;
}

interface Awaited {
  readonly heardAt: number;
  readonly places: TracePlace[];
}

/** What is watched is read within a second. Beyond so many rooms, the one that has waited longest is forgotten. */
const MOST_ROOMS = 1_000;

export function createAwaitedTraces(): AwaitedTraces {
  const rooms = new Map<string, Awaited>();
  return {
    hear(roomId, { traceId, spanId }) {
      const awaited = rooms.get(roomId) ?? { heardAt: wallClockMs(), places: [] };
      rooms.set(roomId, awaited);
      if (awaited.places.length < MOST_TRACES) {
        awaited.places.push({ traceId, spanId });
      }
      if (rooms.size > MOST_ROOMS) {
        rooms.delete(rooms.keys().next().value as string);
      }
    },
    take(roomIds) {
      return rooms.size === 0 ? UNTRACED : tracedRead(begin(roomIds));
    },
  };

  function begin(roomIds: readonly string[]): ReadonlyMap<string, OpenSpan> {
    const spans = new Map<string, OpenSpan>();
    for (const roomId of roomIds) {
      const awaited = rooms.get(roomId);
      rooms.delete(roomId);
      if (tracing !== undefined && awaited !== undefined) {
        const attributes = { 'trumpet.room.id': roomId, 'trumpet.rooms': roomIds.length };
        const { heardAt: startedAt, places } = awaited;
        const options = { kind: 'consumer', attributes, startedAt } as const;
        spans.set(roomId, tracing.follow(places, 'feed', options));
      }
    }
    return spans;
  }
}

const UNTRACED: TracedRead = { found() {}, failed() {} };

function tracedRead(spans: ReadonlyMap<string, OpenSpan>): TracedRead {
  return {
    found(lists) {
      for (const changes of lists) {
        const span = spans.get(changes[0]?.roomId ?? '');
        span?.set({ 'trumpet.changes': changes.length });
        for (const change of changes) {
          carryTraces(change, span?.traces);
        }
      }
      for (const span of spans.values()) {
        span.end();
      }
    },
    failed(error) {
      for (const span of spans.values()) {
        span.fail(error);
        span.end();
      }
    },
  };
}
