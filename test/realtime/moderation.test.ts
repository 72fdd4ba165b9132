import type { TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';
import { listenToRoom } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

async function makeRoom() {
  const [owner, member, troll] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(owner, { members: [member, troll] });
  return { owner, member, troll, roomId };
}

const call = (user: TestUser, sql: string, values: unknown[]) =>
  database.commitAs(user, async (client) => (await client.query(sql, values)).rows[0]);

test('a banned member receives nothing after the ban commits, on a socket that was open before', async () => {
  const { owner, member, troll, roomId } = await makeRoom();
  const banned = await listenToRoom(server, troll, { roomId });
  const staying = await listenToRoom(server, member, { roomId });
  await banned.next();
  await staying.next();

  await call(owner, "select app_public.ban_member($1, $2, 'spam')", [roomId, troll.id]);
  await database.sendMessage(owner, roomId, 'now that they are gone');

  expect(await banned.next()).toMatchObject({ __typename: 'MemberEvent', event: 'DELETE' });
  expect(await banned.subscription.next()).toEqual({ type: 'complete' });
  expect(await staying.next()).toMatchObject({ event: 'DELETE', userId: troll.id });
  expect(await staying.next()).toMatchObject({ message: { content: 'now that they are gone' } });
  await banned.socket.roundTrip();
  expect(banned.subscription.pending()).toEqual([]);

  const again = await listenToRoom(server, troll, { roomId });
  expect(await again.subscription.next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'NOT_FOUND' } }],
  });
});

test('a held message reaches live clients when it is released, as one that is new', async () => {
  const { owner, member, troll, roomId } = await makeRoom();
  await call(owner, "select app_public.set_room_rule($1, 'words', 'hold', array['dubious'])", [
    roomId,
  ]);
  const { next } = await listenToRoom(server, member, { roomId });
  const { headChangeSeq } = await next();
  const { id } = await call(troll, "select id from app_public.send_message($1, 'dubious')", [
    roomId,
  ]);
  await database.sendMessage(owner, roomId, 'before it');
  await call(owner, 'select app_public.release_message($1)', [id]);

  expect(await next()).toMatchObject({
    changeSeq: String(Number(headChangeSeq) + 1),
    message: { seq: '1', content: 'before it' },
  });
  expect(await next()).toMatchObject({
    __typename: 'MessageEvent',
    event: 'INSERT',
    changeSeq: String(Number(headChangeSeq) + 2),
    messageId: id,
    message: { seq: '2', content: 'dubious' },
  });
});

test('a message that is held after it was sent is taken from live clients', async () => {
  const { owner, member, troll, roomId } = await makeRoom();
  await call(owner, "select app_public.set_room_rule($1, 'words', 'hold', array['dubious'])", [
    roomId,
  ]);
  const { id } = await database.sendMessage(troll, roomId, 'harmless');
  const { next } = await listenToRoom(server, member, { roomId });
  await next();
  await call(troll, "select app_public.edit_message($1, 'dubious')", [id]);
  // What an event shows is what may be seen when it is delivered.
  expect(await next()).toMatchObject({ event: 'UPDATE', messageId: id, message: null });
  expect(await next()).toMatchObject({ event: 'DELETE', messageId: id, message: null });
});
