import { single, type TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Event, listenToUser, sendOverHttp, type UserListener } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;

beforeEach(async () => {
  ada = await database.createUser();
  bob = await database.createUser();
});

const roomOf = async (...members: TestUser[]) =>
  (await database.createRoom(ada, { type: 'private', members })).id;

async function readCount({ next }: UserListener, count: number) {
  const read: { cursor: string; event: Event }[] = [];
  while (read.length < count) {
    read.push(await next());
  }
  return read;
}

test('Ready comes first, then what happens in every room', async () => {
  const [first, second] = [await roomOf(bob), await roomOf(bob)];
  const { next } = await listenToUser(server, bob);
  expect(await next()).toMatchObject({
    cursor: expect.stringMatching(/^[\w-]+$/),
    event: { __typename: 'ReadyEvent', roomId: null, headChangeSeq: null },
  });
  await sendOverHttp(server, ada, first, 'one');
  expect(await next()).toMatchObject({
    event: { roomId: first, changeSeq: '4', message: { content: 'one' } },
  });
  await database.sendMessage(ada, second, 'two');
  expect(await next()).toMatchObject({
    event: { roomId: second, changeSeq: '4', message: { content: 'two' } },
  });
});

test('someone without rooms gets Ready, and a room joined later', async () => {
  const { next } = await listenToUser(server, bob);
  expect(await next()).toMatchObject({ event: { __typename: 'ReadyEvent' } });
  const roomId = await roomOf(bob);
  expect(await next()).toMatchObject({
    event: { __typename: 'MemberEvent', event: 'INSERT', roomId, userId: bob.id, changeSeq: '3' },
  });
  await sendOverHttp(server, ada, roomId, 'welcome');
  expect(await next()).toMatchObject({ event: { roomId, message: { content: 'welcome' } } });
});

test('a room that is left goes silent, one that is joined again speaks again', async () => {
  const roomId = await roomOf(bob);
  const other = await roomOf(bob);
  const listener = await listenToUser(server, bob);
  const { next } = listener;
  await next();
  await database.commitAs(bob, (client) =>
    client.query('select app_public.leave_room($1)', [roomId]),
  );
  expect(await next()).toMatchObject({ event: { roomId, event: 'DELETE', userId: bob.id } });
  await database.sendMessage(ada, roomId, 'not for bob');
  await database.sendMessage(ada, other, 'for bob');
  expect(await next()).toMatchObject({ event: { roomId: other } });
  await database.commitAs(ada, (client) =>
    client.query('select app_public.add_room_member($1, $2)', [roomId, bob.id]),
  );
  expect(await next()).toMatchObject({ event: { roomId, event: 'INSERT', userId: bob.id } });
  await database.sendMessage(ada, roomId, 'back again');
  expect(await next()).toMatchObject({ event: { message: { content: 'back again' } } });
});

/** Changes a room that is archived. */
async function changeUnheard(roomId: string): Promise<void> {
  await database.owner.query(
    `insert into app_public.room_members (room_id, user_id, role) values ($1, $2, 'member')`,
    [roomId, (await database.createUser()).id],
  );
}

test('archiving is the last event of a room, unarchiving the first of what follows', async () => {
  const [roomId, other] = [await roomOf(bob), await roomOf(bob)];
  const { next } = await listenToUser(server, bob);
  await next();
  await database.call(ada, 'archive_room', roomId);
  expect(await next()).toMatchObject({ event: { roomId, room: { isArchived: true } } });
  await changeUnheard(roomId);
  await database.sendMessage(ada, other, 'elsewhere');
  expect(await next()).toMatchObject({ event: { roomId: other } });
  await database.call(ada, 'unarchive_room', roomId);
  expect(await next()).toMatchObject({ event: { roomId, room: { isArchived: false } } });
  await database.sendMessage(ada, roomId, 'open again');
  expect(await next()).toMatchObject({ event: { roomId, message: { content: 'open again' } } });
});

test('a room that was archived before is silent until it is unarchived', async () => {
  const [roomId, other] = [await roomOf(bob), await roomOf(bob)];
  await database.call(ada, 'archive_room', roomId);
  const { next } = await listenToUser(server, bob);
  await next();
  await changeUnheard(roomId);
  await database.sendMessage(ada, other, 'elsewhere');
  expect(await next()).toMatchObject({ event: { roomId: other } });
  await database.call(ada, 'unarchive_room', roomId);
  expect(await next()).toMatchObject({ event: { roomId, room: { isArchived: false } } });
});

