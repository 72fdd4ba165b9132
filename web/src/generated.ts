/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `acceptInvitation` mutation. */
export type AcceptInvitationInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The code of an invitation. */
  code: string;
};

/** All input for the `addKeywordAlert` mutation. */
export type AddKeywordAlertInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** A word or a few, at most 100 characters. */
  keyword: string;
};

/** All input for the `addRoomMember` mutation. */
export type AddRoomMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The role to give, below your own. Default: MEMBER. */
  role?: MemberRole | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the first message that they see: one that you see. Left out: as the room has it. */
  seesFromMessageId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `archiveRoom` mutation. */
export type ArchiveRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `assignRole` mutation. */
export type AssignRoleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of one of your `workspaceRoles`. */
  roleId: string;
  /** Where. Null: in the whole workspace. */
  roomId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** Whether a file can be fetched. */
export type AttachmentStatus =
  /** Is being inspected and cannot be downloaded yet. */
  | 'PROCESSING'
  /** Can be downloaded. */
  | 'READY'
  /** Was refused and cannot be downloaded. */
  | 'REFUSED';

/** What an act of administration is about. */
export type AuditKind =
  /** An account was deleted, or its address or password changed by hand. */
  | 'ACCOUNT'
  /** A function that an administrator called at psql, or a key. */
  | 'ADMINISTRATION'
  /** What was taken out of the log itself, and why. */
  | 'AUDIT'
  /** Who is an auditor. */
  | 'AUDITOR'
  /** A ban in a room. */
  | 'BAN'
  /** A command of a bot. */
  | 'COMMAND'
  /** Emoji of a workspace: who adds and manages them, and each of them. */
  | 'EMOJI'
  /** A compliance export. */
  | 'EXPORT'
  /** A group of people that can be mentioned. */
  | 'GROUP'
  /** Who is in such a group. */
  | 'GROUP_MEMBER'
  /** A legal hold. */
  | 'HOLD'
  /** A key of a server or a bot. */
  | 'KEY'
  /** What a moderator did. */
  | 'MODERATION'
  /** A mute in a room. */
  | 'MUTE'
  /** A role in a room. */
  | 'ROLE'
  /** The settings of a room. */
  | 'ROOM'
  /** A rule of a room. */
  | 'RULE'
  /** A setting of the whole installation. */
  | 'SETTING'
  /** A person was kept out of the site, or let in again. */
  | 'SUSPENSION'
  /** A webhook. */
  | 'WEBHOOK'
  /** A workspace, and its host names. */
  | 'WORKSPACE';

/** Whether something was made, changed or taken away. */
export type AuditOperation =
  /** It was taken away. */
  | 'DELETE'
  /** It was made. */
  | 'INSERT'
  /** It was changed. */
  | 'UPDATE';

/** All input for the `banMember` mutation. */
export type BanMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** For how long, at most 315360000 (ten years). A ban without it lasts for ever. */
  durationSeconds?: number | null | undefined;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `beginPasskey` mutation. */
export type BeginPasskeyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** For whoever has a second factor: a code of it. */
  code?: string | null | undefined;
  /** Your password. Not needed within 10 minutes of a sign-in by passkey. */
  password?: string | null | undefined;
};

/** All input for the `beginTotp` mutation. */
export type BeginTotpInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** For whoever has a second factor already: a code of it. */
  code?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
};

/** All input for the `cancelReminder` mutation. */
export type CancelReminderInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

/** All input for the `cancelScheduledMessage` mutation. */
export type CancelScheduledMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the scheduled message. */
  scheduledMessageId: string;
};

/** All input for the `changeEmail` mutation. */
export type ChangeEmailInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The e-mail address that is to be yours. */
  newEmail: string;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
};

/** All input for the `changePassword` mutation. */
export type ChangePasswordInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The current password. */
  currentPassword: string;
  /** The new password: at least 8 characters, at most 72 bytes, and not one of the most used. */
  newPassword: string;
};

/** All input for the `changeUserGroup` mutation. */
export type ChangeUserGroupInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the group. */
  groupId: string;
  /** By what it is mentioned: as usernames are, and none that anybody has. */
  name: string;
  /** What it is called, 1 to 80 characters. */
  title: string;
};

/** All input for the `claimGuest` mutation. */
export type ClaimGuestInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** An e-mail address, seen by nobody else. */
  email?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
  /** The unique name, in upper or lower case. */
  username: string;
};

/** All input for the `confirmTotp` mutation. */
export type ConfirmTotpInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The six digits that the app shows. */
  code: string;
};

/** All input for the `createDirectConversation` mutation. */
export type CreateDirectConversationInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `createGroupConversation` mutation. */
export type CreateGroupConversationInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Who else is in it: at most 19 people. */
  userIds: Array<string>;
};

/** All input for the `createIncomingWebhook` mutation. */
export type CreateIncomingWebhookInput = {
  /** The web address of a picture; an empty one removes it. */
  avatarUrl?: string | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The name to post under, 1 to 80 characters. */
  name: string;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `createInvitation` mutation. */
export type CreateInvitationInput = {
  /** Whether people without an account may come with it. Default: false. */
  allowsGuests?: boolean | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** How long it works, 60 to 31536000 (a year). Default: a week. */
  expiresInSeconds?: number | null | undefined;
  /** How many people may use it, 1 to 100,000. Default: no limit. */
  maxUses?: number | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `createRole` mutation. */
export type CreateRoleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What it is called: 1 to 50 characters, in the workspace only once. */
  name: string;
  /** What it gives: of that, you have all yourself. */
  permissions: Array<Permission>;
};

/** All input for the `createRoom` mutation. */
export type CreateRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of one of your `workspaceRoomTypes`. Left out: no type. */
  customTypeId?: string | null | undefined;
  /** What the room is for, at most 1,000 characters. */
  description?: string | null | undefined;
  /** The largest number of members, 2 to 1,000,000. Default: no limit. */
  maxMembers?: number | null | undefined;
  /** The name to show, 1 to 80 characters. */
  name: string;
  /** The short name for URLs: letters, digits and single dashes, at most 64. */
  slug: string;
  /** Who can find and join it. Left out: as its custom type has it, or else `PUBLIC`. */
  type?: RoomType | null | undefined;
};

/** All input for the `createUserGroup` mutation. */
export type CreateUserGroupInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** By what it is mentioned: as usernames are, and none that anybody has. */
  name: string;
  /** What it is called, 1 to 80 characters. */
  title: string;
  /** Who else is in it. */
  userIds?: Array<string> | null | undefined;
};

/** How far an export of your data is. */
export type DataExportStatus =
  /** Has failed: request a new one. */
  | 'FAILED'
  /** Is being prepared. */
  | 'PENDING'
  /** Can be downloaded. */
  | 'READY';

/** All input for the `defineRoomType` mutation. */
export type DefineRoomTypeInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id`s of the `workspaceRoles` that make such rooms. Left out: everybody who makes rooms. */
  creatorRoleIds?: Array<string> | null | undefined;
  /** What rooms of this type are for, at most 1,000 characters. Left out: nothing. */
  description?: string | null | undefined;
  /** The `id`s of the `workspaceRoles` that join public ones by themselves. Left out: everybody. */
  joinerRoleIds?: Array<string> | null | undefined;
  /** The short name, such as `support`: small letters, digits and single dashes and underscores, at most 40. */
  name: string;
  /** The least role that reacts, votes in polls and uses buttons of bots. Left out: the room says it. */
  reactionRole?: MemberRole | null | undefined;
  /** The least role that answers in threads. Left out: the room says it. */
  replyRole?: MemberRole | null | undefined;
  /** For how many days messages are kept: 0, for ever, to 36,500. Left out: the room says it. */
  retentionDays?: number | null | undefined;
  /** How many seconds members wait between two messages: 0 to 21,600. Left out: the room says it. */
  slowModeSeconds?: number | null | undefined;
  /** The name to show: 1 to 80 characters. */
  title: string;
  /** The least role that sends files. Left out: the room says it. */
  uploadRole?: MemberRole | null | undefined;
  /** Whether new rooms are `PUBLIC` or `PRIVATE`. Left out: whoever makes one says so. */
  visibility?: RoomType | null | undefined;
  /** The least role that writes. Left out: the room says it. */
  writingRole?: MemberRole | null | undefined;
};

/** All input for the `deleteIncomingWebhook` mutation. */
export type DeleteIncomingWebhookInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the incoming webhook. */
  incomingWebhookId: string;
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

/** All input for the `deleteMyAccount` mutation. */
export type DeleteMyAccountInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password?: string | null | undefined;
};

/** All input for the `deleteRole` mutation. */
export type DeleteRoleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of one of your `workspaceRoles`. */
  roleId: string;
};

/** All input for the `deleteUserGroup` mutation. */
export type DeleteUserGroupInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the group. */
  groupId: string;
};

/** All input for the `editScheduledMessage` mutation. */
export type EditScheduledMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The text, at most 8,000 characters. Default: as it is. */
  content?: string | null | undefined;
  /** A date and a time of day in the `timeZone`, such as `2030-03-31T09:00`. A time that the clocks skip is as much later; one that comes twice is the first. */
  localTime?: string | null | undefined;
  /** The `id` of the scheduled message. */
  scheduledMessageId: string;
  /** When it is to be sent, at most a year ahead. This or `localTime`. */
  sendAt?: string | null | undefined;
  /** A name such as `Europe/Berlin`, or an offset such as `+03:00`. Default: as it is. */
  timeZone?: string | null | undefined;
};

/** Who adds emoji. MEMBERS: everybody but guests. MANAGERS: those whom the administrators have named for it. */
export type EmojiAdders =
  /** Those whom the administrators have named for it. */
  | 'MANAGERS'
  /** Everybody but guests. */
  | 'MEMBERS';

/** All input for the `endSession` mutation. */
export type EndSessionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the session. */
  sessionId: string;
};

/** What becomes of messages when their author deletes their account. */
export type ErasureRule =
  /** Messages stay without their author. */
  | 'ANONYMISE'
  /** Messages lose their content. */
  | 'ERASE';

/** All input for the `finishPasskey` mutation. */
export type FinishPasskeyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What the browser gives: `credential.toJSON()`. */
  credential: unknown;
  /** What you call it, 1 to 80 characters: the device it is on, as a rule. */
  name: string;
};

/** All input for the `forwardMessage` mutation. */
export type ForwardMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What to say to it, sent right above it. Default: nothing. */
  comment?: string | null | undefined;
  /** The message to forward. */
  messageId: string;
  /** Your own name for this sending, at most 200 characters. The same nonce returns the same message, for as long as the log is kept (90 days by default). */
  nonce?: string | null | undefined;
  /** The room to which it goes. */
  roomId: string;
};

/** Who changes a group. OWNERS: those of its people who are its owners. ADMINISTRATORS: those of the installation. */
export type GroupManagement =
  /** Those of the installation. */
  | 'ADMINISTRATORS'
  /** Those of its people who are its owners. */
  | 'OWNERS';

/** EVERYTHING: whoever joins sees all that was written before. SINCE_JOINING: only what is written from then on. */
export type HistoryVisibility =
  /** All that was written before they joined. */
  | 'EVERYTHING'
  /** What is written after they have joined. */
  | 'SINCE_JOINING';

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

/** All input for the `kickMember` mutation. */
export type KickMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the person. */
  userId: string;
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

/** All input for the `makeRecoveryCodes` mutation. */
export type MakeRecoveryCodesInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What the app shows, or one of the recovery codes. */
  code?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
};

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

/** What was done. */
export type ModerationAction =
  /** A person was banned. */
  | 'MEMBER_BANNED'
  /** A member was removed. */
  | 'MEMBER_KICKED'
  /** A member was muted. */
  | 'MEMBER_MUTED'
  /** A ban was lifted. */
  | 'MEMBER_UNBANNED'
  /** A mute was lifted. */
  | 'MEMBER_UNMUTED'
  /** A message was deleted. */
  | 'MESSAGE_DELETED'
  /** A message was held for review. */
  | 'MESSAGE_HELD'
  /** A held message was deleted. */
  | 'MESSAGE_REJECTED'
  /** A held message was released. */
  | 'MESSAGE_RELEASED'
  /** A report was resolved; the reason says how. */
  | 'REPORT_RESOLVED'
  /** The room was locked. */
  | 'ROOM_LOCKED'
  /** The room was unlocked. */
  | 'ROOM_UNLOCKED'
  /** A rule was removed. */
  | 'RULE_REMOVED'
  /** A rule was set. */
  | 'RULE_SET'
  /** Slow mode was set or ended; the reason says how long. */
  | 'SLOW_MODE_SET';

/** All input for the `muteMember` mutation. */
export type MuteMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** For how long, at most 315360000 (ten years). A ban without it lasts for ever. */
  durationSeconds: number;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the person. */
  userId: string;
};

/** Which messages of a room should notify you, and which of them count as mentions of you. */
export type NotificationLevel =
  /** Every message. */
  | 'ALL'
  /** Messages that mention you. */
  | 'MENTIONS'
  /** No messages: nothing notifies you or counts as a mention. `unreadCount` still says what you have not read; the badge leaves the room out. */
  | 'NONE';

/** All input for the `orderRooms` mutation. */
export type OrderRoomsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Your rooms in their order, at most 1,000. */
  roomIds: Array<string>;
};

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

/** GRANT: they have the permission, though no role gives it. DENY: they have it not, whatever gives it. */
export type PermissionEffect =
  /** They may not, whatever gives it. */
  | 'DENY'
  /** They may, though no role gives it. */
  | 'GRANT';

/** What a person may hide of themselves: what they read, that they are typing, that they are there or last were. */
export type PrivacyMatter =
  /** That you are there, and when you last were. */
  | 'PRESENCE'
  /** What you have read: your receipts. */
  | 'READING'
  /** That you are typing. */
  | 'TYPING';

/**
 * Who fills a field in. PERSON: each their own, and the administrators.
 * ADMINISTRATORS: they alone, at psql or by a directory that a server keeps in step.
 */
export type ProfileEditor =
  /** The administrators alone, and servers with a key. */
  | 'ADMINISTRATORS'
  /** Each their own, and the administrators. */
  | 'PERSON';

/**
 * What a field of profiles holds. TEXT: a line. LONG_TEXT: lines. URL: a web
 * address. DATE: a day such as `1990-12-31`. CHOICE: one of its `choices`. USER: a person.
 */
export type ProfileFieldKind =
  /** One of the `choices` of the field. */
  | 'CHOICE'
  /** A day, as `1990-12-31`. */
  | 'DATE'
  /** Lines. */
  | 'LONG_TEXT'
  /** A line. */
  | 'TEXT'
  /** An http or https address. */
  | 'URL'
  /** A person, by their id. */
  | 'USER';

/**
 * Who sees what is in a field. EVERYONE: whoever sees the person. MEMBERS:
 * everybody but guests. PERSON: the person themselves and the administrators.
 */
export type ProfileVisibility =
  /** Whoever sees the person. */
  | 'EVERYONE'
  /** Everybody but guests. */
  | 'MEMBERS'
  /** The person themselves and the administrators. */
  | 'PERSON';

/** How a device is reached. WEB: Web Push, any browser. FCM: Firebase, Android apps. APNS: Apple, iOS apps. */
export type PushChannel =
  /** An Apple app, by APNs. */
  | 'APNS'
  /** An app, by Firebase Cloud Messaging. */
  | 'FCM'
  /** A browser, by Web Push. */
  | 'WEB';

/** All input for the `rejectMessage` mutation. */
export type RejectMessageInput = {
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

/** All input for the `releaseMessage` mutation. */
export type ReleaseMessageInput = {
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

/** All input for the `removeCustomEmoji` mutation. */
export type RemoveCustomEmojiInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the emoji. */
  customEmojiId: string;
};

/** All input for the `removeKeywordAlert` mutation. */
export type RemoveKeywordAlertInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** A word or a few, at most 100 characters. */
  keyword: string;
};

/** All input for the `removePasskey` mutation. */
export type RemovePasskeyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the passkey. */
  passkeyId: string;
};

/** All input for the `removeRoomRule` mutation. */
export type RemoveRoomRuleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the rule. */
  ruleId: string;
};

/** All input for the `removeRoomType` mutation. */
export type RemoveRoomTypeInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of one of your `workspaceRoomTypes`. */
  typeId: string;
};

/** All input for the `removeTotp` mutation. */
export type RemoveTotpInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What the app shows, or one of the recovery codes. */
  code?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
};

/** All input for the `removeUserGroupMember` mutation. */
export type RemoveUserGroupMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the group. */
  groupId: string;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `renamePasskey` mutation. */
export type RenamePasskeyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What you call it, 1 to 80 characters. */
  name: string;
  /** The `id` of the passkey. */
  passkeyId: string;
};

/** All input for the `renameRoomFolder` mutation. */
export type RenameRoomFolderInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The name that it has. */
  folder: string;
  /** The name that it gets, at most 50 characters. Null: its rooms stand outside of folders. */
  name?: string | null | undefined;
};

/** All input for the `reportMessage` mutation. */
export type ReportMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
  /** Why, at most 500 characters. */
  reason: string;
};

/** How a report ends. DISMISSED: nothing is wrong. UPHELD: the message breaks the rules. */
export type ReportResolution =
  /** Nothing is wrong. */
  | 'DISMISSED'
  /** The message breaks the rules. */
  | 'UPHELD';

/**
 * OPEN: waits for a moderator. DISMISSED: nothing was wrong. UPHELD: the message
 * broke the rules; what was done stands in the moderation log.
 */
export type ReportStatus =
  /** Nothing was wrong. */
  | 'DISMISSED'
  /** Waits for a moderator. */
  | 'OPEN'
  /** The message broke the rules. */
  | 'UPHELD';

/** All input for the `requestComplianceExport` mutation. */
export type RequestComplianceExportInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Why, at most 500 characters. */
  reason: string;
  /** In which rooms, at most 1,000. Null: in all. */
  roomIds?: Array<string> | null | undefined;
  /** From when on they were sent. */
  since?: string | null | undefined;
  /** Before when they were sent. */
  until?: string | null | undefined;
  /** By whom the messages are, at most 1,000. Null: by anyone. */
  userIds?: Array<string> | null | undefined;
  /** What the messages say, at most 200 characters, whatever its case. */
  word?: string | null | undefined;
};

/** All input for the `requestPasswordReset` mutation. */
export type RequestPasswordResetInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The e-mail address of the account. */
  email: string;
};

/** All input for the `resetPassword` mutation. */
export type ResetPasswordInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The code of the mail. */
  code: string;
  /** The new password: at least 8 characters, at most 72 bytes, and not one of the most used. */
  newPassword: string;
};

/** All input for the `resolveReport` mutation. */
export type ResolveReportInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Your remark, at most 500 characters. */
  note?: string | null | undefined;
  /** The `id` of the report. */
  reportId: string;
  /** The result of the report. */
  resolution: ReportResolution;
};

/** All input for the `revokeInvitation` mutation. */
export type RevokeInvitationInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the invitation. */
  invitationId: string;
};

/**
 * Which rooms are listed, by a field of `roomFields`. Of several comparisons, all hold. A room that has nothing in the
 * field is given by `isMissing` and `notEqualTo` alone.
 */
export type RoomFieldCondition = {
  /** It is this, to the letter. */
  equalTo?: unknown;
  /** The `key` of the field. */
  field: string;
  /** It comes after this. */
  greaterThan?: unknown;
  /** It is this or comes after it. */
  greaterThanOrEqualTo?: unknown;
  /** It is one of these: 1 to 100. */
  in?: Array<unknown> | null | undefined;
  /** Whether the room has nothing in the field. */
  isMissing?: boolean | null | undefined;
  /** It comes before this. */
  lessThan?: unknown;
  /** It is this or comes before it. */
  lessThanOrEqualTo?: unknown;
  /** It is something else, or nothing. */
  notEqualTo?: unknown;
  /** It is a text that begins with this, whatever its capitals and accents. */
  startsWith?: string | null | undefined;
};

/**
 * What a field of rooms holds. TEXT: a string of at most 200 characters. NUMBER: a
 * number, compared as a double. BOOLEAN: true or false. TIME: a string such as
 * `2026-01-31T09:00:00Z`.
 */
export type RoomFieldKind =
  /** True or false. */
  | 'BOOLEAN'
  /** A number. */
  | 'NUMBER'
  /** A string of at most 200 characters. */
  | 'TEXT'
  /** A moment, as `2026-01-31T09:00:00Z`. */
  | 'TIME';

/** In which order rooms are listed. Those that have nothing in the field come last. */
export type RoomFieldOrder = {
  /** The greatest first. Default: the smallest. */
  descending?: boolean | null | undefined;
  /** The `key` of the field. */
  field: string;
};

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

/** All input for the `rotateIncomingWebhook` mutation. */
export type RotateIncomingWebhookInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the incoming webhook. */
  incomingWebhookId: string;
};

/**
 * What becomes of a message that breaks a rule. FLAG: it is sent, and reported to
 * the moderators. HOLD: they decide before anyone else sees it. REFUSE: it is not sent.
 */
export type RuleAction =
  /** The message is sent and reported to the moderators. */
  | 'FLAG'
  /** Moderators decide before anybody else sees the message. */
  | 'HOLD'
  /** The message is not sent. */
  | 'REFUSE';

/**
 * What a rule is about. WORDS: words of a list. LINKS: links to other than allowed
 * hosts. MENTIONS: too many people at once. REPEATS: the same text again and
 * again. NEW_ACCOUNTS: too much from accounts that are new.
 */
export type RuleKind =
  /** Links to hosts that are not allowed. */
  | 'LINKS'
  /** Too many people mentioned at once. */
  | 'MENTIONS'
  /** Too many messages from new accounts. */
  | 'NEW_ACCOUNTS'
  /** The same text repeatedly. */
  | 'REPEATS'
  /** Words from a list. */
  | 'WORDS';

/** All input for the `saveMessage` mutation. */
export type SaveMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

/**
 * How somebody has signed in: with the password alone, with it and a code of their
 * app or a recovery code, with a passkey, as a guest by a link, or elsewhere (with
 * a provider, another issuer, or a server that knows them).
 */
export type SessionMethod =
  /** With a provider, with a token of another issuer, or by a server that knows them. */
  | 'ELSEWHERE'
  /** As a guest, by a link. */
  | 'GUEST'
  /** With a passkey. */
  | 'PASSKEY'
  /** With the password alone. */
  | 'PASSWORD'
  /** With the password and a recovery code. */
  | 'RECOVERY_CODE'
  /** With the password and a code of their app. */
  | 'TOTP';

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

/** All input for the `setCustomEmojiAliases` mutation. */
export type SetCustomEmojiAliasesInput = {
  /** Other names by which it is meant, up to 10. */
  aliases: Array<string>;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the emoji. */
  customEmojiId: string;
};

/** All input for the `setDeliveryReceipts` mutation. */
export type SetDeliveryReceiptsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** True: its members are told what has come to a device of each. */
  isOn: boolean;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setDeviceNotifications` mutation. */
