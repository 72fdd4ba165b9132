import type { TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Event, listenToRoom, listenToUser } from './support.ts';

/* What people hide of themselves, nobody learns by any way; and what they hide they are not told of others. */

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
/** Who hides something. */
let bob: TestUser;
let carol: TestUser;
let roomId: string;
let directId: string;

beforeEach(async () => {
  [ada, bob, carol] = (await Promise.all(
    Array.from({ length: 3 }, () => database.createUser()),
  )) as [TestUser, TestUser, TestUser];
  ({ id: roomId } = await database.createRoom(ada, { members: [bob, carol] }));
  ({ id: directId } = await database.call(ada, 'create_direct_conversation', bob.id));
});

async function ask(viewer: TestUser, query: string, variables: object = {}): Promise<Event> {
  const { data, errors } = await server.graphql(query, { ...variables }, viewer.token);
  expect(errors).toBeUndefined();
  return data;
}

const hide = (person: TestUser, matter: string, hides = true) =>
  ask(
    person,
    'mutation ($input: SetPrivacyInput!) { setPrivacy(input: $input) { privacySetting { userId } } }',
    { input: { matter, hide: hides } },
  );
const read = (person: TestUser, id = roomId) => database.call(person, 'mark_room_read', id);
const goOnline = (person: TestUser) => database.call(person, 'update_user_presence', 'online');

/** Everything that a room and a message in it tell a viewer of the reading of others. */
async function readingSeenBy(viewer: TestUser, messageId: string, id = roomId) {
  const { room, message } = await ask(
    viewer,
    `query ($id: UUID!, $messageId: UUID!) {
      room(id: $id) { changeSeq unreadCount members { nodes { userId lastReadSeq } } }
      message(id: $messageId) { readBy { nodes { id } totalCount } }
    }`,
    { id, messageId },
  );
  const receipts = new Map<string, string>(
    room.members.nodes.map(({ userId, lastReadSeq }: Event) => [userId, lastReadSeq]),
  );
  return {
    changeSeq: room.changeSeq as string,
    unread: room.unreadCount as number,
    receipts,
    readBy: message.readBy.nodes.map((person: Event) => person.id).sort() as string[],
    readers: message.readBy.totalCount as number,
  };
}

