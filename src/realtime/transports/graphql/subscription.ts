import type { ExecutionArgs } from 'postgraphile/graphql';
import type { Viewer } from '../../../identity/viewer.ts';
import type { SharedResult } from '../../execution/result.ts';
import type { Hub } from '../../hub/hub.ts';
import { writeBatch } from '../batches.ts';
import { type Outbox, textFrames } from '../outbox.ts';

/** Closes a `next` frame. */
const TAIL = Buffer.from('}');

interface SubscriptionReader {
  readonly outbox: Outbox;
  readonly viewer: Viewer;
  /** Asked until it has begun: false when the client has completed it already, or is gone. */
  readonly isWanted: () => boolean;
}

/**
 * Begins a subscription of the hub, whose `next` frames go to the socket. To graphql-ws it is an iterator that never
 * yields, and ends when the hub is done.
 *
 * @param id of the operation, as the client chose it
 * @throws TrumpetError NOT_FOUND, BAD_INPUT.
 */
export async function subscribe(
  hub: Hub,
  { outbox, viewer, isWanted }: SubscriptionReader,
  id: string,
  { document, operationName, variableValues }: ExecutionArgs,
): Promise<AsyncIterableIterator<never>> {
  const ended = Promise.withResolvers<IteratorReturnResult<undefined>>();
  ended.promise.catch(() => {}); // Before graphql-ws waits for it, too.
  let hasBegun = false;
  const stop = await hub.subscribe(
    {
      viewer,
      document,
      operationName: operationName ?? undefined,
      variables: { ...variableValues },
    },
    {
      transport: 'graphql',
      isWanted,
      next(batch, cursor) {
        if (hasBegun || isWanted()) {
          writeBatch(outbox, batch, `${id} ${cursor}`, (results) =>
            nextFrames(id, cursor, results),
          );
        }
      },
      drained: outbox.drained,
      end(error) {
        if (error === undefined) {
          ended.resolve({ done: true, value: undefined });
        } else {
          ended.reject(error);
        }
      },
    },
  );
  hasBegun = true;
  if (!isWanted()) {
    stop();
    ended.resolve({ done: true, value: undefined });
  }
  const iterator: AsyncIterableIterator<never> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () => ended.promise,
    async return() {
      stop();
      ended.resolve({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
  };
  return iterator;
}

function nextFrames(id: string, cursor: string, results: readonly SharedResult[]): Buffer {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  return textFrames(results.map((result) => [head, result.json(cursor), TAIL]));
}
