import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { type Event, listenToRoom, listenToUser, sendOverHttp } from './support.ts';

let database: TestDatabase;
let server: TestServer;
let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database);
});

afterAll(async () => {
  await server?.close();
  await database?.close();
});

beforeEach(async () => {
  ada = await database.createUser();
  bob = await database.createUser();
  ({ id: roomId } = await database.createRoom(ada, { type: 'private' }));
});

const addBob = (room: string) =>
  database.commitAs(ada, (client) =>
    client.query('select app_public.add_room_member($1, $2)', [room, bob.id]),
  );
const removeBob = () =>
  database.owner.query('delete from app_public.room_members where room_id = $1 and user_id = $2', [
    roomId,
    bob.id,
  ]);
const sendMany = (count: number, length: number) =>
  database.owner.query(
    `insert into app_public.messages (room_id, author_id, content)
      select $1, $2, repeat('x', $4) from generate_series(1, $3)`,
    [roomId, ada.id, count, length],
  );

test('who was a member once gets nothing, though a transaction from before is still open', async () => {
  const watching = await listenToRoom(server, ada, { roomId });
  await watching.next();
  const old = await database.owner.connect();
  await old.query('begin');
  await old.query('select pg_current_xact_id()');
  await addBob(roomId);
  await removeBob();
  await sendMany(1_100, 1);
  let seen: Event;
  do {
    seen = await watching.next();
  } while (seen.changeSeq !== '1104');

  const listener = await listenToUser(server, bob);
  await listener.next();
  const { id: other } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const rooms: string[] = [];
  for (const text of ['first', 'second', 'last']) {
    await sendOverHttp(server, ada, roomId, 'not for bob');
    await sendOverHttp(server, ada, other, text);
    let event: Event;
    do {
      ({ event } = await listener.next());
      rooms.push(event.roomId);
    } while (event.message?.content !== text);
  }
  await old.query('rollback');
  old.release();
  expect(new Set(rooms)).toEqual(new Set([other]));
});

test('a slow reader who is removed gets that, and nothing that was computed later', async () => {
  await addBob(roomId);
  const { socket, subscription } = await listenToRoom(server, bob, { roomId });
  await subscription.next();
  socket.pause();
  await sendMany(2_000, 8_000);
  const watching = await listenToRoom(server, ada, { roomId });
  await watching.next();
  await removeBob();
  await database.owner.query(
    "update app_public.messages set content = 'secret', edited_at = now() where room_id = $1",
    [roomId],
  );
  let event: Event;
  do {
    event = await watching.next();
  } while (event.__typename !== 'MemberEvent');

  socket.resume();
  const contents: string[] = [];
  let last: Event;
  for (;;) {
    const step = await subscription.next();
    if (step.type !== 'next') {
      expect(step).toEqual({ type: 'complete' });
      break;
    }
    last = step.data.roomEvents;
    contents.push(last.message?.content);
  }
  expect(contents).not.toContain('secret');
  expect(last).toMatchObject({ __typename: 'MemberEvent', event: 'DELETE', userId: bob.id });
}, 60_000);
