import type { TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import type { Subscription } from '../../testing/socket.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Event, LIVE_PARTS, listenToRoom, listenToUser } from './support.ts';

/*
 * Who sees a room from a message on is told of nothing before it, by whichever way they listen, live or later: of a change
 * of what they do not see they learn its number. What they are told leads to nothing that they do not see either.
 */

const { database, server, close } = await createTestWorld();
afterAll(close);
const { call } = database;

const SECRET = 'Zanzibar';
const NOBODY = '00000000-0000-0000-0000-000000000000';

let ada: TestUser;
let bob: TestUser;
let eve: TestUser;
let roomId: string;
let before: { id: string; seq: number };
let goneBefore: { id: string; seq: number };

beforeEach(async () => {
  [ada, bob, eve] = (await Promise.all(Array.from({ length: 3 }, () => database.createUser()))) as [
    TestUser,
    TestUser,
    TestUser,
  ];
  ({ id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] }));
  before = await database.sendMessage(ada, roomId, `${SECRET} one`);
  goneBefore = await database.sendMessage(ada, roomId, `${SECRET} two`);
  await call(ada, 'pin_message', before.id);
  await call(ada, 'set_history_visibility', roomId, 'since_joining');
});

/** All that leads from an event to other messages. */
const WIDE = `${LIVE_PARTS}
  fragment Wide on RoomEvent {
    ...LiveParts
    ... on ThreadReceiptEvent { messageId }
    ... on MessageEvent {
      message {
        parentMessage { id content }
        quote { content }
        room { historyStartSeq pinnedMessages { nodes { id content } } messages(first: 50) { nodes { id content } } }
      }
    }
    ... on RoomChangedEvent { room { pinnedMessages { nodes { id content } } messages(first: 50) { nodes { id content } } } }
  }`;
const WIDE_ROOM = `${WIDE} subscription ($roomId: UUID!, $after: BigInt) { roomEvents(roomId: $roomId, after: $after) { ...Wide cursor } }`;
const WIDE_USER = `${WIDE} subscription { userEvents { event { ...Wide } conversation { unreadCount latestMessage { id content } } } }`;

/** Everything that may happen to what was written before, and at last a message that all see. */
async function disturb(): Promise<string> {
  await call(ada, 'edit_message', before.id, `${SECRET} three`);
  await call(bob, 'add_message_reaction', before.id, '🍒');
  await call(bob, 'remove_message_reaction', before.id, '🍒');
  await call(ada, 'unpin_message', before.id);
  await call(ada, 'pin_message', before.id);
  await call(bob, 'send_message', roomId, 'an answer', 'text', '{}', before.id);
  await call(ada, 'mark_thread_read', before.id);
  await call(bob, 'mark_room_read', roomId, before.id);
  await call(ada, 'delete_message', goneBefore.id);
  await database.owner.query('delete from app_public.messages where id = $1', [goneBefore.id]);
  await call(ada, 'update_room', roomId, `Room of ${bob.username}`);
  return (await database.sendMessage(ada, roomId, 'after')).id;
}

/** What every way of listening tells, up to and with a message. */
async function listenInEveryWay(user: TestUser, after?: number) {
  const told: string[] = [];
  const socket = await server.socket({ token: user.token });
  const from = after === undefined ? '' : `&after=${after}`;
  const stream = await openEventStream(
    `${server.url}/events/${roomId}?access_token=${user.token}${from}`,
  );
  const json = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  json.send({ type: 'join_room', room_id: roomId, ...(after === undefined ? {} : { after }) });
  const subscriptions: Subscription<Event>[] = [
    socket.subscribe(WIDE_ROOM, { roomId, after }),
    ...(after === undefined ? [socket.subscribe(WIDE_USER)] : []),
  ];
  const room = await listenToRoom(
    server,
    user,
    after === undefined ? { roomId } : { roomId, after },
  );
  subscriptions.push(room.subscription);
  if (after === undefined) {
    subscriptions.push((await listenToUser(server, user)).subscription);
    for (const subscription of subscriptions) {
      await subscription.next(); // Ready.
    }
    await json.nextOf('joined');
  }
  return {
    async upTo(id: string): Promise<{ text: string; numbers: number[][] }> {
      const numbers: number[][] = [];
      for (const subscription of subscriptions) {
        const ofThis: number[] = [];
        for (;;) {
          const data = await subscription.nextData();
          told.push(JSON.stringify(data));
          const event = data.roomEvents ?? data.userEvents.event;
          if (event.changeSeq !== null) {
            ofThis.push(Number(event.changeSeq));
          }
          if (event.messageId === id) {
            break;
          }
        }
        numbers.push(ofThis);
      }
      for (;;) {
        const frame = await stream.next();
        told.push(JSON.stringify(frame.data));
        if (JSON.stringify(frame.data).includes(id)) {
          break;
        }
      }
      told.push(JSON.stringify(await json.nextOf('message_event', { message_id: id })));
      told.push(JSON.stringify(json.pending()));
      await socket.close();
      await room.socket.close();
      stream.close();
      await json.close();
      return { text: told.join('\n'), numbers };
    },
  };
}

const forbidden = () => [SECRET, before.id, goneBefore.id, '🍒'];

