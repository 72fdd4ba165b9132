import type { TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';

/* The results of a poll come to everybody who listens, and are what a query gives. */

const { database, server, close } = await createTestWorld();
afterAll(close);

async function listen(user: TestUser, roomId: string) {
  const socket = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  expect(await socket.next()).toMatchObject({ type: 'ready' });
  socket.send({ type: 'join_room', room_id: roomId });
  expect(await socket.next()).toMatchObject({ type: 'joined' });
  return socket;
}

const POLL = 'poll { voterCount closedAt answers { number text count viewerHasChosen } }';

test('a poll that is asked, answered and closed is told with its results, and never whose they are', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const [hers, his] = [await listen(ada, roomId), await listen(bob, roomId)];
  const mutate = async (user: TestUser, name: string, input: object) => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const { data } = await server.graphql(
      `mutation ($input: ${type}!) { ${name}(input: $input) { message { id metadata ${POLL} } } }`,
      { input },
      user.token,
    );
    return data[name].message;
  };
  const told = async () => (await hers.nextOf('message_event')) as Record<string, unknown>;

  const { id } = await mutate(ada, 'createPoll', {
    roomId,
    question: 'Lunch?',
    answers: ['Pizza', 'Soup'],
    isAnonymous: true,
  });
  expect(await told()).toMatchObject({
    event: 'INSERT',
    message: { content: 'Lunch?', metadata: { poll: { answers: ['Pizza', 'Soup'] } } },
  });
  his.send({ type: 'vote_in_poll', message_id: id, choices: [2], ref: 'v' });
  expect(await his.nextOf('ack')).toEqual({ type: 'ack', ref: 'v', message_id: id });
  const event = await told();
  expect(event).toMatchObject({
    event: 'UPDATE',
    message: { id, metadata: { poll: { counts: [0, 1], voterCount: 1 } } },
  });
  expect(JSON.stringify(event)).not.toContain(bob.id);

  his.send({ type: 'vote_in_poll', message_id: id, choices: [3], ref: 'w' });
  expect(await his.nextOf('error')).toMatchObject({ ref: 'w', code: 'BAD_INPUT' });

  const closed = await mutate(ada, 'closePoll', { messageId: id });
  expect((await told()).message).toMatchObject({ metadata: closed.metadata });
  const { data } = await server.graphql(
    `query ($id: UUID!) { message(id: $id) { ${POLL} } }`,
    { id },
    bob.token,
  );
  expect(data.message.poll).toEqual({
    voterCount: 1,
    closedAt: expect.any(String),
    answers: [
      { number: 1, text: 'Pizza', count: 0, viewerHasChosen: false },
      { number: 2, text: 'Soup', count: 1, viewerHasChosen: true },
    ],
  });
  await Promise.all([hers.close(), his.close()]);
});