/** How a person hears of a room: by roomEvents, by userEvents, and in JSON. */
async function listenInEveryWay(user: TestUser, id = roomId) {
  const room = await listenToRoom(server, user, { roomId: id });
  const rooms = await listenToUser(server, user);
  const json = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  json.send({ type: 'join_room', room_id: id });
  await Promise.all([room.next(), rooms.next(), json.nextOf('joined')]);
  return {
    room,
    rooms,
    json,
    /** What is told up to a message, as `type of whom`; the order of what is not in the log is nobody's. */
    async toldUpTo(messageId: string): Promise<readonly string[]> {
      const told: string[] = [];
      for (const next of [room.next, async () => (await rooms.next()).event]) {
        for (let event = await next(); event.messageId !== messageId; event = await next()) {
          told.push(`${event.__typename} ${event.userId}`);
        }
      }
      await json.nextOf('message_event', { message_id: messageId });
      for (const type of ['read_event', 'delivery_event', 'typing_event', 'presence_event']) {
        told.push(...json.pendingOf(type).map(({ user_id }) => `${type} ${user_id}`));
      }
      return told;
    },
    /** Resolves when all three have ended because something else may be seen. */
    async untilResync() {
      const resync = { type: 'error', errors: [{ extensions: { code: 'RESYNC' } }] };
      for (const { subscription } of [room, rooms]) {
        let got = await subscription.next();
        while (got.type === 'next') {
          got = await subscription.next();
        }
        expect(got).toMatchObject(resync);
      }
      await json.nextOf('error', { code: 'RESYNC', room_id: id });
      await json.nextOf('left', { room_id: id });
    },
  };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('who hides what they read', () => {
  test('reads without anybody learning of it, and has nothing unread', async () => {
    await hide(bob, 'READING');
    const { id } = await database.sendMessage(ada, roomId, 'seen?');
    const before = await readingSeenBy(ada, id);
    const ofAda = await listenInEveryWay(ada);
    await read(bob);
    expect(await readingSeenBy(ada, id)).toEqual(before);
    expect(before).toMatchObject({ readBy: [], readers: 0 });
    expect(await readingSeenBy(bob, id)).toMatchObject({ unread: 0 });
    const { id: last } = await database.sendMessage(ada, roomId, 'after that');
    const told = await ofAda.toldUpTo(last);
    expect(told.filter((line) => /Receipt|read_event/.test(line))).toEqual([]);
  });

  test('reads on all of their devices at once', async () => {
    await hide(bob, 'READING');
    await database.sendMessage(ada, roomId, 'seen?');
    const socket = await server.socket({ token: bob.token });
    const events = socket.subscribe<{ userEvents: Event }>(
      'subscription { userEvents { event { __typename roomId } conversation { unreadCount } } }',
      {},
    );
    await events.nextData();
    await read(bob);
    let told = await events.nextData();
    while (told.userEvents.event.roomId === null) {
      told = await events.nextData(); // Of what was hidden, which may come late.
    }
    expect(told.userEvents).toEqual({
      event: { __typename: 'PersonalEvent', roomId },
      conversation: { unreadCount: 0 },
    });
  });

  test('is not told what others read, but that the room has one change more', async () => {
    await hide(bob, 'READING');
    const { id } = await database.sendMessage(ada, roomId, 'seen?');
    const [ofBob, ofAda] = [await listenInEveryWay(bob), await listenInEveryWay(ada)];
    await read(carol);
    expect(await readingSeenBy(ada, id)).toMatchObject({ readBy: [carol.id], readers: 1 });
    const seen = await readingSeenBy(bob, id);
    expect(seen).toMatchObject({ readBy: [], readers: 0 });
    expect([seen.receipts.get(ada.id), seen.receipts.get(carol.id)]).toEqual(['0', '0']);
    const { id: last } = await database.sendMessage(ada, roomId, 'after that');
    const receiptsIn = (told: readonly string[]) =>
      told.filter((line) => /Receipt|read_event/.test(line)).sort();
    expect(receiptsIn(await ofBob.toldUpTo(last))).toEqual([
      `ReadReceiptEvent ${NOBODY}`,
      `ReadReceiptEvent ${NOBODY}`,
      `read_event ${NOBODY}`,
    ]);
    expect(receiptsIn(await ofAda.toldUpTo(last))).toContain(`read_event ${carol.id}`);
  });

  test('is not told on whose device messages are, and those who hide nothing are, in every way', async () => {
    await database.call(ada, 'set_delivery_receipts', roomId, true);
    await hide(bob, 'READING');
    const { seq } = await database.sendMessage(ada, roomId, 'there?');
    const [ofBob, ofAda] = [await listenInEveryWay(bob), await listenInEveryWay(ada)];
    const deliver = `mutation ($positions: [DeliveryPositionInput!]!) {
      markDelivered(input: { positions: $positions }) { toldRoomCount } }`;
    const positions = [{ roomId, seq: String(seq) }];
    for (const { token } of [bob, carol]) {
      const { errors } = await server.graphql(deliver, { positions }, token);
      expect(errors).toBeUndefined();
    }
    const { id: last } = await database.sendMessage(ada, roomId, 'after that');
    const deliveriesIn = (told: readonly string[]) =>
      told.filter((line) => /Delivery|delivery_event/.test(line)).sort();
    const told = (whom: string) => [
      `DeliveryReceiptEvent ${whom}`,
      `DeliveryReceiptEvent ${whom}`,
      `delivery_event ${whom}`,
    ];
    expect(deliveriesIn(await ofBob.toldUpTo(last))).toEqual(told(NOBODY));
    expect(deliveriesIn(await ofAda.toldUpTo(last))).toEqual(told(carol.id));
    const members = `query ($roomId: UUID!) {
      room(id: $roomId) { members(first: 10) { nodes { userId lastDeliveredSeq } } } }`;
    const seqSeenBy = async ({ token }: TestUser) => {
      const { data } = await server.graphql(members, { roomId }, token);
      return data.room.members.nodes.find(({ userId }: Event) => userId === carol.id)
        .lastDeliveredSeq;
    };
    expect([await seqSeenBy(ada), await seqSeenBy(bob)]).toEqual([String(seq), '0']);
  });

  test('sees no number move in a direct conversation when the other reads', async () => {
    await hide(bob, 'READING');
    const { id } = await database.sendMessage(bob, directId, 'seen?');
    const before = await readingSeenBy(bob, id, directId);
    const ofBob = await listenInEveryWay(bob, directId);
    await read(ada, directId);
    expect(await readingSeenBy(bob, id, directId)).toEqual(before);
    expect(await readingSeenBy(ada, id, directId)).toMatchObject({ unread: 0 });
    const { id: last } = await database.sendMessage(bob, directId, 'after that');
    const told = await ofBob.toldUpTo(last);
    expect(told.filter((line) => /Receipt|read_event/.test(line))).toEqual([]);
  });

  test('is told again once they tell, and tells then what they read meanwhile', async () => {
    await hide(bob, 'READING');
    const { id } = await database.sendMessage(ada, roomId, 'seen?');
    await read(bob);
    await read(carol);
    await hide(bob, 'READING', false);
    expect((await readingSeenBy(ada, id)).readBy).toEqual([bob.id, carol.id].sort());
    expect((await readingSeenBy(bob, id)).readBy).toEqual([bob.id, carol.id].sort());
  });

  test('cannot look at what another has read without telling the same, when both have hidden it', async () => {
    await hide(ada, 'READING');
    await hide(bob, 'READING');
    const { id: ofAda } = await database.sendMessage(ada, directId, 'seen?');
    await read(bob, directId);
    const { id: ofBob } = await database.sendMessage(bob, directId, 'and this?');
    await read(ada, directId);
    await hide(ada, 'READING', false);
    await hide(bob, 'READING', false);
    expect((await readingSeenBy(ada, ofAda, directId)).readBy).toEqual([bob.id]);
    expect((await readingSeenBy(bob, ofBob, directId)).readBy).toEqual([ada.id]);
  });

  test('can mark as unread what they have read', async () => {
    await hide(bob, 'READING');
    const { id } = await database.sendMessage(ada, roomId, 'seen?');
    await read(bob);
    await database.call(bob, 'mark_room_unread', roomId);
    expect(await readingSeenBy(bob, id)).toMatchObject({ unread: 1 });
    await read(bob);
    expect(await readingSeenBy(bob, id)).toMatchObject({ unread: 0 });
  });
});

test('who hides that they type is not told of, nor told of others', async () => {
  await hide(bob, 'TYPING');
  const [ofBob, ofAda] = [await listenInEveryWay(bob), await listenInEveryWay(ada)];
  await database.call(bob, 'set_typing', roomId, true);
  await database.call(carol, 'set_typing', roomId, true);
  const typing = async (viewer: TestUser) =>
    (
      await ask(viewer, 'query ($id: UUID!) { room(id: $id) { typingUsers { nodes { id } } } }', {
        id: roomId,
      })
    ).room.typingUsers.nodes.map((person: Event) => person.id);
  expect([await typing(ada), await typing(bob)]).toEqual([[carol.id], []]);
  // The bell of what is typed rings before that of the message.
  const { id } = await database.sendMessage(ada, roomId, 'after that');
  const isTyping = (line: string) => /typing/i.test(line);
  expect((await ofBob.toldUpTo(id)).filter(isTyping)).toEqual([]);
  expect(new Set((await ofAda.toldUpTo(id)).filter(isTyping))).toEqual(
    new Set([`TypingEvent ${carol.id}`, `typing_event ${carol.id}`]),
  );
});

test('who hides that they type is told to have stopped, also of what they began at that moment', async () => {
  const { next } = await listenToRoom(server, ada, { roomId });
  await next();
  let hiding: Promise<unknown> = Promise.resolve();
  await database.commitAs(bob, async (client) => {
    await client.query('select app_public.set_typing($1, true)', [roomId]);
    hiding = database.call(bob, 'set_privacy', 'typing', true);
    await Promise.race([hiding, untilWaiting('%set_privacy%')]);
  });
  await hiding;
  expect(await next()).toMatchObject({ event: 'INSERT', userId: bob.id });
  await database.sendMessage(ada, roomId, 'after that');
  expect(await next()).toMatchObject({ event: 'DELETE', userId: bob.id });
});

/** Resolves when somebody waits for a lock with such a query. */
async function untilWaiting(query: string): Promise<void> {
  const { rowCount } = await database.owner.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
    [query],
  );
  if (rowCount === 0) {
    await untilWaiting(query);
  }
}

