import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CLOSE_CODES } from '../../src/errors/codes.ts';
import {
  type ConnectionLimits,
  createConnections,
} from '../../src/realtime/transports/connections.ts';
import { PERSON_FRAMES, SOCKET_FRAMES } from '../../src/realtime/transports/json/allowance.ts';
import { createJsonWebSocket } from '../../src/realtime/transports/json/websocket.ts';
import { routeUpgrades } from '../../src/realtime/transports/upgrades.ts';
import { signToken } from '../../testing/access-token.ts';
import type { TestUser } from '../../testing/database.ts';
import { type JsonSocket, openJsonSocket } from '../../testing/json-socket.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { headOf, mutate } from './support.ts';

const { database, server, close } = await createTestWorld({
  ALLOWED_ORIGINS: 'https://chat.example.test',
});
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeEach(async () => {
  ({ ada, bob, roomId } = await createRoomOfTwo(database));
});

/** A socket of a person who is signed in. */
async function connect(user: TestUser): Promise<JsonSocket> {
  const socket = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  expect(await socket.next()).toEqual({ type: 'ready', user_id: user.id });
  return socket;
}

/** The same, listening to the room. */
async function listen(user: TestUser, after?: number): Promise<JsonSocket> {
  const socket = await connect(user);
  socket.send({ type: 'join_room', room_id: roomId, after });
  expect(await socket.next()).toEqual({
    type: 'joined',
    room_id: roomId,
    change_seq: await headOf(database, roomId),
    cursor: expect.stringMatching(/^\d+(-[0-9a-z]{10})?$/),
  });
  return socket;
}

/** In how many seconds each presence session of a person lapses, the first to lapse first. */
async function lifetimes(user: TestUser): Promise<number[]> {
  const { rows } = await database.owner.query<{ seconds: number }>(
    `select extract(epoch from expires_at - now())::float as seconds
      from app_private.presence_sessions where user_id = $1 order by expires_at`,
    [user.id],
  );
  return rows.map(({ seconds }) => seconds);
}

/** Asks until it is so: the server tells the database within 50 ms, and nobody else. */
async function untilLifetimes(user: TestUser, isSo: (seconds: number[]) => boolean) {
  while (!isSo(await lifetimes(user))) {}
}

test('the longest message of emoji fits, though every one is escaped', async () => {
  const listener = await listen(bob);
  const socket = await connect(ada);
  const content = '😀'.repeat(8_000);
  socket.send(
    JSON.stringify({ type: 'send_message', room_id: roomId, content, ref: 1 }).replaceAll(
      /[\ud800-\udfff]/g,
      (half) => `\\u${half.charCodeAt(0).toString(16)}`,
    ),
  );
  expect(await socket.nextOf('ack')).toMatchObject({ ref: 1 });
  expect(await listener.nextOf('message_event')).toMatchObject({ message: { content } });
});

