/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `blockUser` mutation. */
export type BlockUserInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `joinRoom` mutation. */
export type JoinRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `leaveRoom` mutation. */
export type LeaveRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/**
 * MEMBER talks. MODERATOR also deletes, pins and invites. ADMIN also changes the
 * room, its members and their roles. OWNER can do all; there is one.
 */
export type MemberRole =
  /** Also changes the room, its members and their roles. */
  | 'ADMIN'
  /** Reads and writes. */
  | 'MEMBER'
  /** Also deletes, pins, invites and adds. */
  | 'MODERATOR'
  /** Can do everything. Each room has one. */
  | 'OWNER';

/** All input for the `pinMessage` mutation. */
export type PinMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

/** All input for the `setAvatar` mutation. */
export type SetAvatarInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The last part of the address that the upload went to. */
  uploadId: string;
};

/** All input for the `setTyping` mutation. */
export type SetTypingInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** True while typing, false when stopped. */
  isTyping: boolean;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `unblockUser` mutation. */
export type UnblockUserInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `unpinMessage` mutation. */
export type UnpinMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

export type PersonPartsFragment = { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null };

export type PersonQueryVariables = Exact<{
  id: string;
}>;


export type PersonQuery = { user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null };

export type MembersQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type MembersQuery = { room: { id: string, members: { nodes: Array<{ userId: string, role: MemberRole, lastReadSeq: string, user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type SearchMembersQueryVariables = Exact<{
  roomId: string;
  query: string;
  first: number;
}>;


export type SearchMembersQuery = { room: { id: string, searchMembers: { nodes: Array<{ id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }> } } | null };

export type BlockMutationVariables = Exact<{
  input: BlockUserInput;
}>;


export type BlockMutation = { blockUser: { clientMutationId: string | null } | null };

export type UnblockMutationVariables = Exact<{
  input: UnblockUserInput;
}>;


export type UnblockMutation = { unblockUser: { clientMutationId: string | null } | null };

export type SetAvatarMutationVariables = Exact<{
  input: SetAvatarInput;
}>;


export type SetAvatarMutation = { setAvatar: { user: { id: string } } | null };

export type SetTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type SetTypingMutation = { setTyping: { clientMutationId: string | null } | null };

export type PinMessageMutationVariables = Exact<{
  input: PinMessageInput;
}>;


export type PinMessageMutation = { pinMessage: { message: { id: string } } | null };

export type UnpinMessageMutationVariables = Exact<{
  input: UnpinMessageInput;
}>;


export type UnpinMessageMutation = { unpinMessage: { message: { id: string } } | null };

export type JoinRoomMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type JoinRoomMutation = { joinRoom: { room: { id: string } } | null };

export type LeaveRoomMutationVariables = Exact<{
  input: LeaveRoomInput;
}>;


export type LeaveRoomMutation = { leaveRoom: { room: { id: string } } | null };

const PersonPartsText = `fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`;
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
export const PersonPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`, {"fragmentName":"PersonParts"}) as unknown as TypedDocumentString<PersonPartsFragment, unknown>;
export const PersonDocument = /* @__PURE__ */ new TypedDocumentString(`query Person($id:UUID!){user(id:$id){...PersonParts}}${PersonPartsText}`) as unknown as TypedDocumentString<PersonQuery, PersonQueryVariables>;
export const MembersDocument = /* @__PURE__ */ new TypedDocumentString(`query Members($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id members(first:$first after:$after){nodes{userId role lastReadSeq user{...PersonParts}}pageInfo{hasNextPage endCursor}}}}${PersonPartsText}`) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const SearchMembersDocument = /* @__PURE__ */ new TypedDocumentString(`query SearchMembers($roomId:UUID!$query:String!$first:Int!){room(id:$roomId){id searchMembers(query:$query first:$first){nodes{...PersonParts}}}}${PersonPartsText}`) as unknown as TypedDocumentString<SearchMembersQuery, SearchMembersQueryVariables>;
export const BlockDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Block($input:BlockUserInput!){blockUser(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<BlockMutation, BlockMutationVariables>;
export const UnblockDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Unblock($input:UnblockUserInput!){unblockUser(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<UnblockMutation, UnblockMutationVariables>;
export const SetAvatarDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetAvatar($input:SetAvatarInput!){setAvatar(input:$input){user{id}}}`) as unknown as TypedDocumentString<SetAvatarMutation, SetAvatarMutationVariables>;
export const SetTypingDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetTyping($input:SetTypingInput!){setTyping(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const PinMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation PinMessage($input:PinMessageInput!){pinMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<PinMessageMutation, PinMessageMutationVariables>;
export const UnpinMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnpinMessage($input:UnpinMessageInput!){unpinMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<UnpinMessageMutation, UnpinMessageMutationVariables>;
export const JoinRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation JoinRoom($input:JoinRoomInput!){joinRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<JoinRoomMutation, JoinRoomMutationVariables>;
export const LeaveRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation LeaveRoom($input:LeaveRoomInput!){leaveRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<LeaveRoomMutation, LeaveRoomMutationVariables>;