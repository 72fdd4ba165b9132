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