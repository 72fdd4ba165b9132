import type { TestDatabase } from '../../testing/database.ts';

/** Runs one document of the contract and gives its data; fails when it has errors. */
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export type RunDocument = (name: string, variables: Record<string, unknown>) => Promise<any>;

/**
 * Uses every query and mutation of the contract once, in an order in which each finds what it needs, as one person
 * does in an app with a cache.
 *
 * @param signIn tells the client whose token to send from now on
 * @returns the names of the documents that were run
 */
export async function walkThrough(
  database: TestDatabase,
  run: RunDocument,
  signIn: (token: string) => void,
): Promise<readonly string[]> {
  const ran: string[] = [];
  const step: RunDocument = async (name, variables = {}) => {
    ran.push(name);
    return await run(name, variables);
  };
  const bob = await database.createUser();
  const troll = await database.createUser();

  await step('SignUp', {});
  const { session } = (await step('SignIn', {})).signIn;
  const refreshed = await step('RefreshSession', { refreshToken: session.refreshToken });
  signIn(refreshed.refreshSession.session.accessToken);
  const { id: adaId } = (await step('CurrentUser', {})).currentUser;
  for (const name of ['UpdateProfile', 'UserByUsername', 'SearchUsers', 'PublicRooms']) {
    await step(name, {});
  }
  const { id: roomId } = (await step('CreateRoom', {})).createRoom.room;
  await step('UpdateRoom', { roomId });
  for (const { id } of [bob, troll]) {
    await step('AddRoomMember', { roomId, userId: id });
  }
  await step('SetMemberRole', { roomId, userId: bob.id });
  const { code } = (await step('CreateInvitation', { roomId })).createInvitation.roomInvitation;
  await step('AcceptInvitation', { code });
  await step('JoinRoom', { roomId });
  await step('CreateDirectConversation', { userId: bob.id });
  await step('RoomBySlug', {});
  const { id: messageId } = (await step('SendMessage', { roomId })).sendMessage.message;
  await step('ReplyToMessage', { roomId, parentMessageId: messageId });
  for (const name of [
    'EditMessage',
    'MessageHistory',
    'AddMessageReaction',
    'MessageThread',
    'PinMessage',
    'ReadBy',
  ]) {
    await step(name, { messageId });
  }
  for (const name of [
    'Room',
    'PinnedMessages',
    'RoomMessages',
    'MarkRoomRead',
    'SetTyping',
    'UpdateUserPresence',
    'RoomPresence',
    'SetNotificationLevel',
    'SearchMessages',
    'RoomAnalytics',
    'SetSlowMode',
  ]) {
    await step(name, { roomId });
  }
  await step('UserConversations', {});
  await step('RemoveMessageReaction', { messageId });
  await step('UnpinMessage', { messageId });
  for (const name of [
    'PushPublicKey',
    'SubscribeToPush',
    'UnsubscribeFromPush',
    'SetDoNotDisturb',
  ]) {
    await step(name, {});
  }
  const ofBob = await database.sendMessage(bob, roomId, 'loud');
  const { id: reportId } = (await step('ReportMessage', { messageId: ofBob.id })).reportMessage
    .messageReport;
  await step('ResolveReport', { reportId });
  for (const name of ['MuteMember', 'KickMember', 'BanMember', 'UnbanMember']) {
    await step(name, { roomId, userId: troll.id });
  }
  await step('ModerationLog', { roomId });
  await step('BlockUser', { userId: bob.id });
  await step('UnblockUser', { userId: bob.id });
  await step('DeleteMessage', { messageId });
  await database.call({ id: adaId }, 'set_member_role', roomId, bob.id, 'owner');
  await step('LeaveRoom', { roomId });
  await step('JoinRoom', { roomId });
  await database.call(bob, 'set_member_role', roomId, adaId, 'owner');
  await step('ArchiveRoom', { roomId });
  await step('SignOut', {});
  return ran;
}
