/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/**
 * Why a message stands out. MENTION: it mentions you. POLL: it is a poll.
 * REACTIONS, REPLIES: it is among those with the most of them.
 */
export type RecapReason =
  /** It mentions you. */
  | 'MENTION'
  /** It is a poll. */
  | 'POLL'
  /** It is among those with the most reactions. */
  | 'REACTIONS'
  /** It is among those with the most replies. */
  | 'REPLIES';

export type RoomRecapQueryVariables = Exact<{
  roomId: string;
  sinceSeq: string | number;
}>;


export type RoomRecapQuery = { roomRecap: { messageCount: number, peopleCount: number, mentionCount: number, fileCount: number, pollCount: number, threadCount: number, isPartial: boolean, writers: Array<{ messageCount: number, user: { id: string, displayName: string, deletedAt: string | null } }>, highlights: Array<{ reason: RecapReason, count: number, message: { id: string, seq: string, content: string | null, deletedAt: string | null, disappearsAt: string | null, author: { id: string, displayName: string, deletedAt: string | null }, attachments: Array<{ filename: string }> } }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  readonly value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const RoomRecapDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomRecap($roomId:UUID!$sinceSeq:BigInt!){roomRecap(roomId:$roomId sinceSeq:$sinceSeq){messageCount peopleCount mentionCount fileCount pollCount threadCount isPartial writers{messageCount user{id displayName deletedAt}}highlights{reason count message{id seq content deletedAt disappearsAt author{id displayName deletedAt}attachments(first:3){filename}}}}}`) as unknown as TypedDocumentString<RoomRecapQuery, RoomRecapQueryVariables>;