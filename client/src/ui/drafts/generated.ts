/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `saveDraft` mutation. */
export type SaveDraftInput = {
  /** Your uploads to attach, at most 10. */
  attachmentIds?: Array<string> | null | undefined;
  /** The `revision` of each writing that you saw or made before this one, at most 100, the last one last: an end takes away that one. Default: none. */
  basedOn?: Array<string> | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The text so far, at most 8,000 characters. Empty: the draft is over. */
  content: string;
  /** The `id` of the message to reply to. */
  parentMessageId?: string | null | undefined;
  /** A UUID of your own, for this writing alone. */
  revision: string;
  /** The `id` of the room. */
  roomId: string;
  /** When it was written. Default: now. */
  writtenAt?: string | null | undefined;
};

export type DraftPartsFragment = { id: string, roomId: string, parentMessageId: string | null, content: string, revision: string, isSetAside: boolean, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, thumbnailUrl: string | null }> };

export type DraftsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type DraftsQuery = { myDrafts: { nodes: Array<{ id: string, roomId: string, parentMessageId: string | null, content: string, revision: string, isSetAside: boolean, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, thumbnailUrl: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type SaveDraftMutationVariables = Exact<{
  input: SaveDraftInput;
}>;


export type SaveDraftMutation = { saveDraft: { draft: { id: string, roomId: string, parentMessageId: string | null, content: string, revision: string, isSetAside: boolean, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, thumbnailUrl: string | null }> } } | null };

export type DiscardDraftMutationVariables = Exact<{
  draftId: string;
}>;


export type DiscardDraftMutation = { discardDraft: { draft: { id: string } } | null };

const DraftPartsText = `fragment DraftParts on Draft{id roomId parentMessageId content attachments{id filename mimeType byteSize thumbnailUrl}revision isSetAside}`;
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
export const DraftPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment DraftParts on Draft{id roomId parentMessageId content attachments{id filename mimeType byteSize thumbnailUrl}revision isSetAside}`, {"fragmentName":"DraftParts"}) as unknown as TypedDocumentString<DraftPartsFragment, unknown>;
export const DraftsDocument = /* @__PURE__ */ new TypedDocumentString(`query Drafts($first:Int!$after:Cursor){myDrafts(first:$first after:$after){nodes{...DraftParts}pageInfo{hasNextPage endCursor}}}${DraftPartsText}`) as unknown as TypedDocumentString<DraftsQuery, DraftsQueryVariables>;
export const SaveDraftDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SaveDraft($input:SaveDraftInput!){saveDraft(input:$input){draft{...DraftParts}}}${DraftPartsText}`) as unknown as TypedDocumentString<SaveDraftMutation, SaveDraftMutationVariables>;
export const DiscardDraftDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DiscardDraft($draftId:UUID!){discardDraft(input:{draftId:$draftId}){draft{id}}}`) as unknown as TypedDocumentString<DiscardDraftMutation, DiscardDraftMutationVariables>;