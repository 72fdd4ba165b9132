import type { TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';

/* Clients of JSON quote and forward, and are told of both as of any message. */

const { database, server, close } = await createTestWorld();
afterAll(close);

async function listen(user: TestUser, roomId: string) {
  const socket = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  expect(await socket.next()).toMatchObject({ type: 'ready' });
  socket.send({ type: 'join_room', room_id: roomId });
  expect(await socket.next()).toMatchObject({ type: 'joined' });
  return socket;
}

test('a quote that is sent by JSON is told with what it shows, and again when that has to go', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const { id } = await database.sendMessage(bob, roomId, 'The door closes at ten.');
  const [hers, his] = [await listen(ada, roomId), await listen(bob, roomId)];
  hers.send({
    type: 'send_message',
    room_id: roomId,
    content: 'Too late',
    quote: { message_id: id, content: 'at ten' },
    ref: 'q',
  });
  expect(await hers.nextOf('ack')).toMatchObject({ ref: 'q', seq: 2 });
  expect(await his.nextOf('message_event')).toMatchObject({
    event: 'INSERT',
    message: {
      content: 'Too late',
      metadata: { quote: { messageId: id, authorId: bob.id, content: 'at ten', isPart: true } },
    },
  });
  await database.call(ada, 'delete_message', id);
  for (;;) {
    const { event, message } = (await his.nextOf('message_event')) as {
      event: string;
      message: Record<string, unknown>;
    };
    if (event === 'UPDATE') {
      expect(message).toMatchObject({ metadata: { quote: { messageId: id, isRemoved: true } } });
      break;
    }
  }
  hers.send({
    type: 'send_message',
    room_id: roomId,
    content: 'Too late',
    quote: { message_id: id },
    ref: 'gone',
  });
  expect(await hers.nextOf('error')).toMatchObject({ ref: 'gone', code: 'NOT_FOUND' });
});

test('a message that is forwarded by JSON is told with its text and nothing of where it comes from', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const { id: secret } = await database.createRoom(ada, { type: 'private' });
  const { id } = await database.sendMessage(ada, secret, 'Soup is ready');
  const [hers, his] = [await listen(ada, roomId), await listen(bob, roomId)];
  for (const ref of ['f', 'again']) {
    hers.send({ type: 'forward_message', message_id: id, room_id: roomId, nonce: 'once', ref });
    expect(await hers.nextOf('ack')).toMatchObject({ ref, seq: 1 });
  }
  const told = await his.nextOf('message_event');
  expect(told).toMatchObject({
    event: 'INSERT',
    message: { content: 'Soup is ready', metadata: { forward: {} } },
  });
  expect(JSON.stringify(told)).not.toContain(id);
  expect(JSON.stringify(told)).not.toContain(secret);
  his.send({ type: 'forward_message', message_id: id, room_id: roomId, ref: 'x' });
  expect(await his.nextOf('error')).toMatchObject({ ref: 'x', code: 'NOT_FOUND' });
});
