/*
 * Postgres keeps no comment on the argument of a function or on the label of an enum. Their descriptions are here, by
 * the name in the API: the bare name for what means the same everywhere, `Type.name` where it does not.
 */

export const INPUTS: Readonly<Record<string, string>> = {
  approximate:
    'Whether misspelt words are found. By default: when fewer than five messages are found otherwise.',
  attachmentIds: 'Your uploads to attach, at most 10.',
  authorId: 'The `id` of the author.',
  code: 'The code of an invitation.',
  'VerifyEmailInput.code': 'The code of the mail.',
  'ResetPasswordInput.code': 'The code of the mail.',
  'RequestPasswordResetInput.email': 'The e-mail address of the account.',
  content: 'The text, at most 8,000 characters. May be empty if there are files.',
  currentPassword: 'The current password.',
  description: 'What the room is for, at most 1,000 characters.',
  displayName: 'The name to show, 1 to 80 characters.',
  size: 'How large it is to be.',
  uploadId: 'The last part of the address that the upload went to.',
  avatarUrl: 'The web address of a picture; an empty one removes it.',
  email: 'An e-mail address, seen by nobody else.',
  emoji: 'One emoji, such as `👍`.',
  expiresInSeconds: 'How long it works, 60 to 31536000 (a year). Default: a week.',
  hasAttachment: 'True: only messages with a file. False: only messages without one.',
  id: 'Its `id`.',
  inThread: 'True: only replies. False: only messages that are not replies.',
  invitationId: 'The `id` of the invitation.',
  isTyping: 'True while typing, false when stopped.',
  language:
    'A text search configuration of Postgres, such as `english`. Without one, words are compared as they are.',
  level: 'Which messages should notify you.',
  maxMembers: 'The largest number of members, 2 to 1,000,000. Default: no limit.',
  maxUses: 'How many people may use it, 1 to 100,000. Default: no limit.',
  mentionsMe: 'True: only messages that mention you.',
  messageId: 'The `id` of the message.',
  messageType: 'The main kind of the message. Default: TEXT. SYSTEM is refused.',
  metadata: 'Your own data about the message: a JSON object of at most 8 kB.',
  name: 'The name to show, 1 to 80 characters.',
  newEmail: 'The e-mail address that is to be yours.',
  newPassword:
    'The new password: at least 8 characters, at most 72 bytes, and not one of the most used.',
  nonce:
    'Your own name for this sending, at most 200 characters. The same nonce returns the same message.',
  parentMessageId: 'The `id` of the message to reply to.',
  password: 'At least 8 characters, at most 72 bytes.',
  pinned: 'True: only pinned messages. False: only messages that are not pinned.',
  query: 'The words to look for.',
  reason: 'Why, at most 500 characters.',
  refreshToken: 'The refresh token from the last sign-in or refresh.',
  role: 'The role to give, below your own. Default: MEMBER.',
  'SetMemberRoleInput.role': 'The role to give, below your own. OWNER hands the room over.',
  roomId: 'The `id` of the room.',
  'UpdateUserPresenceInput.roomId': 'The `id` of the room that is open on this device.',
  sentAfter: 'Only messages sent at this time or later.',
  sentBefore: 'Only messages sent before this time.',
  'EndSessionInput.sessionId': 'The `id` of the session.',
  sessionId: 'Your own name for this device, at most 100 characters.',
  slug: 'The short name for URLs: letters, digits and single dashes, at most 64.',
  status: 'Your status. OFFLINE ends the presence of this device.',
  type: 'Who can find and join the room. Default: PUBLIC.',
  readUpToMessageId:
    'The `id` of the last message on the screen: everything up to it is marked as read. Default: nothing is.',
  upToMessageId: 'The `id` of the last message read. Default: the newest.',
  userId: 'The `id` of the person.',
  username: 'The unique name, in upper or lower case.',
  'SignUpInput.username': 'The unique name: 2 to 32 letters, digits, `_`, `.` or `-`.',
  aroundSeq:
    'About as many messages on either side of this `seq`, that one included: for a link to a message. With `first`.',
  afterSeq:
    'Only messages after this `seq`: for what came since. With `orderBy: SEQ_ASC` the next ones come first.',
  topLevelOnly: 'True: leaves out answers, which stand in the `replies` of their message.',
  'Room.beforeSeq': 'Only messages before this `seq`.',
  beforeSeq: 'Only messages before this `seq`. Default: the newest messages.',
  channel: 'Whose token it is: FCM or APNS.',
  days: 'How many days messages are kept, 0 for ever. Default: the setting of the installation.',
  enabled: 'Whether the mails are sent.',
  endpoint: 'The endpoint of the subscription, or the token of the app.',
  hideText: 'Whether notifications leave out the text of messages.',
  pageSize: 'How many to read, 100 at most.',
  quietFrom: 'The time of day from which nothing notifies you.',
  quietUntil:
    'The time of day until which nothing notifies you, `24:00` at most. Not later than `quietFrom` means the next day.',
  rule: 'What happens to the messages of a deleted account.',
  subscription: 'The subscription of the browser: `PushSubscription.toJSON()`.',
  timeZone: 'Your time zone: a name such as `Europe/Berlin`, or an offset such as `+03:00`.',
  token: 'The token that the app got from the push service.',
  users: 'Whom to make or change, at most 1,000.',
  rooms: 'What to make or change, at most 1,000, with at most 1,000 members in all.',
  messages: 'What to bring in, at most 1,000, in each room from the oldest to the newest.',
  deactivatedUntil: 'Until when. Without it, for good.',
  until: 'Until when. Without it, it ends at once.',
  deviceSecret:
    '32 to 200 random characters by which this device is known again: made once, and kept on it.',
  invitationCode: 'Of an invitation to a room: you are in it at once.',
  userAgent: 'The browser or app, for a list of devices.',
  accountAgeSeconds: 'For NEW_ACCOUNTS: up to which age an account is new. Default: a day.',
  action: 'What happens to a message that breaks the rule.',
  allowedHosts: 'For LINKS: the allowed hosts, including their subdomains. Default: none.',
  durationSeconds: 'For how long, at most 315360000 (ten years). A ban without it lasts for ever.',
  isFolded: 'For WORDS: whether disguised words are found too. Default: true.',
  isLocked: 'True locks the room, false unlocks it.',
  kind: 'What the rule is about.',
  maxCount: 'For MENTIONS, REPEATS and NEW_ACCOUNTS: how many are allowed.',
  note: 'Your remark, at most 500 characters.',
  reportId: 'The `id` of the report.',
  resolution: 'The result of the report.',
  ruleId: 'The `id` of the rule.',
  seconds: 'How long members wait between two messages, 0 to 21600 (six hours).',
  windowSeconds:
    'For REPEATS and NEW_ACCOUNTS: the time in which messages are counted. Default: a minute.',
  words: 'For WORDS: unwanted words, or phrases of up to four words.',
  'Room.status': 'Only reports that are in this state.',
};

