/*
 * Postgres keeps no comment on the argument of a function or on the label of an enum. Their descriptions are here, by
 * the name in the API: the bare name for what means the same everywhere, `Type.name` where it does not.
 */

export const INPUTS: Readonly<Record<string, string>> = {
  approximate:
    'Whether words may be misspelt. Unless given: when fewer than five messages are found otherwise.',
  attachmentIds: 'Uploads of yours, at most 10, to go with the message.',
  authorId: 'The `id` of who wrote it.',
  code: 'The code of an invitation.',
  content: 'The text: at most 8,000 characters. May be empty where there are files.',
  currentPassword: 'The password until now.',
  description: 'What the room is for, at most 1,000 characters.',
  displayName: 'The name to show, 1 to 80 characters.',
  avatarUrl: 'The web address of a picture; an empty one removes it.',
  email: 'An e-mail address, seen by nobody else.',
  emoji: 'One emoji, such as `👍`.',
  expiresInSeconds: 'For how long it works, 60 to 31536000 (a year). A week unless given.',
  hasAttachment: 'Only messages with a file, or only those without.',
  id: 'Its `id`.',
  inThread: 'Only answers to a message, or only what is no answer.',
  invitationId: 'The `id` of the invitation.',
  isTyping: 'True while typing, false when stopped.',
  language:
    'A text-search configuration of Postgres such as `english`. None: words are compared as they are.',
  level: 'Which messages should notify you.',
  maxMembers: 'How many members the room takes, 2 to 1,000,000. No limit unless given.',
  maxUses: 'How many people may use it, 1 to 100,000. No limit unless given.',
  mentionsMe: 'True: only messages that mention you.',
  messageId: 'The `id` of the message.',
  messageType: 'What the message mainly is. TEXT unless given; SYSTEM is refused.',
  metadata: 'Anything to keep with the message: a JSON object of at most 8 kB.',
  name: 'The name to show, 1 to 80 characters.',
  newPassword: 'The password from now on: at least 8 characters, at most 72 bytes.',
  nonce:
    'A name of your own for this sending, at most 200 characters: the same nonce gives the same message.',
  parentMessageId: 'The `id` of the message that this one answers.',
  password: 'At least 8 characters, at most 72 bytes.',
  pinned: 'Only pinned messages, or only those that are not.',
  query: 'The words to look for.',
  reason: 'Why, at most 500 characters.',
  refreshToken: 'The token that the last sign-in or refresh gave.',
  role: 'The role to give, below your own. MEMBER unless given.',
  'SetMemberRoleInput.role': 'The role to give, below your own; OWNER hands the room over.',
  roomId: 'The `id` of the room.',
  'UpdateUserPresenceInput.roomId': 'The `id` of the room that is in view.',
  sentAfter: 'Only messages sent at this time or later.',
  sentBefore: 'Only messages sent before this time.',
  sessionId: 'A name of your own for this device, at most 100 characters.',
  slug: 'The short name for addresses: letters, digits and single dashes, at most 64.',
  status: 'How you are there. OFFLINE ends the session of this device.',
  type: 'Who can find and join the room. PUBLIC unless given.',
  upToMessageId: 'The `id` of the last message read. The newest unless given.',
  userId: 'The `id` of the person.',
  username: 'The unique name, in any case.',
  'SignUpInput.username': 'The unique name: 2 to 32 letters, digits, `_`, `.` or `-`.',
  beforeSeq: 'Only messages before this `seq`. The newest unless given.',
  channel: 'Whose token it is: FCM or APNS.',
  days: 'How many days messages are kept: 0 for ever. As long as everywhere unless given.',
  enabled: 'Whether to send them.',
  endpoint: 'The address that was subscribed.',
  hideText: 'Whether notifications leave out what the message says.',
  pageSize: 'How many to read, 100 at most.',
  quietFrom: 'From this time of day nothing notifies you.',
  quietUntil: 'Up to this time of day; earlier than `quietFrom` means the next morning.',
  rule: 'What becomes of the messages of someone who is erased.',
  subscription: 'What the browser gave: `PushSubscription.toJSON()`.',
  timeZone: 'Where you are, such as `Europe/Berlin`.',
  token: 'The token that the push service gave to the app.',
  until: 'Until when. Left out, it ends at once.',
  userAgent: 'Which browser or app it is, for a list of devices.',
  accountAgeSeconds: 'Of NEW_ACCOUNTS: until which age an account is new. A day unless given.',
  action: 'What becomes of a message that breaks the rule.',
  allowedHosts:
    'Of LINKS: the hosts that may be linked to, and what is below them. None unless given.',
  durationSeconds: 'For how long, at most 315360000 (ten years). A ban without it is for ever.',
  isFolded: 'Of WORDS: whether words are also found in disguise. True unless given.',
  isLocked: 'True to lock the room, false to open it again.',
  kind: 'What the rule is about.',
  maxCount: 'Of MENTIONS, REPEATS and NEW_ACCOUNTS: how many are allowed.',
  note: 'What you have to say about it, at most 500 characters.',
  reportId: 'The `id` of the report.',
  resolution: 'How the report ends.',
  ruleId: 'The `id` of the rule.',
  seconds: 'How long members wait between two messages, 0 to 21600 (six hours).',
  windowSeconds:
    'Of REPEATS and NEW_ACCOUNTS: the time in which messages are counted. A minute unless given.',
  words: 'Of WORDS: what is not wanted, words or phrases of up to four.',
  'Room.status': 'Only reports that are in this state.',
};

