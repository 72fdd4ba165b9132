import { once } from 'node:events';
import { WebSocket } from 'ws';
import { signToken } from '../../testing/access-token.ts';
import { startTestServer } from '../../testing/server.ts';
import { createTestWorld } from '../../testing/world.ts';
import { listenToRoom, mutate, ROOM_EVENTS } from './support.ts';

const { database, server, close } = await createTestWorld({
  ALLOWED_ORIGINS: 'https://chat.example.test',
});
afterAll(close);

const ada = await database.createUser();
const { id: roomId } = await database.createRoom(ada);

async function statusOfUpgrade(options: { origin?: string }, protocol = 'graphql-transport-ws') {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocol, options);
  socket.on('error', () => {});
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
  socket.terminate();
  return status;
}

test('a page of another site cannot connect', async () => {
  expect(await statusOfUpgrade({ origin: 'https://evil.example.test' })).toBe(403);
  expect(await statusOfUpgrade({ origin: 'null' })).toBe(403);
  expect(await statusOfUpgrade({ origin: 'https://chat.example.test' })).toBe(101);
  expect(await statusOfUpgrade({ origin: server.url })).toBe(101);
  expect(await statusOfUpgrade({})).toBe(101);
});

test.each([
  ['no token', undefined],
  ['nonsense', 'nonsense'],
])('connection_init with %s closes with 4401', async (_name, token) => {
  const socket = await server.socket({ token, acknowledged: false });
  expect(await socket.closed).toMatchObject({ code: 4401 });
});

test('a token that has expired closes with 4403: the client refreshes it and comes back', async () => {
  const exp = Math.floor(Date.now() / 1_000) - 60;
  const token = await signToken({ sub: ada.id, sid: ada.sessionId, exp });
  const socket = await server.socket({ token, acknowledged: false });
  expect(await socket.closed).toMatchObject({ code: 4403 });
});

test('the longest message of emoji fits, though every one is escaped', async () => {
  const socket = await server.socket({ token: ada.token });
  const content = '😀'.repeat(8_000);
  const frame = JSON.stringify({
    type: 'subscribe',
    id: 'long',
    payload: {
      query:
        'mutation ($roomId: UUID!, $content: String!) { sendMessage(input: { roomId: $roomId, content: $content }) { message { content } } }',
      variables: { roomId, content },
    },
  }).replaceAll(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  expect(frame.length).toBeGreaterThan(96_000);
  const listener = socket.subscribe(ROOM_EVENTS, { roomId });
  await listener.nextData(); // Ready
  socket.send(frame);
  expect(await listener.nextData()).toMatchObject({ roomEvents: { message: { content } } });
  listener.complete();
});

test('operation 101 is refused alone, and the other hundred go on', async () => {
  const person = await database.createUser();
  const room = await database.createRoom(person);
  const socket = await server.socket({ token: person.token });
  const hundred = Array.from({ length: 100 }, () =>
    socket.subscribe(ROOM_EVENTS, { roomId: room.id }),
  );
  for (const subscription of hundred) {
    expect(await subscription.nextData()).toMatchObject({
      roomEvents: { __typename: 'ReadyEvent' },
    });
  }
  expect(await socket.subscribe(ROOM_EVENTS, { roomId: room.id }).next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'CONFLICT' } }],
  });
  await database.sendMessage(person, room.id, 'to a hundred');
  for (const subscription of hundred) {
    expect(await subscription.nextData()).toMatchObject({
      roomEvents: { message: { content: 'to a hundred' } },
    });
  }
  // There is room again when one is completed.
  hundred[0]?.complete();
  await socket.roundTrip();
  expect(await socket.subscribe('{ currentUser { id } }').nextData()).toEqual({
    currentUser: { id: person.id },
  });
  await socket.close();
});

test('the token of a session that has ended closes with 4401', async () => {
  const user = await database.createUser();
  await database.owner.query(
    "update app_private.sessions set ended_at = now(), end_reason = 'test' where id = $1",
    [user.sessionId],
  );
  const socket = await server.socket({ token: user.token, acknowledged: false });
  expect(await socket.closed).toMatchObject({ code: 4401 });
});

test('subscribing before connection_init closes with 4401', async () => {
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } }));
  const [code] = await once(socket, 'close');
  expect(code).toBe(4401);
});

