import { readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, print } from 'graphql';
import { createTestWorld } from '../../testing/world.ts';

/*
 * Every document of the contract, as it stands there, over HTTP. What one part of a conversation needs from another is
 * prepared beside it; what a document promises is checked in its own test.
 */

/** Documents that run over a socket: test/realtime runs them, here they only have to validate. */
const SUBSCRIPTIONS = ['RoomEvents', 'UserEvents'];

const contract = parse(readFileSync('test/contract/operations.graphql', 'utf8'));
const operationNames = contract.definitions.flatMap((definition) =>
  definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
);

const { database, server, close } = await createTestWorld();
afterAll(close);

const ran = new Set<string>();
let token: string | undefined;
let refreshToken: string;
let adaId: string;
let roomId: string;
let messageId: string;
const bob = await database.createUser('bob');

/** Runs a document of the contract and gives its data. */
async function run(
  name: string,
  variables: Record<string, unknown> = {},
  as: string | undefined = token,
) {
  ran.add(name);
  const { data, errors } = await server.graphql(document(name), variables, as);
  expect(errors).toBeUndefined();
  return data;
}

test('SignUp makes an account and signs it in', async () => {
  const { signUp } = await run('SignUp');
  expect(signUp.session).toEqual({
    accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    refreshToken: expect.any(String),
    expiresAt: expect.any(String),
    user: {
      id: expect.any(String),
      username: 'ada',
      displayName: 'Ada',
      avatarUrl: null,
      status: 'OFFLINE',
      lastSeenAt: null, // Presence is told to those who are signed in, and this answers a visitor.
    },
  });
  adaId = signUp.session.user.id;
});

test('SignIn gives tokens for a name and a password', async () => {
  const { signIn } = await run('SignIn');
  expect(signIn.session.user.id).toBe(adaId);
  refreshToken = signIn.session.refreshToken;
});

test('RefreshSession gives new tokens', async () => {
  const { refreshSession } = await run('RefreshSession', { refreshToken });
  expect(refreshSession.session.refreshToken).not.toBe(refreshToken);
  token = refreshSession.session.accessToken;
});

test('CurrentUser is who the token says', async () => {
  expect((await run('CurrentUser')).currentUser.id).toBe(adaId);
});

test('UpdateProfile changes what others see', async () => {
  const { updateProfile } = await run('UpdateProfile');
  expect(updateProfile.user).toMatchObject({
    displayName: 'Ada L.',
    avatarUrl: 'https://example.test/a.png',
  });
});

test('UserByUsername and SearchUsers find people', async () => {
  expect((await run('UserByUsername')).userByUsername.id).toBe(adaId);
  expect((await run('SearchUsers')).searchUsers.nodes).toContainEqual(
    expect.objectContaining({ username: 'ada' }),
  );
});

test('CreateRoom makes its maker the owner', async () => {
  const { room } = (await run('CreateRoom')).createRoom;
  expect(room).toMatchObject({
    name: 'General Discussion',
    slug: 'general',
    type: 'PUBLIC',
    memberCount: 1,
    isArchived: false,
    owner: { username: 'ada' },
  });
  roomId = room.id;
});

test('UpdateRoom changes its settings', async () => {
  const { room } = (await run('UpdateRoom', { roomId })).updateRoom;
  expect(room).toMatchObject({ name: 'General', description: 'New', maxMembers: 500 });
});

test('JoinRoom and LeaveRoom count members', async () => {
  expect((await run('JoinRoom', { roomId }, bob.token)).joinRoom.room.memberCount).toBe(2);
  expect((await run('LeaveRoom', { roomId }, bob.token)).leaveRoom.room.id).toBe(roomId);
});

test('AddRoomMember and SetMemberRole', async () => {
  const added = (await run('AddRoomMember', { roomId, userId: bob.id })).addRoomMember.roomMember;
  expect(added).toMatchObject({ role: 'MEMBER', user: { username: 'bob' } });
  const { roomMember } = (await run('SetMemberRole', { roomId, userId: bob.id })).setMemberRole;
  expect(roomMember.role).toBe('MODERATOR');
});