export const ENUM_VALUES: Readonly<Record<string, string>> = {
  PRIMARY_KEY_ASC: 'By identifier, which for most is by age: the oldest first.',
  PRIMARY_KEY_DESC: 'By identifier, the other way round.',
  'AttachmentStatus.PROCESSING': 'Still being looked at: not to be fetched yet.',
  'AttachmentStatus.READY': 'Can be fetched.',
  'AttachmentStatus.REFUSED': 'Was not what it may be: cannot be fetched.',
  'MemberRole.MEMBER': 'Reads and writes.',
  'MemberRole.MODERATOR': 'Also deletes, pins, invites and adds.',
  'MemberRole.ADMIN': 'Also changes the room, its members and their roles.',
  'MemberRole.OWNER': 'Can do all. There is one in a room.',
  'MessageType.TEXT': 'Words.',
  'MessageType.IMAGE': 'A picture.',
  'MessageType.VIDEO': 'A film.',
  'MessageType.AUDIO': 'A sound.',
  'MessageType.FILE': 'Any other file.',
  'MessageType.SYSTEM': 'Written by the server.',
  'NotificationLevel.ALL': 'Every message.',
  'NotificationLevel.MENTIONS': 'Messages that mention you.',
  'NotificationLevel.NONE': 'No message, but for direct ones and those that mention you.',
  'RoomType.PUBLIC': 'Anyone signed in can find and join it.',
  'RoomType.PRIVATE': 'Only its members know that it exists.',
  'RoomType.DIRECT': 'Two people, always the same.',
  'UserStatus.ONLINE': 'There.',
  'UserStatus.AWAY': 'There, but not looking.',
  'UserStatus.BUSY': 'There, and not to be disturbed.',
  'UserStatus.OFFLINE': 'Not there.',
  'DataExportStatus.PENDING': 'Being put together.',
  'DataExportStatus.READY': 'Can be fetched.',
  'DataExportStatus.FAILED': 'Did not succeed: ask again.',
  'ErasureRule.ANONYMISE': 'They stay, without their author.',
  'ErasureRule.ERASE': 'They lose their content.',
  'RuleAction.FLAG': 'It is sent, and reported to the moderators.',
  'RuleAction.HOLD': 'Moderators decide before anyone else sees it.',
  'RuleAction.REFUSE': 'It is not sent.',
  'RuleKind.WORDS': 'Words of a list.',
  'RuleKind.LINKS': 'Links to other than allowed hosts.',
  'RuleKind.MENTIONS': 'Too many people mentioned at once.',
  'RuleKind.REPEATS': 'The same text again and again.',
  'RuleKind.NEW_ACCOUNTS': 'Too many messages from accounts that are new.',
  'ReportStatus.OPEN': 'Waits for a moderator.',
  'ReportStatus.DISMISSED': 'Nothing was wrong.',
  'ReportStatus.UPHELD': 'The message broke the rules.',
  'ReportResolution.DISMISSED': 'Nothing is wrong.',
  'ReportResolution.UPHELD': 'The message breaks the rules.',
  'ModerationAction.MESSAGE_DELETED': 'A message was deleted.',
  'ModerationAction.MESSAGE_HELD': 'A message was held for review.',
  'ModerationAction.MESSAGE_RELEASED': 'A message that was held was let through.',
  'ModerationAction.MESSAGE_REJECTED': 'A message that was held was deleted.',
  'ModerationAction.MEMBER_KICKED': 'A member was removed.',
  'ModerationAction.MEMBER_BANNED': 'A person was banned.',
  'ModerationAction.MEMBER_UNBANNED': 'A ban was lifted.',
  'ModerationAction.MEMBER_MUTED': 'A member was muted.',
  'ModerationAction.MEMBER_UNMUTED': 'A mute was lifted.',
  'ModerationAction.SLOW_MODE_SET': 'Slow mode was set or ended; the reason says how long.',
  'ModerationAction.ROOM_LOCKED': 'The room was locked.',
  'ModerationAction.ROOM_UNLOCKED': 'The room was opened again.',
  'ModerationAction.REPORT_RESOLVED': 'A report was resolved; the reason says how.',
  'ModerationAction.RULE_SET': 'A rule was set.',
  'ModerationAction.RULE_REMOVED': 'A rule was removed.',
  'PushChannel.WEB': 'A browser, by Web Push.',
  'PushChannel.FCM': 'An app, by Firebase Cloud Messaging.',
  'PushChannel.APNS': "An app of Apple's, by APNs.",
};

/** The results of mutations, by the name of the field. */
export const RESULTS: Readonly<Record<string, string>> = {
  message: 'The message, as it is now.',
  room: 'The room, as it is now.',
  roomInvitation: 'The invitation.',
  roomMember: 'The membership, as it is now.',
  session: 'The tokens, and whose they are.',
  user: 'The person, as they are now.',
  dataExport: 'The export, as it is now.',
  pushSubscription: 'The device that is notified.',
  roomBan: 'The ban.',
  messageReport: 'The report, as it is now.',
  roomRule: 'The rule, as it is now.',
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