test('a client that does not name the subprotocol is closed with 4400', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`);
  const [code] = await once(socket, 'close');
  expect(code).toBe(4400);
});

test('queries and mutations run as over HTTP, with the same codes', async () => {
  const socket = await server.socket({ token: ada.token });
  expect(await socket.subscribe('{ currentUser { id } }').nextData()).toEqual({
    currentUser: { id: ada.id },
  });
  const refused = await socket
    .subscribe(
      'mutation ($roomId: UUID!) { sendMessage(input: { roomId: $roomId, content: "" }) { message { id } } }',
      { roomId },
    )
    .next();
  expect(refused).toMatchObject({ errors: [{ extensions: { code: 'BAD_INPUT' } }] });
  expect(await socket.subscribe('{ nonsense }').next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'BAD_INPUT' } }],
  });
});

test('a variable that does not fit is BAD_INPUT', async () => {
  const socket = await server.socket({ token: ada.token });
  expect(await socket.subscribe(ROOM_EVENTS, { roomId: 'x' }).next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'BAD_INPUT' } }],
  });
});

test('a session that is ended without a bell is noticed all the same', async () => {
  const user = await database.createUser();
  const socket = await server.socket({ token: user.token });
  await database.owner.query(
    "update app_private.sessions set ended_at = now(), end_reason = 'by hand' where id = $1",
    [user.sessionId],
  );
  expect((await socket.closed).code).toBe(4403);
});

test('signing out closes the sockets of that session with 4403, and no other', async () => {
  const user = await database.createUser();
  const { rows } = await database.owner.query<{ id: string }>(
    "insert into app_private.sessions (user_id, expires_at) values ($1, now() + interval '1 day') returning id",
    [user.id],
  );
  const otherToken = await signToken({ sub: user.id, sid: rows[0]?.id });
  const socket = await server.socket({ token: user.token });
  const other = await server.socket({ token: otherToken });
  await mutate(server, user, 'mutation { signOut(input: {}) { clientMutationId } }', {});
  expect(await socket.closed).toMatchObject({ code: 4403 });
  await other.roundTrip();
});

test('a session that the database ends closes with 4403', async () => {
  const user = await database.createUser();
  const socket = await server.socket({ token: user.token });
  await database.commitAs(user, (client) =>
    client.query('select app_public.sign_out_everywhere()'),
  );
  expect(await socket.closed).toMatchObject({ code: 4403 });
});

test('a token that expires closes with 4403', async () => {
  const user = await database.createUser();
  const token = await signToken({
    sub: user.id,
    sid: user.sessionId,
    exp: Math.floor(Date.now() / 1000) + 2,
  });
  const socket = await server.socket({ token });
  expect(await socket.closed).toMatchObject({ code: 4403 });
});

test('completing a subscription frees its place and stops its events', async () => {
  const socket = await server.socket({ token: ada.token });
  for (let round = 0; round < 150; round += 1) {
    const subscription = socket.subscribe(ROOM_EVENTS, { roomId });
    await subscription.nextData();
    subscription.complete();
  }
  const last = socket.subscribe(ROOM_EVENTS, { roomId });
  await last.nextData();
  last.complete();
  await socket.roundTrip();
  await database.sendMessage(ada, roomId, 'to nobody');
  const witness = await listenToRoom(server, ada, { roomId });
  await witness.next();
  await socket.roundTrip();
  expect(last.pending()).toEqual([]);
});

test('a frame over 128 kB ends the connection', async () => {
  const socket = await server.socket({ token: ada.token });
  socket.send({ type: 'ping', payload: { text: 'x'.repeat(135_000) } });
  expect(await socket.closed).toMatchObject({ code: 1009 });
});

test('what is not the protocol closes with 4400', async () => {
  const socket = await server.socket({ token: ada.token });
  socket.send('nonsense');
  expect(await socket.closed).toMatchObject({ code: 4400 });
});

test('a subscription and a query on one socket may not share an id', async () => {
  const socket = await server.socket({ token: ada.token });
  const payload = { query: ROOM_EVENTS, variables: { roomId } };
  socket.send({ type: 'subscribe', id: 'same', payload });
  socket.send({ type: 'subscribe', id: 'same', payload });
  expect(await socket.closed).toMatchObject({ code: 4409 });
});

test('a reader that stalls does not hold up the others, and misses nothing when it reads on', async () => {
  const { id } = await database.createRoom(ada);
  const slow = await listenToRoom(server, ada, { roomId: id });
  const quick = await listenToRoom(server, ada, { roomId: id });
  await slow.next();
  await quick.next();
  slow.socket.pause();
  const count = 1_200; // More than the sockets' own buffers hold.
  await database.owner.query(
    `insert into app_public.messages (room_id, author_id, content)
      select $1, $2, repeat('x', 7000) from generate_series(1, $3::int)`,
    [id, ada.id, count],
  );
  for (let seq = 3; seq < count + 3; seq += 1) {
    expect((await quick.next()).changeSeq).toBe(String(seq));
  }
  slow.socket.resume();
  for (let seq = 3; seq < count + 3; seq += 1) {
    expect((await slow.next()).changeSeq).toBe(String(seq));
  }
});

test('shutting down tells every socket 1012', async () => {
  const second = await startTestServer(database);
  const socket = await second.socket({ token: ada.token });
  await second.close();
  expect(await socket.closed).toMatchObject({ code: 1012 });
});

test('an id that is completed and used again at once is one operation', async () => {
  const socket = await server.socket({ token: ada.token });
  const events = socket.subscribe(ROOM_EVENTS, { roomId });
  const frame = {
    id: '1',
    type: 'subscribe',
    payload: { query: ROOM_EVENTS, variables: { roomId } },
  };
  for (let round = 0; round < 10; round += 1) {
    socket.send({ id: '1', type: 'complete' });
    socket.send(frame);
  }
  expect((await events.nextData()).roomEvents.__typename).toBe('ReadyEvent');
  await database.sendMessage(ada, roomId, 'told once');
  expect((await events.nextData()).roomEvents.message.content).toBe('told once');
  await database.sendMessage(ada, roomId, 'told once more');
  expect((await events.nextData()).roomEvents.message.content).toBe('told once more');
  events.complete();
  await socket.roundTrip();
  await database.sendMessage(ada, roomId, 'not told');
  const other = await listenToRoom(server, ada, { roomId, after: 0 });
  while ((await other.next()).message?.content !== 'not told') {}
  await socket.roundTrip();
  expect(events.pending()).toEqual([]);
});
