import type { TrumpetError } from '../../../errors/codes.ts';
import { errorBody } from '../../../errors/error-body.ts';
import type { SubscriptionDocument } from '../../execution/document.ts';
import type { SharedResult } from '../../execution/result.ts';
import { ROOM_SUBSCRIPTION } from '../json/server-frames.ts';
import { errorBlock, eventBlock, type StreamIds } from './blocks.ts';

/** What a stream tells, and in which words. */
export interface StreamContent {
  readonly subscription: SubscriptionDocument;
  /** Everything that its blocks depend on beside the results. */
  key(cursor: string): string;
  block(result: SharedResult, cursor: string): Buffer;
  /** Why it cannot go on. */
  errorBlock(error: TrumpetError): string;
}

/** The events of a room, in the frames of the JSON WebSocket. @param after the last change that the client has seen */
export function roomContent(
  roomId: string,
  after: string | undefined,
  ids: StreamIds,
): StreamContent {
  return {
    subscription: { ...ROOM_SUBSCRIPTION, variables: { roomId, cursor: after ?? null } },
    key: () => `sse ${ids}`,
    block: (result) => eventBlock(result, ids),
    errorBlock,
  };
}

/** The results of a subscription of GraphQL, as the distinct connections of GraphQL over SSE are. */
export function graphqlContent(subscription: SubscriptionDocument): StreamContent {
  return {
    subscription,
    key: (cursor) => `sse graphql ${cursor}`,
    block: (result, cursor) => Buffer.concat([NEXT, result.json(cursor), END_OF_BLOCK]),
    errorBlock: (error) =>
      `event: next\ndata: ${JSON.stringify(errorBody(error))}\n\nevent: complete\ndata:\n\n`,
  };
}

const NEXT = Buffer.from('event: next\ndata: ');
const END_OF_BLOCK = Buffer.from('\n\n');