export const ENUM_VALUES: Readonly<Record<string, string>> = {
  PRIMARY_KEY_ASC: 'By id, which for most tables means by age: the oldest first.',
  PRIMARY_KEY_DESC: 'By id in reverse order.',
  'AttachmentStatus.PROCESSING': 'Is being inspected and cannot be downloaded yet.',
  'AttachmentStatus.READY': 'Can be downloaded.',
  'AttachmentStatus.REFUSED': 'Was refused and cannot be downloaded.',
  'MemberRole.MEMBER': 'Reads and writes.',
  'MemberRole.MODERATOR': 'Also deletes, pins, invites and adds.',
  'MemberRole.ADMIN': 'Also changes the room, its members and their roles.',
  'MemberRole.OWNER': 'Can do everything. Each room has one.',
  'MessageType.TEXT': 'Text.',
  'MessageType.IMAGE': 'A picture.',
  'MessageType.VIDEO': 'A video.',
  'MessageType.AUDIO': 'An audio recording.',
  'MessageType.FILE': 'Any other file.',
  'MessageType.SYSTEM': 'Written by the server.',
  'NotificationLevel.ALL': 'Every message.',
  'NotificationLevel.MENTIONS': 'Messages that mention you.',
  'NotificationLevel.NONE':
    'No messages: nothing notifies you or counts as a mention. `unreadCount` still says what you have not read; the badge leaves the room out.',
  'RoomType.PUBLIC': 'Anyone signed in can find and join it.',
  'RoomType.PRIVATE': 'Only its members know that it exists.',
  'RoomType.DIRECT': 'A conversation of two people, always the same.',
  'UserStatus.ONLINE': 'Online.',
  'UserStatus.AWAY': 'Online, but not active.',
  'UserStatus.BUSY': 'Online, and does not want to be disturbed.',
  'UserStatus.OFFLINE': 'Offline.',
  'DataExportStatus.PENDING': 'Is being prepared.',
  'DataExportStatus.READY': 'Can be downloaded.',
  'DataExportStatus.FAILED': 'Has failed: request a new one.',
  'ErasureRule.ANONYMISE': 'Messages stay without their author.',
  'ErasureRule.ERASE': 'Messages lose their content.',
  'RuleAction.FLAG': 'The message is sent and reported to the moderators.',
  'RuleAction.HOLD': 'Moderators decide before anybody else sees the message.',
  'RuleAction.REFUSE': 'The message is not sent.',
  'RuleKind.WORDS': 'Words from a list.',
  'RuleKind.LINKS': 'Links to hosts that are not allowed.',
  'RuleKind.MENTIONS': 'Too many people mentioned at once.',
  'RuleKind.REPEATS': 'The same text repeatedly.',
  'RuleKind.NEW_ACCOUNTS': 'Too many messages from new accounts.',
  'ReportStatus.OPEN': 'Waits for a moderator.',
  'ReportStatus.DISMISSED': 'Nothing was wrong.',
  'ReportStatus.UPHELD': 'The message broke the rules.',
  'ReportResolution.DISMISSED': 'Nothing is wrong.',
  'ReportResolution.UPHELD': 'The message breaks the rules.',
  'ModerationAction.MESSAGE_DELETED': 'A message was deleted.',
  'ModerationAction.MESSAGE_HELD': 'A message was held for review.',
  'ModerationAction.MESSAGE_RELEASED': 'A held message was released.',
  'ModerationAction.MESSAGE_REJECTED': 'A held message was deleted.',
  'ModerationAction.MEMBER_KICKED': 'A member was removed.',
  'ModerationAction.MEMBER_BANNED': 'A person was banned.',
  'ModerationAction.MEMBER_UNBANNED': 'A ban was lifted.',
  'ModerationAction.MEMBER_MUTED': 'A member was muted.',
  'ModerationAction.MEMBER_UNMUTED': 'A mute was lifted.',
  'ModerationAction.SLOW_MODE_SET': 'Slow mode was set or ended; the reason says how long.',
  'ModerationAction.ROOM_LOCKED': 'The room was locked.',
  'ModerationAction.ROOM_UNLOCKED': 'The room was unlocked.',
  'ModerationAction.REPORT_RESOLVED': 'A report was resolved; the reason says how.',
  'ModerationAction.RULE_SET': 'A rule was set.',
  'ModerationAction.RULE_REMOVED': 'A rule was removed.',
  'PushChannel.WEB': 'A browser, by Web Push.',
  'PushChannel.FCM': 'An app, by Firebase Cloud Messaging.',
  'PushChannel.APNS': 'An Apple app, by APNs.',
};