test('who hides their presence is offline to all others, and all others to them', async () => {
  await Promise.all([ada, bob, carol].map(goOnline));
  await hide(bob, 'PRESENCE');
  const presenceOf = async (person: TestUser, viewer: TestUser) =>
    (
      await ask(viewer, 'query ($id: UUID!) { user(id: $id) { status lastSeenAt } }', {
        id: person.id,
      })
    ).user;
  const offline = { status: 'OFFLINE', lastSeenAt: null };
  expect(await presenceOf(bob, ada)).toEqual(offline);
  expect(await presenceOf(ada, bob)).toEqual(offline);
  expect(await presenceOf(bob, bob)).toMatchObject({ status: 'ONLINE' });
  expect(await presenceOf(carol, ada)).toMatchObject({ status: 'ONLINE' });
  const online = async (viewer: TestUser, id: string) => {
    const { room } = await ask(
      viewer,
      'query ($id: UUID!) { room(id: $id) { onlineCount onlineUsers { nodes { id } totalCount } } }',
      { id },
    );
    const { nodes, totalCount } = room.onlineUsers;
    return [room.onlineCount, totalCount, nodes.map((person: Event) => person.id).sort()];
  };
  expect(await online(ada, roomId)).toEqual([2, 2, [ada.id, carol.id].sort()]);
  expect(await online(bob, roomId)).toEqual([0, 1, [bob.id]]);
  expect(await online(ada, directId)).toEqual([1, 1, [ada.id]]);
});