test('AcceptInvitation opens a room to whoever has the code of CreateInvitation', async () => {
  const { roomInvitation } = (await run('CreateInvitation', { roomId })).createInvitation;
  const guest = await database.createUser();
  const { room } = (await run('AcceptInvitation', { code: roomInvitation.code }, guest.token))
    .acceptInvitation;
  expect(room).toMatchObject({ id: roomId, memberCount: 3 });
});

test('CreateDirectConversation gives the same room from either side', async () => {
  const first = await run('CreateDirectConversation', { userId: bob.id });
  const second = await run('CreateDirectConversation', { userId: adaId }, bob.token);
  expect(first.createDirectConversation.room).toMatchObject({ type: 'DIRECT', memberCount: 2 });
  expect(second).toEqual(first);
});

test('Room, RoomBySlug and PublicRooms show it', async () => {
  const { room } = await run('Room', { roomId });
  expect(room.viewerMembership).toEqual({
    role: 'OWNER',
    lastReadSeq: '0',
    isMuted: false,
    notificationLevel: 'ALL',
  });
  expect(room.members.totalCount).toBe(3);
  expect(room.members.nodes).toContainEqual(
    expect.objectContaining({
      role: 'MODERATOR',
      user: expect.objectContaining({ username: 'bob' }),
    }),
  );
  expect((await run('RoomBySlug')).roomBySlug.id).toBe(roomId);
  expect((await run('PublicRooms')).publicRooms.nodes).toEqual([
    expect.objectContaining({ id: roomId }),
  ]);
});

test('SendMessage with the same nonce gives back the same message', async () => {
  const { message } = (await run('SendMessage', { roomId })).sendMessage;
  expect(message).toMatchObject({
    roomId,
    seq: '1',
    content: 'Hello everyone! 👋',
    messageType: 'TEXT',
    metadata: { mood: 'happy' },
    replyCount: 0,
    author: { username: 'ada' },
    attachments: [],
    reactions: [],
  });
  expect((await run('SendMessage', { roomId })).sendMessage.message).toEqual(message);
  messageId = message.id;
});

test('ReplyToMessage begins a thread that MessageThread shows', async () => {
  await run('ReplyToMessage', { roomId, parentMessageId: messageId }, bob.token);
  const { message } = await run('MessageThread', { messageId });
  expect(message).toMatchObject({
    replyCount: 1,
    replies: { nodes: [{ content: 'A reply', parentMessageId: messageId }] },
  });
});

test('EditMessage keeps what it said in MessageHistory', async () => {
  const { message } = (await run('EditMessage', { messageId })).editMessage;
  expect(message).toMatchObject({ content: 'Hello, all', editedAt: expect.any(String) });
  expect((await run('MessageHistory', { messageId })).message.edits.nodes).toEqual([
    { previousContent: 'Hello everyone! 👋', editedAt: expect.any(String) },
  ]);
});

test('AddMessageReaction and RemoveMessageReaction', async () => {
  const added = await run('AddMessageReaction', { messageId }, bob.token);
  expect(added.addMessageReaction.message.reactions).toEqual([{ emoji: '👍', count: 1 }]);
  const { room } = await run('RoomMessages', { roomId });
  expect(room.messages.nodes[1].reactions).toEqual([
    { emoji: '👍', count: 1, users: { nodes: [{ username: 'bob' }] } },
  ]);
  const removed = await run('RemoveMessageReaction', { messageId }, bob.token);
  expect(removed.removeMessageReaction.message.reactions).toEqual([]);
});

test('PinMessage and UnpinMessage', async () => {
  expect((await run('PinMessage', { messageId })).pinMessage.message.pinnedAt).not.toBeNull();
  expect((await run('PinnedMessages', { roomId })).room.pinnedMessages.nodes).toHaveLength(1);
  expect((await run('UnpinMessage', { messageId })).unpinMessage.message.pinnedAt).toBeNull();
});

