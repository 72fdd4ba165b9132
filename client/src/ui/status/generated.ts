/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type StatusTextsQueryVariables = Exact<{
  userIds: Array<string> | string;
  first: number;
}>;


export type StatusTextsQuery = { statusTexts: Array<{ userId: string, text: string | null, emoji: string | null, endsAt: string | null }> | null };

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

export const StatusTextsDocument = /* @__PURE__ */ new TypedDocumentString(`query StatusTexts($userIds:[UUID!]!$first:Int!){statusTexts(userIds:$userIds first:$first){userId text emoji endsAt}}`) as unknown as TypedDocumentString<StatusTextsQuery, StatusTextsQueryVariables>;