/** The results of mutations, by the name of the field. */
export const RESULTS: Readonly<Record<string, string>> = {
  message: 'The message, as it is now.',
  room: 'The room, as it is now.',
  roomInvitation: 'The invitation.',
  roomMember: 'The membership, as it is now.',
  session: 'The tokens and their user.',
  user: 'The person, as they are now.',
  users: 'The people, in the order of the entries.',
  rooms: 'The rooms, in the order of the entries.',
  messages: 'The messages, in the order of the entries.',
  dataExport: 'The export, as it is now.',
  pushSubscription: 'The device that is notified.',
  roomBan: 'The ban.',
  messageReport: 'The report, as it is now.',
  roomRule: 'The rule, as it is now.',
  isChanged: 'True: a wrong password is an error.',
  isSent: 'True: a wrong password is an error.',
  isVerified: 'True: a wrong code is an error.',
  isReset: 'True: a wrong code is an error.',
  isDeleted: 'True: a wrong password is an error.',
};

/** Describes what the database cannot. */
export const DescriptionsPlugin: GraphileConfig.Plugin = {
  name: 'DescriptionsPlugin',
  version: '1.0.0',
  description: 'Describes arguments, enum values and results of mutations',
  schema: {
    hooks: {
      GraphQLInputObjectType_fields_field(field, _build, { Self, scope }) {
        return described(field, INPUTS, Self.name, scope.fieldName);
      },
      GraphQLObjectType_fields_field_args_arg(arg, _build, { Self, scope }) {
        return described(arg, INPUTS, Self.name, scope.argName);
      },
      GraphQLObjectType_fields_field(field, _build, { Self, scope }) {
        return scope.isMutationPayload
          ? described(field, RESULTS, Self.name, scope.fieldName)
          : field;
      },
      GraphQLEnumType_values_value(value, _build, { Self, scope }) {
        return described(value, ENUM_VALUES, Self.name, scope.valueName);
      },
    },
  },
};

function described<T extends { description?: string | null | undefined }>(
  thing: T,
  descriptions: Readonly<Record<string, string>>,
  typeName: string,
  name: string,
): T {
  return {
    ...thing,
    description: thing.description ?? descriptions[`${typeName}.${name}`] ?? descriptions[name],
  };
}
