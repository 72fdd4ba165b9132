import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { type Link, openLink } from './link.ts';
import { until } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

async function openAs(
  { username }: { readonly username: string },
  url = server.url,
): Promise<Client> {
  const client = await openClient({ url });
  await client.signIn({ username, password: username });
  await until(client.state, (state) => state === 'live');
  return client;
}

test('members come when they are looked at, and go on with the log', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const client = await openAs(ada);
  const members = client.members(roomId);
  await until(members, (those) => those?.size === 2);
  const carol = await database.createUser();
  await database.call(ada, 'add_room_member', roomId, carol.id, 'member');
  await until(members, (those) => those?.has(carol.id) ?? false);
  await database.call(ada, 'set_member_role', roomId, bob.id, 'moderator');
  await until(members, (those) => those?.get(bob.id)?.role === 'MODERATOR');
  const { id, seq } = await database.sendMessage(ada, roomId, 'read this');
  await database.call(bob, 'mark_room_read', roomId, id);
  await until(members, (those) => those?.get(bob.id)?.lastReadSeq === Number(seq));
  await database.call(carol, 'leave_room', roomId);
  await until(members, (those) => those?.size === 2);
  expect(client.room(roomId).get()?.memberCount).toBe(2);
  expect(client.person(carol.id).get()?.username).toBe(carol.username);
  await client.close();
});

test('whoever is in no room yet is live, and sees none', async () => {
  const client = await openAs(await database.createUser());
  expect(client.rooms.get()).toEqual([]);
  await client.close();
});

test('who types is seen typing, until they send', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const [client, other] = [await openAs(ada), await openAs(bob)];
  other.type(roomId);
  await until(client.typing(roomId), (those) => those.includes(bob.id));
  other.act({ kind: 'send', roomId, content: 'done' });
  await until(client.typing(roomId), (those) => those.length === 0);
  await Promise.all([client.close(), other.close()]);
});

test('a room that one comes into appears, and goes with all of it when one has to go', async () => {
  const { ada, bob } = await createRoomOfTwo(database);
  const client = await openAs(ada);
  const { id: newId } = await database.createRoom(bob, { members: [ada] });
  await database.sendMessage(bob, newId, 'welcome');
  await until(client.rooms, (rooms) =>
    rooms.some(({ id, unreadCount }) => id === newId && unreadCount === 1),
  );
  await client.timeline(newId).jumpToNewest();
  expect(client.timeline(newId).get().messages).toHaveLength(1);
  await database.call(bob, 'kick_member', newId, ada.id, 'off topic');
  await until(client.room(newId), (room) => room === undefined);
  expect(client.timeline(newId).get().messages).toEqual([]);
  await client.close();
});

test('what is unread is counted as the server counts it', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const client = await openAs(ada);
  const unread = () => client.room(roomId).get()?.unreadCount;
  const first = await database.sendMessage(bob, roomId, 'one');
  const second = await database.sendMessage(bob, roomId, `two @${ada.username}`);
  await database.sendMessage(bob, roomId, 'three');
  await until(client.room(roomId), (room) => room?.unreadCount === 3 && room.mentionCount === 1);
  await database.call(bob, 'delete_message', second.id);
  await until(client.room(roomId), (room) => room?.unreadCount === 2 && room.mentionCount === 0);
  await database.sendMessage(ada, roomId, 'my own');
  client.act({ kind: 'read', roomId, messageId: first.id });
  expect(unread()).toBe(1);
  await until(client.queue, (actions) => actions.length === 0);
  const query = 'query ($roomId: UUID!) { room(id: $roomId) { unreadCount } }';
  const { data } = await server.graphql(query, { roomId }, ada.token);
  expect(unread()).toBe(data.room.unreadCount);
  await client.close();
});

test('what people write whom one has blocked is not counted, and is not the latest of a room', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const carol = await database.createUser();
  await database.call(ada, 'add_room_member', roomId, carol.id, 'member');
  const client = await openAs(ada);
  await database.sendMessage(carol, roomId, 'one');
  await database.sendMessage(bob, roomId, 'two');
  await until(client.room(roomId), (room) => room?.unreadCount === 2);
  await client.block(bob.id, true);
  expect(client.blockedIds.get()).toEqual(new Set([bob.id]));
  await until(client.room(roomId), (room) => room?.unreadCount === 1);
  await database.sendMessage(bob, roomId, 'three');
  const { id } = await database.sendMessage(carol, roomId, 'four');
  await database.sendMessage(bob, roomId, 'five');
  const room = await until(client.room(roomId), (now) => now?.lastSeq === 5);
  expect(room).toMatchObject({ unreadCount: 2, latestMessageId: id });
  const query = 'query ($roomId: UUID!) { room(id: $roomId) { unreadCount } }';
  const { data } = await server.graphql(query, { roomId }, ada.token);
  expect(data.room.unreadCount).toBe(2);
  await client.block(bob.id, false);
  await until(client.room(roomId), (now) => now?.unreadCount === 5);
  await client.close();
});

test.each([
  ['when the connection comes back', (link: Link) => link.cut()],
  ['when the app comes to the foreground', (_: Link, client: Client) => client.hurry()],
])('what a person sets on another device is followed %s', async (_, meet) => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const link = await openLink(server.url);
  const client = await openAs(ada, link.url);
  await client.timeline(roomId).jumpToNewest();
  expect(client.room(roomId).get()?.membership.notificationLevel).toBe('ALL');
  await database.call(ada, 'set_notification_level', roomId, 'none');
  await database.call(ada, 'block_user', bob.id);
  meet(link, client);
  await until(client.room(roomId), (room) => room?.membership.notificationLevel === 'NONE');
  await until(client.blockedIds, (ids) => ids.has(bob.id));
  // By the administrator, at psql.
  await database.owner.query(
    "update app_private.member_preferences set notification_level = 'mentions' where user_id = $1",
    [ada.id],
  );
  meet(link, client);
  await until(client.room(roomId), (room) => room?.membership.notificationLevel === 'MENTIONS');
  await until(client.state, (state) => state === 'live');
  await client.close();
  await link.close();
});

test('what was set while the client was asking already is followed too', async () => {
  const { ada, roomId } = await createRoomOfTwo(database);
  /** What an answer to what there is waits for. */
  let gate = Promise.resolve();
  let onAnswer = () => {};
  const client = await openClient({
    url: server.url,
    async fetch(input, init) {
      const answer = await fetch(input, init);
      if (String(init?.body).includes('query Heads')) {
        onAnswer();
        await gate;
      }
      return answer;
    },
  });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.state, (state) => state === 'live');
  const { promise: answered, resolve: tellAnswered } = Promise.withResolvers<void>();
  const { promise: opened, resolve: openGate } = Promise.withResolvers<void>();
  onAnswer = tellAnswered;
  gate = opened;
  client.hurry();
  await answered;
  await database.call(ada, 'set_notification_level', roomId, 'none');
  client.hurry();
  openGate();
  await until(client.room(roomId), (room) => room?.membership.notificationLevel === 'NONE');
  await client.close();
});

test('who is muted hears of it, and of the end', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const client = await openAs(bob);
  await database.call(ada, 'mute_member', roomId, bob.id, 3_600);
  await until(client.room(roomId), (room) => room?.membership.isMuted === true);
  await database.call(ada, 'unmute_member', roomId, bob.id);
  await until(client.room(roomId), (room) => room?.membership.isMuted === false);
  await client.close();
});
