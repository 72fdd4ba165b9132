import type { FormattedExecutionResult } from 'postgraphile/graphql';
import { isPassing } from '../../database/passing.ts';
import { type Traces, togetherTraces, tracing, workFor } from '../../process/tracing.ts';
import type { SubscriptionDocument } from './document.ts';
import type { Executor, RootValue } from './executor.ts';

/*
 * With many small rooms an event is a transaction for four readers. Rooms that are listened to with the
 * same document share one: what comes while a transaction runs goes into the next, so they grow with
 * the load, as they do within a room.
 */

/** Events of one room, for a document that cannot get from one room into another. */
export interface RoomBatch extends SubscriptionDocument {
  /** The same for documents and variables that are the same. */
  readonly shareKey: string;
  readonly roomId: string;
  readonly events: readonly RootValue[];
}

export interface BatchingExecutor {
  /** Results as from an `Executor`, one an event. */
  execute(batch: RoomBatch): Promise<FormattedExecutionResult[]>;
  readonly executions: number;
}

interface Waiting extends RoomBatch {
  readonly traces: Traces | undefined;
  readonly resolve: (results: FormattedExecutionResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Executions of one document at a time: while one waits for Postgres, the other is planned. */
const PARALLEL_EXECUTIONS = 2;
const MAX_EVENTS = 200;

/** @param settingsOf the transaction's settings for a list of rooms and a document */
export function createBatchingExecutor(
  execute: Executor,
  settingsOf: (roomIds: readonly string[], shareKey: string) => Record<string, string>,
): BatchingExecutor {
  const lines = new Map<string, { waiting: Waiting[]; running: number }>();
  let executions = 0;

  async function run(batches: readonly Waiting[]): Promise<void> {
    const [first] = batches as readonly [Waiting];
    executions += 1;
    let results: FormattedExecutionResult[];
    try {
      const traces = tracing && togetherTraces(batches.map((batch) => batch.traces));
      results = await workFor(traces, () =>
        execute({
          document: first.document,
          operationName: first.operationName,
          variables: first.variables,
          pgSettings: settingsOf([...new Set(batches.map(({ roomId }) => roomId))], first.shareKey),
          events: batches.flatMap(({ events }) => events),
        }),
      );
    } catch (error) {
      for (const batch of batches) {
        if (batches.length > 1 && isPassing(error)) {
          void run([batch]); // Perhaps another room's fault: nobody pays for others.
        } else {
          batch.reject(error);
        }
      }
      return;
    }
    let start = 0;
    for (const batch of batches) {
      const ofBatch = results.slice(start, start + batch.events.length);
      start += batch.events.length;
      if (batches.length > 1 && ofBatch.some(({ errors }) => errors !== undefined)) {
        // Perhaps another room's fault.
        void run([batch]);
      } else {
        batch.resolve(ofBatch);
      }
    }
  }

  function proceed(key: string): void {
    const line = lines.get(key);
    if (line === undefined || line.running >= PARALLEL_EXECUTIONS) {
      return;
    }
    if (line.waiting.length === 0) {
      if (line.running === 0) {
        lines.delete(key);
      }
      return;
    }
    let events = 0;
    const end = line.waiting.findIndex((batch) => {
      events += batch.events.length;
      return events > MAX_EVENTS;
    });
    const batches = line.waiting.splice(0, end === -1 ? line.waiting.length : Math.max(1, end));
    line.running += 1;
    void run(batches).finally(() => {
      line.running -= 1;
      proceed(key);
    });
    proceed(key);
  }

  return {
    execute: (batch) =>
      new Promise((resolve, reject) => {
        const line = lines.get(batch.shareKey) ?? { waiting: [], running: 0 };
        lines.set(batch.shareKey, line);
        // At the end of this turn of the event loop: the feed hands over its rooms one after the other.
        if (line.waiting.push({ ...batch, traces: tracing?.current(), resolve, reject }) === 1) {
          setImmediate(proceed, batch.shareKey);
        }
      }),
    get executions() {
      return executions;
    },
  };
}
