/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `addCustomEmoji` mutation. */
export type AddCustomEmojiInput = {
  /** Other names by which it is meant, up to 10. */
  aliases?: Array<string> | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What it is called, with colons around it or without: 1 to 30 letters, digits, `_`, `-` and `+`, of any script. None that another has, and none that means an emoji of Unicode. */
  name: string;
  /** The `id` of the upload, made with the metadata `purpose emoji`. */
  uploadId: string;
};

/** All input for the `addMessageReaction` mutation. */
export type AddMessageReactionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** One emoji, such as `👍`. */
  emoji: string;
  /** The `id` of the message. */
  messageId: string;
};

/** Whether a file can be fetched. */
export type AttachmentStatus =
  /** Is being inspected and cannot be downloaded yet. */
  | 'PROCESSING'
  /** Can be downloaded. */
  | 'READY'
  /** Was refused and cannot be downloaded. */
  | 'REFUSED';

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

/** All input for the `deleteMessage` mutation. */
export type DeleteMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
};

/** All input for the `editMessage` mutation. */
export type EditMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The text, at most 8,000 characters. May be empty if there are files. */
  content: string;
  /** The `id` of the message. */
  messageId: string;
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

/** All input for the `markRoomRead` mutation. */
export type MarkRoomReadInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** True: leaves out answers, which stand in the `replies` of their message, but for those that were sent to the room as well. */
  topLevelOnly?: boolean | null | undefined;
  /** The `id` of the last message read. Default: the newest. */
  upToMessageId?: string | null | undefined;
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

/** What a message mainly is, so that clients can show it. SYSTEM is written by the server only. */
export type MessageType =
  /** An audio recording. */
  | 'AUDIO'
  /** Any other file. */
  | 'FILE'
  /** A picture. */
  | 'IMAGE'
  /** Written by the server. */
  | 'SYSTEM'
  /** Text. */
  | 'TEXT'
  /** A video. */
  | 'VIDEO';

/** Methods to use when ordering `Message`. */
export type MessagesOrderBy =
  /** The oldest first. */
  | 'SEQ_ASC'
  /** The newest first. */
  | 'SEQ_DESC';

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

/** All input for the `removeMessageReaction` mutation. */
export type RemoveMessageReactionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** One emoji, such as `👍`. */
  emoji: string;
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

export type AttachmentPartsFragment = { id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null };

export type MessagePartsFragment = { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> };

export type ViewedMessagePartsFragment = { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> };

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

export type ThreadQueryVariables = Exact<{
  messageId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ThreadQuery = { message: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, replies: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } }, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } | null };

export type HeldMessagesQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type HeldMessagesQuery = { room: { id: string, heldMessages: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

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

export type EditMessageMutationVariables = Exact<{
  input: EditMessageInput;
}>;


export type EditMessageMutation = { editMessage: { message: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } } | null };

export type DeleteMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type DeleteMessageMutation = { deleteMessage: { message: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } } | null };

export type AddReactionMutationVariables = Exact<{
  input: AddMessageReactionInput;
}>;


export type AddReactionMutation = { addMessageReaction: { message: { id: string } } | null };

export type RemoveReactionMutationVariables = Exact<{
  input: RemoveMessageReactionInput;
}>;


export type RemoveReactionMutation = { removeMessageReaction: { message: { id: string } } | null };

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

export type MarkReadMutationVariables = Exact<{
  input: MarkRoomReadInput;
}>;


export type MarkReadMutation = { markRoomRead: { roomMember: { lastReadSeq: string } } | null };

export type HistoryQueryVariables = Exact<{
  roomId: string;
  first: number;
  beforeSeq?: string | number | null | undefined;
  afterSeq?: string | number | null | undefined;
  aroundSeq?: string | number | null | undefined;
  orderBy: Array<MessagesOrderBy> | MessagesOrderBy;
}>;


export type HistoryQuery = { room: { id: string, messages: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> }>, pageInfo: { hasNextPage: boolean } } } | null };