test('who resumes hears a room that was archived meanwhile to its archiving, and no further', async () => {
  const [roomId, other] = [await roomOf(bob), await roomOf(bob)];
  const first = await listenToUser(server, bob);
  await first.next();
  await database.sendMessage(ada, other, 'seen');
  const { cursor } = await first.next();
  await first.socket.close();
  await database.sendMessage(ada, roomId, 'missed');
  await database.call(ada, 'archive_room', roomId);
  const { rows } = await database.owner.query<{ seq: string }>(
    `select max(change_seq)::text as seq from app_private.room_changes where room_id = $1 and kind = 'room'`,
    [roomId],
  );
  await database.call(bob, 'mark_room_read', roomId);
  const second = await listenToUser(server, bob, { after: cursor });
  await second.next();
  const heard: string[] = [];
  while (heard.at(-1) !== single(rows).seq) {
    const { event } = await second.next();
    if (event.roomId === roomId) {
      heard.push(event.changeSeq);
    }
  }
  expect(heard.length).toBeGreaterThan(1);
  await database.sendMessage(ada, other, 'the end');
  let last = await second.next();
  while (last.event.message?.content !== 'the end') {
    expect(last.event.roomId).toBe(other);
    last = await second.next();
  }
});

test('resuming by cursor misses nothing, in rooms known and new', async () => {
  const known = await roomOf(bob);
  const left = await roomOf(bob);
  const first = await listenToUser(server, bob);
  await first.next();
  await database.sendMessage(ada, known, 'seen');
  const { cursor } = await first.next();
  await first.socket.close();

  await database.sendMessage(ada, known, 'missed');
  const joined = await roomOf(bob);
  await database.sendMessage(ada, joined, 'missed in a new room');
  await database.commitAs(bob, (client) =>
    client.query('select app_public.leave_room($1)', [left]),
  );

  const second = await listenToUser(server, bob, { after: cursor });
  expect(await second.next()).toMatchObject({ event: { __typename: 'ReadyEvent' } });
  await database.sendMessage(ada, known, 'live');
  const expected = new Set(['missed', 'missed in a new room', 'live', 'left']);
  while (expected.size > 0) {
    const { event } = await second.next();
    expected.delete(event.message?.content);
    if (event.roomId === left) {
      expect(event).toMatchObject({ __typename: 'MemberEvent', event: 'DELETE', userId: bob.id });
      expected.delete('left');
    }
  }
});

test('whichever cursor a client resumes from, it gets everything behind it', async () => {
  const rooms = [await roomOf(bob), await roomOf(bob), await roomOf(bob)];
  const listener = await listenToUser(server, bob);
  const { cursor: start } = await listener.next();
  // Transactions overlap: one that began first commits last, with the lower transaction id.
  const slow = await database.owner.connect();
  await slow.query('begin');
  await slow.query('select pg_current_xact_id()');
  const writers = rooms.map(async (roomId, room) => {
    for (let count = 0; count < 10; count += 1) {
      await sendOverHttp(server, ada, roomId, `${room} ${count}`);
    }
  });
  const seen = await readCount(listener, 30);
  await Promise.all(writers);
  await slow.query(
    'insert into app_public.messages (room_id, author_id, content) values ($1, $2, $3)',
    [rooms[0], ada.id, 'late'],
  );
  await slow.query('commit');
  slow.release();
  seen.push(...(await readCount(listener, 1)));
  expect(seen.at(-1)?.event).toMatchObject({ message: { content: 'late' } });
  const all = new Set(seen.map(({ event }) => `${event.roomId} ${event.changeSeq}`));
  expect(all.size).toBe(31);

  const cursors = new Map<string, number>([[start, 0]]);
  for (const [index, { cursor }] of seen.entries()) {
    cursors.set(cursor, index + 1);
  }
  for (const [cursor, had] of cursors) {
    const resumed = await listenToUser(server, bob, { after: cursor });
    await resumed.next();
    const missing = new Set(
      seen.slice(had).map(({ event }) => `${event.roomId} ${event.changeSeq}`),
    );
    while (missing.size > 0) {
      const { event } = await resumed.next();
      missing.delete(`${event.roomId} ${event.changeSeq}`);
    }
    await resumed.socket.close();
  }
});

