/** A page of the API's reference. Every field of Query, Mutation and Subscription is in one, and every type and enum. */
export interface Topic {
  /** Of the file. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** Of Query, Mutation and Subscription, in the order of the page. */
  readonly fields: readonly string[];
  /** Types, interfaces and enums. */
  readonly types: readonly string[];
}

export const TOPICS: readonly Topic[] = [
  {
    name: 'accounts',
    title: 'Accounts and sessions',
    about:
      'An access token is sent as `Authorization: Bearer …` with every request, and works for minutes. Its refresh token gives the next pair, once. What each device is signed in with is a session; ending it closes its sockets.',
    fields: [
      'signUp',
      'signIn',
      'refreshSession',
      'signOut',
      'signOutEverywhere',
      'currentUser',
      'sessions',
      'endSession',
      'changePassword',
      'exportMyData',
      'dataExport',
      'deleteMyAccount',
    ],
    types: ['Session', 'UserSession', 'DataExport', 'DataExportStatus'],
  },
  {
    name: 'people',
    title: 'People',
    about:
      'Signed-in people see the profiles of all others. Whether somebody is there is told to whoever shares a room with them ([presence](../concepts/presence.md)).',
    fields: [
      'user',
      'userByUsername',
      'searchUsers',
      'updateProfile',
      'setAvatar',
      'updateUserPresence',
      'blockUser',
      'unblockUser',
      'blockedUsers',
    ],
    types: ['User', 'UserStatus', 'AvatarSize'],
  },
  {
    name: 'rooms',
    title: 'Rooms and members',
    about:
      'A public room can be found and joined by everybody who is signed in. A private one is joined by being added or with an invitation. A direct conversation is the room of two people.',
    fields: [
      'room',
      'roomBySlug',
      'publicRooms',
      'searchRooms',
      'createRoom',
      'createDirectConversation',
      'updateRoom',
      'archiveRoom',
      'unarchiveRoom',
      'joinRoom',
      'leaveRoom',
      'addRoomMember',
      'setMemberRole',
      'createInvitation',
      'acceptInvitation',
      'revokeInvitation',
      'setRoomLanguage',
      'setRoomRetention',
      'setErasureRule',
      'setPushPrivacy',
    ],
    types: [
      'Room',
      'RoomType',
      'RoomMember',
      'MemberRole',
      'RoomMembersOrderBy',
      'RoomInvitation',
      'RoomInvitationsOrderBy',
      'RoomEngagement',
      'ErasureRule',
    ],
  },
  {
    name: 'messages',
    title: 'Messages',
    about:
      'A message has a place in its room, its `seq`: 1, 2, 3 … with no gap, in the order of the commits. Give every sending a `nonce`, so that it can be repeated after a lost answer. Files are uploaded first ([attachments](../attachments.md)).',
    fields: [
      'message',
      'sendMessage',
      'editMessage',
      'deleteMessage',
      'addMessageReaction',
      'removeMessageReaction',
      'pinMessage',
      'unpinMessage',
      'searchMessages',
      'archivedMessages',
    ],
    types: [
      'Message',
      'MessageType',
      'MessagesOrderBy',
      'MessageEdit',
      'MessageEditsOrderBy',
      'ReactionSummary',
      'Attachment',
      'AttachmentStatus',
      'MessageMatch',
    ],
  },
  {
    name: 'inbox',
    title: 'Inbox, receipts and typing',
    about:
      'What is unread is a subtraction, so it is right on every device at once ([receipts](../concepts/receipts.md)).',
    fields: ['userConversations', 'markRoomRead', 'setTyping'],
    types: ['Conversation'],
  },
  {
    name: 'events',
    title: 'Live events',
    about:
      'Subscriptions run over a WebSocket at `/graphql` with the subprotocol `graphql-transport-ws`. [The live protocol](../protocol.md) says what is guaranteed, and has the same events as JSON and as Server-Sent Events.',
    fields: ['roomEvents', 'userEvents'],
    types: [
      'RoomEvent',
      'ReadyEvent',
      'MessageEvent',
      'ReactionEvent',
      'MemberEvent',
      'ReadReceiptEvent',
      'RoomChangedEvent',
      'TypingEvent',
      'PresenceEvent',
      'UserEvent',
      'ChangeKind',
    ],
  },
  {
    name: 'moderation',
    title: 'Moderation',
    about:
      'Nobody can act on an equal or higher role. [Moderation](../moderation.md) has the table of who may do what.',
    fields: [
      'banMember',
      'unbanMember',
      'kickMember',
      'muteMember',
      'unmuteMember',
      'setSlowMode',
      'setRoomLocked',
      'setRoomRule',
      'removeRoomRule',
      'reportMessage',
      'resolveReport',
      'releaseMessage',
      'rejectMessage',
    ],
    types: [
      'RoomBan',
      'RoomRule',
      'RuleKind',
      'RuleAction',
      'MessageReport',
      'ReportStatus',
      'ReportResolution',
      'ModerationLogEntry',
      'ModerationAction',
    ],
  },
  {
    name: 'notifications',
    title: 'Notifications',
    about:
      'Who is notified of what, and how to set up Web Push, FCM, APNs and e-mail, is in [notifications](../push.md).',
    fields: [
      'vapidPublicKey',
      'subscribeToPushNotifications',
      'registerPushToken',
      'unsubscribeFromPushNotifications',
      'pushSubscriptions',
      'notificationSettings',
      'setNotificationLevel',
      'silenceRoom',
      'setDoNotDisturb',
      'setQuietHours',
      'setEmailDigests',
    ],
    types: ['NotificationSetting', 'NotificationLevel', 'PushSubscription', 'PushChannel'],
  },
  {
    name: 'nodes',
    title: 'Nodes and pages',
    about:
      'For caches that know an object by one opaque name, such as Relay’s, and for all lists ([GraphQL clients](../clients.md)).',
    fields: ['node'],
    types: ['Node', 'PageInfo'],
  },
];