export type AddCustomEmojiMutationVariables = Exact<{
  input: AddCustomEmojiInput;
}>;


export type AddCustomEmojiMutation = { addCustomEmoji: { customEmoji: { id: string } } | null };

const PersonPartsText = `fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`;
const AttachmentPartsText = `fragment AttachmentParts on Attachment{id filename mimeType byteSize width height durationMs status url thumbnailUrl}`;
const MessagePartsText = `fragment MessageParts on Message{id roomId seq content messageType metadata createdAt editedAt deletedAt pinnedAt heldAt disappearsAt parentMessageId alsoSentToRoom replyCount author{...PersonParts}mentionedIds groupMentions attachments{...AttachmentParts}linkPreviews(first:3){id url title description siteName thumbnailUrl width height}reactions{emoji count}}`;
const ViewedMessagePartsText = `fragment ViewedMessageParts on Message{...MessageParts viewerReactions:reactions{emoji viewerHasReacted}}`;
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
export const AttachmentPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment AttachmentParts on Attachment{id filename mimeType byteSize width height durationMs status url thumbnailUrl}`, {"fragmentName":"AttachmentParts"}) as unknown as TypedDocumentString<AttachmentPartsFragment, unknown>;
export const MessagePartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment MessageParts on Message{id roomId seq content messageType metadata createdAt editedAt deletedAt pinnedAt heldAt disappearsAt parentMessageId alsoSentToRoom replyCount author{...PersonParts}mentionedIds groupMentions attachments{...AttachmentParts}linkPreviews(first:3){id url title description siteName thumbnailUrl width height}reactions{emoji count}}fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}fragment AttachmentParts on Attachment{id filename mimeType byteSize width height durationMs status url thumbnailUrl}`, {"fragmentName":"MessageParts"}) as unknown as TypedDocumentString<MessagePartsFragment, unknown>;
export const ViewedMessagePartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ViewedMessageParts on Message{...MessageParts viewerReactions:reactions{emoji viewerHasReacted}}fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}fragment AttachmentParts on Attachment{id filename mimeType byteSize width height durationMs status url thumbnailUrl}fragment MessageParts on Message{id roomId seq content messageType metadata createdAt editedAt deletedAt pinnedAt heldAt disappearsAt parentMessageId alsoSentToRoom replyCount author{...PersonParts}mentionedIds groupMentions attachments{...AttachmentParts}linkPreviews(first:3){id url title description siteName thumbnailUrl width height}reactions{emoji count}}`, {"fragmentName":"ViewedMessageParts"}) as unknown as TypedDocumentString<ViewedMessagePartsFragment, unknown>;
export const PersonDocument = /* @__PURE__ */ new TypedDocumentString(`query Person($id:UUID!){user(id:$id){...PersonParts}}${PersonPartsText}`) as unknown as TypedDocumentString<PersonQuery, PersonQueryVariables>;
export const MembersDocument = /* @__PURE__ */ new TypedDocumentString(`query Members($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id members(first:$first after:$after){nodes{userId role lastReadSeq user{...PersonParts}}pageInfo{hasNextPage endCursor}}}}${PersonPartsText}`) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const ThreadDocument = /* @__PURE__ */ new TypedDocumentString(`query Thread($messageId:UUID!$first:Int!$after:Cursor){message(id:$messageId){...ViewedMessageParts replies(first:$first after:$after orderBy:SEQ_DESC){nodes{...ViewedMessageParts}pageInfo{hasNextPage endCursor}}}}${PersonPartsText}${AttachmentPartsText}${MessagePartsText}${ViewedMessagePartsText}`) as unknown as TypedDocumentString<ThreadQuery, ThreadQueryVariables>;
export const HeldMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`query HeldMessages($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id heldMessages(first:$first after:$after){nodes{...ViewedMessageParts}pageInfo{hasNextPage endCursor}}}}${PersonPartsText}${AttachmentPartsText}${MessagePartsText}${ViewedMessagePartsText}`) as unknown as TypedDocumentString<HeldMessagesQuery, HeldMessagesQueryVariables>;
export const SearchMembersDocument = /* @__PURE__ */ new TypedDocumentString(`query SearchMembers($roomId:UUID!$query:String!$first:Int!){room(id:$roomId){id searchMembers(query:$query first:$first){nodes{...PersonParts}}}}${PersonPartsText}`) as unknown as TypedDocumentString<SearchMembersQuery, SearchMembersQueryVariables>;
export const BlockDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Block($input:BlockUserInput!){blockUser(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<BlockMutation, BlockMutationVariables>;
export const UnblockDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Unblock($input:UnblockUserInput!){unblockUser(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<UnblockMutation, UnblockMutationVariables>;
export const SetAvatarDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetAvatar($input:SetAvatarInput!){setAvatar(input:$input){user{id}}}`) as unknown as TypedDocumentString<SetAvatarMutation, SetAvatarMutationVariables>;
export const SetTypingDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetTyping($input:SetTypingInput!){setTyping(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const EditMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation EditMessage($input:EditMessageInput!){editMessage(input:$input){message{...MessageParts}}}${PersonPartsText}${AttachmentPartsText}${MessagePartsText}`) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const DeleteMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteMessage($input:DeleteMessageInput!){deleteMessage(input:$input){message{...MessageParts}}}${PersonPartsText}${AttachmentPartsText}${MessagePartsText}`) as unknown as TypedDocumentString<DeleteMessageMutation, DeleteMessageMutationVariables>;
export const AddReactionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation AddReaction($input:AddMessageReactionInput!){addMessageReaction(input:$input){message{id}}}`) as unknown as TypedDocumentString<AddReactionMutation, AddReactionMutationVariables>;
export const RemoveReactionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveReaction($input:RemoveMessageReactionInput!){removeMessageReaction(input:$input){message{id}}}`) as unknown as TypedDocumentString<RemoveReactionMutation, RemoveReactionMutationVariables>;
export const PinMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation PinMessage($input:PinMessageInput!){pinMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<PinMessageMutation, PinMessageMutationVariables>;
export const UnpinMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnpinMessage($input:UnpinMessageInput!){unpinMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<UnpinMessageMutation, UnpinMessageMutationVariables>;
export const JoinRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation JoinRoom($input:JoinRoomInput!){joinRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<JoinRoomMutation, JoinRoomMutationVariables>;
export const LeaveRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation LeaveRoom($input:LeaveRoomInput!){leaveRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<LeaveRoomMutation, LeaveRoomMutationVariables>;
export const MarkReadDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MarkRead($input:MarkRoomReadInput!){markRoomRead(input:$input){roomMember{lastReadSeq}}}`) as unknown as TypedDocumentString<MarkReadMutation, MarkReadMutationVariables>;
export const HistoryDocument = /* @__PURE__ */ new TypedDocumentString(`query History($roomId:UUID!$first:Int!$beforeSeq:BigInt$afterSeq:BigInt$aroundSeq:BigInt$orderBy:[MessagesOrderBy!]!){room(id:$roomId){id messages(first:$first beforeSeq:$beforeSeq afterSeq:$afterSeq aroundSeq:$aroundSeq orderBy:$orderBy){nodes{...ViewedMessageParts}pageInfo{hasNextPage}}}}${PersonPartsText}${AttachmentPartsText}${MessagePartsText}${ViewedMessagePartsText}`) as unknown as TypedDocumentString<HistoryQuery, HistoryQueryVariables>;
export const AddCustomEmojiDocument = /* @__PURE__ */ new TypedDocumentString(`mutation AddCustomEmoji($input:AddCustomEmojiInput!){addCustomEmoji(input:$input){customEmoji{id}}}`) as unknown as TypedDocumentString<AddCustomEmojiMutation, AddCustomEmojiMutationVariables>;