test('RoomMessages turns pages from the newest on, by cursor', async () => {
  for (let count = 3; count <= 60; count += 1) {
    await database.sendMessage({ id: adaId }, roomId, `number ${count}`);
  }
  const first = (await run('RoomMessages', { roomId })).room.messages;
  expect(first.nodes.map(({ seq }: { seq: string }) => Number(seq))).toEqual(
    Array.from({ length: 50 }, (_, index) => 60 - index),
  );
  expect(first.pageInfo.hasNextPage).toBe(true);
  const second = (await run('RoomMessages', { roomId, after: first.pageInfo.endCursor })).room
    .messages;
  expect(second.nodes.map(({ seq }: { seq: string }) => Number(seq))).toEqual(
    Array.from({ length: 10 }, (_, index) => 10 - index),
  );
  expect(second.pageInfo.hasNextPage).toBe(false);
});

test('UserConversations is the inbox, and MarkRoomRead empties it', async () => {
  const before = (await run('UserConversations', {}, bob.token)).userConversations.nodes;
  expect(before[0]).toMatchObject({
    room: { id: roomId },
    unreadCount: 59,
    latestMessage: { content: 'number 60', author: { username: 'ada' } },
    directUser: null,
  });
  expect(before[1]).toMatchObject({ room: { type: 'DIRECT' }, directUser: { username: 'ada' } });
  const { roomMember } = (await run('MarkRoomRead', { roomId }, bob.token)).markRoomRead;
  expect(roomMember.lastReadSeq).toBe('60');
  const after = (await run('UserConversations', {}, bob.token)).userConversations.nodes;
  expect(after[0].unreadCount).toBe(0);
});

test('ReadBy tells who has read a message', async () => {
  expect((await run('ReadBy', { messageId })).message.readBy).toEqual({
    nodes: [{ username: 'bob' }],
    totalCount: 1,
  });
});

test('SetTyping and UpdateUserPresence show in RoomPresence', async () => {
  await run('SetTyping', { roomId }, bob.token);
  const { user } = (await run('UpdateUserPresence', { roomId }, bob.token)).updateUserPresence;
  expect(user).toEqual({ id: bob.id, status: 'ONLINE' });
  const { room } = await run('RoomPresence', { roomId });
  expect(room.onlineUsers.nodes).toEqual([expect.objectContaining({ username: 'bob' })]);
  expect(room.typingUsers.nodes).toEqual([{ username: 'bob' }]);
});

test("SetNotificationLevel is one's own", async () => {
  const { roomMember } = (await run('SetNotificationLevel', { roomId })).setNotificationLevel;
  expect(roomMember.notificationLevel).toBe('MENTIONS');
});

test('SearchMessages finds words and leaves out others', async () => {
  await database.sendMessage({ id: adaId }, roomId, 'hello everyone once more');
  await database.sendMessage({ id: adaId }, roomId, 'hello everyone, this is spam');
  await database.indexMessages();
  const { nodes } = (await run('SearchMessages', { roomId })).searchMessages;
  expect(nodes.map((match: { message: { content: string } }) => match.message.content)).toEqual([
    'hello everyone once more',
  ]);
  expect(nodes[0].headline).toEqual(expect.any(String));
});

test('RoomAnalytics counts messages and members', async () => {
  const { analytics } = (await run('RoomAnalytics', { roomId })).room;
  expect(analytics).toMatchObject({ totalMembers: 3, totalMessages: expect.anything() });
});

test('SubscribeToPush registers a device until UnsubscribeFromPush', async () => {
  await run('PushPublicKey');
  const { pushSubscription } = (await run('SubscribeToPush')).subscribeToPushNotifications;
  expect(pushSubscription.endpoint).toBe('https://fcm.googleapis.com/fcm/send/x');
  await run('UnsubscribeFromPush');
});

test('SetDoNotDisturb is of one person', async () => {
  expect((await run('SetDoNotDisturb')).setDoNotDisturb.user.id).toBe(adaId);
});

test('ReportMessage brings a message before the moderators, and ResolveReport ends it', async () => {
  const { messageReport } = (await run('ReportMessage', { messageId }, bob.token)).reportMessage;
  expect(messageReport).toEqual({ id: expect.any(String), status: 'OPEN' });
  const resolved = await run('ResolveReport', { reportId: messageReport.id });
  expect(resolved.resolveReport.messageReport).toEqual({
    id: messageReport.id,
    status: 'DISMISSED',
  });
});