describe('the token', () => {
  test('comes in the address or as the first frame, on /ws and on the own /ws/{user_id}', async () => {
    for (const path of ['/ws', `/ws/${ada.id}`, `/ws/${ada.id.toUpperCase()}`]) {
      const inAddress = await openJsonSocket(`${server.url}${path}?access_token=${ada.token}`);
      expect(await inAddress.next()).toEqual({ type: 'ready', user_id: ada.id });
      const inFrame = await openJsonSocket(`${server.url}${path}`);
      inFrame.send({ type: 'auth', token: ada.token });
      expect(await inFrame.next()).toEqual({ type: 'ready', user_id: ada.id });
    }
  });

  test('of somebody else does not open /ws/{user_id}: 4401', async () => {
    const inAddress = await openJsonSocket(`${server.url}/ws/${bob.id}?access_token=${ada.token}`);
    expect(await inAddress.closed).toMatchObject({ code: CLOSE_CODES.UNAUTHENTICATED });
    const inFrame = await openJsonSocket(`${server.url}/ws/${bob.id}`);
    inFrame.send({ type: 'auth', token: ada.token });
    expect(await inFrame.closed).toMatchObject({ code: CLOSE_CODES.UNAUTHENTICATED });
  });

  test('that is not valid, or of a session that has ended, closes with 4401', async () => {
    const invalid = await openJsonSocket(`${server.url}/ws?access_token=nonsense`);
    expect(await invalid.closed).toMatchObject({ code: CLOSE_CODES.UNAUTHENTICATED });
    await database.owner.query(
      "update app_private.sessions set ended_at = now(), end_reason = 'test' where id = $1",
      [ada.sessionId],
    );
    const ended = await openJsonSocket(`${server.url}/ws`);
    ended.send({ type: 'auth', token: ada.token });
    expect(await ended.closed).toMatchObject({ code: CLOSE_CODES.UNAUTHENTICATED });
  });

  test('has to come before anything else: 4401', async () => {
    const socket = await openJsonSocket(`${server.url}/ws`);
    socket.send({ type: 'join_room', room_id: roomId });
    expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.UNAUTHENTICATED });
  });

  test('that has expired closes with 4403, in the address and in a frame', async () => {
    const exp = Math.floor(Date.now() / 1_000) - 60;
    const token = await signToken({ sub: ada.id, sid: ada.sessionId, exp });
    const inAddress = await openJsonSocket(`${server.url}/ws?access_token=${token}`);
    expect(await inAddress.closed).toMatchObject({ code: CLOSE_CODES.ACCESS_ENDED });
    const inFrame = await openJsonSocket(`${server.url}/ws`);
    inFrame.send({ type: 'auth', token });
    expect(await inFrame.closed).toMatchObject({ code: CLOSE_CODES.ACCESS_ENDED });
  });

  test('that expires closes with 4403', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 2;
    const token = await signToken({ sub: ada.id, sid: ada.sessionId, exp });
    const socket = await openJsonSocket(`${server.url}/ws?access_token=${token}`);
    expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.ACCESS_ENDED });
  });

  test('is waited for only so long: 4401', async () => {
    const bare = await startBare({ authenticationTimeoutMs: 20 });
    const socket = await openJsonSocket(bare.url);
    expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.UNAUTHENTICATED });
    await bare.close();
  });
});

test('one person has so many sockets and no more: 4429', async () => {
  const bare = await startBare({ socketsPerUser: 2 });
  const open = (token: string) => openJsonSocket(`${bare.url}?access_token=${token}`);
  const [first] = [await open('ada'), await open('ada'), await open('bob')];
  expect(await (await open('ada')).closed).toMatchObject({ code: CLOSE_CODES.TOO_MANY });
  await first?.close();
  expect(await (await open('ada')).next()).toEqual({ type: 'ready', user_id: 'ada' });
  await bare.close();
});