test('in each room the order is that of changeSeq, after resuming too', async () => {
  const rooms = [await roomOf(bob), await roomOf(bob)];
  const first = await listenToUser(server, bob);
  const { cursor } = await first.next();
  for (let count = 0; count < 40; count += 1) {
    await database.sendMessage(ada, rooms[count % 2] as string, String(count));
  }
  const resumed = await listenToUser(server, bob, { after: cursor });
  for (const listener of [first, resumed]) {
    const last = new Map<string, number>();
    while (rooms.some((roomId) => (last.get(roomId) ?? 0) < 23)) {
      const { event } = await listener.next();
      if (event.__typename !== 'ReadyEvent') {
        // A transaction anywhere on the cluster may hold the cursor back: then a room begins earlier.
        const seq = Number(event.changeSeq);
        expect(seq).toBe((last.get(event.roomId) ?? seq - 1) + 1);
        last.set(event.roomId, seq);
      }
    }
  }
});

test.each(['nonsense', '', 'aDk5OTk5OTk5OTk5OTk5OTk', `${'A'.repeat(66)}`])(
  'a cursor that is none (%j) is BAD_INPUT',
  async (after) => {
    const { subscription } = await listenToUser(server, bob, { after });
    expect(await subscription.next()).toMatchObject({
      type: 'error',
      errors: [{ extensions: { code: 'BAD_INPUT' } }],
    });
  },
);

/** Drops what the log has of a room, as `trim_change_log` does with a month. Resolves when new cursors are from after that. */
async function dropLog(roomId: string): Promise<void> {
  await database.owner.query(
    `update app_private.change_log_floor set xid = dropped.xid
      from (select max(xid) as xid from app_private.room_changes where room_id = $1) as dropped`,
    [roomId],
  );
  await database.owner.query('delete from app_private.room_changes where room_id = $1', [roomId]);
  // A transaction anywhere on the cluster may hold cursors back.
  const isOver = async () => {
    const { rows } = await database.owner.query<{ is_over: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) >= app_private.oldest_resumable_xid() as is_over',
    );
    return single(rows).is_over;
  };
  while (!(await isOver())) {}
}

test('a cursor from before the log begins is told RESYNC, though the rooms that are left reach back', async () => {
  const kept = await roomOf(bob);
  const left = await roomOf(bob);
  const first = await listenToUser(server, bob);
  const { cursor } = await first.next();
  await first.socket.close();
  await database.call(bob, 'leave_room', left);
  await dropLog(left);
  await database.sendMessage(ada, kept, 'still in the log');
  const { subscription } = await listenToUser(server, bob, { after: cursor });
  expect(await subscription.next()).toMatchObject({
    type: 'error',
    errors: [{ extensions: { code: 'RESYNC' } }],
  });
});

test('a newer cursor resumes, though a quiet room is not in the log any more', async () => {
  const [quiet, silent] = [await roomOf(bob), await roomOf(bob)];
  await dropLog(silent);
  await dropLog(quiet);
  const first = await listenToUser(server, bob);
  const { cursor } = await first.next();
  await first.socket.close();
  await database.sendMessage(ada, quiet, 'missed');
  const { next } = await listenToUser(server, bob, { after: cursor });
  expect(await next()).toMatchObject({ event: { __typename: 'ReadyEvent' } });
  expect(await next()).toMatchObject({
    event: { roomId: quiet, changeSeq: '4', message: { content: 'missed' } },
  });
  await database.sendMessage(ada, silent, 'live');
  expect(await next()).toMatchObject({
    event: { roomId: silent, changeSeq: '4', message: { content: 'live' } },
  });
});

test('what two people may see differs, though they share the computing', async () => {
  const shared = await roomOf(bob);
  const secret = await roomOf();
  const [ofAda, ofBob] = [await listenToUser(server, ada), await listenToUser(server, bob)];
  await Promise.all([ofAda.next(), ofBob.next()]);
  await database.sendMessage(ada, secret, 'secret');
  await database.sendMessage(ada, shared, 'shared');
  const contents = [await ofAda.next(), await ofAda.next()].map(
    ({ event }) => event.message.content,
  );
  expect(contents.sort()).toEqual(['secret', 'shared']);
  expect(await ofBob.next()).toMatchObject({ event: { message: { content: 'shared' } } });
});