test('MuteMember, KickMember, BanMember and UnbanMember stand in the ModerationLog', async () => {
  const troll = await database.createUser('troll');
  const target = { roomId, userId: troll.id };
  await run('JoinRoom', { roomId }, troll.token);
  const { muteMember } = await run('MuteMember', target);
  expect(new Date(muteMember.roomMember.mutedUntil).getTime()).toBeGreaterThan(Date.now());
  expect((await run('KickMember', target)).kickMember.room).toEqual({ id: roomId, memberCount: 3 });
  const { roomBan } = (await run('BanMember', target)).banMember;
  expect(roomBan).toEqual({
    reason: 'spam',
    expiresAt: expect.any(String),
    user: { username: 'troll' },
  });
  expect((await run('UnbanMember', target)).unbanMember.room).toEqual({ id: roomId });

  const { room } = await run('ModerationLog', { roomId });
  expect(room.moderationLog.nodes.slice(0, 4)).toEqual([
    expect.objectContaining({ action: 'MEMBER_UNBANNED' }),
    {
      action: 'MEMBER_BANNED',
      reason: 'spam',
      createdAt: expect.any(String),
      moderator: { username: 'ada' },
      targetUser: { username: 'troll' },
      targetMessageId: null,
      expiresAt: roomBan.expiresAt,
    },
    expect.objectContaining({ action: 'MEMBER_KICKED', reason: 'off topic' }),
    expect.objectContaining({ action: 'MEMBER_MUTED' }),
  ]);
  expect(room.reports.nodes).toEqual([
    {
      id: expect.any(String),
      status: 'DISMISSED',
      reason: 'abuse',
      reporter: { username: 'bob' },
      message: { id: messageId },
    },
  ]);
});

test('SetSlowMode is a setting of the room', async () => {
  const { room } = (await run('SetSlowMode', { roomId })).setSlowMode;
  expect(room).toEqual({ id: roomId, slowModeSeconds: 10 });
});

test('BlockUser and UnblockUser give the person', async () => {
  expect((await run('BlockUser', { userId: bob.id })).blockUser.user.id).toBe(bob.id);
  expect((await run('UnblockUser', { userId: bob.id })).unblockUser.user.id).toBe(bob.id);
});

test('DeleteMessage takes the content and leaves the place', async () => {
  const { message } = (await run('DeleteMessage', { messageId })).deleteMessage;
  expect(message).toEqual({ id: messageId, deletedAt: expect.any(String), content: null });
});

test('ArchiveRoom closes the room', async () => {
  expect((await run('ArchiveRoom', { roomId })).archiveRoom.room.isArchived).toBe(true);
});

test('SignOut ends the session', async () => {
  await run('SignOut');
  const { status } = await server.graphql(document('CurrentUser'), {}, token);
  expect(status).toBe(401);
});

test.each(SUBSCRIPTIONS)('%s validates', async (name) => {
  // Executed without a socket it is refused, but by no rule of validation.
  const { errors } = await server.graphql(document(name), { roomId }, bob.token);
  expect(errors?.map(({ message }) => message)).not.toContainEqual(
    expect.stringMatching(/Cannot query|Unknown/),
  );
});

test('no document of the contract is left out', () => {
  expect([...ran, ...SUBSCRIPTIONS].sort()).toEqual(operationNames.sort());
});

/** One operation of the contract with the fragments that it needs: a document may not hold unused ones. */
function document(name: string): string {
  const kept = new Map<string, DocumentNode['definitions'][number]>();
  const keep = (wanted: string) => {
    for (const definition of contract.definitions) {
      if ('name' in definition && definition.name?.value === wanted && !kept.has(wanted)) {
        kept.set(wanted, definition);
        for (const [, fragment] of print(definition).matchAll(/\.\.\.(\w+)/g)) {
          keep(fragment as string);
        }
      }
    }
  };
  keep(name);
  return [...kept.values()].map(print).join('\n');
}
