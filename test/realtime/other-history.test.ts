import type { TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import type { Subscription } from '../../testing/socket.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { listenToRoom, listenToUser } from './support.ts';

/*
 * The log of a room that is put back and goes on otherwise, as after a restore. The faults do it with real dumps,
 * standbys and copies of files (test/faults/other-history.ts).
 */

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeEach(async () => {
  ({ ada, bob, roomId } = await createRoomOfTwo(database));
});

/** Takes the changes behind `seq` out of the room, as if they had never been, and sends so many other messages. */
async function goOnOtherwise(seq: number, messages: number): Promise<void> {
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    await client.query('select app_private.lock_room($1)', [roomId]);
    await client.query('set local session_replication_role = replica'); // No triggers: it never happened.
    await client.query(
      `delete from app_public.messages where id in (
        select message_id from app_private.room_changes where room_id = $1 and change_seq > $2)`,
      [roomId, seq],
    );
    await client.query(
      'delete from app_private.room_changes where room_id = $1 and change_seq > $2',
      [roomId, seq],
    );
    await client.query(
      `update app_private.room_heads set last_change_seq = $2,
          last_message_seq = (select coalesce(max(seq), 0) from app_public.messages where room_id = $1),
          last_change_at = (
            select max(occurred_at) from app_private.room_changes where room_id = $1
          )
        where room_id = $1`,
      [roomId, seq],
    );
    await client.query('set local session_replication_role = origin');
    for (let count = 0; count < messages; count += 1) {
      await client.query(
        'insert into app_public.messages (room_id, author_id, content) values ($1, $2, $3)',
        [roomId, ada.id, `otherwise ${count}`],
      );
    }
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function send(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await database.sendMessage(ada, roomId, `message ${index}`);
  }
}

/** Reads the room to its head, and returns the cursor of each change. */
async function readCursors(count: number): Promise<string[]> {
  const listener = await listenToRoom(server, bob, { roomId, after: 3 });
  await listener.next();
  const cursors: string[] = [];
  while (cursors.length < count) {
    cursors.push((await listener.next()).cursor);
  }
  await listener.socket.close();
  return cursors;
}

const bearer = () => ({ authorization: `Bearer ${bob.token}` });

/** How resuming is answered by each transport: a code, or the first change that follows. */
async function resume(cursor: string): Promise<Record<string, unknown>> {
  const { subscription, socket } = await listenToRoom(server, bob, { roomId, cursor });
  const first = await subscription.next();
  const graphql =
    first.type === 'error'
      ? first.errors?.[0]?.extensions?.code
      : Number((await subscription.nextData()).roomEvents.changeSeq);
  await socket.close();

  const json = await openJsonSocket(`${server.url}/ws?access_token=${bob.token}`);
  await json.next();
  json.send({ type: 'join_room', room_id: roomId, after: cursor });
  const joined = await json.next();
  const frame = joined.type === 'joined' ? (await json.next()).change_seq : joined.code;
  await json.close();

  const address = `${server.url}/events/${roomId}`;
  const headers = { ...bearer(), 'last-event-id': cursor };
  const answer = await fetch(address, { headers: { ...headers, connection: 'close' } });
  let event: unknown;
  if (answer.ok) {
    await answer.body?.cancel();
    const stream = await openEventStream(address, headers);
    await stream.next();
    event = (await stream.next()).data.change_seq;
    stream.close();
  } else {
    const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
    event = errors[0]?.extensions.code;
  }
  return { graphql, json: frame, sse: event };
}

/** The code with which a subscription ends; nothing durable comes before. */
async function codeAtEnd<Data>(subscription: Subscription<Data>): Promise<string | undefined> {
  let frame = await subscription.next();
  while (frame.type === 'next') {
    expect(JSON.stringify(frame)).toContain('PresenceEvent');
    frame = await subscription.next();
  }
  return frame.type === 'error' ? frame.errors[0]?.extensions?.code : undefined;
}

async function followerCount(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^trumpet_followers (\d+)$/m.exec(metrics)?.[1]);
}

const all = (answer: unknown) => ({ graphql: answer, json: answer, sse: answer });

test('a cursor of the history that is goes on behind its change, on every transport', async () => {
  await send(4);
  const cursors = await readCursors(4);
  expect(await resume(cursors[1] as string)).toEqual(all(6));
});

test.each([
  '999999999999999',
  '1000000000000000',
  '9223372036854775807',
  '9223372036854775808',
  '9'.repeat(400),
  '9223372036854775807-0',
])('%s, which no log has reached, is told RESYNC on every transport', async (after) => {
  expect(await resume(after)).toEqual(all('RESYNC'));
});

test.each(['9223372036854775807x', '9e18', '-9223372036854775808', '9,9', '0x9'])(
  '%s, which is no number, is told BAD_INPUT on every transport',
  async (after) => {
    expect(await resume(after)).toEqual(all('BAD_INPUT'));
  },
);

