import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { headOf, listenToRoom, mutate, ROOM_EVENTS, sendOverHttp } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeEach(async () => {
  ({ ada, bob, roomId } = await createRoomOfTwo(database));
});

test('Ready comes first, and what is sent through the API follows', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  expect(await next()).toMatchObject({
    __typename: 'ReadyEvent',
    roomId,
    changeSeq: null,
    headChangeSeq: '3',
  });
  const { id } = await sendOverHttp(server, ada, roomId, 'hello');
  expect(await next()).toMatchObject({
    __typename: 'MessageEvent',
    changeSeq: '4',
    event: 'INSERT',
    messageId: id,
    message: { id, seq: '1', content: 'hello', author: { username: ada.username } },
  });
});

test('a room that is fetched tells the last change that it includes', async () => {
  await sendOverHttp(server, ada, roomId, 'hello');
  const query = 'query ($roomId: UUID!) { room(id: $roomId) { changeSeq } }';
  const { data } = await server.graphql(query, { roomId }, bob.token);
  expect(data.room.changeSeq).toBe('4');
  const stranger = await database.createUser();
  expect((await server.graphql(query, { roomId }, stranger.token)).data.room).toBeNull();
});

test('a commit by a plain database client is delivered like any other', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  await next();
  const { id } = await database.sendMessage(ada, roomId, 'by SQL');
  expect(await next()).toMatchObject({ changeSeq: '4', messageId: id });
  await database.owner.query('update app_public.rooms set name = $2 where id = $1', [
    roomId,
    'Renamed by the owner',
  ]);
  expect(await next()).toMatchObject({
    __typename: 'RoomChangedEvent',
    changeSeq: '5',
    room: { id: roomId, name: 'Renamed by the owner' },
  });
});

test('nothing that commits after Ready is missed, however closely it follows', async () => {
  for (let round = 0; round < 20; round += 1) {
    const before = await headOf(database, roomId);
    const sending = Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        database.sendMessage(ada, roomId, `${round} ${index}`),
      ),
    );
    const { socket, next } = await listenToRoom(server, bob, { roomId });
    const ready = await next();
    await sending;
    const head = Number(ready.headChangeSeq);
    expect(head).toBeGreaterThanOrEqual(before);
    for (let seq = head + 1; seq <= before + 5; seq += 1) {
      expect(await next()).toMatchObject({ changeSeq: String(seq) });
    }
    await socket.close();
  }
});

test('events of 16 writers arrive in the order of changeSeq, with no gap and no duplicate', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  const { headChangeSeq } = await next();
  const writers = Array.from({ length: 16 }, async (_, writer) => {
    for (let count = 0; count < 10; count += 1) {
      await database.sendMessage(ada, roomId, `${writer} ${count}`);
    }
  });
  for (let offset = 1; offset <= 160; offset += 1) {
    expect(await next()).toMatchObject({ changeSeq: String(Number(headChangeSeq) + offset) });
  }
  await Promise.all(writers);
});

test('`after` resumes: every later change in order, then live ones', async () => {
  const { id: first } = await database.sendMessage(ada, roomId, 'missed');
  await database.sendMessage(ada, roomId, 'missed too');
  const { next } = await listenToRoom(server, bob, { roomId, after: 3 });
  expect(await next()).toMatchObject({ __typename: 'ReadyEvent', headChangeSeq: '5' });
  expect(await next()).toMatchObject({ changeSeq: '4', messageId: first });
  expect(await next()).toMatchObject({ changeSeq: '5' });
  await database.sendMessage(ada, roomId, 'live');
  expect(await next()).toMatchObject({ changeSeq: '6', message: { content: 'live' } });
});

test('`after: 0` replays a room from its beginning, over any number of pages', async () => {
  await database.commitAs(ada, (client) =>
    client.query(
      'select count(app_public.send_message(room_id => $1, content => i::text)) from generate_series(1, 700) as i',
      [roomId],
    ),
  );
  const { next } = await listenToRoom(server, bob, { roomId, after: 0 });
  expect(await next()).toMatchObject({ __typename: 'ReadyEvent', headChangeSeq: '703' });
  for (let seq = 1; seq <= 703; seq += 1) {
    expect(await next()).toMatchObject({ changeSeq: String(seq) });
  }
});

test('`after: 4`, which this room has not reached, is RESYNC: the log was longer once', async () => {
  const { subscription } = await listenToRoom(server, bob, { roomId, after: 4 });
  expect(await subscription.next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'RESYNC' } }],
  });
});

test.each([['-1'], ['x']])('`after: %s`, which is no place, is BAD_INPUT', async (after) => {
  const { subscription } = await listenToRoom(server, bob, { roomId, after });
  expect(await subscription.next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'BAD_INPUT' } }],
  });
});

