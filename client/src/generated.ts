/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether a file can be fetched. */
export type AttachmentStatus =
  /** Is being inspected and cannot be downloaded yet. */
  | 'PROCESSING'
  /** Can be downloaded. */
  | 'READY'
  /** Was refused and cannot be downloaded. */
  | 'REFUSED';

/** What happened to the thing that an event is about. */
export type ChangeKind =
  /** It is gone. */
  | 'DELETE'
  /** It is new. */
  | 'INSERT'
  /** It has changed. */
  | 'UPDATE';

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

/** Which messages of a room should notify you, and which of them count as mentions of you. */
export type NotificationLevel =
  /** Every message. */
  | 'ALL'
  /** Messages that mention you. */
  | 'MENTIONS'
  /** No messages: nothing notifies you or counts as a mention. `unreadCount` still says what you have not read; the badge leaves the room out. */
  | 'NONE';

/**
 * What somebody may do. In rooms, members have SEND_MESSAGES, REPLY_IN_THREADS,
 * ADD_REACTIONS and MENTION_GROUPS unless the room asks for a higher role, and
 * ATTACH_FILES, USE_COMMANDS and CREATE_POLLS. Moderators also have
 * INVITE_MEMBERS, ADD_MEMBERS, KICK_MEMBERS, BAN_MEMBERS, MUTE_MEMBERS,
 * DELETE_MESSAGES (of others), PIN_MESSAGES, CLOSE_POLLS, SET_SLOW_MODE,
 * LOCK_ROOM, REVIEW_REPORTS, REVIEW_MESSAGES (held ones), SEE_MODERATION_LOG,
 * BYPASS_SLOW_MODE, BYPASS_RULES and WRITE_WHEN_LOCKED. Admins also EDIT_ROOM,
 * SET_DISAPPEARING, MANAGE_WRITING, MANAGE_RULES, MANAGE_WEBHOOKS (incoming ones),
 * ADD_BOTS and MANAGE_ROLES. The owner also SET_RETENTION and ARCHIVE_ROOM. In the
 * workspace, everybody but guests has CREATE_ROOMS, START_CONVERSATIONS and
 * CREATE_GROUPS, and nobody MANAGE_GROUPS, MANAGE_EMOJI and
 * MANAGE_WORKSPACE_ROLES, until roles of your own and exceptions give or take them.
 */
export type Permission =
  /** Add bots, with ADD_MEMBERS. */
  | 'ADD_BOTS'
  /** Add people. */
  | 'ADD_MEMBERS'
  /** React, vote in polls, use buttons of bots. A room may ask for a higher role. */
  | 'ADD_REACTIONS'
  /** Archive the room and open it again. */
  | 'ARCHIVE_ROOM'
  /** Send files. */
  | 'ATTACH_FILES'
  /** Ban people, see bans and lift them. */
  | 'BAN_MEMBERS'
  /** Write without being read by the rules of the room. */
  | 'BYPASS_RULES'
  /** Write without waiting for slow mode. */
  | 'BYPASS_SLOW_MODE'
  /** End polls of others. */
  | 'CLOSE_POLLS'
  /** Make groups of people. Of the workspace. */
  | 'CREATE_GROUPS'
  /** Ask polls. */
  | 'CREATE_POLLS'
  /** Make rooms. Of the workspace. */
  | 'CREATE_ROOMS'
  /** Delete messages of others, and previews of links in them. */
  | 'DELETE_MESSAGES'
  /** Change its name, description, picture, language and settings. */
  | 'EDIT_ROOM'
  /** Make invitations, see and revoke them. */
  | 'INVITE_MEMBERS'
  /** Remove members below. */
  | 'KICK_MEMBERS'
  /** Lock the room and open it. */
  | 'LOCK_ROOM'
  /** Add custom emoji, change and remove those of others. Of the workspace. */
  | 'MANAGE_EMOJI'
  /** Change and delete all groups of people. Of the workspace. */
  | 'MANAGE_GROUPS'
  /** Give roles and make exceptions, for people below. */
  | 'MANAGE_ROLES'
  /** Define types of rooms, change and remove them. Of the workspace. */
  | 'MANAGE_ROOM_TYPES'
  /** Set and remove its rules. */
  | 'MANAGE_RULES'
  /** Make incoming webhooks, see, change and remove them. */
  | 'MANAGE_WEBHOOKS'
  /** Make roles, change and delete them, and give them in the whole workspace. */
  | 'MANAGE_WORKSPACE_ROLES'
  /** Set the least roles that write, answer, react and mention many. */
  | 'MANAGE_WRITING'
  /** Mention many at once. A room may ask for a higher role. */
  | 'MENTION_GROUPS'
  /** Mute members below. */
  | 'MUTE_MEMBERS'
  /** Pin messages and unpin them. */
  | 'PIN_MESSAGES'
  /** Answer in threads. A room may ask for a higher role. */
  | 'REPLY_IN_THREADS'
  /** See held messages, release and reject them. */
  | 'REVIEW_MESSAGES'
  /** See reports and resolve them. */
  | 'REVIEW_REPORTS'
  /** See what moderators did. */
  | 'SEE_MODERATION_LOG'
  /** Write messages, edit them, have them sent later. A room may ask for a higher role. */
  | 'SEND_MESSAGES'
  /** Let messages disappear. */
  | 'SET_DISAPPEARING'
  /** Set for how long messages are kept, and what becomes of them with an account. */
  | 'SET_RETENTION'
  /** Set slow mode. */
  | 'SET_SLOW_MODE'
  /** Begin direct conversations. Of the workspace. */
  | 'START_CONVERSATIONS'
  /** Use commands of bots. */
  | 'USE_COMMANDS'
  /** Write in the room while it is locked. */
  | 'WRITE_WHEN_LOCKED';