test('whoever is ahead of the log is told RESYNC', async () => {
  await send(4);
  const cursors = await readCursors(4);
  await goOnOtherwise(5, 1);
  expect(await resume(cursors[3] as string)).toEqual(all('RESYNC'));
});

test('whoever knows another change by that number is told RESYNC, at the head and below it', async () => {
  await send(4);
  const cursors = await readCursors(4);
  await goOnOtherwise(5, 2);
  expect(await resume(cursors[3] as string)).toEqual(all('RESYNC'));
  await send(3);
  expect(await resume(cursors[3] as string)).toEqual(all('RESYNC'));
  expect(await resume(cursors[2] as string)).toEqual(all('RESYNC'));
  // What both histories have in common goes on.
  expect(await resume(cursors[1] as string)).toEqual(all(6));
});

test('a cursor whose change has been dropped from the log is told RESYNC', async () => {
  await send(2);
  const [cursor] = await readCursors(2);
  await database.owner.query(
    'delete from app_private.room_changes where room_id = $1 and change_seq <= 4',
    [roomId],
  );
  expect(await resume(cursor as string)).toEqual(all('RESYNC'));
});

test('the cursor of a quiet room is good, though its last change has been dropped from the log', async () => {
  await send(1);
  const [cursor] = await readCursors(1);
  await database.owner.query('delete from app_private.room_changes where room_id = $1', [roomId]);
  const listener = await listenToRoom(server, bob, { roomId, cursor: cursor as string });
  expect(await listener.next()).toMatchObject({ __typename: 'ReadyEvent', cursor });
  await send(1);
  expect(await listener.next()).toMatchObject({ changeSeq: '5' });
});

test.each([
  ['is shorter', 5, 1],
  ['has come as far', 5, 2],
  ['has come further', 5, 3],
])('open streams are told RESYNC when the log %s', async (_case, seq, messages) => {
  await send(4);
  const room = await listenToRoom(server, bob, { roomId });
  await room.next();
  const user = await listenToUser(server, bob);
  await user.next();
  const json = await openJsonSocket(`${server.url}/ws?access_token=${bob.token}`);
  await json.next();
  json.send({ type: 'join_room', room_id: roomId });
  expect(await json.next()).toMatchObject({ type: 'joined', change_seq: 7 });
  const stream = await openEventStream(`${server.url}/events/${roomId}?ids=cursor`, bearer());
  await stream.next();

  await goOnOtherwise(seq, messages);

  expect(await codeAtEnd(room.subscription)).toBe('RESYNC');
  expect(await codeAtEnd(user.subscription)).toBe('RESYNC');
  expect(await json.next()).toMatchObject({ type: 'error', code: 'RESYNC', room_id: roomId });
  expect(await stream.next()).toMatchObject({ event: 'error', data: { code: 'RESYNC' } });
  // Whoever then begins anew is served from the log as it is.
  const again = await listenToRoom(server, bob, { roomId });
  expect(await again.next()).toMatchObject({ headChangeSeq: `${seq + messages}` });
  await send(1);
  let event = await again.next();
  while (event.changeSeq === null) {
    event = await again.next(); // Of who comes and goes.
  }
  expect(event).toMatchObject({ changeSeq: `${seq + messages + 1}` });
});

