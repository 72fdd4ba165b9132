import type { TestUser } from '../../testing/database.ts';
import type { Subscription } from '../../testing/socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/* All devices of whoever is reminded hear of it, and nobody else hears anything. */

const { database, server, close } = await createTestWorld();
afterAll(close);
const { owner, call } = database;

const EVENTS = `subscription ($after: String) {
  userEvents(after: $after) {
    cursor
    event { __typename roomId changeSeq ... on MessageEvent { messageId } ... on PersonalEvent { matter } }
  }
}`;
const TOLD = {
  __typename: 'PersonalEvent',
  roomId: null,
  changeSeq: null,
  matter: 'REMINDER',
};

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const { id: messageId } = await database.sendMessage(ada, roomId, 'Good morning');
  return { ada, bob, roomId, messageId };
}

async function listen(who: TestUser, after?: string) {
  const socket = await server.socket({ token: who.token });
  const subscription: Subscription<{
    userEvents: { readonly cursor: string; readonly event: object };
  }> = socket.subscribe(EVENTS, { after });
  const next = async () => (await subscription.nextData()).userEvents;
  const { cursor } = await next();
  return { cursor, next: async () => (await next()).event, close: () => socket.close() };
}

async function remindNow(id: string): Promise<void> {
  await owner.query('update app_public.reminders set remind_at = now() where id = $1', [id]);
  await owner.query('select app_private.remind($1, false)', [id]);
}

/** What a device shows: of a message that is not to be seen, nothing but that. */
async function listOf(who: TestUser): Promise<readonly object[]> {
  const { data } = await server.graphql(
    '{ myReminders { nodes { messageId remindedAt message { content } room { id } } } }',
    {},
    who.token,
  );
  return data.myReminders.nodes;
}

test('each device hears that a reminder was set, told and taken out', async () => {
  const { bob, roomId, messageId } = await makeRoom();
  const devices = [await listen(bob), await listen(bob)];
  const all = () => Promise.all(devices.map(({ next }) => next()));
  const { data } = await server.graphql(
    `mutation ($input: SetReminderInput!) { setReminder(input: $input) { reminder { id } } }`,
    { input: { messageId, remindAt: inAnHour() } },
    bob.token,
  );
  expect(await all()).toEqual([TOLD, TOLD]);
  await remindNow(data.setReminder.reminder.id);
  expect(await all()).toEqual([TOLD, TOLD]);
  expect(await listOf(bob)).toEqual([
    {
      messageId,
      remindedAt: expect.any(String),
      message: { content: 'Good morning' },
      room: { id: roomId },
    },
  ]);
  await call(bob, 'cancel_reminder', messageId);
  expect(await all()).toEqual([TOLD, TOLD]);
  expect(await listOf(bob)).toEqual([]);
});

test('whoever has left the room is reminded, and shown neither the message nor the room', async () => {
  const { ada, bob, roomId, messageId } = await makeRoom();
  const { id } = await call(bob, 'set_reminder', messageId, inAnHour());
  await call(ada, 'kick_member', roomId, bob.id);
  const { next } = await listen(bob);
  await remindNow(id);
  expect(await next()).toEqual(TOLD);
  expect(await listOf(bob)).toEqual([
    { messageId, remindedAt: expect.any(String), message: null, room: null },
  ]);
});

test('nobody else in the room hears anything', async () => {
  const { ada, bob, roomId, messageId } = await makeRoom();
  const { next } = await listen(ada);
  await remindNow((await call(bob, 'set_reminder', messageId, inAnHour())).id);
  const { id } = await database.sendMessage(bob, roomId, 'and now for all');
  expect(await next()).toMatchObject({ __typename: 'MessageEvent', messageId: id });
});

test('whoever was away while the time came hears of it when they resume', async () => {
  const { bob, messageId } = await makeRoom();
  const { id } = await call(bob, 'set_reminder', messageId, inAnHour());
  const before = await listen(bob);
  await before.close();
  await remindNow(id);
  const after = await listen(bob, before.cursor);
  expect(await after.next()).toEqual(TOLD);
});
