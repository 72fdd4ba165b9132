import { randomUUID } from 'node:crypto';
import { createTestWorld } from '../../testing/world.ts';

/*
 * Who is not in a private room cannot find out that it exists. For every way of asking by an id, the answer to the id of
 * a hidden thing has to be the answer to an id that nobody has.
 */
const { database, server, close } = await createTestWorld();
afterAll(close);

const owner = await database.createUser();
const stranger = await database.createUser('stranger');
const room = await database.createRoom(owner, {
  type: 'private',
  name: 'The hidden place',
  slug: 'hidden-place',
});
const message = await database.sendMessage(owner, room.id, 'the hidden word @stranger');

const QUERIES = {
  room: 'query ($id: UUID!) { room(id: $id) { id name memberCount onlineCount owner { id } members { nodes { userId } totalCount } messages { nodes { id } } pinnedMessages { nodes { id } } onlineUsers { nodes { id } } typingUsers { nodes { id } } searchMembers(query: "a") { nodes { id } } viewerMembership { role } } }',
  message:
    'query ($id: UUID!) { message(id: $id) { id content room { id } replies { nodes { id } } edits { nodes { previousContent } } readBy { nodes { id } } reactions { emoji } } }',
};
const ON_ROOMS = {
  updateRoom: 'updateRoom(input: { roomId: $id, name: "x" }) { room { id } }',
  archiveRoom: 'archiveRoom(input: { roomId: $id }) { room { id } }',
  unarchiveRoom: 'unarchiveRoom(input: { roomId: $id }) { room { id } }',
  joinRoom: 'joinRoom(input: { roomId: $id }) { room { id } }',
  leaveRoom: 'leaveRoom(input: { roomId: $id }) { room { id } }',
  addRoomMember: `addRoomMember(input: { roomId: $id, userId: "${stranger.id}" }) { roomMember { role } }`,
  setMemberRole: `setMemberRole(input: { roomId: $id, userId: "${owner.id}", role: MEMBER }) { roomMember { role } }`,
  createInvitation: 'createInvitation(input: { roomId: $id }) { roomInvitation { code } }',
  sendMessage: 'sendMessage(input: { roomId: $id, content: "x" }) { message { id } }',
  markRoomRead: 'markRoomRead(input: { roomId: $id }) { roomMember { lastReadSeq } }',
  setTyping: 'setTyping(input: { roomId: $id, isTyping: true }) { clientMutationId }',
  updateUserPresence: 'updateUserPresence(input: { status: ONLINE, roomId: $id }) { user { id } }',
  setNotificationLevel:
    'setNotificationLevel(input: { roomId: $id, level: NONE }) { roomMember { role } }',
};
const ON_MESSAGES = {
  editMessage: 'editMessage(input: { messageId: $id, content: "x" }) { message { id } }',
  deleteMessage: 'deleteMessage(input: { messageId: $id }) { message { id } }',
  addMessageReaction:
    'addMessageReaction(input: { messageId: $id, emoji: "👍" }) { message { id } }',
  removeMessageReaction:
    'removeMessageReaction(input: { messageId: $id, emoji: "👍" }) { message { id } }',
  pinMessage: 'pinMessage(input: { messageId: $id }) { message { id } }',
  unpinMessage: 'unpinMessage(input: { messageId: $id }) { message { id } }',
};

/** What one is told of an id, errors and all. */
async function answer(document: string, id: string) {
  const { status, data, errors } = await server.graphql(document, { id }, stranger.token);
  return { status, data, errors };
}

test.each([
  ['room', QUERIES.room, room.id],
  ['message', QUERIES.message, message.id],
])('%s is null, as for an id that nobody has', async (name, document, id) => {
  const hidden = await answer(document, id);
  expect(hidden).toEqual({ status: 200, data: { [name]: null }, errors: undefined });
  expect(hidden).toEqual(await answer(document, randomUUID()));
});

test.each([
  ...Object.entries(ON_ROOMS).map(([name, field]) => [name, field, room.id] as const),
  ...Object.entries(ON_MESSAGES).map(([name, field]) => [name, field, message.id] as const),
])('%s is NOT_FOUND, as for an id that nobody has', async (name, field, id) => {
  const document = `mutation ($id: UUID!) { ${field} }`;
  const hidden = await answer(document, id);
  expect(hidden.data).toEqual({ [name]: null });
  expect(hidden.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'NOT_FOUND' }]);
  expect(hidden).toEqual(await answer(document, randomUUID()));
});

test("its slug is nobody's, and free", async () => {
  const bySlug = '{ roomBySlug(slug: "hidden-place") { id } }';
  expect((await server.graphql(bySlug, {}, stranger.token)).data).toEqual({ roomBySlug: null });
  expect((await server.graphql(bySlug, {}, owner.token)).data.roomBySlug).toEqual({ id: room.id });
  const { errors } = await server.graphql(
    'mutation { createRoom(input: { name: "Mine", slug: "hidden-place" }) { room { id } } }',
    {},
    stranger.token,
  );
  expect(errors).toBeUndefined();
});

test('no list has it, nor a word of it', async () => {
  const { data } = await server.graphql(
    '{ publicRooms(first: 100) { nodes { id name } } userConversations { nodes { room { id name } latestMessage { content } mentionCount } } searchUsers(query: "hidden") { nodes { id } } }',
    {},
    stranger.token,
  );
  expect(data).toMatchObject({
    publicRooms: expect.anything(),
    userConversations: expect.anything(),
  });
  expect(JSON.stringify(data)).not.toMatch(/hidden place|hidden word/);
  expect(JSON.stringify(data)).not.toContain(room.id);
});

test('answering one of its messages from another room is NOT_FOUND', async () => {
  const own = await database.createRoom(stranger);
  const reply =
    'mutation ($roomId: UUID!, $parent: UUID!) { sendMessage(input: { roomId: $roomId, content: "x", parentMessageId: $parent }) { message { id parentMessage { content } } } }';
  const hidden = await server.graphql(
    reply,
    { roomId: own.id, parent: message.id },
    stranger.token,
  );
  const unknown = await server.graphql(
    reply,
    { roomId: own.id, parent: randomUUID() },
    stranger.token,
  );
  expect(hidden.errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
  expect(hidden.errors).toEqual(unknown.errors);
});

test('its members see it by the same questions', async () => {
  const { data } = await server.graphql(QUERIES.room, { id: room.id }, owner.token);
  expect(data.room).toMatchObject({ name: 'The hidden place', memberCount: 1 });
});