test('live, nothing is told of what was written before, and no number is missing', async () => {
  await call(ada, 'add_room_member', roomId, eve.id);
  const [hers, his] = [await listenInEveryWay(eve), await listenInEveryWay(bob)];
  const last = await disturb();
  const { text, numbers } = await hers.upTo(last);
  // That a later message answers one is all that is said of it.
  const said = text.replaceAll(new RegExp(`"parent_?[mM]essage_?[iI]d":"${before.id}"`, 'g'), '');
  for (const part of forbidden()) {
    expect(said).not.toContain(part);
  }
  for (const ofOne of numbers) {
    expect(ofOne).toEqual(ofOne.map((_, index) => (ofOne[0] as number) + index));
  }
  expect(said).toContain('an answer');
  expect(said).toContain(NOBODY);
  const all = await his.upTo(last);
  for (const part of forbidden()) {
    expect(all.text).toContain(part);
  }
});

test('whoever resumes from the beginning is told of nothing before either', async () => {
  await call(ada, 'add_room_member', roomId, eve.id);
  const last = await disturb();
  const listener = await listenInEveryWay(eve, 0);
  const { text, numbers } = await listener.upTo(last);
  const said = text.replaceAll(new RegExp(`"parent_?[mM]essage_?[iI]d":"${before.id}"`, 'g'), '');
  for (const part of forbidden()) {
    expect(said).not.toContain(part);
  }
  for (const ofOne of numbers) {
    expect(ofOne).toEqual(ofOne.map((_, index) => index + 1));
  }
});

test('what they see goes live as for everybody: edited, answered, deleted and gone', async () => {
  await call(ada, 'add_room_member', roomId, eve.id);
  const seen = await database.sendMessage(ada, roomId, 'seen');
  const { next, socket } = await listenToRoom(server, eve, { roomId });
  await next();
  await call(ada, 'edit_message', seen.id, 'seen again');
  expect(await next()).toMatchObject({ messageId: seen.id, message: { content: 'seen again' } });
  await call(bob, 'add_message_reaction', seen.id, '🍒');
  expect(await next()).toMatchObject({ __typename: 'ReactionEvent', messageId: seen.id });
  await database.owner.query('delete from app_public.messages where id = $1', [seen.id]);
  expect(await next()).toMatchObject({ event: 'DELETE', messageId: seen.id, message: null });
  await socket.close();
});

test('who leaves and comes back to see less is told less from then on, in what was open all the while', async () => {
  const rooms = await listenToUser(server, bob);
  await rooms.next();
  await call(bob, 'leave_room', roomId);
  await call(ada, 'add_room_member', roomId, bob.id);
  await call(ada, 'edit_message', before.id, `${SECRET} anew`);
  const { id } = await database.sendMessage(ada, roomId, 'welcome');
  const told: string[] = [];
  for (;;) {
    const { event } = await rooms.next();
    told.push(JSON.stringify(event));
    if (event.messageId === id) {
      break;
    }
  }
  expect(told.join()).not.toContain(before.id);
  expect(told.join()).not.toContain(SECRET);
  expect(told.join()).toContain('welcome');
  await rooms.socket.close();
});

test('who is let see more begins anew, also when they were away', async () => {
  await call(ada, 'add_room_member', roomId, eve.id);
  const room = await listenToRoom(server, eve, { roomId });
  const rooms = await listenToUser(server, eve);
  const { cursor } = await room.next();
  const userCursor = (await rooms.next()).cursor;
  const others = await listenToRoom(server, bob, { roomId });
  await others.next();
  await call(ada, 'widen_history', roomId, eve.id);
  const resync = { type: 'error', errors: [{ extensions: { code: 'RESYNC' } }] };
  expect(await room.subscription.next()).toMatchObject(resync);
  expect(await rooms.subscription.next()).toMatchObject(resync);
  // To the others she is a member as before.
  expect(await others.next()).toMatchObject({ __typename: 'MemberEvent', userId: eve.id });
  const again = await listenToRoom(server, eve, { roomId, cursor });
  expect(await again.subscription.next()).toMatchObject(resync);
  const roomsAgain = await listenToUser(server, eve, { after: userCursor });
  expect(await roomsAgain.subscription.next()).toMatchObject(resync);
  const anew = await listenToRoom(server, eve, { roomId });
  await anew.next();
  await call(ada, 'edit_message', before.id, `${SECRET} for all`);
  expect(await anew.next()).toMatchObject({ message: { content: `${SECRET} for all` } });
  for (const { socket } of [room, rooms, others, again, roomsAgain, anew]) {
    await socket.close();
  }
});

test('those who see all of a room share what is computed, whoever else does not', async () => {
  await call(ada, 'add_room_member', roomId, eve.id);
  const listeners = [
    await listenToRoom(server, ada, { roomId }),
    await listenToRoom(server, bob, { roomId }),
    await listenToRoom(server, eve, { roomId }),
  ];
  for (const { next } of listeners) {
    await next();
  }
  await call(ada, 'edit_message', before.id, `${SECRET} again`);
  expect((await listeners[0]?.next())?.message.content).toBe(`${SECRET} again`);
  expect((await listeners[1]?.next())?.message.content).toBe(`${SECRET} again`);
  expect(await listeners[2]?.next()).toMatchObject({
    __typename: 'ReadReceiptEvent',
    userId: NOBODY,
  });
  for (const { socket } of listeners) {
    await socket.close();
  }
});
