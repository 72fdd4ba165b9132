/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `markRoomUnread` mutation. */
export type MarkRoomUnreadInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The first message to mark. Null: the last one of somebody else. */
  fromMessageId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `removeLinkPreview` mutation. */
export type RemoveLinkPreviewInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the preview. */
  linkPreviewId: string;
};

export type RemoveLinkPreviewMutationVariables = Exact<{
  input: RemoveLinkPreviewInput;
}>;


export type RemoveLinkPreviewMutation = { removeLinkPreview: { message: { id: string } } | null };

export type MarkUnreadMutationVariables = Exact<{
  input: MarkRoomUnreadInput;
}>;


export type MarkUnreadMutation = { markRoomUnread: { clientMutationId: string | null } | null };

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

export const RemoveLinkPreviewDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveLinkPreview($input:RemoveLinkPreviewInput!){removeLinkPreview(input:$input){message{id}}}`) as unknown as TypedDocumentString<RemoveLinkPreviewMutation, RemoveLinkPreviewMutationVariables>;
export const MarkUnreadDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MarkUnread($input:MarkRoomUnreadInput!){markRoomUnread(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<MarkUnreadMutation, MarkUnreadMutationVariables>;