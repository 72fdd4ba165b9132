import { signToken } from '../../testing/access-token.ts';
import { offsetWallClock } from '../../testing/clock.ts';
import type { TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { listenToRoom, sendOverHttp } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** To where the server's clock is set, one after the other; the last is the one under which access has to end. */
const OFFSETS_MS = [
  30 * SECOND_MS,
  10 * MINUTE_MS,
  220 * DAY_MS,
  -220 * DAY_MS,
  -10 * MINUTE_MS,
  -30 * SECOND_MS,
];

/** The same person on a token that lasts some seconds. */
async function onShortToken(user: TestUser): Promise<TestUser> {
  const token = await signToken({ sub: user.id, sid: user.sessionId }, undefined, 8);
  return { ...user, token };
}

test('the clock of the server is set back and forth: delivery goes on, and access ends with its token', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  await sendOverHttp(server, ada, roomId, 'Her token is known from now on.');
  const short = await onShortToken(bob);
  const graphql = await listenToRoom(server, short, { roomId });
  await graphql.next();
  const stream = await openEventStream(
    `${server.url}/events/${roomId}?access_token=${short.token}`,
  );
  await stream.next();

  for (const offset of OFFSETS_MS) {
    using _clock = offsetWallClock(offset);
    await sendOverHttp(server, ada, roomId, `${offset}`);
    expect(await graphql.next()).toMatchObject({ message: { content: `${offset}` } });
    expect(await stream.next()).toMatchObject({ data: { message: { content: `${offset}` } } });
  }

  using _clock = offsetWallClock(OFFSETS_MS.at(-1) as number);
  expect(await graphql.socket.closed).toMatchObject({ code: 4403 });
  expect(await stream.next()).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  const { errors } = await server.graphql('{ currentUser { id } }', {}, short.token);
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