/**
 * PUBLIC: anyone signed in can find and join it. PRIVATE: only its members know
 * that it exists. DIRECT: two people, or up to 20, without a name.
 */
export type RoomType =
  /** A conversation without a name of two people, or up to 20, always the same. */
  | 'DIRECT'
  /** Only its members know that it exists. */
  | 'PRIVATE'
  /** Anyone signed in can find and join it. */
  | 'PUBLIC';

/** All input for the `sendMessage` mutation. */
export type SendMessageInput = {
  /** True: an answer stands in the history of the room as well, where that leaves answers out. */
  alsoSendToRoom?: boolean | null | undefined;
  /** Your uploads to attach, at most 10. */
  attachmentIds?: Array<string> | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The text, at most 8,000 characters. May be empty if there are files. */
  content?: string | null | undefined;
  /** The main kind of the message. Default: TEXT. SYSTEM is refused. */
  messageType?: MessageType | null | undefined;
  /** Your own data about the message: a JSON object of at most 8 kB. */
  metadata?: unknown;
  /** Your own name for this sending, at most 200 characters. The same nonce returns the same message, for as long as the log is kept (90 days by default). */
  nonce?: string | null | undefined;
  /** The `id` of the message to reply to. */
  parentMessageId?: string | null | undefined;
  /** The `id` of the last message on the screen: everything up to it is marked as read. Default: nothing is. */
  readUpToMessageId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** How a person is there. BUSY wins over ONLINE, ONLINE over AWAY, over several devices. */
export type UserStatus =
  /** Online, but not active. */
  | 'AWAY'
  /** Online, and does not want to be disturbed. */
  | 'BUSY'
  /** Offline. */
  | 'OFFLINE'
  /** Online. */
  | 'ONLINE';

export type PersonPartsFragment = { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null };

export type RoomPartsFragment = { id: string, uploadRole: MemberRole, replyRole: MemberRole, historyRewrittenAt: string | null, isLocked: boolean, name: string | null, description: string | null, type: RoomType, memberCount: number, isArchived: boolean, slowModeSeconds: number, hasDeliveryReceipts: boolean, slug: string | null, writingRole: MemberRole, reactionRole: MemberRole, historyStartSeq: string, customData: unknown, createdAt: string };

export type AttachmentPartsFragment = { id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null };

export type MessagePartsFragment = { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> };

export type ViewedMessagePartsFragment = { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> };

export type MemberRoomPartsFragment = { changeSeq: string, unreadCount: number | null, mentionCount: number | null, displayName: string, id: string, uploadRole: MemberRole, replyRole: MemberRole, historyRewrittenAt: string | null, isLocked: boolean, name: string | null, description: string | null, type: RoomType, memberCount: number, isArchived: boolean, slowModeSeconds: number, hasDeliveryReceipts: boolean, slug: string | null, writingRole: MemberRole, reactionRole: MemberRole, historyStartSeq: string, customData: unknown, createdAt: string, viewerMembership: { role: MemberRole, isMuted: boolean, notificationLevel: NotificationLevel | null, joinedAt: string, seesFromSeq: string | null, grantedPermissions: Array<Permission> | null, deniedPermissions: Array<Permission> | null, lastReadSeq: string | null } | null, directUser: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null };

export type ConversationsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ConversationsQuery = { userConversations: { nodes: Array<{ room: { changeSeq: string, unreadCount: number | null, mentionCount: number | null, displayName: string, id: string, uploadRole: MemberRole, replyRole: MemberRole, historyRewrittenAt: string | null, isLocked: boolean, name: string | null, description: string | null, type: RoomType, memberCount: number, isArchived: boolean, slowModeSeconds: number, hasDeliveryReceipts: boolean, slug: string | null, writingRole: MemberRole, reactionRole: MemberRole, historyStartSeq: string, customData: unknown, createdAt: string, latestMessage: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } | null, viewerMembership: { role: MemberRole, isMuted: boolean, notificationLevel: NotificationLevel | null, joinedAt: string, seesFromSeq: string | null, grantedPermissions: Array<Permission> | null, deniedPermissions: Array<Permission> | null, lastReadSeq: string | null } | null, directUser: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type HeadsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type HeadsQuery = { userConversations: { nodes: Array<{ room: { id: string, changeSeq: string, viewerMembership: { notificationLevel: NotificationLevel | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type NumbersQueryVariables = Exact<{
  roomId: string;
}>;


export type NumbersQuery = { room: { changeSeq: string, unreadCount: number | null, mentionCount: number | null, displayName: string, id: string, uploadRole: MemberRole, replyRole: MemberRole, historyRewrittenAt: string | null, isLocked: boolean, name: string | null, description: string | null, type: RoomType, memberCount: number, isArchived: boolean, slowModeSeconds: number, hasDeliveryReceipts: boolean, slug: string | null, writingRole: MemberRole, reactionRole: MemberRole, historyStartSeq: string, customData: unknown, createdAt: string, viewerMembership: { role: MemberRole, isMuted: boolean, notificationLevel: NotificationLevel | null, joinedAt: string, seesFromSeq: string | null, grantedPermissions: Array<Permission> | null, deniedPermissions: Array<Permission> | null, lastReadSeq: string | null } | null, directUser: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null } | null };

export type RoomQueryVariables = Exact<{
  roomId: string;
  first: number;
}>;


export type RoomQuery = { room: { changeSeq: string, unreadCount: number | null, mentionCount: number | null, displayName: string, id: string, uploadRole: MemberRole, replyRole: MemberRole, historyRewrittenAt: string | null, isLocked: boolean, name: string | null, description: string | null, type: RoomType, memberCount: number, isArchived: boolean, slowModeSeconds: number, hasDeliveryReceipts: boolean, slug: string | null, writingRole: MemberRole, reactionRole: MemberRole, historyStartSeq: string, customData: unknown, createdAt: string, latestMessage: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } | null, messages: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> }>, pageInfo: { hasNextPage: boolean } }, heldMessages: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, viewerReactions: Array<{ emoji: string, viewerHasReacted: boolean }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> }>, pageInfo: { hasNextPage: boolean } }, viewerMembership: { role: MemberRole, isMuted: boolean, notificationLevel: NotificationLevel | null, joinedAt: string, seesFromSeq: string | null, grantedPermissions: Array<Permission> | null, deniedPermissions: Array<Permission> | null, lastReadSeq: string | null } | null, directUser: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null } | null };

export type BlockedQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type BlockedQuery = { blockedUsers: { nodes: Array<{ id: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type UserEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type UserEventsSubscription = { userEvents: { cursor: string, event:
      | { __typename: 'CustomEmojiEvent', roomId: string | null, changeSeq: string | null }
      | { __typename: 'DeliveryReceiptEvent', roomId: string, changeSeq: string | null }
      | { __typename: 'InteractionEvent', roomId: string, changeSeq: string | null }
      | { __typename: 'MemberEvent', event: ChangeKind, userId: string, role: MemberRole, roomId: string, changeSeq: string | null, user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null }
      | { __typename: 'MessageEvent', event: ChangeKind, messageId: string, roomId: string, changeSeq: string | null, message: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } | null }
      | { __typename: 'PersonalEvent', roomId: string | null, changeSeq: string | null }
      | { __typename: 'PresenceEvent', userId: string, status: UserStatus, roomId: string, changeSeq: string | null }
      | { __typename: 'ProfileEvent', roomId: string, changeSeq: string | null }
      | { __typename: 'ReactionEvent', event: ChangeKind, messageId: string, emoji: string, userId: string, roomId: string, changeSeq: string | null, message: { id: string, reactions: Array<{ emoji: string, count: number }> } | null }
      | { __typename: 'ReadReceiptEvent', userId: string, lastReadSeq: string, roomId: string, changeSeq: string | null }
      | { __typename: 'ReadyEvent', roomId: string | null, changeSeq: string | null }
      | { __typename: 'RoomChangedEvent', roomId: string, changeSeq: string | null, room: { id: string, uploadRole: MemberRole, replyRole: MemberRole, historyRewrittenAt: string | null, isLocked: boolean, name: string | null, description: string | null, type: RoomType, memberCount: number, isArchived: boolean, slowModeSeconds: number, hasDeliveryReceipts: boolean, slug: string | null, writingRole: MemberRole, reactionRole: MemberRole, historyStartSeq: string, customData: unknown, createdAt: string } | null }
      | { __typename: 'StatusTextEvent', roomId: string, changeSeq: string | null }
      | { __typename: 'ThreadReceiptEvent', roomId: string, changeSeq: string | null }
      | { __typename: 'TypingEvent', event: ChangeKind, userId: string, roomId: string, changeSeq: string | null, user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null }
     } };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { message: { id: string, roomId: string, seq: string, content: string | null, messageType: MessageType, metadata: unknown, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, disappearsAt: string | null, parentMessageId: string | null, alsoSentToRoom: boolean, replyCount: number, mentionedIds: Array<string>, groupMentions: Array<string>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }>, linkPreviews: Array<{ id: string, url: string, title: string, description: string | null, siteName: string | null, thumbnailUrl: string | null, width: number | null, height: number | null }>, reactions: Array<{ emoji: string, count: number }> } } | null };

export type FilesQueryVariables = Exact<{
  messageId: string;
}>;


export type FilesQuery = { message: { id: string, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, width: number | null, height: number | null, durationMs: number | null, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } | null };

const PersonPartsText = `fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`;
const RoomPartsText = `fragment RoomParts on Room{id uploadRole replyRole historyRewrittenAt isLocked name description type memberCount isArchived slowModeSeconds hasDeliveryReceipts slug writingRole reactionRole historyStartSeq customData createdAt}`;
const AttachmentPartsText = `fragment AttachmentParts on Attachment{id filename mimeType byteSize width height durationMs status url thumbnailUrl}`;
const MessagePartsText = `fragment MessageParts on Message{id roomId seq content messageType metadata createdAt editedAt deletedAt pinnedAt heldAt disappearsAt parentMessageId alsoSentToRoom replyCount author{...PersonParts}mentionedIds groupMentions attachments{...AttachmentParts}linkPreviews(first:3){id url title description siteName thumbnailUrl width height}reactions{emoji count}}`;
const ViewedMessagePartsText = `fragment ViewedMessageParts on Message{...MessageParts viewerReactions:reactions{emoji viewerHasReacted}}`;
const MemberRoomPartsText = `fragment MemberRoomParts on Room{...RoomParts changeSeq unreadCount mentionCount viewerMembership{role lastReadSeq:readPosition isMuted notificationLevel joinedAt seesFromSeq grantedPermissions deniedPermissions}displayName directUser{...PersonParts}}`;
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
export const RoomPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RoomParts on Room{id uploadRole replyRole historyRewrittenAt isLocked name description type memberCount isArchived slowModeSeconds hasDeliveryReceipts slug writingRole reactionRole historyStartSeq customData createdAt}`, {"fragmentName":"RoomParts"}) as unknown as TypedDocumentString<RoomPartsFragment, unknown>;
export const MemberRoomPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment MemberRoomParts on Room{...RoomParts changeSeq unreadCount mentionCount viewerMembership{role lastReadSeq:readPosition isMuted notificationLevel joinedAt seesFromSeq grantedPermissions deniedPermissions}displayName directUser{...PersonParts}}fragment PersonParts on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}fragment RoomParts on Room{id uploadRole replyRole historyRewrittenAt isLocked name description type memberCount isArchived slowModeSeconds hasDeliveryReceipts slug writingRole reactionRole historyStartSeq customData createdAt}`, {"fragmentName":"MemberRoomParts"}) as unknown as TypedDocumentString<MemberRoomPartsFragment, unknown>;
export const ConversationsDocument = /* @__PURE__ */ new TypedDocumentString(`query Conversations($first:Int!$after:Cursor){userConversations(first:$first after:$after){nodes{room{...MemberRoomParts latestMessage{...ViewedMessageParts}}}pageInfo{hasNextPage endCursor}}}${PersonPartsText}${RoomPartsText}${AttachmentPartsText}${MessagePartsText}${ViewedMessagePartsText}${MemberRoomPartsText}`) as unknown as TypedDocumentString<ConversationsQuery, ConversationsQueryVariables>;
export const HeadsDocument = /* @__PURE__ */ new TypedDocumentString(`query Heads($first:Int!$after:Cursor){userConversations(first:$first after:$after){nodes{room{id changeSeq viewerMembership{notificationLevel}}}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<HeadsQuery, HeadsQueryVariables>;
export const NumbersDocument = /* @__PURE__ */ new TypedDocumentString(`query Numbers($roomId:UUID!){room(id:$roomId){...MemberRoomParts}}${PersonPartsText}${RoomPartsText}${MemberRoomPartsText}`) as unknown as TypedDocumentString<NumbersQuery, NumbersQueryVariables>;
export const RoomDocument = /* @__PURE__ */ new TypedDocumentString(`query Room($roomId:UUID!$first:Int!){room(id:$roomId){...MemberRoomParts latestMessage{...ViewedMessageParts}messages(first:$first beforeSeq:"1000000000000000" orderBy:SEQ_DESC){nodes{...ViewedMessageParts}pageInfo{hasNextPage}}heldMessages(first:20){nodes{...ViewedMessageParts}pageInfo{hasNextPage}}}}${PersonPartsText}${RoomPartsText}${AttachmentPartsText}${MessagePartsText}${ViewedMessagePartsText}${MemberRoomPartsText}`) as unknown as TypedDocumentString<RoomQuery, RoomQueryVariables>;
export const BlockedDocument = /* @__PURE__ */ new TypedDocumentString(`query Blocked($first:Int!$after:Cursor){blockedUsers(first:$first after:$after){nodes{id}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<BlockedQuery, BlockedQueryVariables>;
export const UserEventsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription UserEvents($after:String){userEvents(after:$after){cursor event{__typename roomId changeSeq ...on MessageEvent{event messageId message{...MessageParts}}...on ReactionEvent{event messageId emoji userId message{id reactions{emoji count}}}...on MemberEvent{event userId role user{...PersonParts}}...on ReadReceiptEvent{userId lastReadSeq}...on RoomChangedEvent{room{...RoomParts}}...on TypingEvent{event userId user{...PersonParts}}...on PresenceEvent{userId status}}}}${PersonPartsText}${RoomPartsText}${AttachmentPartsText}${MessagePartsText}`) as unknown as TypedDocumentString<UserEventsSubscription, UserEventsSubscriptionVariables>;
export const SendMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SendMessage($input:SendMessageInput!){sendMessage(input:$input){message{...MessageParts}}}${PersonPartsText}${AttachmentPartsText}${MessagePartsText}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const FilesDocument = /* @__PURE__ */ new TypedDocumentString(`query Files($messageId:UUID!){message(id:$messageId){id attachments(first:10){...AttachmentParts}}}${AttachmentPartsText}`) as unknown as TypedDocumentString<FilesQuery, FilesQueryVariables>;