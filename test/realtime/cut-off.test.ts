import type { TestUser } from '../../testing/database.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import type { TestSocket } from '../../testing/socket.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { startProxy } from '../faults/support/proxy.ts';
import { listenToRoom, mutate, type RoomListener, sendOverHttp } from './support.ts';

/** Two nodes; the link of the second to the database can be cut. */
const { database, server: near, close } = await createTestWorld();
let proxy: Awaited<ReturnType<typeof startProxy>>;
let far: TestServer;

beforeAll(async () => {
  proxy = await startProxy(Number(new URL(database.databaseUrl).port));
  const through = (url: string) => Object.assign(new URL(url), { port: proxy.port }).href;
  far = await startTestServer(
    database,
    {},
    {
      databaseUrl: through(database.databaseUrl),
      authDatabaseUrl: through(database.authDatabaseUrl),
    },
  );
});

afterAll(async () => {
  await far?.close();
  await proxy?.close();
  await close();
});

const setTyping = (user: TestUser, roomId: string) =>
  mutate(
    near,
    user,
    'mutation ($roomId: UUID!) { setTyping(input: { roomId: $roomId, isTyping: true }) { clientMutationId } }',
    { roomId },
  );

/** Ends a session without a bell, and as long ago as a node may have been cut off. */
async function endLongAgo({ sessionId }: TestUser): Promise<void> {
  await database.owner.query(`
    begin;
    set local session_replication_role = replica;
    update app_private.sessions set ended_at = now() - interval '10 minutes', end_reason = 'signed_out'
      where id = '${sessionId}';
    commit`);
}

/** Resolves when a node knows that it is cut off: it does nothing any more that anybody asks for. */
async function untilNoticed(socket: TestSocket): Promise<void> {
  while ((await socket.subscribe('{ currentUser { id } }').next()).type !== 'error') {}
}

/** What the listener gets until its connection is closed. */
async function untilClosed({ socket, subscription }: RoomListener): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  const closed = socket.closed.then(() => undefined);
  for (;;) {
    const step = await Promise.race([subscription.next(), closed]).catch(() => undefined);
    if (step?.type !== 'next') {
      return events;
    }
    events.push(step.data.roomEvents);
  }
}

test.each([
  ['the database', () => true],
  ['the database but for the listener', (name: string) => name !== 'trumpet listener'],
  ['the log alone', (name: string) => name === 'trumpet'],
])(
  'a node that was cut off from %s gives nothing to a session that has ended meanwhile',
  async (_what, isMeant) => {
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const ended = await listenToRoom(far, bob, { roomId });
    await ended.next();
    const going = await listenToRoom(far, ada, { roomId });
    await going.next();

    const cut = proxy.cutOff(isMeant);
    await endLongAgo(bob);
    await untilNoticed(going.socket);
    await sendOverHttp(near, ada, roomId, 'not for bob');
    await setTyping(ada, roomId);
    cut.callOff();
    expect(await untilClosed(ended)).toEqual([]);
    expect(await ended.socket.closed).toMatchObject({ code: 4403 });
    const told = await going.next();
    const message = told.__typename === 'TypingEvent' ? await going.next() : told;
    expect(message).toMatchObject({ message: { content: 'not for bob' } });
  },
);

test('nor does it do what such a session asks for', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const asking = await listenToRoom(far, bob, { roomId });
  await asking.next();
  const probing = await far.socket({ token: ada.token });

  const cut = proxy.cutOff((name) => name === 'trumpet');
  await endLongAgo(bob);
  await untilNoticed(probing);
  asking.socket.subscribe(
    `mutation ($roomId: UUID!) {
      sendMessage(input: { roomId: $roomId, content: "from bob" }) { message { id } }
    }`,
    { roomId },
  );
  await asking.socket.roundTrip();
  cut.callOff();
  expect(await asking.socket.closed).toMatchObject({ code: 4403 });
  const { rows } = await database.owner.query(
    'select content from app_public.messages where room_id = $1',
    [roomId],
  );
  expect(rows).toEqual([]);
});