describe('userEvents', () => {
  test('nothing follows RESYNC, and nobody follows the other rooms any more', async () => {
    const { id: otherRoomId } = await database.createRoom(ada, { members: [bob] });
    await send(2);
    const witness = await listenToRoom(server, ada, { roomId: otherRoomId });
    await witness.next();
    const followersBefore = await followerCount();
    const { subscription, socket } = await listenToUser(server, bob);
    await subscription.nextData();
    await goOnOtherwise(4, 1);
    expect(await codeAtEnd(subscription)).toBe('RESYNC');
    expect(await followerCount()).toBe(followersBefore);
    const { id } = await database.sendMessage(ada, otherRoomId, 'in a room that is as it was');
    while ((await witness.next()).message?.id !== id) {
      // Of who comes and goes.
    }
    await socket.roundTrip();
    expect(subscription.pending()).toEqual([]);
  });

  /** As after a restart of Postgres: resolves when the server has begun a new run. */
  async function beginRun(change = `started_at = started_at - interval '1 hour'`): Promise<void> {
    await database.owner.query(
      `update app_private.database_runs set ${change}
        where number = (select max(number) from app_private.database_runs)`,
    );
    await database.owner.query('select app_private.begin_run()');
  }

  /** The cursor of a person who has seen these messages. */
  async function cursorBehind(count: number): Promise<string> {
    const listener = await listenToUser(server, bob);
    let { cursor } = await listener.next();
    const before = cursor;
    await send(count);
    for (let seen = 0; seen < count; seen += 1) {
      await listener.next();
    }
    // The cursor moves with the next sweep, and is told with the next event.
    while (cursor === before) {
      await send(1);
      ({ cursor } = await listener.next());
    }
    await listener.socket.close();
    return cursor;
  }

  async function resumeAll(cursor: string): Promise<unknown> {
    const { subscription, socket } = await listenToUser(server, bob, { after: cursor });
    const first = await subscription.next();
    if (first.type === 'error') {
      return first.errors[0]?.extensions?.code;
    }
    const { id: last } = await database.sendMessage(ada, roomId, 'the last');
    const contents: string[] = [];
    for (let id: string | undefined; id !== last; ) {
      const { event } = (await subscription.nextData()).userEvents;
      contents.push(event.message?.content ?? '');
      id = event.messageId;
    }
    await socket.close();
    return contents;
  }

  test('a cursor survives a restart of Postgres', async () => {
    const cursor = await cursorBehind(2);
    await database.sendMessage(ada, roomId, 'missed');
    await beginRun();
    expect(await resumeAll(cursor)).toEqual(expect.arrayContaining(['missed', 'the last']));
  });

  test('a cursor survives transaction ids that are given again', async () => {
    const cursor = await cursorBehind(2);
    await database.sendMessage(ada, roomId, 'missed');
    await beginRun();
    // What the new run writes has ids that the cursor takes for known.
    await database.owner.query(
      `update app_private.database_runs set first_xid = '900'
        where number = (select max(number) from app_private.database_runs)`,
    );
    await database.owner.query(
      `update app_private.room_changes set xid = '901'
        where room_id = $1 and change_seq = (
          select last_change_seq from app_private.room_heads where room_id = $1)`,
      [roomId],
    );
    expect(await resumeAll(cursor)).toEqual(expect.arrayContaining(['missed', 'the last']));
  });

  test('a cursor survives a restore into a cluster whose transaction ids begin anew', async () => {
    const cursor = await cursorBehind(2);
    await database.sendMessage(ada, roomId, 'missed');
    // All that was written so far is of another cluster, with far higher ids.
    await database.owner.query(
      `update app_private.database_runs set first_xid = (first_xid::text::bigint + 900000)::text::xid8`,
    );
    await beginRun('cluster = 1');
    await database.sendMessage(ada, roomId, 'in the new cluster');
    expect(await resumeAll(cursor)).toEqual(
      expect.arrayContaining(['missed', 'in the new cluster', 'the last']),
    );
    const next = await cursorBehind(1);
    await database.sendMessage(ada, roomId, 'missed again');
    expect(await resumeAll(next)).toEqual(expect.arrayContaining(['missed again', 'the last']));
  });

  test('a cursor of a run that this database has not had is told RESYNC', async () => {
    const cursor = await cursorBehind(1);
    await database.owner.query('update app_private.database_runs set id = id - 1');
    expect(await resumeAll(cursor)).toBe('RESYNC');
  });

  test('a cursor is told RESYNC when what it has seen is lost, though it has seen nothing of the rooms that are left', async () => {
    const cursor = await cursorBehind(2);
    await goOnOtherwise(4, 5);
    await beginRun();
    expect(await resumeAll(cursor)).toBe('RESYNC');
  });

  test('an open stream is told RESYNC when its user is in a room that it does not follow', async () => {
    const other = (await database.createRoom(ada, { members: [bob] })).id;
    const listener = await listenToUser(server, bob);
    await listener.next();
    await database.call(bob, 'leave_room', other);
    expect(await listener.next()).toMatchObject({ event: { roomId: other, event: 'DELETE' } });
    // That he left is lost.
    const client = await database.owner.connect();
    await client.query('set session_replication_role = replica'); // No triggers: it never happened.
    await client.query(
      `insert into app_public.room_members (room_id, user_id, role) values ($1, $2, 'member')`,
      [other, bob.id],
    );
    await client.query('reset session_replication_role');
    client.release();
    await beginRun();
    expect(await codeAtEnd(listener.subscription)).toBe('RESYNC');
  });

  test('a session that the restored database does not have is over when the restore is seen', async () => {
    const guest = await database.createUser();
    const { socket } = await listenToUser(server, guest);
    await database.owner.query('delete from app_private.sessions where id = $1', [guest.sessionId]);
    await beginRun();
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });
});

test('numbers rise in time, though the clock of the database is set back', async () => {
  await database.owner.query(
    `update app_private.room_heads set last_change_at = now() + interval '10 minutes' where room_id = $1`,
    [roomId],
  );
  await send(3);
  const { rows } = await database.owner.query<{ rises: boolean }>(
    `select bool_and(occurred_at > previous) and bool_and(created_at = occurred_at) as rises from (
      select occurred_at, lag(occurred_at) over (order by change_seq) as previous, messages.created_at
        from app_private.room_changes
        join app_public.messages on messages.id = room_changes.message_id
        where room_changes.room_id = $1 and room_changes.kind = 'message'
    ) as changes`,
    [roomId],
  );
  expect(rows).toEqual([{ rises: true }]);
});
