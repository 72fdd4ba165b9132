/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `markThreadRead` mutation. */
export type MarkThreadReadInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
  /** The `id` of the last message read. Default: the newest. */
  upToMessageId?: string | null | undefined;
};

/** Which messages of a room should notify you, and which of them count as mentions of you. */
export type NotificationLevel =
  /** Every message. */
  | 'ALL'
  /** Messages that mention you. */
  | 'MENTIONS'
  /** No messages: nothing notifies you or counts as a mention. `unreadCount` still says what you have not read; the badge leaves the room out. */
  | 'NONE';

/** All input for the `setThreadFollowed` mutation. */
export type SetThreadFollowedInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether it is to be followed. */
  isFollowed: boolean;
  /** The `id` of the message. */
  messageId: string;
};

/** All input for the `setThreadNotificationLevel` mutation. */
export type SetThreadNotificationLevelInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Which messages should notify you. */
  level?: NotificationLevel | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

export type MyThreadSummaryQueryVariables = Exact<{ [key: string]: never; }>;


export type MyThreadSummaryQuery = { myThreadSummary: { threadCount: number, unreadThreadCount: number, unreadCount: number, mentionCount: number } | null };

export type FollowedThreadQueryVariables = Exact<{
  messageId: string;
}>;


export type FollowedThreadQuery = { message: { followedThread: { readSeq: string, unreadCount: number } | null } | null };

export type FollowThreadMutationVariables = Exact<{
  input: SetThreadFollowedInput;
}>;


export type FollowThreadMutation = { setThreadFollowed: { message: { followedThread: { readSeq: string, unreadCount: number } | null } } | null };

export type ReadThreadMutationVariables = Exact<{
  input: MarkThreadReadInput;
}>;


export type ReadThreadMutation = { markThreadRead: { message: { followedThread: { readSeq: string, unreadCount: number } | null } } | null };

export type ThreadLevelQueryVariables = Exact<{
  messageId: string;
}>;


export type ThreadLevelQuery = { message: { threadNotificationLevel: NotificationLevel | null } | null };

export type SetThreadLevelMutationVariables = Exact<{
  input: SetThreadNotificationLevelInput;
}>;


export type SetThreadLevelMutation = { setThreadNotificationLevel: { message: { threadNotificationLevel: NotificationLevel | null } } | null };

export type ThreadReceiptsQueryVariables = Exact<{
  messageId: string;
  first: number;
}>;


export type ThreadReceiptsQuery = { message: { threadReceipts: Array<{ userId: string, lastReadSeq: string }> } | null };

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

export const MyThreadSummaryDocument = /* @__PURE__ */ new TypedDocumentString(`query MyThreadSummary{myThreadSummary{threadCount unreadThreadCount unreadCount mentionCount}}`) as unknown as TypedDocumentString<MyThreadSummaryQuery, MyThreadSummaryQueryVariables>;
export const FollowedThreadDocument = /* @__PURE__ */ new TypedDocumentString(`query FollowedThread($messageId:UUID!){message(id:$messageId){followedThread{readSeq unreadCount}}}`) as unknown as TypedDocumentString<FollowedThreadQuery, FollowedThreadQueryVariables>;
export const FollowThreadDocument = /* @__PURE__ */ new TypedDocumentString(`mutation FollowThread($input:SetThreadFollowedInput!){setThreadFollowed(input:$input){message{followedThread{readSeq unreadCount}}}}`) as unknown as TypedDocumentString<FollowThreadMutation, FollowThreadMutationVariables>;
export const ReadThreadDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ReadThread($input:MarkThreadReadInput!){markThreadRead(input:$input){message{followedThread{readSeq unreadCount}}}}`) as unknown as TypedDocumentString<ReadThreadMutation, ReadThreadMutationVariables>;
export const ThreadLevelDocument = /* @__PURE__ */ new TypedDocumentString(`query ThreadLevel($messageId:UUID!){message(id:$messageId){threadNotificationLevel}}`) as unknown as TypedDocumentString<ThreadLevelQuery, ThreadLevelQueryVariables>;
export const SetThreadLevelDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetThreadLevel($input:SetThreadNotificationLevelInput!){setThreadNotificationLevel(input:$input){message{threadNotificationLevel}}}`) as unknown as TypedDocumentString<SetThreadLevelMutation, SetThreadLevelMutationVariables>;
export const ThreadReceiptsDocument = /* @__PURE__ */ new TypedDocumentString(`query ThreadReceipts($messageId:UUID!$first:Int!){message(id:$messageId){threadReceipts(first:$first){userId lastReadSeq}}}`) as unknown as TypedDocumentString<ThreadReceiptsQuery, ThreadReceiptsQueryVariables>;