export type SetDeviceNotificationsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of a push subscription of yours. */
  deviceId: string;
  /** Which messages should notify you. */
  level: NotificationLevel;
  /** Whether it is to stay silent while you are `ONLINE` or `BUSY`, on whatever device. */
  quietWhileOnline: boolean;
};

/** All input for the `setDisappearing` mutation. */
export type SetDisappearingInput = {
  /** How many seconds after they are sent: 5 to 31,536,000. Null: not at all. */
  afterSeconds?: number | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setDoNotDisturb` mutation. */
export type SetDoNotDisturbInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Until when, by name, instead of `until`. */
  snooze?: SnoozeEnd | null | undefined;
  /** Your time zone: a name such as `Europe/Berlin`, or an offset such as `+03:00`. */
  timeZone?: string | null | undefined;
  /** Until when. Without it, it ends at once. */
  until?: string | null | undefined;
};

/** All input for the `setEmailDigests` mutation. */
export type SetEmailDigestsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether the mails are sent. */
  enabled: boolean;
};

/** All input for the `setErasureRule` mutation. */
export type SetErasureRuleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** What happens to the messages of a deleted account. */
  rule: ErasureRule;
};

/** All input for the `setGroupMentions` mutation. */
export type SetGroupMentionsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The least role that may. */
  leastRole: MemberRole;
  /** The `id` of the room. */
  roomId: string;
  /** Above how many people they are warned: 1 to 5,000. Left out: as it was. */
  warnAbove?: number | null | undefined;
};

/** All input for the `setHistoryVisibility` mutation. */
export type SetHistoryVisibilityInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What whoever joins from now on sees of what was written before. */
  historyVisibility: HistoryVisibility;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setMemberRole` mutation. */
export type SetMemberRoleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The role to give, below your own. OWNER hands the room over. */
  role: MemberRole;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `setNotificationLevel` mutation. */
export type SetNotificationLevelInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Which messages should notify you. */
  level: NotificationLevel;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setPermissionException` mutation. */
export type SetPermissionExceptionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether they have it. Null: the exception ends. */
  effect?: PermissionEffect | null | undefined;
  /** What it is about. You have it yourself. */
  permission: Permission;
  /** Where. Null: in the whole workspace. */
  roomId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `setPrivacy` mutation. */
export type SetPrivacyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether you tell nobody, and are not told it of others. */
  hide: boolean;
  /** What it is about. */
  matter: PrivacyMatter;
};

/** All input for the `setProfileValue` mutation. */
export type SetProfileValueInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `key` of the field. */
  fieldKey: string;
  /** What to say, as the kind of the field has it. Default: nothing, which empties the field. */
  value?: string | null | undefined;
};

/** All input for the `setPushPrivacy` mutation. */
export type SetPushPrivacyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether notifications leave out the text of messages. */
  hideText: boolean;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setQuietHours` mutation. */
export type SetQuietHoursInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The time of day from which nothing notifies you. */
  quietFrom?: string | null | undefined;
  /** The time of day until which nothing notifies you, `24:00` at most. Not later than `quietFrom` means the next day. */
  quietUntil?: string | null | undefined;
  /** Your time zone: a name such as `Europe/Berlin`, or an offset such as `+03:00`. */
  timeZone?: string | null | undefined;
};

/** All input for the `setReminder` mutation. */
export type SetReminderInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** A date and a time of day in the `timeZone`, such as `2030-03-31T09:00`. A time that the clocks skip is as much later; one that comes twice is the first. */
  localTime?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
  /** When you are to be reminded, at most a year ahead. This or `localTime`. */
  remindAt?: string | null | undefined;
  /** A name such as `Europe/Berlin`, or an offset such as `+03:00`. Default: the one of your quiet hours, else UTC. */
  timeZone?: string | null | undefined;
};

/** All input for the `setRoomData` mutation. */
export type SetRoomDataInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What to change, as a JSON merge patch: `{"priority": 2, "region": null}` sets one and takes the other away. */
  patch: unknown;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomFavorite` mutation. */
export type SetRoomFavoriteInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether it is to stand among your favourites. */
  isFavorite: boolean;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomFolder` mutation. */
export type SetRoomFolderInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Its name, at most 50 characters. Null: out of every folder. */
  folder?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomHidden` mutation. */
export type SetRoomHiddenInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether it is to be hidden. */
  isHidden: boolean;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomLanguage` mutation. */
export type SetRoomLanguageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** A text search configuration of Postgres, such as `english`. Without one, words are compared as they are. */
  language?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomLinkPreviews` mutation. */
export type SetRoomLinkPreviewsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Whether messages have no previews of links. */
  hidePreviews: boolean;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomLocked` mutation. */
export type SetRoomLockedInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** True locks the room, false unlocks it. */
  isLocked: boolean;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomRetention` mutation. */
export type SetRoomRetentionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** How many days messages are kept, 0 for ever. Default: the setting of the installation. */
  days?: number | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setRoomRule` mutation. */
export type SetRoomRuleInput = {
  /** For NEW_ACCOUNTS: up to which age an account is new. Default: a day. */
  accountAgeSeconds?: number | null | undefined;
  /** What happens to a message that breaks the rule. */
  action: RuleAction;
  /** For LINKS: the allowed hosts, including their subdomains. Default: none. */
  allowedHosts?: Array<string> | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** For WORDS: whether disguised words are found too. Default: true. */
  isFolded?: boolean | null | undefined;
  /** What the rule is about. */
  kind: RuleKind;
  /** For MENTIONS, REPEATS and NEW_ACCOUNTS: how many are allowed. */
  maxCount?: number | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** For REPEATS and NEW_ACCOUNTS: the time in which messages are counted. Default: a minute. */
  windowSeconds?: number | null | undefined;
  /** For WORDS: unwanted words, or phrases of up to four words. */
  words?: Array<string> | null | undefined;
};