/** The transport alone, with limits of the test's own: whatever the token says is the user. */
async function startBare(limits: ConnectionLimits) {
  const http = createServer();
  const connections = createConnections(limits);
  const unused = undefined as never;
  const transport = createJsonWebSocket({
    connections,
    hub: unused,
    presence: { hold: async () => {}, letGo: () => {} } as never,
    runAs: unused,
    authenticate: async (token) => ({
      userId: token,
      sessionId: token,
      endsAt: performance.now() + 60_000,
    }),
    explain: unused,
  });
  routeUpgrades({ server: http, transports: [transport], isOriginAllowed: () => false });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const { port } = http.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/ws`,
    async close() {
      await connections.release();
      http.close();
    },
  };
}

test('signing out closes the sockets of the session with 4403', async () => {
  const socket = await listen(ada);
  await mutate(server, ada, 'mutation { signOut(input: {}) { clientMutationId } }', {});
  expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.ACCESS_ENDED });
});

test('a page of another site cannot connect, and other paths are none', async () => {
  const url = `${server.url}/ws`;
  await expect(openJsonSocket(url, { origin: 'https://evil.example.test' })).rejects.toThrow('403');
  await expect(openJsonSocket(`${server.url}/ws/nobody`)).rejects.toThrow('404');
  await expect(openJsonSocket(`${server.url}/elsewhere`)).rejects.toThrow('404');
  const socket = await openJsonSocket(url, { origin: 'https://chat.example.test' });
  await socket.close();
});

describe('a room', () => {
  test('tells of messages: sent, edited, deleted', async () => {
    const socket = await listen(bob);
    const { id } = await database.sendMessage(ada, roomId, 'hello');
    expect(await socket.next()).toMatchObject({
      type: 'message_event',
      event: 'INSERT',
      room_id: roomId,
      change_seq: 4,
      occurred_at: expect.any(String),
      message_id: id,
      message: {
        id,
        seq: 1,
        content: 'hello',
        author: { id: ada.id, username: ada.username, displayName: ada.username },
        createdAt: expect.any(String),
        attachments: [],
        reactions: [],
      },
    });
    await database.commitAs(ada, (client) =>
      client.query('select app_public.edit_message($1, $2)', [id, 'hello, all']),
    );
    expect(await socket.next()).toMatchObject({
      event: 'UPDATE',
      change_seq: 5,
      message: { content: 'hello, all', editedAt: expect.any(String) },
    });
    await database.commitAs(ada, (client) =>
      client.query('select app_public.delete_message($1)', [id]),
    );
    expect(await socket.next()).toMatchObject({
      event: 'DELETE',
      change_seq: 6,
      message: { id, content: null },
    });
  });

  test('tells of reactions, members, receipts and its own settings', async () => {
    const { id } = await database.sendMessage(ada, roomId, 'react to me');
    const carol = await database.createUser();
    const socket = await listen(ada);
    await database.commitAs(bob, (client) =>
      client.query('select app_public.add_message_reaction($1, $2)', [id, '👍']),
    );
    expect(await socket.next()).toMatchObject({
      type: 'reaction_event',
      event: 'INSERT',
      change_seq: 5,
      message_id: id,
      user_id: bob.id,
      emoji: '👍',
      user: { username: bob.username },
      reactions: [{ emoji: '👍', count: 1 }],
    });
    await database.commitAs(ada, (client) =>
      client.query('select app_public.add_room_member($1, $2)', [roomId, carol.id]),
    );
    expect(await socket.next()).toMatchObject({
      type: 'member_event',
      event: 'INSERT',
      user_id: carol.id,
      role: 'MEMBER',
      user: { username: carol.username },
    });
    await database.commitAs(bob, (client) =>
      client.query('select app_public.mark_room_read($1)', [roomId]),
    );
    expect(await socket.next()).toMatchObject({
      type: 'read_event',
      event: 'UPDATE',
      user_id: bob.id,
      last_read_seq: 1,
    });
    await database.owner.query('update app_public.rooms set name = $2 where id = $1', [
      roomId,
      'Renamed',
    ]);
    expect(await socket.next()).toMatchObject({
      type: 'room_event',
      event: 'UPDATE',
      change_seq: 8,
      room: { id: roomId, name: 'Renamed', memberCount: 3 },
    });
  });

  test('resumes behind `after`: every later change once and in order, then live ones', async () => {
    await database.commitAs(ada, (client) =>
      client.query(
        'select count(app_public.send_message(room_id => $1, content => i::text)) from generate_series(1, 300) as i',
        [roomId],
      ),
    );
    const socket = await listen(bob, 3);
    const sending = database.sendMessage(ada, roomId, 'live');
    for (let seq = 4; seq <= 304; seq += 1) {
      expect(await socket.next()).toMatchObject({ type: 'message_event', change_seq: seq });
    }
    await sending;
    await socket.settled();
    expect(socket.pending()).toEqual([]);
  });

  test('joined again begins anew, and tells nothing twice', async () => {
    const socket = await listen(bob);
    socket.send({ type: 'join_room', room_id: roomId, after: 3 });
    expect(await socket.next()).toMatchObject({ type: 'joined', change_seq: 3 });
    await database.sendMessage(ada, roomId, 'once');
    expect(await socket.next()).toMatchObject({ type: 'message_event', change_seq: 4 });
    await socket.settled();
    expect(socket.pending()).toEqual([]);
  });

  test.each([99, '99'])(
    '`after: %s`, which it has not reached, is RESYNC: the log was longer once',
    async (after) => {
      const socket = await connect(bob);
      socket.send({ type: 'join_room', room_id: roomId, after, ref: 'r' });
      expect(await socket.next()).toMatchObject({ type: 'error', code: 'RESYNC', ref: 'r' });
    },
  );

  test.each([-1, 1.5, 'x', '1,2', '3-', '3-A'])(
    '`after: %s`, which is no place, is BAD_INPUT',
    async (after) => {
      const socket = await connect(bob);
      socket.send({ type: 'join_room', room_id: roomId, after, ref: 'r' });
      expect(await socket.next()).toMatchObject({ type: 'error', code: 'BAD_INPUT', ref: 'r' });
    },
  );

  test('whose log does not reach back to `after` says RESYNC', async () => {
    await database.owner.query(
      'delete from app_private.room_changes where room_id = $1 and change_seq < 3',
      [roomId],
    );
    const socket = await connect(bob);
    socket.send({ type: 'join_room', room_id: roomId, after: 1 });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      code: 'RESYNC',
      room_id: roomId,
    });
  });

  test('that is private is to a stranger what an unknown one is', async () => {
    const stranger = await connect(await database.createUser());
    const errors = [];
    for (const room_id of [roomId, randomUUID()]) {
      for (const frame of [
        { type: 'join_room', room_id },
        { type: 'send_message', room_id, content: 'let me in' },
        { type: 'typing_start', room_id },
        { type: 'mark_read', room_id, message_id: randomUUID() },
      ]) {
        stranger.send(frame);
        const { room_id: named, ...error } = await stranger.next();
        expect(named).toBe(room_id);
        expect(error).toMatchObject({ type: 'error', code: 'NOT_FOUND' });
        errors.push(error);
      }
    }
    expect(errors.slice(4)).toEqual(errors.slice(0, 4));
  });

  test('tells nothing after leave_room', async () => {
    const socket = await listen(bob);
    socket.send({ type: 'leave_room', room_id: roomId });
    expect(await socket.next()).toEqual({ type: 'left', room_id: roomId });
    const witness = await listen(ada);
    await database.sendMessage(ada, roomId, 'not for bob');
    await witness.next();
    await socket.settled();
    expect(socket.pending()).toEqual([]);
  });

  test('tells a member who is removed just that, then nothing', async () => {
    const removed = await listen(bob);
    const staying = await listen(ada);
    await database.owner.query(
      'delete from app_public.room_members where room_id = $1 and user_id = $2',
      [roomId, bob.id],
    );
    await database.sendMessage(ada, roomId, 'not for bob');
    expect(await removed.nextOf('member_event')).toMatchObject({
      event: 'DELETE',
      user_id: bob.id,
    });
    expect(await removed.nextOf('left')).toEqual({ type: 'left', room_id: roomId });
    expect(await staying.nextOf('message_event')).toMatchObject({
      message: { content: 'not for bob' },
    });
    await removed.settled();
    expect(removed.pending()).toEqual([]);
  });

  test('ends with its archiving, and begins anew when it is joined after it was unarchived', async () => {
    const socket = await listen(bob);
    await database.call(ada, 'archive_room', roomId);
    expect(await socket.next()).toMatchObject({ type: 'room_event', room: { isArchived: true } });
    expect(await socket.next()).toEqual({ type: 'left', room_id: roomId });
    await database.call(ada, 'unarchive_room', roomId);
    socket.send({ type: 'join_room', room_id: roomId });
    expect(await socket.next()).toMatchObject({ type: 'joined', room_id: roomId });
    const { id } = await database.sendMessage(ada, roomId, 'open again');
    expect(await socket.next()).toMatchObject({ type: 'message_event', message_id: id });
  });

  test('costs one execution an event, however many sockets listen', async () => {
    const sockets = await Promise.all([listen(ada), listen(bob), listen(ada), listen(bob)]);
    await database.sendMessage(ada, roomId, 'shared');
    const frames = await Promise.all(sockets.map((socket) => socket.nextOf('message_event')));
    for (const frame of frames) {
      expect(frame).toEqual(frames[0]);
    }
  });
});

describe('send_message', () => {
  test('is acknowledged with its ref, id and seq', async () => {
    const socket = await listen(ada);
    socket.send({ type: 'send_message', room_id: roomId, content: 'hi', ref: 7 });
    const ack = await socket.nextOf('ack');
    expect(ack).toEqual({ type: 'ack', ref: 7, message_id: expect.any(String), seq: 1 });
    expect(await socket.nextOf('message_event')).toMatchObject({
      message: { id: ack.message_id, seq: 1, content: 'hi' },
    });
    socket.send({
      type: 'send_message',
      room_id: roomId,
      content: 'an answer',
      parent_message_id: ack.message_id,
    });
    const answer = await socket.nextOf('ack');
    expect(answer).toEqual({ type: 'ack', message_id: expect.any(String), seq: 2 });
    expect(await socket.nextOf('message_event', { message_id: answer.message_id })).toMatchObject({
      event: 'INSERT',
      message: { parentMessageId: ack.message_id },
    });
  });

  test('with a nonce is done once, and acknowledged each time', async () => {
    const socket = await connect(ada);
    const frame = { type: 'send_message', room_id: roomId, content: 'once', nonce: 'n' };
    socket.send({ ...frame, ref: 'first' });
    socket.send({ ...frame, ref: 'again' });
    const other = await connect(ada);
    other.send({ ...frame, ref: 'elsewhere' });
    const acks = [await socket.next(), await socket.next(), await other.next()];
    expect(acks.map(({ ref }) => ref)).toEqual(['first', 'again', 'elsewhere']);
    expect(new Set(acks.map(({ message_id }) => message_id)).size).toBe(1);
    const { rows } = await database.owner.query(
      'select count(*)::int from app_public.messages where room_id = $1',
      [roomId],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('keeps the order in which a socket sends', async () => {
    const socket = await connect(ada);
    for (let number = 1; number <= 30; number += 1) {
      socket.send({ type: 'send_message', room_id: roomId, content: `${number}`, ref: number });
    }
    for (let number = 1; number <= 30; number += 1) {
      expect(await socket.next()).toMatchObject({ type: 'ack', ref: number, seq: number });
    }
  });

  test('fails with the codes of the GraphQL API, and the ref', async () => {
    const socket = await connect(ada);
    const send = async (frame: object) => {
      socket.send({ type: 'send_message', room_id: roomId, content: 'x', ref: 'r', ...frame });
      return await socket.next();
    };
    expect(await send({ content: ' ' })).toMatchObject({ code: 'BAD_INPUT', ref: 'r' });
    expect(await send({ content: 'a\0b' })).toMatchObject({ code: 'BAD_INPUT', ref: 'r' });
    expect(await send({ content: 'x'.repeat(8_001) })).toMatchObject({ code: 'TOO_LARGE' });
    expect(await send({ parent_message_id: randomUUID() })).toMatchObject({ code: 'NOT_FOUND' });
    await database.commitAs(ada, (client) =>
      client.query('select app_public.archive_room($1)', [roomId]),
    );
    expect(await send({})).toMatchObject({ code: 'ROOM_ARCHIVED', ref: 'r', room_id: roomId });
  });
});

test('mark_read moves the receipt', async () => {
  const { id } = await database.sendMessage(ada, roomId, 'read me');
  const socket = await listen(bob);
  socket.send({ type: 'mark_read', room_id: roomId, message_id: id });
  expect(await socket.next()).toMatchObject({
    type: 'read_event',
    user_id: bob.id,
    last_read_seq: 1,
  });
});

test.each([
  ['is told again before clients take it for over', 5, 'INSERT'],
  ['is not told more often than that', 1, 'DELETE'],
])('typing that goes on %s', async (_, toldBefore, first) => {
  const socket = await listen(ada);
  await database.owner.query(
    `insert into app_private.typing_indicators (room_id, user_id, expires_at, told_at)
      values ($1, $2, now() + interval '4 seconds', now() - $3 * interval '1 second')`,
    [roomId, bob.id, toldBefore],
  );
  await database.call(bob, 'set_typing', roomId, true);
  await database.call(bob, 'set_typing', roomId, false);
  expect(await socket.nextOf('typing_event')).toMatchObject({ event: first, user_id: bob.id });
});

test('typing is told when it begins and when it ends, not each time a key is hit', async () => {
  const socket = await listen(ada);
  const typist = await connect(bob);
  for (let key = 0; key < 20; key += 1) {
    typist.send({ type: 'typing_start', room_id: roomId });
  }
  expect(await socket.nextOf('typing_event')).toEqual({
    type: 'typing_event',
    event: 'INSERT',
    room_id: roomId,
    user_id: bob.id,
  });
  typist.send({ type: 'typing_stop', room_id: roomId });
  expect(await socket.nextOf('typing_event')).toMatchObject({ event: 'DELETE', user_id: bob.id });
  expect(socket.pendingOf('typing_event')).toEqual([]);
});

describe('presence', () => {
  test('a socket is online from the start, and what its presence frames say', async () => {
    const socket = await listen(ada);
    const other = await connect(bob);
    const arrival = { type: 'presence_event', event: 'UPDATE', room_id: roomId, user_id: bob.id };
    const ofBob = { user_id: bob.id };
    expect(await socket.nextOf('presence_event', ofBob)).toEqual({ ...arrival, status: 'ONLINE' });
    other.send({ type: 'presence', status: 'busy' });
    expect(await socket.nextOf('presence_event', ofBob)).toEqual({ ...arrival, status: 'BUSY' });
    other.send({ type: 'presence', status: 'OFFLINE' });
    expect(await socket.nextOf('presence_event', ofBob)).toEqual({ ...arrival, status: 'OFFLINE' });
  });

  /** As if this many seconds had passed for everyone. */
  async function pass(seconds: number): Promise<void> {
    await database.owner.query(
      'update app_private.presence_sessions set expires_at = expires_at - make_interval(secs => $1)',
      [seconds],
    );
    await database.owner.query('select app_private.sweep_presence()');
  }

  test('a page that reloads is not offline; one that is closed is, 10 seconds later', async () => {
    const watcher = await listen(ada);
    const socket = await connect(bob);
    await watcher.nextOf('presence_event', { user_id: bob.id, status: 'ONLINE' });
    await socket.close();
    await untilLifetimes(bob, ([first]) => first !== undefined && first <= 10);
    const reloaded = await connect(bob);
    await untilLifetimes(bob, ({ length }) => length === 2);
    await pass(11);
    await watcher.settled();
    expect(watcher.pendingOf('presence_event', { user_id: bob.id })).toEqual([]);
    await reloaded.close();
    await untilLifetimes(bob, ([first]) => first !== undefined && first <= 10);
    await pass(11);
    expect(await watcher.nextOf('presence_event', { user_id: bob.id })).toMatchObject({
      status: 'OFFLINE',
    });
  });

  test('set over a GraphQL socket lasts as long as that socket', async () => {
    const socket = await server.socket({ token: bob.token });
    await socket
      .subscribe(
        'mutation ($key: String) { updateUserPresence(input: { status: AWAY, sessionId: $key }) { user { id } } }',
        { key: 'tab' },
      )
      .nextData();
    expect((await lifetimes(bob))[0]).toBeGreaterThan(50);
    await socket.close();
    await untilLifetimes(bob, ([first]) => first !== undefined && first <= 10);
  });

  test('is counted and not told in rooms of more than 1,000', async () => {
    const watcher = await listen(ada);
    await database.owner.query(
      'update app_private.room_heads set member_count = 1001 where room_id = $1',
      [roomId],
    );
    const small = await database.createRoom(ada, { members: [bob] });
    watcher.send({ type: 'join_room', room_id: small.id });
    await watcher.nextOf('joined');
    await connect(bob);
    await watcher.nextOf('presence_event', { user_id: bob.id, room_id: small.id });
    await watcher.settled();
    expect(watcher.pendingOf('presence_event', { user_id: bob.id, room_id: roomId })).toEqual([]);
  });
});

describe('frames', () => {
  test('ping is answered with pong', async () => {
    const socket = await connect(ada);
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
  });

  test.each([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"dance"}'],
    ['a missing field', '{"type":"join_room"}'],
    ['an id that is none', '{"type":"join_room","room_id":"general"}'],
    ['a status that is none', '{"type":"presence","status":"asleep"}'],
  ])('%s is BAD_INPUT, and the socket stays', async (_name, frame) => {
    const socket = await connect(ada);
    socket.send(frame);
    expect(await socket.next()).toMatchObject({ type: 'error', code: 'BAD_INPUT' });
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
  });

  test('the answer to a malformed frame comes behind the answers to those before it', async () => {
    const socket = await connect(ada);
    socket.send({ type: 'send_message', room_id: roomId, content: 'one', ref: 1 });
    socket.send({ type: 'dance', ref: 2 });
    const refs: unknown[] = [];
    while (refs.length < 2) {
      const frame = await socket.next();
      refs.push(...(frame.type === 'ack' || frame.type === 'error' ? [frame.ref] : []));
    }
    expect(refs).toEqual([1, 2]);
  });

  test('nothing but garbage closes with 4400; from a stranger, at once', async () => {
    const socket = await connect(ada);
    for (let count = 0; count < 10; count += 1) {
      socket.send('garbage');
    }
    expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.BAD_PROTOCOL });
    const stranger = await openJsonSocket(`${server.url}/ws`);
    stranger.send('garbage');
    expect(await stranger.closed).toMatchObject({ code: CLOSE_CODES.BAD_PROTOCOL });
  });

  test('over 128 kB end the connection', async () => {
    const socket = await connect(ada);
    socket.send({ type: 'ping', ref: 'x'.repeat(135_000) });
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  test('too many are RATE_LIMITED, and 4429 when it goes on', async () => {
    const socket = await connect(ada);
    for (let count = 0; count < SOCKET_FRAMES.burst + 20; count += 1) {
      socket.send({ type: 'ping' });
    }
    expect(await socket.nextOf('error')).toMatchObject({
      code: 'RATE_LIMITED',
      retry_after_ms: expect.any(Number),
    });
    for (let count = 0; count < 2 * SOCKET_FRAMES.burst; count += 1) {
      socket.send({ type: 'ping' });
    }
    expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.TOO_MANY });
  });

  test('too many over all sockets of one person are RATE_LIMITED, and nobody else is', async () => {
    const eager = await database.createUser();
    const sockets = await Promise.all(
      Array.from({ length: PERSON_FRAMES.burst / SOCKET_FRAMES.burst + 2 }, () => connect(eager)),
    );
    for (const socket of sockets) {
      for (let count = 0; count < SOCKET_FRAMES.burst - 1; count += 1) {
        socket.send({ type: 'ping' });
      }
    }
    expect(await Promise.any(sockets.map((socket) => socket.nextOf('error')))).toMatchObject({
      code: 'RATE_LIMITED',
      retry_after_ms: expect.any(Number),
    });
    const other = await connect(bob);
    other.send({ type: 'ping', ref: 'mine' });
    expect(await other.nextOf('pong')).toMatchObject({ ref: 'mine' });
    for (const socket of sockets) {
      socket.close();
    }
  });
});

test('a message that is sent with a time disappears then, and a time that is none is refused', async () => {
  const { id } = await database.createRoom(ada);
  const socket = await connect(ada);
  const send = (seconds: number) =>
    socket.send({
      type: 'send_message',
      room_id: id,
      content: 'For a moment',
      disappear_after_seconds: seconds,
      ref: seconds,
    });
  send(60);
  const { message_id: messageId } = await socket.nextOf('ack');
  const { rows } = await database.owner.query(
    `select extract(epoch from disappears_at - created_at)::int as seconds, metadata
      from app_public.messages where id = $1`,
    [messageId],
  );
  expect(rows).toEqual([{ seconds: 60, metadata: { disappearAfterSeconds: 60 } }]);
  send(4);
  expect(await socket.nextOf('error')).toMatchObject({ ref: 4, code: 'BAD_INPUT' });
});

test('shutting down tells every socket 1012, and leaves its user time to come back', async () => {
  const second = await startTestServer(database);
  const socket = await openJsonSocket(`${second.url}/ws?access_token=${ada.token}`);
  await socket.next();
  await untilLifetimes(ada, ({ length }) => length === 1);
  await second.close();
  expect(await socket.closed).toMatchObject({ code: CLOSE_CODES.SERVICE_RESTART });
  expect((await lifetimes(ada))[0]).toBeGreaterThan(1);
});