describe('a switch takes effect where somebody listens', () => {
  test('at once: others are told that they are gone', async () => {
    await goOnline(bob);
    await database.call(bob, 'set_typing', roomId, true);
    const { json } = await listenInEveryWay(ada);
    await hide(bob, 'TYPING');
    await hide(bob, 'PRESENCE');
    await json.nextOf('presence_event', { user_id: bob.id, status: 'OFFLINE' });
    await hide(bob, 'PRESENCE', false);
    await json.nextOf('presence_event', { user_id: bob.id, status: 'ONLINE' });
  });

  test('at once: their own subscriptions end with RESYNC, and go on by the new rule', async () => {
    const before = await listenInEveryWay(bob);
    await hide(bob, 'READING');
    await before.untilResync();
    const hiding = await listenInEveryWay(bob);
    await database.sendMessage(ada, roomId, 'seen?');
    await read(carol);
    await hiding.json.nextOf('read_event', { user_id: NOBODY, last_read_seq: 0 });
    await hide(bob, 'READING', false);
    await hiding.untilResync();
    const after = await listenInEveryWay(bob);
    await database.sendMessage(ada, roomId, 'and now?');
    await read(carol);
    await after.json.nextOf('read_event', { user_id: carol.id });
  });

  test('and those who set the same again hear on', async () => {
    const ofBob = await listenInEveryWay(bob);
    await hide(bob, 'READING', false);
    const { id } = await database.sendMessage(ada, roomId, 'still there?');
    await ofBob.toldUpTo(id);
  });

  test('after an absence, too: what was seen before is not gone on from', async () => {
    const room = await listenToRoom(server, bob, { roomId });
    const rooms = await listenToUser(server, bob);
    const { cursor } = await room.next();
    const { cursor: after } = await rooms.next();
    await Promise.all([room.socket.close(), rooms.socket.close()]);
    await database.sendMessage(ada, roomId, 'seen?');
    await hide(bob, 'READING');
    const resync = { type: 'error', errors: [{ extensions: { code: 'RESYNC' } }] };
    const again = await listenToRoom(server, bob, { roomId, cursor });
    expect(await again.subscription.next()).toMatchObject(resync);
    const all = await listenToUser(server, bob, { after });
    expect(await all.subscription.next()).toMatchObject(resync);
  });
});

test('whoever asks for their settings has what they set, and nobody else has', async () => {
  const QUERY = '{ privacySettings { hidesReading hidesTyping hidesPresence } }';
  expect((await ask(bob, QUERY)).privacySettings).toBeNull();
  await hide(bob, 'TYPING');
  await hide(bob, 'PRESENCE');
  expect((await ask(bob, QUERY)).privacySettings).toEqual({
    hidesReading: false,
    hidesTyping: true,
    hidesPresence: true,
  });
  const { user } = await ask(
    ada,
    'query ($id: UUID!) { user(id: $id) { privacySetting { hidesTyping } } }',
    { id: bob.id },
  );
  expect(user.privacySetting).toBeNull();
});