test('an event that changes the numbers of a conversation brings them along', async () => {
  const roomId = await roomOf(bob);
  const socket = await server.socket({ token: bob.token });
  const subscription = socket.subscribe(`subscription { userEvents {
    event { __typename roomId }
    conversation { unreadCount mentionCount latestMessage { content } room { id } } } }`);
  const told = async () => (await subscription.nextData()).userEvents;
  expect(await told()).toEqual({
    event: { __typename: 'ReadyEvent', roomId: null },
    conversation: null,
  });
  const { id: messageId } = await database.sendMessage(ada, roomId, `Hello @${bob.username}`);
  const conversation = {
    unreadCount: 1,
    mentionCount: 1,
    latestMessage: { content: `Hello @${bob.username}` },
    room: { id: roomId },
  };
  expect(await told()).toEqual({ event: { __typename: 'MessageEvent', roomId }, conversation });
  // What others read, and what is said under a message, is not in an inbox.
  await database.call(ada, 'mark_room_read', roomId);
  await database.call(ada, 'add_message_reaction', messageId, '👍');
  expect(await told()).toMatchObject({
    event: { __typename: 'ReadReceiptEvent' },
    conversation: null,
  });
  expect(await told()).toMatchObject({
    event: { __typename: 'ReactionEvent' },
    conversation: null,
  });
  await database.call(bob, 'mark_room_read', roomId);
  expect(await told()).toEqual({
    event: { __typename: 'ReadReceiptEvent', roomId },
    conversation: { ...conversation, unreadCount: 0, mentionCount: 0 },
  });
  await socket.close();
});

test('what somebody marks as unread is told to all of their devices with the numbers, and to nobody else', async () => {
  const roomId = await roomOf(bob);
  const { id: messageId } = await database.sendMessage(ada, roomId, 'Hello');
  await database.call(bob, 'mark_room_read', roomId);
  const listen = async (user: TestUser) => {
    const socket = await server.socket({ token: user.token });
    const subscription = socket.subscribe(`subscription { userEvents {
      event { __typename roomId changeSeq ... on PersonalEvent { matter } } conversation { unreadCount } } }`);
    await subscription.nextData();
    return async () => (await subscription.nextData()).userEvents;
  };
  const [phone, desk, hers] = [await listen(bob), await listen(bob), await listen(ada)];
  const event = { __typename: 'PersonalEvent', roomId, changeSeq: null, matter: 'ROOM' };
  await database.call(bob, 'mark_room_unread', roomId, messageId);
  for (const next of [phone, desk]) {
    expect(await next()).toEqual({ event, conversation: { unreadCount: 1 } });
  }
  await database.call(bob, 'mark_room_read', roomId);
  for (const next of [phone, desk]) {
    expect(await next()).toEqual({ event, conversation: { unreadCount: 0 } });
  }
  // Nothing of either is in the log of the room.
  await database.sendMessage(ada, roomId, 'Still there?');
  expect(await hers()).toMatchObject({ event: { __typename: 'MessageEvent', changeSeq: '6' } });
});

test('who resumes is told what they have marked as unread meanwhile, also where no bell rang', async () => {
  const roomId = await roomOf(bob);
  const { id: messageId } = await database.sendMessage(ada, roomId, 'Hello');
  await database.call(bob, 'mark_room_read', roomId);
  const before = await listenToUser(server, bob);
  const { cursor } = await before.next();
  await before.socket.close();
  await database.call(bob, 'mark_room_unread', roomId, messageId);
  const { next } = await listenToUser(server, bob, { after: cursor });
  await next();
  const told = { event: { __typename: 'PersonalEvent', roomId } };
  expect(await next()).toMatchObject(told);
  await database.owner.query(
    'update app_private.personal_news set xid = pg_current_xact_id() where person_id = $1',
    [bob.id],
  );
  expect(await next()).toMatchObject(told);
});

test('two people with the same document each get their own numbers', async () => {
  const roomId = await roomOf(bob);
  const document =
    'subscription { userEvents { event { __typename } conversation { unreadCount } } }';
  const listeners = await Promise.all(
    [ada, bob].map(async ({ token }) => {
      const subscription = (await server.socket({ token })).subscribe(document);
      await subscription.nextData(); // Ready
      return subscription;
    }),
  );
  await database.sendMessage(ada, roomId, 'hello');
  const counts = await Promise.all(
    listeners.map(
      async (listener) => (await listener.nextData()).userEvents.conversation.unreadCount,
    ),
  );
  expect(counts).toEqual([0, 1]);
});
