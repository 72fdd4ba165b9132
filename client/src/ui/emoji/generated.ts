/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ChangedEmojiQueryVariables = Exact<{
  sinceVersion?: string | number | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ChangedEmojiQuery = { customEmoji: { nodes: Array<{ id: string, name: string, aliases: Array<string>, pictureUrl: string | null, stillPictureUrl: string | null, version: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type EmojiPartsFragment = { id: string, name: string, aliases: Array<string>, pictureUrl: string | null, stillPictureUrl: string | null, version: string };

const EmojiPartsText = `fragment EmojiParts on CustomEmoji{id name aliases pictureUrl stillPictureUrl version}`;
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
export const EmojiPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment EmojiParts on CustomEmoji{id name aliases pictureUrl stillPictureUrl version}`, {"fragmentName":"EmojiParts"}) as unknown as TypedDocumentString<EmojiPartsFragment, unknown>;
export const ChangedEmojiDocument = /* @__PURE__ */ new TypedDocumentString(`query ChangedEmoji($sinceVersion:BigInt$first:Int!$after:Cursor){customEmoji(sinceVersion:$sinceVersion first:$first after:$after){nodes{...EmojiParts}pageInfo{hasNextPage endCursor}}}${EmojiPartsText}`) as unknown as TypedDocumentString<ChangedEmojiQuery, ChangedEmojiQueryVariables>;