/** All input for the `setRoomType` mutation. */
export type SetRoomTypeInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of one of your `workspaceRoomTypes`. Left out: no type. */
  customTypeId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setSlowMode` mutation. */
export type SetSlowModeInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** How long members wait between two messages, 0 to 21600 (six hours). */
  seconds: number;
};

/** All input for the `setStatusText` mutation. */
export type SetStatusTextInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** One emoji, such as `👍`. */
  emoji?: string | null | undefined;
  /** When it ends by itself. */
  endsAt?: string | null | undefined;
  /** What you say of yourself, at most 100 characters. */
  text?: string | null | undefined;
};

/** All input for the `setSystemMessages` mutation. */
export type SetSystemMessagesInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Which changes are told. */
  level: SystemMessageLevel;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `setUserGroupMember` mutation. */
export type SetUserGroupMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the group. */
  groupId: string;
  /** Whether they change the group, too. */
  isOwner?: boolean | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `setWritingRoles` mutation. */
export type SetWritingRolesInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The least role that reacts, votes in polls and uses buttons of bots. Left out: `MEMBER`. */
  reactionRole?: MemberRole | null | undefined;
  /** The least role that answers in threads. Left out: `MEMBER`. */
  replyRole?: MemberRole | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The least role that sends files. Left out: `MEMBER`. */
  uploadRole?: MemberRole | null | undefined;
  /** The least role that writes. Left out: `MEMBER`. */
  writingRole?: MemberRole | null | undefined;
};

/** All input for the `silenceRoom` mutation. */
export type SilenceRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** Until when, by name, instead of `until`. */
  snooze?: SnoozeEnd | null | undefined;
  /** Your time zone: a name such as `Europe/Berlin`, or an offset such as `+03:00`. */
  timeZone?: string | null | undefined;
  /** Until when. Without it, it ends at once. */
  until?: string | null | undefined;
};

/** When one wants to be notified again. AN_HOUR: in an hour. TOMORROW: at 9:00 tomorrow. MONDAY: at 9:00 next Monday. */
export type SnoozeEnd =
  /** In an hour. */
  | 'AN_HOUR'
  /** At 9:00 next Monday, where you are. */
  | 'MONDAY'
  /** At 9:00 tomorrow, where you are. */
  | 'TOMORROW';

/** All input for the `subscribeToPushNotifications` mutation. */
export type SubscribeToPushNotificationsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The subscription of the browser: `PushSubscription.toJSON()`. */
  subscription: WebPushSubscriptionInput;
  /** The browser or app, for a list of devices. */
  userAgent?: string | null | undefined;
};

/**
 * Which changes of a room are told in its history: none; its name, what it is for,
 * its settings and what is pinned; or who joins and leaves, too.
 */
export type SystemMessageLevel =
  /** Who joins and leaves is told, too. */
  | 'ALL'
  /** What is changed and pinned is told. */
  | 'CHANGES'
  /** Nothing is told. */
  | 'NONE';

/** All input for the `translateMessage` mutation. */
export type TranslateMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Into which language: a code such as `de` or `pt-BR`. */
  language: string;
  /** The `id` of the message. */
  messageId: string;
};

/** All input for the `turnIntoRoom` mutation. */
export type TurnIntoRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What whoever is added later sees of what was written before. Left out: `SINCE_JOINING`. */
  historyVisibility?: HistoryVisibility | null | undefined;
  /** The name to show, 1 to 80 characters. */
  name: string;
  /** The `id` of the room. */
  roomId: string;
  /** The short name for URLs: letters, digits and single dashes, at most 64. */
  slug: string;
};

/** All input for the `unarchiveRoom` mutation. */
export type UnarchiveRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `unassignRole` mutation. */
export type UnassignRoleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of one of your `workspaceRoles`. */
  roleId: string;
  /** Where. Null: in the whole workspace. */
  roomId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `unbanMember` mutation. */
export type UnbanMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the person. */
  userId: string;
};

/** All input for the `unmuteMember` mutation. */
export type UnmuteMemberInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
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

/** All input for the `unsaveMessage` mutation. */
export type UnsaveMessageInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

/** All input for the `unsubscribeFromPushNotifications` mutation. */
export type UnsubscribeFromPushNotificationsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The endpoint of the subscription, or the token of the app. */
  endpoint: string;
};

/** All input for the `updateIncomingWebhook` mutation. */
export type UpdateIncomingWebhookInput = {
  /** The web address of a picture; an empty one removes it. */
  avatarUrl?: string | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the incoming webhook. */
  incomingWebhookId: string;
  /** The name to post under, 1 to 80 characters. */
  name?: string | null | undefined;
};

/** All input for the `updateProfile` mutation. */
export type UpdateProfileInput = {
  /** The web address of a picture; an empty one removes it. */
  avatarUrl?: string | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The name to show, 1 to 80 characters. */
  displayName?: string | null | undefined;
};

/** All input for the `updateRole` mutation. */
export type UpdateRoleInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What it is called from now on: 1 to 50 characters. */
  name?: string | null | undefined;
  /** All that it gives from now on. */
  permissions?: Array<Permission> | null | undefined;
  /** The `id` of one of your `workspaceRoles`. */
  roleId: string;
};

/** All input for the `updateRoom` mutation. */
export type UpdateRoomInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What the room is for, at most 1,000 characters. */
  description?: string | null | undefined;
  /** The largest number of members, 2 to 1,000,000. Default: no limit. */
  maxMembers?: number | null | undefined;
  /** The name to show, 1 to 80 characters. */
  name?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `updateUserPresence` mutation. */
export type UpdateUserPresenceInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room that is open on this device. */
  roomId?: string | null | undefined;
  /** Your own name for this device, at most 100 characters. */
  sessionId?: string | null | undefined;
  /** Your status. OFFLINE ends the presence of this device. */
  status: UserStatus;
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

/** All input for the `verifyEmail` mutation. */
export type VerifyEmailInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The code of the mail. */
  code: string;
};

/** An input for mutations affecting `WebPushKey` */
export type WebPushKeyInput = {
  /** The browser's secret. */
  auth: string;
  /** The browser's public key. */
  p256dh: string;
};

/** An input for mutations affecting `WebPushSubscription` */
export type WebPushSubscriptionInput = {
  /** The https address of the browser's push service. */
  endpoint: string;
  /** What pushes are encrypted with, so that the push service cannot read them. */
  keys: WebPushKeyInput;
};

/** All input for the `widenHistory` mutation. */
export type WidenHistoryInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** The `id` of the message from which on they are to see the room. Left out: all that you see. */
  seesFromMessageId?: string | null | undefined;
  /** The `id` of the person. */
  userId: string;
};

export type PushKeyQueryVariables = Exact<{ [key: string]: never; }>;


export type PushKeyQuery = { vapidPublicKey: string | null };

export type SubscribeToPushMutationVariables = Exact<{
  input: SubscribeToPushNotificationsInput;
}>;


export type SubscribeToPushMutation = { subscribeToPushNotifications: { pushSubscription: { id: string } } | null };

export type UnsubscribeFromPushMutationVariables = Exact<{
  input: UnsubscribeFromPushNotificationsInput;
}>;


export type UnsubscribeFromPushMutation = { unsubscribeFromPushNotifications: { clientMutationId: string | null } | null };

export type UpdatePresenceMutationVariables = Exact<{
  input: UpdateUserPresenceInput;
}>;


export type UpdatePresenceMutation = { updateUserPresence: { user: { id: string } } | null };

export type VerifyEmailMutationVariables = Exact<{
  input: VerifyEmailInput;
}>;


export type VerifyEmailMutation = { verifyEmail: { isVerified: boolean } | null };

export type RequestPasswordResetMutationVariables = Exact<{
  input: RequestPasswordResetInput;
}>;


export type RequestPasswordResetMutation = { requestPasswordReset: { clientMutationId: string | null } | null };

export type ResetPasswordMutationVariables = Exact<{
  input: ResetPasswordInput;
}>;


export type ResetPasswordMutation = { resetPassword: { isReset: boolean } | null };

export type BeginPasskeySignInMutationVariables = Exact<{ [key: string]: never; }>;


export type BeginPasskeySignInMutation = { beginPasskeySignIn: { passkeyOptions: unknown } | null };

export type PersonLineFragment = { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null };

export type MessageLineFragment = { id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> };

export type PageFragment = { hasNextPage: boolean, endCursor: string | null };

export type FoundRoomFragment = { id: string, slug: string | null, displayName: string, description: string | null, type: RoomType, memberCount: number, maxMembers: number | null, isArchived: boolean, viewerMembership: { role: MemberRole } | null, customType: { viewerMayJoin: boolean } | null };

export type RoomFieldsQueryVariables = Exact<{ [key: string]: never; }>;


export type RoomFieldsQuery = { roomFields: Array<{ key: string, label: string, kind: RoomFieldKind }> | null };

export type PublicRoomsQueryVariables = Exact<{
  where?: Array<RoomFieldCondition> | RoomFieldCondition | null | undefined;
  orderBy?: RoomFieldOrder | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type PublicRoomsQuery = { publicRooms: { nodes: Array<{ id: string, slug: string | null, displayName: string, description: string | null, type: RoomType, memberCount: number, maxMembers: number | null, isArchived: boolean, viewerMembership: { role: MemberRole } | null, customType: { viewerMayJoin: boolean } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type FoundRoomsQueryVariables = Exact<{
  query: string;
  first: number;
  after?: string | null | undefined;
}>;


export type FoundRoomsQuery = { searchRooms: { nodes: Array<{ id: string, slug: string | null, displayName: string, description: string | null, type: RoomType, memberCount: number, maxMembers: number | null, isArchived: boolean, viewerMembership: { role: MemberRole } | null, customType: { viewerMayJoin: boolean } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type RoomBySlugQueryVariables = Exact<{
  slug: string;
}>;


export type RoomBySlugQuery = { roomBySlug: { id: string, slug: string | null, displayName: string, description: string | null, type: RoomType, memberCount: number, maxMembers: number | null, isArchived: boolean, viewerMembership: { role: MemberRole } | null, customType: { viewerMayJoin: boolean } | null } | null };

export type CreateRoomMutationVariables = Exact<{
  input: CreateRoomInput;
}>;


export type CreateRoomMutation = { createRoom: { room: { id: string } } | null };

export type EnterRoomMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type EnterRoomMutation = { joinRoom: { room: { id: string } } | null };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { acceptInvitation: { room: { id: string } } | null };

export type FoundPersonFragment = { status: UserStatus, isBlocked: boolean, id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null };

export type FoundPeopleQueryVariables = Exact<{
  query: string;
  first: number;
  after?: string | null | undefined;
}>;


export type FoundPeopleQuery = { searchUsers: { nodes: Array<{ status: UserStatus, isBlocked: boolean, id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ProfileQueryVariables = Exact<{
  username: string;
}>;


export type ProfileQuery = { userByUsername: { createdAt: string, lastSeenAt: string | null, status: UserStatus, isBlocked: boolean, id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null, largeAvatarUrl: string | null, statusText: { text: string | null, emoji: string | null, endsAt: string | null } | null, profile: Array<{ key: string, label: string, kind: ProfileFieldKind, value: string | null, person: { username: string, displayName: string } | null }> } | null };

export type StartConversationMutationVariables = Exact<{
  input: CreateDirectConversationInput;
}>;


export type StartConversationMutation = { createDirectConversation: { room: { id: string } } | null };

export type StartGroupConversationMutationVariables = Exact<{
  input: CreateGroupConversationInput;
}>;


export type StartGroupConversationMutation = { createGroupConversation: { room: { id: string } } | null };

export type BlockedUsersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type BlockedUsersQuery = { blockedUsers: { nodes: Array<{ id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type TurnIntoRoomMutationVariables = Exact<{
  input: TurnIntoRoomInput;
}>;


export type TurnIntoRoomMutation = { turnIntoRoom: { room: { id: string, slug: string | null } } | null };

export type RoomDetailsQueryVariables = Exact<{
  roomId: string;
}>;


export type RoomDetailsQuery = { roomFields: Array<{ key: string, label: string, kind: RoomFieldKind }> | null, room: { id: string, slug: string | null, name: string | null, displayName: string, description: string | null, type: RoomType, createdAt: string, memberCount: number, onlineCount: number, maxMembers: number | null, isArchived: boolean, isLocked: boolean, slowModeSeconds: number, language: string | null, retentionDays: number | null, erasureRule: ErasureRule, hidesPushText: boolean, hidesLinkPreviews: boolean, groupMentionRole: MemberRole, groupMentionWarning: number, writingRole: MemberRole, replyRole: MemberRole, reactionRole: MemberRole, uploadRole: MemberRole, disappearAfterSeconds: number | null, hasDeliveryReceipts: boolean, systemMessages: SystemMessageLevel, historyVisibility: HistoryVisibility, customData: unknown, customType: { id: string, title: string } | null, owner: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null, directUser: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null, viewerMembership: { role: MemberRole, notificationLevel: NotificationLevel | null, silentUntil: string | null, isMuted: boolean, mutedUntil: string | null, joinedAt: string } | null, analytics: { totalMessages: number, messagesLast7Days: number, messagesLast30Days: number, activeUsers7Days: number, activeUsers30Days: number, averageDailyMessages: number, peakDailyMessages: number } | null } | null };

export type RoomMembersQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RoomMembersQuery = { room: { id: string, members: { nodes: Array<{ userId: string, role: MemberRole, isMuted: boolean, mutedUntil: string | null, joinedAt: string, permissions: Array<Permission>, roleIds: Array<string>, seesFromSeq: string | null, permissionExceptions: Array<{ permission: Permission, effect: PermissionEffect, isEverywhere: boolean }>, user: { status: UserStatus, id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RoomPinsQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RoomPinsQuery = { room: { id: string, pinnedMessages: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RoomIncomingWebhooksQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RoomIncomingWebhooksQuery = { room: { id: string, incomingWebhooks: { nodes: Array<{ id: string, lastUsedAt: string | null, bot: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, creator: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RoomInvitationsQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RoomInvitationsQuery = { room: { id: string, invitations: { nodes: Array<{ id: string, code: string, createdAt: string, expiresAt: string, allowsGuests: boolean, maxUses: number | null, useCount: number, creator: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ArchivedMessagesQueryVariables = Exact<{
  roomId: string;
  beforeSeq?: string | number | null | undefined;
  pageSize: number;
}>;


export type ArchivedMessagesQuery = { archivedMessages: Array<{ id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> }> | null };

export type UnpinMessageMutationVariables = Exact<{
  input: UnpinMessageInput;
}>;


export type UnpinMessageMutation = { unpinMessage: { message: { id: string } } | null };

export type AddRoomMemberMutationVariables = Exact<{
  input: AddRoomMemberInput;
}>;


export type AddRoomMemberMutation = { addRoomMember: { roomMember: { userId: string } } | null };

export type WidenHistoryMutationVariables = Exact<{
  input: WidenHistoryInput;
}>;


export type WidenHistoryMutation = { widenHistory: { roomMember: { userId: string, seesFromSeq: string | null } } | null };

export type HistoryChoicesQueryVariables = Exact<{
  roomId: string;
}>;


export type HistoryChoicesQuery = { room: { id: string, historyVisibility: HistoryVisibility, viewerMembership: { seesFromSeq: string | null } | null, oldest: { nodes: Array<{ id: string }> }, messages: { nodes: Array<{ id: string, seq: string, createdAt: string, content: string | null, author: { displayName: string } }> } } | null };

export type SetMemberRoleMutationVariables = Exact<{
  input: SetMemberRoleInput;
}>;


export type SetMemberRoleMutation = { setMemberRole: { roomMember: { role: MemberRole } } | null };

export type KickMemberMutationVariables = Exact<{
  input: KickMemberInput;
}>;


export type KickMemberMutation = { kickMember: { room: { id: string } } | null };

export type MuteMemberMutationVariables = Exact<{
  input: MuteMemberInput;
}>;


export type MuteMemberMutation = { muteMember: { roomMember: { mutedUntil: string | null } } | null };

export type UnmuteMemberMutationVariables = Exact<{
  input: UnmuteMemberInput;
}>;


export type UnmuteMemberMutation = { unmuteMember: { roomMember: { mutedUntil: string | null } } | null };

export type BanMemberMutationVariables = Exact<{
  input: BanMemberInput;
}>;


export type BanMemberMutation = { banMember: { roomBan: { userId: string } } | null };

export type UnbanMemberMutationVariables = Exact<{
  input: UnbanMemberInput;
}>;


export type UnbanMemberMutation = { unbanMember: { room: { id: string } } | null };

export type CreateIncomingWebhookMutationVariables = Exact<{
  input: CreateIncomingWebhookInput;
}>;


export type CreateIncomingWebhookMutation = { createIncomingWebhook: { incomingWebhookAddress: { url: string } } | null };

export type UpdateIncomingWebhookMutationVariables = Exact<{
  input: UpdateIncomingWebhookInput;
}>;


export type UpdateIncomingWebhookMutation = { updateIncomingWebhook: { incomingWebhook: { id: string, bot: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } } } | null };

export type RotateIncomingWebhookMutationVariables = Exact<{
  input: RotateIncomingWebhookInput;
}>;


export type RotateIncomingWebhookMutation = { rotateIncomingWebhook: { incomingWebhookAddress: { url: string } } | null };

export type DeleteIncomingWebhookMutationVariables = Exact<{
  input: DeleteIncomingWebhookInput;
}>;


export type DeleteIncomingWebhookMutation = { deleteIncomingWebhook: { room: { id: string } } | null };

export type CreateInvitationMutationVariables = Exact<{
  input: CreateInvitationInput;
}>;


export type CreateInvitationMutation = { createInvitation: { roomInvitation: { id: string, code: string } } | null };

export type RevokeInvitationMutationVariables = Exact<{
  input: RevokeInvitationInput;
}>;


export type RevokeInvitationMutation = { revokeInvitation: { room: { id: string } } | null };

export type SetNotificationLevelMutationVariables = Exact<{
  input: SetNotificationLevelInput;
}>;


export type SetNotificationLevelMutation = { setNotificationLevel: { roomMember: { notificationLevel: NotificationLevel | null } } | null };

export type SilenceRoomMutationVariables = Exact<{
  input: SilenceRoomInput;
}>;


export type SilenceRoomMutation = { silenceRoom: { roomMember: { silentUntil: string | null } } | null };

export type UpdateRoomMutationVariables = Exact<{
  input: UpdateRoomInput;
}>;


export type UpdateRoomMutation = { updateRoom: { room: { id: string } } | null };

export type SetSlowModeMutationVariables = Exact<{
  input: SetSlowModeInput;
}>;


export type SetSlowModeMutation = { setSlowMode: { room: { slowModeSeconds: number } } | null };

export type SetRoomLockedMutationVariables = Exact<{
  input: SetRoomLockedInput;
}>;


export type SetRoomLockedMutation = { setRoomLocked: { room: { isLocked: boolean } } | null };

export type SetRoomLanguageMutationVariables = Exact<{
  input: SetRoomLanguageInput;
}>;


export type SetRoomLanguageMutation = { setRoomLanguage: { room: { language: string | null } } | null };

export type SetRoomRetentionMutationVariables = Exact<{
  input: SetRoomRetentionInput;
}>;


export type SetRoomRetentionMutation = { setRoomRetention: { room: { retentionDays: number | null } } | null };

export type SetErasureRuleMutationVariables = Exact<{
  input: SetErasureRuleInput;
}>;


export type SetErasureRuleMutation = { setErasureRule: { room: { erasureRule: ErasureRule } } | null };

export type SetRoomLinkPreviewsMutationVariables = Exact<{
  input: SetRoomLinkPreviewsInput;
}>;


export type SetRoomLinkPreviewsMutation = { setRoomLinkPreviews: { room: { id: string, hidesLinkPreviews: boolean } } | null };

export type SetPushPrivacyMutationVariables = Exact<{
  input: SetPushPrivacyInput;
}>;


export type SetPushPrivacyMutation = { setPushPrivacy: { room: { hidesPushText: boolean } } | null };

export type ArchiveRoomMutationVariables = Exact<{
  input: ArchiveRoomInput;
}>;


export type ArchiveRoomMutation = { archiveRoom: { room: { isArchived: boolean } } | null };

export type UnarchiveRoomMutationVariables = Exact<{
  input: UnarchiveRoomInput;
}>;


export type UnarchiveRoomMutation = { unarchiveRoom: { room: { isArchived: boolean } } | null };

export type QuitRoomMutationVariables = Exact<{
  input: LeaveRoomInput;
}>;


export type QuitRoomMutation = { leaveRoom: { room: { id: string } } | null };

export type MessageDetailsQueryVariables = Exact<{
  messageId: string;
}>;


export type MessageDetailsQuery = { message: { matchedKeywords: Array<string>, id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, room: { id: string, type: RoomType, viewerMembership: { role: MemberRole } | null }, edits: { nodes: Array<{ id: string, editedAt: string, previousContent: string, wasHeld: boolean }> }, readBy: { totalCount: number, nodes: Array<{ id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }> }, reactions: Array<{ emoji: string, count: number, users: { nodes: Array<{ id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }> } }>, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } | null };

export type ForwardMessageMutationVariables = Exact<{
  input: ForwardMessageInput;
}>;


export type ForwardMessageMutation = { forwardMessage: { message: { id: string } } | null };

export type ReportMessageMutationVariables = Exact<{
  input: ReportMessageInput;
}>;


export type ReportMessageMutation = { reportMessage: { messageReport: { id: string } } | null };

export type TakeDownMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type TakeDownMessageMutation = { deleteMessage: { message: { deletedAt: string | null } } | null };

export type RoomReportsQueryVariables = Exact<{
  roomId: string;
  status?: ReportStatus | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type RoomReportsQuery = { room: { id: string, reports: { nodes: Array<{ id: string, createdAt: string, reason: string, status: ReportStatus, resolvedAt: string | null, resolutionNote: string | null, reporter: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null, resolver: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null, message: { id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type WaitingCasesQueryVariables = Exact<{
  roomId: string;
}>;


export type WaitingCasesQuery = { room: { id: string, reports: { nodes: Array<{ id: string }> }, heldMessages: { nodes: Array<{ id: string }> } } | null };

export type HeldMessagesQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type HeldMessagesQuery = { room: { id: string, heldMessages: { nodes: Array<{ id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RoomBansQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RoomBansQuery = { room: { id: string, bans: { nodes: Array<{ userId: string, createdAt: string, expiresAt: string | null, reason: string | null, user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, moderator: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RoomRulesQueryVariables = Exact<{
  roomId: string;
}>;


export type RoomRulesQuery = { room: { id: string, rules: Array<{ id: string, kind: RuleKind, action: RuleAction, words: Array<string> | null, isFolded: boolean, allowedHosts: Array<string> | null, maxCount: number | null, windowSeconds: number | null, accountAgeSeconds: number | null, updatedAt: string }> } | null };

export type ModerationLogQueryVariables = Exact<{
  roomId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ModerationLogQuery = { room: { id: string, moderationLog: { nodes: Array<{ id: string, action: ModerationAction, createdAt: string, expiresAt: string | null, reason: string | null, targetMessageId: string | null, moderator: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null, targetUser: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ResolveReportMutationVariables = Exact<{
  input: ResolveReportInput;
}>;


export type ResolveReportMutation = { resolveReport: { messageReport: { status: ReportStatus } } | null };

export type ReleaseMessageMutationVariables = Exact<{
  input: ReleaseMessageInput;
}>;


export type ReleaseMessageMutation = { releaseMessage: { message: { id: string } } | null };

export type RejectMessageMutationVariables = Exact<{
  input: RejectMessageInput;
}>;


export type RejectMessageMutation = { rejectMessage: { message: { id: string } } | null };

export type SetRoomRuleMutationVariables = Exact<{
  input: SetRoomRuleInput;
}>;


export type SetRoomRuleMutation = { setRoomRule: { roomRule: { id: string } } | null };

export type RemoveRoomRuleMutationVariables = Exact<{
  input: RemoveRoomRuleInput;
}>;


export type RemoveRoomRuleMutation = { removeRoomRule: { room: { id: string } } | null };

export type FoundMessagesQueryVariables = Exact<{
  query: string;
  roomId?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type FoundMessagesQuery = { searchMessages: { nodes: Array<{ headline: string, isApproximate: boolean, message: { id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, room: { id: string, displayName: string }, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type MyProfileQueryVariables = Exact<{ [key: string]: never; }>;


export type MyProfileQuery = { currentUser: { status: UserStatus, createdAt: string, id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null, largeAvatarUrl: string | null, statusText: { text: string | null, emoji: string | null, endsAt: string | null } | null, profile: Array<{ key: string, label: string, kind: ProfileFieldKind, value: string | null, person: { username: string, displayName: string } | null }> } | null, profileFields: Array<{ key: string, label: string, kind: ProfileFieldKind, choices: Array<string>, editedBy: ProfileEditor, visibility: ProfileVisibility, maxLength: number }> | null };

export type ProfileLineFragment = { key: string, label: string, kind: ProfileFieldKind, value: string | null, person: { username: string, displayName: string } | null };

export type SetProfileValueMutationVariables = Exact<{
  input: SetProfileValueInput;
}>;


export type SetProfileValueMutation = { setProfileValue: { clientMutationId: string | null } | null };

export type SaidForNowFragment = { text: string | null, emoji: string | null, endsAt: string | null };

export type SetStatusTextMutationVariables = Exact<{
  input: SetStatusTextInput;
}>;


export type SetStatusTextMutation = { setStatusText: { clientMutationId: string | null } | null };

export type UpdateProfileMutationVariables = Exact<{
  input: UpdateProfileInput;
}>;


export type UpdateProfileMutation = { updateProfile: { user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } } | null };

export type SetAvatarMutationVariables = Exact<{
  input: SetAvatarInput;
}>;


export type SetAvatarMutation = { setAvatar: { user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } } | null };

export type ChangePasswordMutationVariables = Exact<{
  input: ChangePasswordInput;
}>;


export type ChangePasswordMutation = { changePassword: { isChanged: boolean } | null };

export type MySecondFactorQueryVariables = Exact<{ [key: string]: never; }>;


export type MySecondFactorQuery = { account: { hasPassword: boolean, isGuest: boolean } | null, secondFactor: { totpSince: string | null, recoveryCodesLeft: number } | null };

export type BeginTotpMutationVariables = Exact<{
  input: BeginTotpInput;
}>;


export type BeginTotpMutation = { beginTotp: { totpSetup: { address: string, secret: string } } | null };

export type ConfirmTotpMutationVariables = Exact<{
  input: ConfirmTotpInput;
}>;


export type ConfirmTotpMutation = { confirmTotp: { recoveryCodes: Array<string> } | null };

export type MakeRecoveryCodesMutationVariables = Exact<{
  input: MakeRecoveryCodesInput;
}>;


export type MakeRecoveryCodesMutation = { makeRecoveryCodes: { recoveryCodes: Array<string> } | null };

export type RemoveTotpMutationVariables = Exact<{
  input: RemoveTotpInput;
}>;


export type RemoveTotpMutation = { removeTotp: { isRemoved: boolean } | null };

export type MyPasskeysQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MyPasskeysQuery = { passkeys: { nodes: Array<{ id: string, name: string, isBackedUp: boolean, createdAt: string, lastUsedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ProofOfMeQueryVariables = Exact<{ [key: string]: never; }>;


export type ProofOfMeQuery = { account: { hasPassword: boolean, isGuest: boolean } | null, secondFactor: { totpSince: string | null } | null };

export type BeginPasskeyMutationVariables = Exact<{
  input: BeginPasskeyInput;
}>;


export type BeginPasskeyMutation = { beginPasskey: { passkeyOptions: unknown } | null };

export type FinishPasskeyMutationVariables = Exact<{
  input: FinishPasskeyInput;
}>;


export type FinishPasskeyMutation = { finishPasskey: { passkey: { id: string } } | null };

export type RenamePasskeyMutationVariables = Exact<{
  input: RenamePasskeyInput;
}>;


export type RenamePasskeyMutation = { renamePasskey: { passkey: { id: string } } | null };

export type RemovePasskeyMutationVariables = Exact<{
  input: RemovePasskeyInput;
}>;


export type RemovePasskeyMutation = { removePasskey: { clientMutationId: string | null } | null };

export type MyAccountQueryVariables = Exact<{ [key: string]: never; }>;


export type MyAccountQuery = { account: { email: string | null, isEmailVerified: boolean, hasPassword: boolean, isGuest: boolean } | null };

export type ClaimGuestMutationVariables = Exact<{
  input: ClaimGuestInput;
}>;


export type ClaimGuestMutation = { claimGuest: { user: { id: string, username: string } } | null };

export type ChangeEmailMutationVariables = Exact<{
  input: ChangeEmailInput;
}>;


export type ChangeEmailMutation = { changeEmail: { isSent: boolean } | null };

export type RequestEmailVerificationMutationVariables = Exact<{ [key: string]: never; }>;


export type RequestEmailVerificationMutation = { requestEmailVerification: { clientMutationId: string | null } | null };

export type MyNotificationsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyNotificationsQuery = { notificationSettings: { doNotDisturbUntil: string | null, emailDigests: boolean, keywords: Array<string>, quietFrom: string | null, quietUntil: string | null, timeZone: string } | null };

export type AddKeywordAlertMutationVariables = Exact<{
  input: AddKeywordAlertInput;
}>;


export type AddKeywordAlertMutation = { addKeywordAlert: { notificationSetting: { keywords: Array<string> } } | null };

export type RemoveKeywordAlertMutationVariables = Exact<{
  input: RemoveKeywordAlertInput;
}>;


export type RemoveKeywordAlertMutation = { removeKeywordAlert: { notificationSetting: { keywords: Array<string> } } | null };

export type SetDeviceNotificationsMutationVariables = Exact<{
  input: SetDeviceNotificationsInput;
}>;


export type SetDeviceNotificationsMutation = { setDeviceNotifications: { pushSubscription: { notificationLevel: NotificationLevel, quietWhileOnline: boolean } } | null };

export type SetQuietHoursMutationVariables = Exact<{
  input: SetQuietHoursInput;
}>;


export type SetQuietHoursMutation = { setQuietHours: { user: { id: string } } | null };

export type SetDoNotDisturbMutationVariables = Exact<{
  input: SetDoNotDisturbInput;
}>;


export type SetDoNotDisturbMutation = { setDoNotDisturb: { user: { id: string } } | null };

export type SetEmailDigestsMutationVariables = Exact<{
  input: SetEmailDigestsInput;
}>;


export type SetEmailDigestsMutation = { setEmailDigests: { user: { id: string } } | null };

export type MyPrivacyQueryVariables = Exact<{ [key: string]: never; }>;


export type MyPrivacyQuery = { privacySettings: { hidesReading: boolean, hidesTyping: boolean, hidesPresence: boolean } | null };

export type SetPrivacyMutationVariables = Exact<{
  input: SetPrivacyInput;
}>;


export type SetPrivacyMutation = { setPrivacy: { privacySetting: { hidesReading: boolean } } | null };

export type MyDevicesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MyDevicesQuery = { pushSubscriptions: { nodes: Array<{ id: string, channel: PushChannel, endpoint: string, userAgent: string | null, createdAt: string, renewedAt: string, notificationLevel: NotificationLevel, quietWhileOnline: boolean }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type RemoveDeviceMutationVariables = Exact<{
  input: UnsubscribeFromPushNotificationsInput;
}>;


export type RemoveDeviceMutation = { unsubscribeFromPushNotifications: { clientMutationId: string | null } | null };

export type MySessionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MySessionsQuery = { sessions: { nodes: Array<{ id: string, createdAt: string, refreshedAt: string, expiresAt: string, isCurrent: boolean, userAgent: string | null, method: SessionMethod }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type EndSessionMutationVariables = Exact<{
  input: EndSessionInput;
}>;


export type EndSessionMutation = { endSession: { clientMutationId: string | null } | null };

export type SignOutEverywhereMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutEverywhereMutation = { signOutEverywhere: { clientMutationId: string | null } | null };

export type ExportMyDataMutationVariables = Exact<{ [key: string]: never; }>;


export type ExportMyDataMutation = { exportMyData: { dataExport: { id: string } } | null };

export type DataExportQueryVariables = Exact<{
  id: string;
}>;


export type DataExportQuery = { dataExport: { id: string, status: DataExportStatus, requestedAt: string, finishedAt: string | null, expiresAt: string, byteSize: string | null, url: string | null } | null };

export type SettingsOfSomeQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsOfSomeQuery = { isAuditor: boolean | null, workspacePermissions: Array<Permission | null> | null };

export type AuditLogQueryVariables = Exact<{
  kind?: AuditKind | null | undefined;
  actorId?: string | null | undefined;
  targetId?: string | null | undefined;
  roomId?: string | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
  beforeSeq?: string | number | null | undefined;
  pageSize: number;
}>;


export type AuditLogQuery = { auditLog: Array<{ seq: string, happenedAt: string, kind: AuditKind, operation: AuditOperation, called: string | null, actorId: string | null, actorDisplayName: string | null, actorName: string | null, targetId: string | null, targetDisplayName: string | null, roomId: string | null, roomName: string | null, subject: string | null, before: unknown, after: unknown }> | null };

export type AuditCheckpointQueryVariables = Exact<{ [key: string]: never; }>;


export type AuditCheckpointQuery = { auditCheckpoint: { seq: string, hash: string, signedAt: string, publicKey: string, signature: string } | null };

export type ComplianceExportsQueryVariables = Exact<{ [key: string]: never; }>;


export type ComplianceExportsQuery = { complianceExports: Array<{ id: string, status: DataExportStatus, reason: string, requestedBy: string, userIds: Array<string> | null, roomIds: Array<string> | null, word: string | null, since: string | null, until: string | null, messageCount: string, roomsDone: number, roomsTotal: number, byteSize: string, digest: string | null, requestedAt: string, finishedAt: string | null, expiresAt: string, url: string | null }> | null };

export type RequestComplianceExportMutationVariables = Exact<{
  input: RequestComplianceExportInput;
}>;


export type RequestComplianceExportMutation = { requestComplianceExport: { complianceExport: { id: string } } | null };

export type DeleteMyAccountMutationVariables = Exact<{
  input: DeleteMyAccountInput;
}>;


export type DeleteMyAccountMutation = { deleteMyAccount: { isDeleted: boolean } | null };

export type MyScheduledMessagesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MyScheduledMessagesQuery = { myScheduledMessages: { nodes: Array<{ id: string, content: string, alsoSendToRoom: boolean, sendAt: string, localTime: string | null, timeZone: string, refusedAt: string | null, refusalCode: string | null, refusal: string | null, room: { id: string, slug: string | null, displayName: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type EditScheduledMessageMutationVariables = Exact<{
  input: EditScheduledMessageInput;
}>;


export type EditScheduledMessageMutation = { editScheduledMessage: { scheduledMessage: { id: string } } | null };

export type CancelScheduledMessageMutationVariables = Exact<{
  input: CancelScheduledMessageInput;
}>;


export type CancelScheduledMessageMutation = { cancelScheduledMessage: { scheduledMessage: { id: string } } | null };

export type MarkRoomUnreadMutationVariables = Exact<{
  input: MarkRoomUnreadInput;
}>;


export type MarkRoomUnreadMutation = { markRoomUnread: { clientMutationId: string | null } | null };

export type OrderRoomsMutationVariables = Exact<{
  input: OrderRoomsInput;
}>;


export type OrderRoomsMutation = { orderRooms: { clientMutationId: string | null } | null };

export type RenameRoomFolderMutationVariables = Exact<{
  input: RenameRoomFolderInput;
}>;


export type RenameRoomFolderMutation = { renameRoomFolder: { clientMutationId: string | null } | null };

export type SetRoomFavoriteMutationVariables = Exact<{
  input: SetRoomFavoriteInput;
}>;


export type SetRoomFavoriteMutation = { setRoomFavorite: { clientMutationId: string | null } | null };

export type SetRoomFolderMutationVariables = Exact<{
  input: SetRoomFolderInput;
}>;


export type SetRoomFolderMutation = { setRoomFolder: { clientMutationId: string | null } | null };

export type SetRoomHiddenMutationVariables = Exact<{
  input: SetRoomHiddenInput;
}>;


export type SetRoomHiddenMutation = { setRoomHidden: { clientMutationId: string | null } | null };

export type MySavedMessagesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MySavedMessagesQuery = { mySavedMessages: { nodes: Array<{ messageId: string, message: { id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } | null, room: { id: string, slug: string | null, displayName: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type SaveMessageMutationVariables = Exact<{
  input: SaveMessageInput;
}>;


export type SaveMessageMutation = { saveMessage: { clientMutationId: string | null } | null };

export type UnsaveMessageMutationVariables = Exact<{
  input: UnsaveMessageInput;
}>;


export type UnsaveMessageMutation = { unsaveMessage: { clientMutationId: string | null } | null };

export type MyThreadsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MyThreadsQuery = { myThreads: { nodes: Array<{ messageId: string, unreadCount: number, mentionCount: number, lastActivityAt: string, room: { id: string, slug: string | null, displayName: string }, message: { replyCount: number, id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type MarkThreadReadMutationVariables = Exact<{
  input: MarkThreadReadInput;
}>;


export type MarkThreadReadMutation = { markThreadRead: { clientMutationId: string | null } | null };

export type MyRemindersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type MyRemindersQuery = { myReminders: { nodes: Array<{ id: string, messageId: string, remindAt: string, remindedAt: string | null, message: { id: string, roomId: string, seq: string, content: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, heldAt: string | null, parentMessageId: string | null, isAuthorBlocked: boolean, author: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }, attachments: Array<{ id: string, filename: string, mimeType: string, byteSize: string, status: AttachmentStatus, url: string | null, thumbnailUrl: string | null }> } | null, room: { id: string, slug: string | null, displayName: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type SetReminderMutationVariables = Exact<{
  input: SetReminderInput;
}>;


export type SetReminderMutation = { setReminder: { reminder: { id: string, remindAt: string } } | null };

export type CancelReminderMutationVariables = Exact<{
  input: CancelReminderInput;
}>;


export type CancelReminderMutation = { cancelReminder: { clientMutationId: string | null } | null };

export type SetGroupMentionsMutationVariables = Exact<{
  input: SetGroupMentionsInput;
}>;


export type SetGroupMentionsMutation = { setGroupMentions: { room: { groupMentionRole: MemberRole, groupMentionWarning: number } } | null };

export type UserGroupsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type UserGroupsQuery = { userGroups: { nodes: Array<{ id: string, name: string, title: string, managedBy: GroupManagement, memberCount: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type RoleLineFragment = { id: string, name: string, permissions: Array<Permission> };

export type WorkspaceRolesQueryVariables = Exact<{ [key: string]: never; }>;


export type WorkspaceRolesQuery = { workspacePermissions: Array<Permission | null> | null, workspaceRoles: Array<{ id: string, name: string, permissions: Array<Permission> }> | null };

export type CustomRoomTypeFragment = { id: string, name: string, title: string, description: string | null, visibility: RoomType | null, creatorRoleIds: Array<string> | null, joinerRoleIds: Array<string> | null, writingRole: MemberRole | null, replyRole: MemberRole | null, reactionRole: MemberRole | null, uploadRole: MemberRole | null, slowModeSeconds: number | null, retentionDays: number | null, viewerMayCreate: boolean };

export type RoomTypesQueryVariables = Exact<{ [key: string]: never; }>;


export type RoomTypesQuery = { workspaceRoles: Array<{ id: string, name: string }> | null, workspaceRoomTypes: Array<{ id: string, name: string, title: string, description: string | null, visibility: RoomType | null, creatorRoleIds: Array<string> | null, joinerRoleIds: Array<string> | null, writingRole: MemberRole | null, replyRole: MemberRole | null, reactionRole: MemberRole | null, uploadRole: MemberRole | null, slowModeSeconds: number | null, retentionDays: number | null, viewerMayCreate: boolean }> | null };

export type TypesToChooseQueryVariables = Exact<{ [key: string]: never; }>;


export type TypesToChooseQuery = { workspaceRoomTypes: Array<{ id: string, title: string, description: string | null, visibility: RoomType | null, slowModeSeconds: number | null, viewerMayCreate: boolean }> | null };

export type DefineRoomTypeMutationVariables = Exact<{
  input: DefineRoomTypeInput;
}>;


export type DefineRoomTypeMutation = { defineRoomType: { customRoomType: { id: string } } | null };

export type RemoveRoomTypeMutationVariables = Exact<{
  input: RemoveRoomTypeInput;
}>;


export type RemoveRoomTypeMutation = { removeRoomType: { customRoomType: { id: string } } | null };

export type SetRoomTypeMutationVariables = Exact<{
  input: SetRoomTypeInput;
}>;


export type SetRoomTypeMutation = { setRoomType: { room: { customTypeId: string | null } } | null };

export type RolePeopleQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type RolePeopleQuery = { workspaceRoles: Array<{ id: string, people: { nodes: Array<{ id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }> | null };

export type RolesInRoomQueryVariables = Exact<{
  roomId: string;
}>;


export type RolesInRoomQuery = { workspaceRoles: Array<{ id: string, name: string }> | null, room: { id: string, viewerPermissions: Array<Permission> } | null };

export type CreateRoleMutationVariables = Exact<{
  input: CreateRoleInput;
}>;


export type CreateRoleMutation = { createRole: { role: { id: string, name: string, permissions: Array<Permission> } } | null };

export type UpdateRoleMutationVariables = Exact<{
  input: UpdateRoleInput;
}>;


export type UpdateRoleMutation = { updateRole: { role: { id: string, name: string, permissions: Array<Permission> } } | null };

export type DeleteRoleMutationVariables = Exact<{
  input: DeleteRoleInput;
}>;


export type DeleteRoleMutation = { deleteRole: { role: { id: string } } | null };

export type AssignRoleMutationVariables = Exact<{
  input: AssignRoleInput;
}>;


export type AssignRoleMutation = { assignRole: { role: { id: string } } | null };

export type UnassignRoleMutationVariables = Exact<{
  input: UnassignRoleInput;
}>;


export type UnassignRoleMutation = { unassignRole: { role: { id: string } } | null };

export type SetPermissionExceptionMutationVariables = Exact<{
  input: SetPermissionExceptionInput;
}>;


export type SetPermissionExceptionMutation = { setPermissionException: { user: { id: string } } | null };

export type GroupLineFragment = { id: string, name: string, title: string, managedBy: GroupManagement, memberCount: number };

export type UserGroupMembersQueryVariables = Exact<{
  startsWith: string;
  first: number;
  after?: string | null | undefined;
}>;


export type UserGroupMembersQuery = { userGroups: { nodes: Array<{ members: { nodes: Array<{ isOwner: boolean, user: { id: string, username: string, displayName: string, avatarUrl: string | null, isBot: boolean, deletedAt: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }> } | null };

export type CreateUserGroupMutationVariables = Exact<{
  input: CreateUserGroupInput;
}>;


export type CreateUserGroupMutation = { createUserGroup: { userGroup: { id: string, name: string, title: string, managedBy: GroupManagement, memberCount: number } } | null };

export type ChangeUserGroupMutationVariables = Exact<{
  input: ChangeUserGroupInput;
}>;


export type ChangeUserGroupMutation = { changeUserGroup: { userGroup: { id: string, name: string, title: string, managedBy: GroupManagement, memberCount: number } } | null };

export type SetUserGroupMemberMutationVariables = Exact<{
  input: SetUserGroupMemberInput;
}>;


export type SetUserGroupMemberMutation = { setUserGroupMember: { userGroup: { id: string } } | null };

export type RemoveUserGroupMemberMutationVariables = Exact<{
  input: RemoveUserGroupMemberInput;
}>;


export type RemoveUserGroupMemberMutation = { removeUserGroupMember: { userGroup: { id: string } } | null };

export type DeleteUserGroupMutationVariables = Exact<{
  input: DeleteUserGroupInput;
}>;


export type DeleteUserGroupMutation = { deleteUserGroup: { userGroup: { id: string } } | null };

export type SetWritingRolesMutationVariables = Exact<{
  input: SetWritingRolesInput;
}>;


export type SetWritingRolesMutation = { setWritingRoles: { room: { writingRole: MemberRole, replyRole: MemberRole, reactionRole: MemberRole, uploadRole: MemberRole } } | null };

export type SetDeliveryReceiptsMutationVariables = Exact<{
  input: SetDeliveryReceiptsInput;
}>;


export type SetDeliveryReceiptsMutation = { setDeliveryReceipts: { room: { hasDeliveryReceipts: boolean } } | null };

export type SetSystemMessagesMutationVariables = Exact<{
  input: SetSystemMessagesInput;
}>;


export type SetSystemMessagesMutation = { setSystemMessages: { room: { id: string, systemMessages: SystemMessageLevel } } | null };

export type SetHistoryVisibilityMutationVariables = Exact<{
  input: SetHistoryVisibilityInput;
}>;


export type SetHistoryVisibilityMutation = { setHistoryVisibility: { room: { historyVisibility: HistoryVisibility } } | null };

export type SetRoomDataMutationVariables = Exact<{
  input: SetRoomDataInput;
}>;


export type SetRoomDataMutation = { setRoomData: { room: { id: string } } | null };

export type SetDisappearingMutationVariables = Exact<{
  input: SetDisappearingInput;
}>;


export type SetDisappearingMutation = { setDisappearing: { room: { disappearAfterSeconds: number | null } } | null };

export type CustomEmojiPolicyQueryVariables = Exact<{ [key: string]: never; }>;


export type CustomEmojiPolicyQuery = { customEmojiPolicy: { most: number, viewerMayAdd: boolean, viewerIsManager: boolean, whoAdds: EmojiAdders, version: string } | null };

export type CustomEmojiQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type CustomEmojiQuery = { customEmoji: { nodes: Array<{ id: string, name: string, aliases: Array<string>, pictureUrl: string | null, stillPictureUrl: string | null, addedById: string | null, addedBy: { displayName: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type CustomEmojiLineFragment = { id: string, name: string, aliases: Array<string>, pictureUrl: string | null, stillPictureUrl: string | null, addedById: string | null, addedBy: { displayName: string } | null };

export type SetCustomEmojiAliasesMutationVariables = Exact<{
  input: SetCustomEmojiAliasesInput;
}>;


export type SetCustomEmojiAliasesMutation = { setCustomEmojiAliases: { customEmoji: { id: string } } | null };

export type RemoveCustomEmojiMutationVariables = Exact<{
  input: RemoveCustomEmojiInput;
}>;


export type RemoveCustomEmojiMutation = { removeCustomEmoji: { customEmoji: { id: string } } | null };

export type TranslationLanguagesQueryVariables = Exact<{ [key: string]: never; }>;


export type TranslationLanguagesQuery = { translationLanguages: Array<string> | null };

export type TranslateMessageMutationVariables = Exact<{
  input: TranslateMessageInput;
}>;


export type TranslateMessageMutation = { translateMessage: { translation: { content: string, sourceLanguage: string } } | null };

const PageText = `fragment Page on PageInfo{hasNextPage endCursor}`;
const FoundRoomText = `fragment FoundRoom on Room{id slug displayName description type memberCount maxMembers isArchived viewerMembership{role}customType{viewerMayJoin}}`;
const PersonLineText = `fragment PersonLine on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`;
const FoundPersonText = `fragment FoundPerson on User{...PersonLine status isBlocked}`;
const ProfileLineText = `fragment ProfileLine on ProfileValue{key label kind value person{username displayName}}`;
const SaidForNowText = `fragment SaidForNow on StatusText{text emoji endsAt}`;
const MessageLineText = `fragment MessageLine on Message{id roomId seq content createdAt editedAt deletedAt pinnedAt heldAt parentMessageId isAuthorBlocked author{...PersonLine}attachments{id filename mimeType byteSize status url thumbnailUrl}}`;
const GroupLineText = `fragment GroupLine on UserGroup{id name title managedBy memberCount}`;
const RoleLineText = `fragment RoleLine on Role{id name permissions}`;
const CustomRoomTypeText = `fragment CustomRoomType on CustomRoomType{id name title description visibility creatorRoleIds joinerRoleIds writingRole replyRole reactionRole uploadRole slowModeSeconds retentionDays viewerMayCreate}`;
const CustomEmojiLineText = `fragment CustomEmojiLine on CustomEmoji{id name aliases pictureUrl stillPictureUrl addedById addedBy{displayName}}`;
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
export const PersonLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment PersonLine on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`, {"fragmentName":"PersonLine"}) as unknown as TypedDocumentString<PersonLineFragment, unknown>;
export const MessageLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment MessageLine on Message{id roomId seq content createdAt editedAt deletedAt pinnedAt heldAt parentMessageId isAuthorBlocked author{...PersonLine}attachments{id filename mimeType byteSize status url thumbnailUrl}}fragment PersonLine on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`, {"fragmentName":"MessageLine"}) as unknown as TypedDocumentString<MessageLineFragment, unknown>;
export const PageFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment Page on PageInfo{hasNextPage endCursor}`, {"fragmentName":"Page"}) as unknown as TypedDocumentString<PageFragment, unknown>;
export const FoundRoomFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment FoundRoom on Room{id slug displayName description type memberCount maxMembers isArchived viewerMembership{role}customType{viewerMayJoin}}`, {"fragmentName":"FoundRoom"}) as unknown as TypedDocumentString<FoundRoomFragment, unknown>;
export const FoundPersonFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment FoundPerson on User{...PersonLine status isBlocked}fragment PersonLine on User{id username displayName avatarUrl(size:SMALL)isBot deletedAt}`, {"fragmentName":"FoundPerson"}) as unknown as TypedDocumentString<FoundPersonFragment, unknown>;
export const ProfileLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ProfileLine on ProfileValue{key label kind value person{username displayName}}`, {"fragmentName":"ProfileLine"}) as unknown as TypedDocumentString<ProfileLineFragment, unknown>;
export const SaidForNowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SaidForNow on StatusText{text emoji endsAt}`, {"fragmentName":"SaidForNow"}) as unknown as TypedDocumentString<SaidForNowFragment, unknown>;
export const RoleLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RoleLine on Role{id name permissions}`, {"fragmentName":"RoleLine"}) as unknown as TypedDocumentString<RoleLineFragment, unknown>;
export const CustomRoomTypeFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment CustomRoomType on CustomRoomType{id name title description visibility creatorRoleIds joinerRoleIds writingRole replyRole reactionRole uploadRole slowModeSeconds retentionDays viewerMayCreate}`, {"fragmentName":"CustomRoomType"}) as unknown as TypedDocumentString<CustomRoomTypeFragment, unknown>;
export const GroupLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment GroupLine on UserGroup{id name title managedBy memberCount}`, {"fragmentName":"GroupLine"}) as unknown as TypedDocumentString<GroupLineFragment, unknown>;
export const CustomEmojiLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment CustomEmojiLine on CustomEmoji{id name aliases pictureUrl stillPictureUrl addedById addedBy{displayName}}`, {"fragmentName":"CustomEmojiLine"}) as unknown as TypedDocumentString<CustomEmojiLineFragment, unknown>;
export const PushKeyDocument = /* @__PURE__ */ new TypedDocumentString(`query PushKey{vapidPublicKey}`) as unknown as TypedDocumentString<PushKeyQuery, PushKeyQueryVariables>;
export const SubscribeToPushDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SubscribeToPush($input:SubscribeToPushNotificationsInput!){subscribeToPushNotifications(input:$input){pushSubscription{id}}}`) as unknown as TypedDocumentString<SubscribeToPushMutation, SubscribeToPushMutationVariables>;
export const UnsubscribeFromPushDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnsubscribeFromPush($input:UnsubscribeFromPushNotificationsInput!){unsubscribeFromPushNotifications(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<UnsubscribeFromPushMutation, UnsubscribeFromPushMutationVariables>;
export const UpdatePresenceDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UpdatePresence($input:UpdateUserPresenceInput!){updateUserPresence(input:$input){user{id}}}`) as unknown as TypedDocumentString<UpdatePresenceMutation, UpdatePresenceMutationVariables>;
export const VerifyEmailDocument = /* @__PURE__ */ new TypedDocumentString(`mutation VerifyEmail($input:VerifyEmailInput!){verifyEmail(input:$input){isVerified}}`) as unknown as TypedDocumentString<VerifyEmailMutation, VerifyEmailMutationVariables>;
export const RequestPasswordResetDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RequestPasswordReset($input:RequestPasswordResetInput!){requestPasswordReset(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<RequestPasswordResetMutation, RequestPasswordResetMutationVariables>;
export const ResetPasswordDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ResetPassword($input:ResetPasswordInput!){resetPassword(input:$input){isReset}}`) as unknown as TypedDocumentString<ResetPasswordMutation, ResetPasswordMutationVariables>;
export const BeginPasskeySignInDocument = /* @__PURE__ */ new TypedDocumentString(`mutation BeginPasskeySignIn{beginPasskeySignIn(input:{}){passkeyOptions}}`) as unknown as TypedDocumentString<BeginPasskeySignInMutation, BeginPasskeySignInMutationVariables>;
export const RoomFieldsDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomFields{roomFields(first:100){key label kind}}`) as unknown as TypedDocumentString<RoomFieldsQuery, RoomFieldsQueryVariables>;
export const PublicRoomsDocument = /* @__PURE__ */ new TypedDocumentString(`query PublicRooms($where:[RoomFieldCondition!]$orderBy:RoomFieldOrder$first:Int!$after:Cursor){publicRooms(where:$where orderBy:$orderBy first:$first after:$after){nodes{...FoundRoom}pageInfo{...Page}}}${PageText}${FoundRoomText}`) as unknown as TypedDocumentString<PublicRoomsQuery, PublicRoomsQueryVariables>;
export const FoundRoomsDocument = /* @__PURE__ */ new TypedDocumentString(`query FoundRooms($query:String!$first:Int!$after:Cursor){searchRooms(query:$query first:$first after:$after){nodes{...FoundRoom}pageInfo{...Page}}}${PageText}${FoundRoomText}`) as unknown as TypedDocumentString<FoundRoomsQuery, FoundRoomsQueryVariables>;
export const RoomBySlugDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomBySlug($slug:String!){roomBySlug(slug:$slug){...FoundRoom}}${FoundRoomText}`) as unknown as TypedDocumentString<RoomBySlugQuery, RoomBySlugQueryVariables>;
export const CreateRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateRoom($input:CreateRoomInput!){createRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<CreateRoomMutation, CreateRoomMutationVariables>;
export const EnterRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation EnterRoom($input:JoinRoomInput!){joinRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<EnterRoomMutation, EnterRoomMutationVariables>;
export const AcceptInvitationDocument = /* @__PURE__ */ new TypedDocumentString(`mutation AcceptInvitation($input:AcceptInvitationInput!){acceptInvitation(input:$input){room{id}}}`) as unknown as TypedDocumentString<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const FoundPeopleDocument = /* @__PURE__ */ new TypedDocumentString(`query FoundPeople($query:String!$first:Int!$after:Cursor){searchUsers(query:$query first:$first after:$after){nodes{...FoundPerson}pageInfo{...Page}}}${PersonLineText}${PageText}${FoundPersonText}`) as unknown as TypedDocumentString<FoundPeopleQuery, FoundPeopleQueryVariables>;
export const ProfileDocument = /* @__PURE__ */ new TypedDocumentString(`query Profile($username:String!){userByUsername(username:$username){...FoundPerson largeAvatarUrl:avatarUrl(size:LARGE)createdAt lastSeenAt statusText{...SaidForNow}profile(first:100){...ProfileLine}}}${PersonLineText}${FoundPersonText}${ProfileLineText}${SaidForNowText}`) as unknown as TypedDocumentString<ProfileQuery, ProfileQueryVariables>;
export const StartConversationDocument = /* @__PURE__ */ new TypedDocumentString(`mutation StartConversation($input:CreateDirectConversationInput!){createDirectConversation(input:$input){room{id}}}`) as unknown as TypedDocumentString<StartConversationMutation, StartConversationMutationVariables>;
export const StartGroupConversationDocument = /* @__PURE__ */ new TypedDocumentString(`mutation StartGroupConversation($input:CreateGroupConversationInput!){createGroupConversation(input:$input){room{id}}}`) as unknown as TypedDocumentString<StartGroupConversationMutation, StartGroupConversationMutationVariables>;
export const BlockedUsersDocument = /* @__PURE__ */ new TypedDocumentString(`query BlockedUsers($first:Int!$after:Cursor){blockedUsers(first:$first after:$after){nodes{...PersonLine}pageInfo{...Page}}}${PersonLineText}${PageText}`) as unknown as TypedDocumentString<BlockedUsersQuery, BlockedUsersQueryVariables>;
export const TurnIntoRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation TurnIntoRoom($input:TurnIntoRoomInput!){turnIntoRoom(input:$input){room{id slug}}}`) as unknown as TypedDocumentString<TurnIntoRoomMutation, TurnIntoRoomMutationVariables>;
export const RoomDetailsDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomDetails($roomId:UUID!){roomFields(first:100){key label kind}room(id:$roomId){id slug name displayName description type createdAt memberCount onlineCount maxMembers isArchived isLocked slowModeSeconds language retentionDays erasureRule hidesPushText hidesLinkPreviews groupMentionRole groupMentionWarning writingRole replyRole reactionRole uploadRole customType{id title}disappearAfterSeconds hasDeliveryReceipts systemMessages historyVisibility customData owner{...PersonLine}directUser{...PersonLine}viewerMembership{role notificationLevel silentUntil isMuted mutedUntil joinedAt}analytics{totalMessages messagesLast7Days messagesLast30Days activeUsers7Days activeUsers30Days averageDailyMessages peakDailyMessages}}}${PersonLineText}`) as unknown as TypedDocumentString<RoomDetailsQuery, RoomDetailsQueryVariables>;
export const RoomMembersDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomMembers($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id members(first:$first after:$after){nodes{userId role isMuted mutedUntil joinedAt permissions roleIds permissionExceptions{permission effect isEverywhere}seesFromSeq user{...PersonLine status}}pageInfo{...Page}}}}${PersonLineText}${PageText}`) as unknown as TypedDocumentString<RoomMembersQuery, RoomMembersQueryVariables>;
export const RoomPinsDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomPins($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id pinnedMessages(first:$first after:$after){nodes{...MessageLine}pageInfo{...Page}}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<RoomPinsQuery, RoomPinsQueryVariables>;
export const RoomIncomingWebhooksDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomIncomingWebhooks($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id incomingWebhooks(first:$first after:$after orderBy:PRIMARY_KEY_DESC){nodes{id lastUsedAt bot{...PersonLine}creator{...PersonLine}}pageInfo{...Page}}}}${PersonLineText}${PageText}`) as unknown as TypedDocumentString<RoomIncomingWebhooksQuery, RoomIncomingWebhooksQueryVariables>;
export const RoomInvitationsDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomInvitations($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id invitations(first:$first after:$after orderBy:PRIMARY_KEY_DESC){nodes{id code createdAt expiresAt allowsGuests maxUses useCount creator{...PersonLine}}pageInfo{...Page}}}}${PersonLineText}${PageText}`) as unknown as TypedDocumentString<RoomInvitationsQuery, RoomInvitationsQueryVariables>;
export const ArchivedMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`query ArchivedMessages($roomId:UUID!$beforeSeq:BigInt$pageSize:Int!){archivedMessages(roomId:$roomId beforeSeq:$beforeSeq pageSize:$pageSize first:$pageSize){...MessageLine}}${PersonLineText}${MessageLineText}`) as unknown as TypedDocumentString<ArchivedMessagesQuery, ArchivedMessagesQueryVariables>;
export const UnpinMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnpinMessage($input:UnpinMessageInput!){unpinMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<UnpinMessageMutation, UnpinMessageMutationVariables>;
export const AddRoomMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation AddRoomMember($input:AddRoomMemberInput!){addRoomMember(input:$input){roomMember{userId}}}`) as unknown as TypedDocumentString<AddRoomMemberMutation, AddRoomMemberMutationVariables>;
export const WidenHistoryDocument = /* @__PURE__ */ new TypedDocumentString(`mutation WidenHistory($input:WidenHistoryInput!){widenHistory(input:$input){roomMember{userId seesFromSeq}}}`) as unknown as TypedDocumentString<WidenHistoryMutation, WidenHistoryMutationVariables>;
export const HistoryChoicesDocument = /* @__PURE__ */ new TypedDocumentString(`query HistoryChoices($roomId:UUID!){room(id:$roomId){id historyVisibility viewerMembership{seesFromSeq}oldest:messages(first:1 orderBy:SEQ_ASC){nodes{id}}messages(first:30){nodes{id seq createdAt content author{displayName}}}}}`) as unknown as TypedDocumentString<HistoryChoicesQuery, HistoryChoicesQueryVariables>;
export const SetMemberRoleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetMemberRole($input:SetMemberRoleInput!){setMemberRole(input:$input){roomMember{role}}}`) as unknown as TypedDocumentString<SetMemberRoleMutation, SetMemberRoleMutationVariables>;
export const KickMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation KickMember($input:KickMemberInput!){kickMember(input:$input){room{id}}}`) as unknown as TypedDocumentString<KickMemberMutation, KickMemberMutationVariables>;
export const MuteMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MuteMember($input:MuteMemberInput!){muteMember(input:$input){roomMember{mutedUntil}}}`) as unknown as TypedDocumentString<MuteMemberMutation, MuteMemberMutationVariables>;
export const UnmuteMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnmuteMember($input:UnmuteMemberInput!){unmuteMember(input:$input){roomMember{mutedUntil}}}`) as unknown as TypedDocumentString<UnmuteMemberMutation, UnmuteMemberMutationVariables>;
export const BanMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation BanMember($input:BanMemberInput!){banMember(input:$input){roomBan{userId}}}`) as unknown as TypedDocumentString<BanMemberMutation, BanMemberMutationVariables>;
export const UnbanMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnbanMember($input:UnbanMemberInput!){unbanMember(input:$input){room{id}}}`) as unknown as TypedDocumentString<UnbanMemberMutation, UnbanMemberMutationVariables>;
export const CreateIncomingWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateIncomingWebhook($input:CreateIncomingWebhookInput!){createIncomingWebhook(input:$input){incomingWebhookAddress{url}}}`) as unknown as TypedDocumentString<CreateIncomingWebhookMutation, CreateIncomingWebhookMutationVariables>;
export const UpdateIncomingWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UpdateIncomingWebhook($input:UpdateIncomingWebhookInput!){updateIncomingWebhook(input:$input){incomingWebhook{id bot{...PersonLine}}}}${PersonLineText}`) as unknown as TypedDocumentString<UpdateIncomingWebhookMutation, UpdateIncomingWebhookMutationVariables>;
export const RotateIncomingWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RotateIncomingWebhook($input:RotateIncomingWebhookInput!){rotateIncomingWebhook(input:$input){incomingWebhookAddress{url}}}`) as unknown as TypedDocumentString<RotateIncomingWebhookMutation, RotateIncomingWebhookMutationVariables>;
export const DeleteIncomingWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteIncomingWebhook($input:DeleteIncomingWebhookInput!){deleteIncomingWebhook(input:$input){room{id}}}`) as unknown as TypedDocumentString<DeleteIncomingWebhookMutation, DeleteIncomingWebhookMutationVariables>;
export const CreateInvitationDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateInvitation($input:CreateInvitationInput!){createInvitation(input:$input){roomInvitation{id code}}}`) as unknown as TypedDocumentString<CreateInvitationMutation, CreateInvitationMutationVariables>;
export const RevokeInvitationDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RevokeInvitation($input:RevokeInvitationInput!){revokeInvitation(input:$input){room{id}}}`) as unknown as TypedDocumentString<RevokeInvitationMutation, RevokeInvitationMutationVariables>;
export const SetNotificationLevelDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetNotificationLevel($input:SetNotificationLevelInput!){setNotificationLevel(input:$input){roomMember{notificationLevel}}}`) as unknown as TypedDocumentString<SetNotificationLevelMutation, SetNotificationLevelMutationVariables>;
export const SilenceRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SilenceRoom($input:SilenceRoomInput!){silenceRoom(input:$input){roomMember{silentUntil}}}`) as unknown as TypedDocumentString<SilenceRoomMutation, SilenceRoomMutationVariables>;
export const UpdateRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UpdateRoom($input:UpdateRoomInput!){updateRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<UpdateRoomMutation, UpdateRoomMutationVariables>;
export const SetSlowModeDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetSlowMode($input:SetSlowModeInput!){setSlowMode(input:$input){room{slowModeSeconds}}}`) as unknown as TypedDocumentString<SetSlowModeMutation, SetSlowModeMutationVariables>;
export const SetRoomLockedDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomLocked($input:SetRoomLockedInput!){setRoomLocked(input:$input){room{isLocked}}}`) as unknown as TypedDocumentString<SetRoomLockedMutation, SetRoomLockedMutationVariables>;
export const SetRoomLanguageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomLanguage($input:SetRoomLanguageInput!){setRoomLanguage(input:$input){room{language}}}`) as unknown as TypedDocumentString<SetRoomLanguageMutation, SetRoomLanguageMutationVariables>;
export const SetRoomRetentionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomRetention($input:SetRoomRetentionInput!){setRoomRetention(input:$input){room{retentionDays}}}`) as unknown as TypedDocumentString<SetRoomRetentionMutation, SetRoomRetentionMutationVariables>;
export const SetErasureRuleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetErasureRule($input:SetErasureRuleInput!){setErasureRule(input:$input){room{erasureRule}}}`) as unknown as TypedDocumentString<SetErasureRuleMutation, SetErasureRuleMutationVariables>;
export const SetRoomLinkPreviewsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomLinkPreviews($input:SetRoomLinkPreviewsInput!){setRoomLinkPreviews(input:$input){room{id hidesLinkPreviews}}}`) as unknown as TypedDocumentString<SetRoomLinkPreviewsMutation, SetRoomLinkPreviewsMutationVariables>;
export const SetPushPrivacyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetPushPrivacy($input:SetPushPrivacyInput!){setPushPrivacy(input:$input){room{hidesPushText}}}`) as unknown as TypedDocumentString<SetPushPrivacyMutation, SetPushPrivacyMutationVariables>;
export const ArchiveRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ArchiveRoom($input:ArchiveRoomInput!){archiveRoom(input:$input){room{isArchived}}}`) as unknown as TypedDocumentString<ArchiveRoomMutation, ArchiveRoomMutationVariables>;
export const UnarchiveRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnarchiveRoom($input:UnarchiveRoomInput!){unarchiveRoom(input:$input){room{isArchived}}}`) as unknown as TypedDocumentString<UnarchiveRoomMutation, UnarchiveRoomMutationVariables>;
export const QuitRoomDocument = /* @__PURE__ */ new TypedDocumentString(`mutation QuitRoom($input:LeaveRoomInput!){leaveRoom(input:$input){room{id}}}`) as unknown as TypedDocumentString<QuitRoomMutation, QuitRoomMutationVariables>;
export const MessageDetailsDocument = /* @__PURE__ */ new TypedDocumentString(`query MessageDetails($messageId:UUID!){message(id:$messageId){matchedKeywords ...MessageLine room{id type viewerMembership{role}}edits(first:100 orderBy:PRIMARY_KEY_DESC){nodes{id editedAt previousContent wasHeld}}readBy(first:100){nodes{...PersonLine}totalCount}reactions(first:100){emoji count users(first:20){nodes{...PersonLine}}}}}${PersonLineText}${MessageLineText}`) as unknown as TypedDocumentString<MessageDetailsQuery, MessageDetailsQueryVariables>;
export const ForwardMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ForwardMessage($input:ForwardMessageInput!){forwardMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<ForwardMessageMutation, ForwardMessageMutationVariables>;
export const ReportMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ReportMessage($input:ReportMessageInput!){reportMessage(input:$input){messageReport{id}}}`) as unknown as TypedDocumentString<ReportMessageMutation, ReportMessageMutationVariables>;
export const TakeDownMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation TakeDownMessage($input:DeleteMessageInput!){deleteMessage(input:$input){message{deletedAt}}}`) as unknown as TypedDocumentString<TakeDownMessageMutation, TakeDownMessageMutationVariables>;
export const RoomReportsDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomReports($roomId:UUID!$status:ReportStatus$first:Int!$after:Cursor){room(id:$roomId){id reports(status:$status first:$first after:$after){nodes{id createdAt reason status resolvedAt resolutionNote reporter{...PersonLine}resolver{...PersonLine}message{...MessageLine}}pageInfo{...Page}}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<RoomReportsQuery, RoomReportsQueryVariables>;
export const WaitingCasesDocument = /* @__PURE__ */ new TypedDocumentString(`query WaitingCases($roomId:UUID!){room(id:$roomId){id reports(status:OPEN first:1){nodes{id}}heldMessages(first:1){nodes{id}}}}`) as unknown as TypedDocumentString<WaitingCasesQuery, WaitingCasesQueryVariables>;
export const HeldMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`query HeldMessages($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id heldMessages(first:$first after:$after){nodes{...MessageLine}pageInfo{...Page}}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<HeldMessagesQuery, HeldMessagesQueryVariables>;
export const RoomBansDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomBans($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id bans(first:$first after:$after){nodes{userId createdAt expiresAt reason user{...PersonLine}moderator{...PersonLine}}pageInfo{...Page}}}}${PersonLineText}${PageText}`) as unknown as TypedDocumentString<RoomBansQuery, RoomBansQueryVariables>;
export const RoomRulesDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomRules($roomId:UUID!){room(id:$roomId){id rules(first:100){id kind action words isFolded allowedHosts maxCount windowSeconds accountAgeSeconds updatedAt}}}`) as unknown as TypedDocumentString<RoomRulesQuery, RoomRulesQueryVariables>;
export const ModerationLogDocument = /* @__PURE__ */ new TypedDocumentString(`query ModerationLog($roomId:UUID!$first:Int!$after:Cursor){room(id:$roomId){id moderationLog(first:$first after:$after){nodes{id action createdAt expiresAt reason targetMessageId moderator{...PersonLine}targetUser{...PersonLine}}pageInfo{...Page}}}}${PersonLineText}${PageText}`) as unknown as TypedDocumentString<ModerationLogQuery, ModerationLogQueryVariables>;
export const ResolveReportDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ResolveReport($input:ResolveReportInput!){resolveReport(input:$input){messageReport{status}}}`) as unknown as TypedDocumentString<ResolveReportMutation, ResolveReportMutationVariables>;
export const ReleaseMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ReleaseMessage($input:ReleaseMessageInput!){releaseMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<ReleaseMessageMutation, ReleaseMessageMutationVariables>;
export const RejectMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RejectMessage($input:RejectMessageInput!){rejectMessage(input:$input){message{id}}}`) as unknown as TypedDocumentString<RejectMessageMutation, RejectMessageMutationVariables>;
export const SetRoomRuleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomRule($input:SetRoomRuleInput!){setRoomRule(input:$input){roomRule{id}}}`) as unknown as TypedDocumentString<SetRoomRuleMutation, SetRoomRuleMutationVariables>;
export const RemoveRoomRuleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveRoomRule($input:RemoveRoomRuleInput!){removeRoomRule(input:$input){room{id}}}`) as unknown as TypedDocumentString<RemoveRoomRuleMutation, RemoveRoomRuleMutationVariables>;
export const FoundMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`query FoundMessages($query:String!$roomId:UUID$first:Int!$after:Cursor){searchMessages(query:$query roomId:$roomId first:$first after:$after){nodes{headline isApproximate message{...MessageLine room{id displayName}}}pageInfo{...Page}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<FoundMessagesQuery, FoundMessagesQueryVariables>;
export const MyProfileDocument = /* @__PURE__ */ new TypedDocumentString(`query MyProfile{currentUser{...PersonLine largeAvatarUrl:avatarUrl(size:LARGE)status createdAt statusText{...SaidForNow}profile(first:100){...ProfileLine}}profileFields(first:100){key label kind choices editedBy visibility maxLength}}${PersonLineText}${ProfileLineText}${SaidForNowText}`) as unknown as TypedDocumentString<MyProfileQuery, MyProfileQueryVariables>;
export const SetProfileValueDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetProfileValue($input:SetProfileValueInput!){setProfileValue(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetProfileValueMutation, SetProfileValueMutationVariables>;
export const SetStatusTextDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetStatusText($input:SetStatusTextInput!){setStatusText(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetStatusTextMutation, SetStatusTextMutationVariables>;
export const UpdateProfileDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UpdateProfile($input:UpdateProfileInput!){updateProfile(input:$input){user{...PersonLine}}}${PersonLineText}`) as unknown as TypedDocumentString<UpdateProfileMutation, UpdateProfileMutationVariables>;
export const SetAvatarDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetAvatar($input:SetAvatarInput!){setAvatar(input:$input){user{...PersonLine}}}${PersonLineText}`) as unknown as TypedDocumentString<SetAvatarMutation, SetAvatarMutationVariables>;
export const ChangePasswordDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ChangePassword($input:ChangePasswordInput!){changePassword(input:$input){isChanged}}`) as unknown as TypedDocumentString<ChangePasswordMutation, ChangePasswordMutationVariables>;
export const MySecondFactorDocument = /* @__PURE__ */ new TypedDocumentString(`query MySecondFactor{account{hasPassword isGuest}secondFactor{totpSince recoveryCodesLeft}}`) as unknown as TypedDocumentString<MySecondFactorQuery, MySecondFactorQueryVariables>;
export const BeginTotpDocument = /* @__PURE__ */ new TypedDocumentString(`mutation BeginTotp($input:BeginTotpInput!){beginTotp(input:$input){totpSetup{address secret}}}`) as unknown as TypedDocumentString<BeginTotpMutation, BeginTotpMutationVariables>;
export const ConfirmTotpDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ConfirmTotp($input:ConfirmTotpInput!){confirmTotp(input:$input){recoveryCodes}}`) as unknown as TypedDocumentString<ConfirmTotpMutation, ConfirmTotpMutationVariables>;
export const MakeRecoveryCodesDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MakeRecoveryCodes($input:MakeRecoveryCodesInput!){makeRecoveryCodes(input:$input){recoveryCodes}}`) as unknown as TypedDocumentString<MakeRecoveryCodesMutation, MakeRecoveryCodesMutationVariables>;
export const RemoveTotpDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveTotp($input:RemoveTotpInput!){removeTotp(input:$input){isRemoved}}`) as unknown as TypedDocumentString<RemoveTotpMutation, RemoveTotpMutationVariables>;
export const MyPasskeysDocument = /* @__PURE__ */ new TypedDocumentString(`query MyPasskeys($first:Int!$after:Cursor){passkeys(first:$first after:$after){nodes{id name isBackedUp createdAt lastUsedAt}pageInfo{...Page}}}${PageText}`) as unknown as TypedDocumentString<MyPasskeysQuery, MyPasskeysQueryVariables>;
export const ProofOfMeDocument = /* @__PURE__ */ new TypedDocumentString(`query ProofOfMe{account{hasPassword isGuest}secondFactor{totpSince}}`) as unknown as TypedDocumentString<ProofOfMeQuery, ProofOfMeQueryVariables>;
export const BeginPasskeyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation BeginPasskey($input:BeginPasskeyInput!){beginPasskey(input:$input){passkeyOptions}}`) as unknown as TypedDocumentString<BeginPasskeyMutation, BeginPasskeyMutationVariables>;
export const FinishPasskeyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation FinishPasskey($input:FinishPasskeyInput!){finishPasskey(input:$input){passkey{id}}}`) as unknown as TypedDocumentString<FinishPasskeyMutation, FinishPasskeyMutationVariables>;
export const RenamePasskeyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RenamePasskey($input:RenamePasskeyInput!){renamePasskey(input:$input){passkey{id}}}`) as unknown as TypedDocumentString<RenamePasskeyMutation, RenamePasskeyMutationVariables>;
export const RemovePasskeyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemovePasskey($input:RemovePasskeyInput!){removePasskey(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<RemovePasskeyMutation, RemovePasskeyMutationVariables>;
export const MyAccountDocument = /* @__PURE__ */ new TypedDocumentString(`query MyAccount{account{email isEmailVerified hasPassword isGuest}}`) as unknown as TypedDocumentString<MyAccountQuery, MyAccountQueryVariables>;
export const ClaimGuestDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ClaimGuest($input:ClaimGuestInput!){claimGuest(input:$input){user{id username}}}`) as unknown as TypedDocumentString<ClaimGuestMutation, ClaimGuestMutationVariables>;
export const ChangeEmailDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ChangeEmail($input:ChangeEmailInput!){changeEmail(input:$input){isSent}}`) as unknown as TypedDocumentString<ChangeEmailMutation, ChangeEmailMutationVariables>;
export const RequestEmailVerificationDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RequestEmailVerification{requestEmailVerification(input:{}){clientMutationId}}`) as unknown as TypedDocumentString<RequestEmailVerificationMutation, RequestEmailVerificationMutationVariables>;
export const MyNotificationsDocument = /* @__PURE__ */ new TypedDocumentString(`query MyNotifications{notificationSettings{doNotDisturbUntil emailDigests keywords quietFrom quietUntil timeZone}}`) as unknown as TypedDocumentString<MyNotificationsQuery, MyNotificationsQueryVariables>;
export const AddKeywordAlertDocument = /* @__PURE__ */ new TypedDocumentString(`mutation AddKeywordAlert($input:AddKeywordAlertInput!){addKeywordAlert(input:$input){notificationSetting{keywords}}}`) as unknown as TypedDocumentString<AddKeywordAlertMutation, AddKeywordAlertMutationVariables>;
export const RemoveKeywordAlertDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveKeywordAlert($input:RemoveKeywordAlertInput!){removeKeywordAlert(input:$input){notificationSetting{keywords}}}`) as unknown as TypedDocumentString<RemoveKeywordAlertMutation, RemoveKeywordAlertMutationVariables>;
export const SetDeviceNotificationsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetDeviceNotifications($input:SetDeviceNotificationsInput!){setDeviceNotifications(input:$input){pushSubscription{notificationLevel quietWhileOnline}}}`) as unknown as TypedDocumentString<SetDeviceNotificationsMutation, SetDeviceNotificationsMutationVariables>;
export const SetQuietHoursDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetQuietHours($input:SetQuietHoursInput!){setQuietHours(input:$input){user{id}}}`) as unknown as TypedDocumentString<SetQuietHoursMutation, SetQuietHoursMutationVariables>;
export const SetDoNotDisturbDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetDoNotDisturb($input:SetDoNotDisturbInput!){setDoNotDisturb(input:$input){user{id}}}`) as unknown as TypedDocumentString<SetDoNotDisturbMutation, SetDoNotDisturbMutationVariables>;
export const SetEmailDigestsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetEmailDigests($input:SetEmailDigestsInput!){setEmailDigests(input:$input){user{id}}}`) as unknown as TypedDocumentString<SetEmailDigestsMutation, SetEmailDigestsMutationVariables>;
export const MyPrivacyDocument = /* @__PURE__ */ new TypedDocumentString(`query MyPrivacy{privacySettings{hidesReading hidesTyping hidesPresence}}`) as unknown as TypedDocumentString<MyPrivacyQuery, MyPrivacyQueryVariables>;
export const SetPrivacyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetPrivacy($input:SetPrivacyInput!){setPrivacy(input:$input){privacySetting{hidesReading}}}`) as unknown as TypedDocumentString<SetPrivacyMutation, SetPrivacyMutationVariables>;
export const MyDevicesDocument = /* @__PURE__ */ new TypedDocumentString(`query MyDevices($first:Int!$after:Cursor){pushSubscriptions(first:$first after:$after){nodes{id channel endpoint userAgent createdAt renewedAt notificationLevel quietWhileOnline}pageInfo{...Page}}}${PageText}`) as unknown as TypedDocumentString<MyDevicesQuery, MyDevicesQueryVariables>;
export const RemoveDeviceDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveDevice($input:UnsubscribeFromPushNotificationsInput!){unsubscribeFromPushNotifications(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<RemoveDeviceMutation, RemoveDeviceMutationVariables>;
export const MySessionsDocument = /* @__PURE__ */ new TypedDocumentString(`query MySessions($first:Int!$after:Cursor){sessions(first:$first after:$after){nodes{id createdAt refreshedAt expiresAt isCurrent userAgent method}pageInfo{...Page}}}${PageText}`) as unknown as TypedDocumentString<MySessionsQuery, MySessionsQueryVariables>;
export const EndSessionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation EndSession($input:EndSessionInput!){endSession(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<EndSessionMutation, EndSessionMutationVariables>;
export const SignOutEverywhereDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignOutEverywhere{signOutEverywhere(input:{}){clientMutationId}}`) as unknown as TypedDocumentString<SignOutEverywhereMutation, SignOutEverywhereMutationVariables>;
export const ExportMyDataDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ExportMyData{exportMyData(input:{}){dataExport{id}}}`) as unknown as TypedDocumentString<ExportMyDataMutation, ExportMyDataMutationVariables>;
export const DataExportDocument = /* @__PURE__ */ new TypedDocumentString(`query DataExport($id:UUID!){dataExport(id:$id){id status requestedAt finishedAt expiresAt byteSize url}}`) as unknown as TypedDocumentString<DataExportQuery, DataExportQueryVariables>;
export const SettingsOfSomeDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsOfSome{isAuditor workspacePermissions}`) as unknown as TypedDocumentString<SettingsOfSomeQuery, SettingsOfSomeQueryVariables>;
export const AuditLogDocument = /* @__PURE__ */ new TypedDocumentString(`query AuditLog($kind:AuditKind$actorId:UUID$targetId:UUID$roomId:UUID$since:Datetime$until:Datetime$beforeSeq:BigInt$pageSize:Int!){auditLog(kind:$kind actorId:$actorId targetId:$targetId roomId:$roomId since:$since until:$until beforeSeq:$beforeSeq pageSize:$pageSize first:$pageSize){seq happenedAt kind operation called actorId actorDisplayName actorName targetId targetDisplayName roomId roomName subject before after}}`) as unknown as TypedDocumentString<AuditLogQuery, AuditLogQueryVariables>;
export const AuditCheckpointDocument = /* @__PURE__ */ new TypedDocumentString(`query AuditCheckpoint{auditCheckpoint{seq hash signedAt publicKey signature}}`) as unknown as TypedDocumentString<AuditCheckpointQuery, AuditCheckpointQueryVariables>;
export const ComplianceExportsDocument = /* @__PURE__ */ new TypedDocumentString(`query ComplianceExports{complianceExports(first:100){id status reason requestedBy userIds roomIds word since until messageCount roomsDone roomsTotal byteSize digest requestedAt finishedAt expiresAt url}}`) as unknown as TypedDocumentString<ComplianceExportsQuery, ComplianceExportsQueryVariables>;
export const RequestComplianceExportDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RequestComplianceExport($input:RequestComplianceExportInput!){requestComplianceExport(input:$input){complianceExport{id}}}`) as unknown as TypedDocumentString<RequestComplianceExportMutation, RequestComplianceExportMutationVariables>;
export const DeleteMyAccountDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteMyAccount($input:DeleteMyAccountInput!){deleteMyAccount(input:$input){isDeleted}}`) as unknown as TypedDocumentString<DeleteMyAccountMutation, DeleteMyAccountMutationVariables>;
export const MyScheduledMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`query MyScheduledMessages($first:Int!$after:Cursor){myScheduledMessages(first:$first after:$after){nodes{id content alsoSendToRoom sendAt localTime timeZone refusedAt refusalCode refusal room{id slug displayName}}pageInfo{...Page}}}${PageText}`) as unknown as TypedDocumentString<MyScheduledMessagesQuery, MyScheduledMessagesQueryVariables>;
export const EditScheduledMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation EditScheduledMessage($input:EditScheduledMessageInput!){editScheduledMessage(input:$input){scheduledMessage{id}}}`) as unknown as TypedDocumentString<EditScheduledMessageMutation, EditScheduledMessageMutationVariables>;
export const CancelScheduledMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CancelScheduledMessage($input:CancelScheduledMessageInput!){cancelScheduledMessage(input:$input){scheduledMessage{id}}}`) as unknown as TypedDocumentString<CancelScheduledMessageMutation, CancelScheduledMessageMutationVariables>;
export const MarkRoomUnreadDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MarkRoomUnread($input:MarkRoomUnreadInput!){markRoomUnread(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<MarkRoomUnreadMutation, MarkRoomUnreadMutationVariables>;
export const OrderRoomsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation OrderRooms($input:OrderRoomsInput!){orderRooms(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<OrderRoomsMutation, OrderRoomsMutationVariables>;
export const RenameRoomFolderDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RenameRoomFolder($input:RenameRoomFolderInput!){renameRoomFolder(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<RenameRoomFolderMutation, RenameRoomFolderMutationVariables>;
export const SetRoomFavoriteDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomFavorite($input:SetRoomFavoriteInput!){setRoomFavorite(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetRoomFavoriteMutation, SetRoomFavoriteMutationVariables>;
export const SetRoomFolderDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomFolder($input:SetRoomFolderInput!){setRoomFolder(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetRoomFolderMutation, SetRoomFolderMutationVariables>;
export const SetRoomHiddenDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomHidden($input:SetRoomHiddenInput!){setRoomHidden(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SetRoomHiddenMutation, SetRoomHiddenMutationVariables>;
export const MySavedMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`query MySavedMessages($first:Int!$after:Cursor){mySavedMessages(first:$first after:$after){nodes{messageId message{...MessageLine}room{id slug displayName}}pageInfo{...Page}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<MySavedMessagesQuery, MySavedMessagesQueryVariables>;
export const SaveMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SaveMessage($input:SaveMessageInput!){saveMessage(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<SaveMessageMutation, SaveMessageMutationVariables>;
export const UnsaveMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnsaveMessage($input:UnsaveMessageInput!){unsaveMessage(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<UnsaveMessageMutation, UnsaveMessageMutationVariables>;
export const MyThreadsDocument = /* @__PURE__ */ new TypedDocumentString(`query MyThreads($first:Int!$after:Cursor){myThreads(first:$first after:$after){nodes{messageId unreadCount mentionCount lastActivityAt room{id slug displayName}message{...MessageLine replyCount}}pageInfo{...Page}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<MyThreadsQuery, MyThreadsQueryVariables>;
export const MarkThreadReadDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MarkThreadRead($input:MarkThreadReadInput!){markThreadRead(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<MarkThreadReadMutation, MarkThreadReadMutationVariables>;
export const MyRemindersDocument = /* @__PURE__ */ new TypedDocumentString(`query MyReminders($first:Int!$after:Cursor){myReminders(first:$first after:$after){nodes{id messageId remindAt remindedAt message{...MessageLine}room{id slug displayName}}pageInfo{...Page}}}${PersonLineText}${MessageLineText}${PageText}`) as unknown as TypedDocumentString<MyRemindersQuery, MyRemindersQueryVariables>;
export const SetReminderDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetReminder($input:SetReminderInput!){setReminder(input:$input){reminder{id remindAt}}}`) as unknown as TypedDocumentString<SetReminderMutation, SetReminderMutationVariables>;
export const CancelReminderDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CancelReminder($input:CancelReminderInput!){cancelReminder(input:$input){clientMutationId}}`) as unknown as TypedDocumentString<CancelReminderMutation, CancelReminderMutationVariables>;
export const SetGroupMentionsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetGroupMentions($input:SetGroupMentionsInput!){setGroupMentions(input:$input){room{groupMentionRole groupMentionWarning}}}`) as unknown as TypedDocumentString<SetGroupMentionsMutation, SetGroupMentionsMutationVariables>;
export const UserGroupsDocument = /* @__PURE__ */ new TypedDocumentString(`query UserGroups($first:Int!$after:Cursor){userGroups(first:$first after:$after){nodes{...GroupLine}pageInfo{hasNextPage endCursor}}}${GroupLineText}`) as unknown as TypedDocumentString<UserGroupsQuery, UserGroupsQueryVariables>;
export const WorkspaceRolesDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkspaceRoles{workspacePermissions workspaceRoles{...RoleLine}}${RoleLineText}`) as unknown as TypedDocumentString<WorkspaceRolesQuery, WorkspaceRolesQueryVariables>;
export const RoomTypesDocument = /* @__PURE__ */ new TypedDocumentString(`query RoomTypes{workspaceRoles{id name}workspaceRoomTypes{...CustomRoomType}}${CustomRoomTypeText}`) as unknown as TypedDocumentString<RoomTypesQuery, RoomTypesQueryVariables>;
export const TypesToChooseDocument = /* @__PURE__ */ new TypedDocumentString(`query TypesToChoose{workspaceRoomTypes{id title description visibility slowModeSeconds viewerMayCreate}}`) as unknown as TypedDocumentString<TypesToChooseQuery, TypesToChooseQueryVariables>;
export const DefineRoomTypeDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DefineRoomType($input:DefineRoomTypeInput!){defineRoomType(input:$input){customRoomType{id}}}`) as unknown as TypedDocumentString<DefineRoomTypeMutation, DefineRoomTypeMutationVariables>;
export const RemoveRoomTypeDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveRoomType($input:RemoveRoomTypeInput!){removeRoomType(input:$input){customRoomType{id}}}`) as unknown as TypedDocumentString<RemoveRoomTypeMutation, RemoveRoomTypeMutationVariables>;
export const SetRoomTypeDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomType($input:SetRoomTypeInput!){setRoomType(input:$input){room{customTypeId}}}`) as unknown as TypedDocumentString<SetRoomTypeMutation, SetRoomTypeMutationVariables>;
export const RolePeopleDocument = /* @__PURE__ */ new TypedDocumentString(`query RolePeople($first:Int!$after:Cursor){workspaceRoles{id people(first:$first after:$after){nodes{...PersonLine}pageInfo{hasNextPage endCursor}}}}${PersonLineText}`) as unknown as TypedDocumentString<RolePeopleQuery, RolePeopleQueryVariables>;
export const RolesInRoomDocument = /* @__PURE__ */ new TypedDocumentString(`query RolesInRoom($roomId:UUID!){workspaceRoles{id name}room(id:$roomId){id viewerPermissions}}`) as unknown as TypedDocumentString<RolesInRoomQuery, RolesInRoomQueryVariables>;
export const CreateRoleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateRole($input:CreateRoleInput!){createRole(input:$input){role{...RoleLine}}}${RoleLineText}`) as unknown as TypedDocumentString<CreateRoleMutation, CreateRoleMutationVariables>;
export const UpdateRoleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UpdateRole($input:UpdateRoleInput!){updateRole(input:$input){role{...RoleLine}}}${RoleLineText}`) as unknown as TypedDocumentString<UpdateRoleMutation, UpdateRoleMutationVariables>;
export const DeleteRoleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteRole($input:DeleteRoleInput!){deleteRole(input:$input){role{id}}}`) as unknown as TypedDocumentString<DeleteRoleMutation, DeleteRoleMutationVariables>;
export const AssignRoleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation AssignRole($input:AssignRoleInput!){assignRole(input:$input){role{id}}}`) as unknown as TypedDocumentString<AssignRoleMutation, AssignRoleMutationVariables>;
export const UnassignRoleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UnassignRole($input:UnassignRoleInput!){unassignRole(input:$input){role{id}}}`) as unknown as TypedDocumentString<UnassignRoleMutation, UnassignRoleMutationVariables>;
export const SetPermissionExceptionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetPermissionException($input:SetPermissionExceptionInput!){setPermissionException(input:$input){user{id}}}`) as unknown as TypedDocumentString<SetPermissionExceptionMutation, SetPermissionExceptionMutationVariables>;
export const UserGroupMembersDocument = /* @__PURE__ */ new TypedDocumentString(`query UserGroupMembers($startsWith:String!$first:Int!$after:Cursor){userGroups(startsWith:$startsWith first:1){nodes{members(first:$first after:$after){nodes{isOwner user{...PersonLine}}pageInfo{hasNextPage endCursor}}}}}${PersonLineText}`) as unknown as TypedDocumentString<UserGroupMembersQuery, UserGroupMembersQueryVariables>;
export const CreateUserGroupDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateUserGroup($input:CreateUserGroupInput!){createUserGroup(input:$input){userGroup{...GroupLine}}}${GroupLineText}`) as unknown as TypedDocumentString<CreateUserGroupMutation, CreateUserGroupMutationVariables>;
export const ChangeUserGroupDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ChangeUserGroup($input:ChangeUserGroupInput!){changeUserGroup(input:$input){userGroup{...GroupLine}}}${GroupLineText}`) as unknown as TypedDocumentString<ChangeUserGroupMutation, ChangeUserGroupMutationVariables>;
export const SetUserGroupMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetUserGroupMember($input:SetUserGroupMemberInput!){setUserGroupMember(input:$input){userGroup{id}}}`) as unknown as TypedDocumentString<SetUserGroupMemberMutation, SetUserGroupMemberMutationVariables>;
export const RemoveUserGroupMemberDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveUserGroupMember($input:RemoveUserGroupMemberInput!){removeUserGroupMember(input:$input){userGroup{id}}}`) as unknown as TypedDocumentString<RemoveUserGroupMemberMutation, RemoveUserGroupMemberMutationVariables>;
export const DeleteUserGroupDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteUserGroup($input:DeleteUserGroupInput!){deleteUserGroup(input:$input){userGroup{id}}}`) as unknown as TypedDocumentString<DeleteUserGroupMutation, DeleteUserGroupMutationVariables>;
export const SetWritingRolesDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetWritingRoles($input:SetWritingRolesInput!){setWritingRoles(input:$input){room{writingRole replyRole reactionRole uploadRole}}}`) as unknown as TypedDocumentString<SetWritingRolesMutation, SetWritingRolesMutationVariables>;
export const SetDeliveryReceiptsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetDeliveryReceipts($input:SetDeliveryReceiptsInput!){setDeliveryReceipts(input:$input){room{hasDeliveryReceipts}}}`) as unknown as TypedDocumentString<SetDeliveryReceiptsMutation, SetDeliveryReceiptsMutationVariables>;
export const SetSystemMessagesDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetSystemMessages($input:SetSystemMessagesInput!){setSystemMessages(input:$input){room{id systemMessages}}}`) as unknown as TypedDocumentString<SetSystemMessagesMutation, SetSystemMessagesMutationVariables>;
export const SetHistoryVisibilityDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetHistoryVisibility($input:SetHistoryVisibilityInput!){setHistoryVisibility(input:$input){room{historyVisibility}}}`) as unknown as TypedDocumentString<SetHistoryVisibilityMutation, SetHistoryVisibilityMutationVariables>;
export const SetRoomDataDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetRoomData($input:SetRoomDataInput!){setRoomData(input:$input){room{id}}}`) as unknown as TypedDocumentString<SetRoomDataMutation, SetRoomDataMutationVariables>;
export const SetDisappearingDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetDisappearing($input:SetDisappearingInput!){setDisappearing(input:$input){room{disappearAfterSeconds}}}`) as unknown as TypedDocumentString<SetDisappearingMutation, SetDisappearingMutationVariables>;
export const CustomEmojiPolicyDocument = /* @__PURE__ */ new TypedDocumentString(`query CustomEmojiPolicy{customEmojiPolicy{most viewerMayAdd viewerIsManager whoAdds version}}`) as unknown as TypedDocumentString<CustomEmojiPolicyQuery, CustomEmojiPolicyQueryVariables>;
export const CustomEmojiDocument = /* @__PURE__ */ new TypedDocumentString(`query CustomEmoji($first:Int!$after:Cursor){customEmoji(first:$first after:$after){nodes{...CustomEmojiLine}pageInfo{hasNextPage endCursor}}}${CustomEmojiLineText}`) as unknown as TypedDocumentString<CustomEmojiQuery, CustomEmojiQueryVariables>;
export const SetCustomEmojiAliasesDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetCustomEmojiAliases($input:SetCustomEmojiAliasesInput!){setCustomEmojiAliases(input:$input){customEmoji{id}}}`) as unknown as TypedDocumentString<SetCustomEmojiAliasesMutation, SetCustomEmojiAliasesMutationVariables>;
export const RemoveCustomEmojiDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RemoveCustomEmoji($input:RemoveCustomEmojiInput!){removeCustomEmoji(input:$input){customEmoji{id}}}`) as unknown as TypedDocumentString<RemoveCustomEmojiMutation, RemoveCustomEmojiMutationVariables>;
export const TranslationLanguagesDocument = /* @__PURE__ */ new TypedDocumentString(`query TranslationLanguages{translationLanguages}`) as unknown as TypedDocumentString<TranslationLanguagesQuery, TranslationLanguagesQueryVariables>;
export const TranslateMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation TranslateMessage($input:TranslateMessageInput!){translateMessage(input:$input){translation{content sourceLanguage}}}`) as unknown as TypedDocumentString<TranslateMessageMutation, TranslateMessageMutationVariables>;