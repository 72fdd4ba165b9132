/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type GroupMentionPreviewQueryVariables = Exact<{
  roomId: string;
  content: string;
}>;


export type GroupMentionPreviewQuery = { groupMentionPreview: Array<{ name: string, peopleCount: number, isAllowed: boolean }> | null, room: { groupMentionWarning: number } | null };

export type SuggestedGroupsQueryVariables = Exact<{
  startsWith: string;
  first: number;
}>;


export type SuggestedGroupsQuery = { userGroups: { nodes: Array<{ name: string, title: string }> } | null };

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

export const GroupMentionPreviewDocument = /* @__PURE__ */ new TypedDocumentString(`query GroupMentionPreview($roomId:UUID!$content:String!){groupMentionPreview(roomId:$roomId content:$content){name peopleCount isAllowed}room(id:$roomId){groupMentionWarning}}`) as unknown as TypedDocumentString<GroupMentionPreviewQuery, GroupMentionPreviewQueryVariables>;
export const SuggestedGroupsDocument = /* @__PURE__ */ new TypedDocumentString(`query SuggestedGroups($startsWith:String!$first:Int!){userGroups(startsWith:$startsWith first:$first){nodes{name title}}}`) as unknown as TypedDocumentString<SuggestedGroupsQuery, SuggestedGroupsQueryVariables>;