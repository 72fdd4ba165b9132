import type { TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Event, listenToRoom, listenToUser } from './support.ts';

/* Who is told whether a person is there: those who share a room with them, unless one of the two has blocked the other. */

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
/** Shares a room with ada. */
let bob: TestUser;
/** Shares it too, and ada has blocked them. */
let eve: TestUser;
let stranger: TestUser;
let roomId: string;

beforeEach(async () => {
  [ada, bob, eve, stranger] = (await Promise.all(
    Array.from({ length: 4 }, () => database.createUser()),
  )) as [TestUser, TestUser, TestUser, TestUser];
  ({ id: roomId } = await database.createRoom(ada, { members: [bob, eve] }));
  await database.call(ada, 'block_user', eve.id);
});

const NOTHING = { status: 'OFFLINE', lastSeenAt: null };
const goOnline = (user: TestUser) => database.call(user, 'update_user_presence', 'online');

async function ask(viewer: TestUser, query: string, variables: object): Promise<Event> {
  const { data, errors } = await server.graphql(query, { ...variables }, viewer.token);
  expect(errors).toBeUndefined();
  return data;
}

const presenceOf = async (person: TestUser, viewer: TestUser) =>
  (
    await ask(viewer, 'query ($id: UUID!) { user(id: $id) { status lastSeenAt } }', {
      id: person.id,
    })
  ).user;

test('whoever shares a room knows, a stranger and a blocked pair do not', async () => {
  await goOnline(ada);
  await goOnline(eve);
  const known = { status: 'ONLINE', lastSeenAt: expect.any(String) };
  expect(await presenceOf(ada, ada)).toEqual(known);
  expect(await presenceOf(ada, bob)).toEqual(known);
  expect(await presenceOf(eve, bob)).toEqual(known);
  expect(await presenceOf(ada, stranger)).toEqual(NOTHING);
  expect(await presenceOf(ada, eve)).toEqual(NOTHING);
  expect(await presenceOf(eve, ada)).toEqual(NOTHING);
  await database.call(bob, 'leave_room', roomId);
  expect(await presenceOf(ada, bob)).toEqual(NOTHING);
});

test('a blocked pair is not among the other’s online members', async () => {
  await goOnline(ada);
  await goOnline(eve);
  const online = async (viewer: TestUser) => {
    const { room } = await ask(
      viewer,
      'query ($id: UUID!) { room(id: $id) { onlineUsers { nodes { id } } } }',
      { id: roomId },
    );
    return room.onlineUsers.nodes.map(({ id }: { id: string }) => id).sort();
  };
  expect(await online(bob)).toEqual([ada.id, eve.id].sort());
  expect(await online(eve)).toEqual([eve.id]);
  expect(await online(ada)).toEqual([ada.id]);
});

test('the number of a direct conversation tells a blocked pair nothing', async () => {
  const { id } = await database.call(bob, 'create_direct_conversation', stranger.id);
  await goOnline(bob);
  const count = async (viewer: TestUser) =>
    (await ask(viewer, 'query ($id: UUID!) { room(id: $id) { onlineCount } }', { id })).room
      .onlineCount;
  expect(await count(stranger)).toBe(1);
  await database.call(bob, 'block_user', stranger.id);
  expect(await count(stranger)).toBe(0);
});

/** How a person hears of one room: by roomEvents, by userEvents, and in JSON. */
interface Ears {
  /** Resolves when all three have told of the presence of these people. */
  untilToldOf(people: readonly TestUser[]): Promise<void>;
  /** Of whose presence any of the three has told before the event of a message. */
  toldBefore(messageId: string): Promise<readonly string[]>;
}

async function listenInEveryWay(user: TestUser): Promise<Ears> {
  const room = await listenToRoom(server, user, { roomId });
  const rooms = await listenToUser(server, user);
  const json = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  json.send({ type: 'join_room', room_id: roomId });
  await Promise.all([room.next(), rooms.next(), json.nextOf('joined')]);
  const inGraphql = [room.next, async () => (await rooms.next()).event];
  return {
    async untilToldOf(people) {
      for (const next of inGraphql) {
        const waiting = new Set(people.map(({ id }) => id));
        while (waiting.size > 0) {
          waiting.delete((await next()).userId);
        }
      }
      for (const { id } of people) {
        await json.nextOf('presence_event', { user_id: id });
      }
    },
    async toldBefore(messageId) {
      const told: string[] = [];
      for (const next of inGraphql) {
        let event = await next();
        while (event.messageId !== messageId) {
          told.push(event.userId);
          event = await next();
        }
      }
      await json.nextOf('message_event', { message_id: messageId });
      return [...told, ...json.pendingOf('presence_event').map(({ user_id }) => user_id)];
    },
  };
}

test('presence goes to the members of a room, but not between a blocked pair', async () => {
  const [ofBob, ofEve, ofAda] = await Promise.all([
    listenInEveryWay(bob),
    listenInEveryWay(eve),
    listenInEveryWay(ada),
  ]);
  await database.call(ada, 'update_user_presence', 'busy');
  await database.call(eve, 'update_user_presence', 'busy');
  await ofBob.untilToldOf([ada, eve]);
  const { id } = await database.sendMessage(ada, roomId, 'after that');
  expect(await ofEve.toldBefore(id)).not.toContain(ada.id);
  expect(await ofAda.toldBefore(id)).not.toContain(eve.id);
});

test('an event that shows a status shows to each what they may know', async () => {
  const STATUSES = `subscription ($roomId: UUID!) {
    roomEvents(roomId: $roomId) {
      __typename ... on MessageEvent { message { author { status lastSeenAt } } }
    }
  }`;
  await goOnline(ada);
  const shown = await Promise.all(
    [bob, eve].map(async ({ token }) => {
      const socket = await server.socket({ token });
      const events = socket.subscribe<Event>(STATUSES, { roomId });
      await events.nextData();
      return events;
    }),
  );
  await database.sendMessage(ada, roomId, 'who is there?');
  const authors = await Promise.all(
    shown.map(async (events) => {
      let { roomEvents } = await events.nextData();
      while (roomEvents.__typename !== 'MessageEvent') {
        ({ roomEvents } = await events.nextData());
      }
      return roomEvents.message.author;
    }),
  );
  expect(authors).toEqual([{ status: 'ONLINE', lastSeenAt: expect.any(String) }, NOTHING]);
});
