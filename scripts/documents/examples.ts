/** What stands for a value that is not an id, in the examples. Each required argument has one. */
export const EXAMPLE_VALUES: Readonly<Record<string, string>> = {
  code: '"q8Jt3nVbWc"',
  content: '"Hello everyone! 👋"',
  currentPassword: '"correct horse battery"',
  days: '365',
  durationSeconds: '3600',
  emoji: '"👍"',
  enabled: 'false',
  endpoint: '"https://push.example.org/1"',
  isLocked: 'true',
  isTyping: 'true',
  name: '"General"',
  newPassword: '"a longer horse battery"',
  nonce: '"n-1"',
  password: '"correct horse battery"',
  query: '"hello"',
  reason: '"spam"',
  refreshToken: '$refreshToken',
  seconds: '30',
  slug: '"general"',
  status: 'AWAY',
  token: '"fcm-token"',
  username: '"ada"',
};

/** Arguments that the examples have though they may be left out. */
export const EXAMPLE_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  banMember: ['reason', 'durationSeconds'],
  sendMessage: ['content', 'nonce'],
};

/** What the examples select of a type. Of any other type: its first five values. */
export const EXAMPLE_SELECTIONS: Readonly<Record<string, string>> = {
  Conversation: 'room { id name } unreadCount mentionCount latestMessage { content }',
  FollowedThread:
    'message { id content replyCount } unreadCount mentionCount latestReply { content }',
  Message: 'id seq content createdAt author { username }',
  MessageMatch: 'headline message { id content room { name } }',
  Node: 'nodeId',
  Room: 'id name type memberCount changeSeq',
  RoomEvent:
    '__typename changeSeq cursor ... on MessageEvent { event message { id seq content author { username } } }',
  RoomMember: 'role joinedAt lastReadSeq user { username }',
  User: 'id username displayName avatarUrl',
  UserSession: 'accessToken refreshToken expiresAt user { username }',
  UserEvent: 'cursor event { __typename roomId changeSeq } conversation { unreadCount }',
};
