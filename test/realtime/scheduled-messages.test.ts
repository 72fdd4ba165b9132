import type { TestUser } from '../../testing/database.ts';
import type { Subscription } from '../../testing/socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/* All devices of whoever has something sent later hear of it, and nobody else hears anything. */

const { database, server, close } = await createTestWorld();
afterAll(close);
const { owner, call } = database;

interface Told {
  readonly cursor: string;
  readonly event: { readonly __typename: string; readonly messageId?: string };
}

const EVENTS = `subscription ($after: String) {
  userEvents(after: $after) {
    cursor
    event {
      __typename roomId changeSeq
      ... on MessageEvent { messageId }
      ... on PersonalEvent { matter }
    }
  }
}`;
const LIST = '{ myScheduledMessages { nodes { id content refusalCode room { id } } } }';

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  return { ada, bob, roomId };
}

/** Over HTTP, on a connection of the server. */
async function schedule(who: TestUser, roomId: string, content: string): Promise<string> {
  const { data } = await server.graphql(
    `mutation ($roomId: UUID!, $content: String!, $sendAt: Datetime) {
      scheduleMessage(input: { roomId: $roomId, content: $content, sendAt: $sendAt }) { scheduledMessage { id } }
    }`,
    { roomId, content, sendAt: inAnHour() },
    who.token,
  );
  return data.scheduleMessage.scheduledMessage.id;
}

async function listOf(who: TestUser): Promise<readonly object[]> {
  const { data } = await server.graphql(LIST, {}, who.token);
  return data.myScheduledMessages.nodes;
}

async function sendNow(id: string): Promise<void> {
  await owner.query('update app_public.scheduled_messages set send_at = now() where id = $1', [id]);
  await owner.query('select app_private.send_scheduled_message($1)', [id]);
}

async function listen(who: TestUser, after?: string) {
  const socket = await server.socket({ token: who.token });
  const subscription: Subscription<{ userEvents: Told }> = socket.subscribe(EVENTS, { after });
  return {
    next: async () => (await subscription.nextData()).userEvents,
    close: () => socket.close(),
  };
}

const TOLD = {
  __typename: 'PersonalEvent',
  roomId: null,
  changeSeq: null,
  matter: 'SCHEDULED',
};

test('each device hears that something waits, was changed, and was sent', async () => {
  const { ada, roomId } = await makeRoom();
  const devices = [await listen(ada), await listen(ada)];
  const all = async () =>
    (await Promise.all(devices.map(({ next }) => next()))).map((one) => one.event);
  await all();
  const id = await schedule(ada, roomId, 'Good morning');
  expect(await all()).toEqual([TOLD, TOLD]);
  expect(await listOf(ada)).toMatchObject([{ id, content: 'Good morning', room: { id: roomId } }]);
  await call(ada, 'edit_scheduled_message', id, 'Good evening');
  expect(await all()).toEqual([TOLD, TOLD]);
  expect(await listOf(ada)).toMatchObject([{ id, content: 'Good evening' }]);
  await sendNow(id);
  for (const { next } of devices) {
    const both = [(await next()).event, (await next()).event];
    expect(both).toContainEqual(TOLD);
    expect(both).toContainEqual(expect.objectContaining({ __typename: 'MessageEvent' }));
  }
  expect(await listOf(ada)).toEqual([]);
});

test('whoever cannot send any more is told, and finds why', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const id = await schedule(bob, roomId, 'Still here');
  await call(ada, 'kick_member', roomId, bob.id);
  const { next } = await listen(bob);
  await next();
  await sendNow(id);
  expect((await next()).event).toEqual(TOLD);
  expect(await listOf(bob)).toEqual([
    { id, content: 'Still here', refusalCode: 'NOT_FOUND', room: null },
  ]);
});

test('nobody else in the room hears anything', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const { next } = await listen(bob);
  await next();
  await call(ada, 'cancel_scheduled_message', await schedule(ada, roomId, 'x'));
  const { id: messageId } = await database.sendMessage(ada, roomId, 'and now for all');
  expect((await next()).event).toMatchObject({ __typename: 'MessageEvent', messageId });
});

test('whoever resumes hears that something became of it meanwhile', async () => {
  const { ada, roomId } = await makeRoom();
  const before = await listen(ada);
  const { cursor } = await before.next();
  await before.close();
  await schedule(ada, roomId, 'x');
  const after = await listen(ada, cursor);
  await after.next();
  expect((await after.next()).event).toEqual(TOLD);
});