test('a client is told RESYNC, not skipped, when the log does not reach back to `after`', async () => {
  await database.sendMessage(ada, roomId, 'one');
  await database.owner.query(
    'delete from app_private.room_changes where room_id = $1 and change_seq < 3',
    [roomId],
  );
  const { subscription } = await listenToRoom(server, bob, { roomId, after: 1 });
  expect(await subscription.next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'RESYNC' } }],
  });
});

test('a private room and an unknown one are the same to a stranger', async () => {
  const stranger = await database.createUser();
  const socket = await server.socket({ token: stranger.token });
  const hidden = await socket.subscribe(ROOM_EVENTS, { roomId }).next();
  const unknown = await socket.subscribe(ROOM_EVENTS, { roomId: randomUUID() }).next();
  expect(hidden).toMatchObject({ type: 'error', errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  expect(unknown).toEqual(hidden);
});

test('a member who is removed gets their own removal, then nothing', async () => {
  const removed = await listenToRoom(server, bob, { roomId });
  const staying = await listenToRoom(server, ada, { roomId });
  await removed.next();
  await staying.next();
  await database.owner.query(
    'delete from app_public.room_members where room_id = $1 and user_id = $2',
    [roomId, bob.id],
  );
  await database.sendMessage(ada, roomId, 'not for bob');
  expect(await removed.next()).toMatchObject({
    __typename: 'MemberEvent',
    event: 'DELETE',
    userId: bob.id,
  });
  expect(await removed.subscription.next()).toEqual({ type: 'complete' });
  expect(await staying.next()).toMatchObject({ event: 'DELETE' });
  expect(await staying.next()).toMatchObject({ message: { content: 'not for bob' } });
  await removed.socket.roundTrip();
  expect(removed.subscription.pending()).toEqual([]);
});

test('a member removed and a message sent in the same transaction: the message is not delivered', async () => {
  const { next, subscription, socket } = await listenToRoom(server, bob, { roomId });
  await next();
  await database.owner.query(`
    with gone as (delete from app_public.room_members where room_id = '${roomId}' and user_id = '${bob.id}' returning room_id)
    insert into app_public.messages (room_id, author_id, content) select room_id, '${ada.id}', 'secret' from gone`);
  const steps = [await subscription.next()];
  while (steps.at(-1)?.type === 'next') {
    steps.push(await subscription.next());
  }
  await socket.roundTrip();
  const seen = [...steps, ...subscription.pending()];
  const removal = seen.findIndex(
    (step) => step.type === 'next' && step.data.roomEvents.userId === bob.id,
  );
  expect(seen.slice(removal + 1)).toEqual([{ type: 'complete' }]);
});

test('archiving a room is told, then its streams end', async () => {
  const { next, subscription } = await listenToRoom(server, bob, { roomId });
  await next();
  await mutate(
    server,
    ada,
    'mutation ($roomId: UUID!) { archiveRoom(input: { roomId: $roomId }) { room { id } } }',
    {
      roomId,
    },
  );
  expect(await next()).toMatchObject({
    __typename: 'RoomChangedEvent',
    room: { isArchived: true },
  });
  expect(await subscription.next()).toEqual({ type: 'complete' });
});

test('typing and presence arrive without a changeSeq', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  await next();
  await mutate(
    server,
    ada,
    'mutation ($roomId: UUID!) { setTyping(input: { roomId: $roomId, isTyping: true }) { clientMutationId } }',
    { roomId },
  );
  expect(await next()).toMatchObject({
    __typename: 'TypingEvent',
    changeSeq: null,
    event: 'INSERT',
    userId: ada.id,
    user: { username: ada.username },
  });
  await mutate(
    server,
    ada,
    'mutation ($roomId: UUID) { updateUserPresence(input: { status: BUSY, roomId: $roomId, sessionId: "phone" }) { user { id } } }',
    { roomId },
  );
  expect(await next()).toMatchObject({
    __typename: 'PresenceEvent',
    changeSeq: null,
    event: 'UPDATE',
    userId: ada.id,
    status: 'BUSY',
  });
});

test('reactions and receipts carry who and what', async () => {
  const { id } = await database.sendMessage(ada, roomId, 'react to me');
  const { next } = await listenToRoom(server, ada, { roomId });
  await next();
  await mutate(
    server,
    bob,
    'mutation ($id: UUID!) { addMessageReaction(input: { messageId: $id, emoji: "👍" }) { message { id } } }',
    { id },
  );
  expect(await next()).toMatchObject({
    __typename: 'ReactionEvent',
    event: 'INSERT',
    emoji: '👍',
    user: { username: bob.username },
    message: { id, reactions: [{ emoji: '👍' }] },
  });
  await mutate(
    server,
    bob,
    'mutation ($roomId: UUID!, $id: UUID!) { markRoomRead(input: { roomId: $roomId, upToMessageId: $id }) { roomMember { lastReadSeq } } }',
    { roomId, id },
  );
  expect(await next()).toMatchObject({
    __typename: 'ReadReceiptEvent',
    userId: bob.id,
    lastReadSeq: '1',
  });
});

test('an event that cannot be shared is computed for each viewer', async () => {
  const query = `subscription ($roomId: UUID!) {
    roomEvents(roomId: $roomId) {
      __typename
      ... on RoomChangedEvent { room { id viewerMembership { role } } }
    }
  }`;
  const [asAda, asBob] = await Promise.all(
    [ada, bob].map(async ({ token }) =>
      (await server.socket({ token })).subscribe(query, { roomId }),
    ),
  );
  await Promise.all([asAda?.next(), asBob?.next()]);
  await database.owner.query("update app_public.rooms set description = 'x' where id = $1", [
    roomId,
  ]);
  expect(await asAda?.nextData()).toMatchObject({
    roomEvents: { room: { viewerMembership: { role: 'OWNER' } } },
  });
  expect(await asBob?.nextData()).toMatchObject({
    roomEvents: { room: { viewerMembership: { role: 'MEMBER' } } },
  });
});

test('terminating the listener loses nothing, and clients notice nothing', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  const head = Number((await next()).headChangeSeq);
  for (let round = 0; round < 5; round += 1) {
    await database.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'trumpet listener' and datname = current_database()`,
    );
    await database.sendMessage(ada, roomId, `round ${round}`);
    expect(await next()).toMatchObject({ changeSeq: String(head + round + 1) });
  }
});

test('a rolled back transaction delivers nothing', async () => {
  const { next, subscription, socket } = await listenToRoom(server, bob, { roomId });
  await next();
  await database.asUser(ada, (client) =>
    client.query('select app_public.send_message(room_id => $1, content => $2)', [roomId, 'never']),
  );
  await database.sendMessage(ada, roomId, 'this one');
  expect(await next()).toMatchObject({ changeSeq: '4', message: { content: 'this one' } });
  await socket.roundTrip();
  expect(subscription.pending()).toEqual([]);
});

test('the room id may be written in upper case', async () => {
  const { next } = await listenToRoom(server, bob, { roomId: roomId.toUpperCase() });
  expect(await next()).toMatchObject({ __typename: 'ReadyEvent', roomId });
});

test('a transaction left open delays nobody else', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  await next();
  const other = await database.createRoom(ada);
  const client = new pg.Client(database.databaseUrl);
  await client.connect();
  await client.query('begin');
  await client.query('update app_public.rooms set description = $2 where id = $1', [
    other.id,
    'open',
  ]);
  await database.sendMessage(ada, roomId, 'meanwhile');
  expect(await next()).toMatchObject({ message: { content: 'meanwhile' } });
  await client.query('rollback');
  await client.end();
});

test('an event that cannot be read because others hold a lock comes whole, later, however one listens', async () => {
  const { next } = await listenToRoom(server, bob, { roomId });
  await next();
  // It brings bob's presence with it.
  const socket = await openJsonSocket(`${server.url}/ws?access_token=${bob.token}`);
  socket.send({ type: 'join_room', room_id: roomId });
  await socket.nextOf('joined');
  const stream = await openEventStream(`${server.url}/events/${roomId}?access_token=${bob.token}`);
  await stream.next();
  const holder = await database.owner.connect();
  await holder.query('begin');
  await holder.query('lock table app_public.message_reactions in access exclusive mode');
  const { id } = await database.sendMessage(ada, roomId, 'late');
  // Longer than a statement may take.
  await holder.query('select pg_sleep(7)');
  await holder.query('commit');
  holder.release();
  const { id: reacted } = await database.sendMessage(ada, roomId, 'next');
  for (const message of [
    { id, content: 'late' },
    { id: reacted, content: 'next' },
  ]) {
    let event = await next();
    while (event.__typename === 'PresenceEvent') {
      event = await next();
    }
    expect(event).toMatchObject({ messageId: message.id, message });
    expect(await socket.nextOf('message_event')).toMatchObject({ message });
    expect(await stream.next()).toMatchObject({ event: 'message_event', data: { message } });
  }
  stream.close();
  await socket.close();
}, 60_000);

test('a change of a kind that only newer nodes know stops nobody: the room has changed', async () => {
  const listener = await listenToRoom(server, bob, { roomId });
  const head = Number((await listener.next()).headChangeSeq);
  await database.owner.query(`
    alter table app_private.room_changes drop constraint room_changes_kind_is_known;
    with head as (
      update app_private.room_heads set last_change_seq = last_change_seq + 1 where room_id = '${roomId}'
        returning last_change_seq
    )
    insert into app_private.room_changes (room_id, change_seq, kind, op, occurred_at)
      select '${roomId}', last_change_seq, 'poll', 'insert', clock_timestamp() from head`);
  await database.sendMessage(ada, roomId, 'after it');
  expect(await listener.next()).toMatchObject({
    __typename: 'RoomChangedEvent',
    changeSeq: String(head + 1),
    room: { id: roomId },
  });
  expect(await listener.next()).toMatchObject({
    changeSeq: String(head + 2),
    message: { content: 'after it' },
  });
});
