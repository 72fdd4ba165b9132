/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type RoomArrangementsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type RoomArrangementsQuery = { roomArrangements: { nodes: Array<{ roomId: string, isFavorite: boolean, folder: string | null, place: number | null, isHidden: boolean }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

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

export const RoomArrangementsDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomArrangements($first:Int!$after:Cursor){roomArrangements(first:$first after:$after){nodes{roomId isFavorite folder place isHidden}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<RoomArrangementsQuery, RoomArrangementsQueryVariables>;