import type { TestUser } from '../../testing/database.ts';
import { createPushWorld } from './support/world.ts';

/* A reminder is told to each device of its person, once, and says of its message what that person may see. */

const world = await createPushWorld();
afterAll(() => world.close());
const { database, server } = world;
const { owner, call } = database;

beforeEach(() => server.answer(async () => ({ status: 201 })));

async function makeReminder() {
  const ada = await database.createUser();
  const { bob, room, browser, subscriptionId } = await world.memberOf(ada);
  const { id: messageId } = await database.sendMessage(ada, room.id, 'Good morning');
  // What is told of the room is not what this is about.
  await call(bob, 'mark_room_read', room.id);
  await world.pushesTo(browser);
  const remindAt = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await call(bob, 'set_reminder', messageId, remindAt);
  return { ada, bob, room, browser, subscriptionId, messageId, id: id as string };
}

/** As when its time has come. */
async function makeDue(id: string): Promise<void> {
  await owner.query('update app_public.reminders set remind_at = now() where id = $1', [id]);
  await owner.query('update app_private.alarms set due_at = now() where subject_id = $1', [id]);
  await owner.query('select app_private.enqueue_due()');
}

const GONE = {
  type: 'reminder',
  title: 'Reminder',
  body: 'The message is not there any more, or you may not see it.',
};

test('each device is told of it once', async () => {
  const { bob, room, browser, id, messageId } = await makeReminder();
  const { browser: other } = await world.subscribe(bob);
  await makeDue(id);
  for (const each of [browser, other]) {
    expect(await world.pushesTo(each)).toEqual([
      {
        type: 'reminder',
        reminderId: id,
        roomId: room.id,
        messageId,
        seq: expect.any(Number),
        title: expect.stringMatching(/^Reminder: .* in /),
        body: 'Good morning',
        badge: expect.any(Number),
        tag: `reminder-${id}`,
      },
    ]);
  }
  await owner.query(
    'select app_private.enqueue_reminder_push($1, id, now()) from app_public.push_subscriptions',
    [id],
  );
  expect([await world.pushesTo(browser), await world.pushesTo(other)]).toEqual([[], []]);
});

test.each<
  [
    string,
    (made: {
      ada: TestUser;
      bob: TestUser;
      room: { id: string };
      messageId: string;
    }) => Promise<unknown>,
  ]
>([
  ['was deleted', ({ ada, messageId }) => call(ada, 'delete_message', messageId)],
  ['is in a room that one has left', ({ bob, room }) => call(bob, 'leave_room', room.id)],
  [
    'is in a room that one was thrown out of',
    ({ ada, bob, room }) => call(ada, 'kick_member', room.id, bob.id),
  ],
  ['is of somebody whom one has blocked', ({ ada, bob }) => call(bob, 'block_user', ada.id)],
])('of a message that %s nothing is told but that', async (_, change) => {
  const made = await makeReminder();
  await change(made);
  await world.pushesTo(made.browser);
  await makeDue(made.id);
  const pushes = await world.pushesTo(made.browser);
  expect(pushes).toEqual([
    { ...GONE, reminderId: made.id, badge: expect.any(Number), tag: `reminder-${made.id}` },
  ]);
});

test('a room that keeps its text off locked screens keeps it off them in a reminder, too', async () => {
  const { ada, room, browser, id } = await makeReminder();
  await call(ada, 'set_push_privacy', room.id, true);
  await makeDue(id);
  const [push] = await world.pushesTo(browser);
  expect(push).toMatchObject({ title: expect.stringMatching(/^Reminder of a message in /) });
  expect(push).not.toHaveProperty('body');
});

test('what was edited is told as it is now', async () => {
  const { ada, browser, id, messageId } = await makeReminder();
  await call(ada, 'edit_message', messageId, 'Good evening');
  await makeDue(id);
  expect(await world.pushesTo(browser)).toMatchObject([{ body: 'Good evening' }]);
});

test('do not disturb keeps it off devices, and quiet hours do not: the time was chosen', async () => {
  const { bob, browser, id, messageId } = await makeReminder();
  await call(bob, 'set_quiet_hours', '00:00', '00:00', 'UTC');
  await makeDue(id);
  expect(await world.pushesTo(browser)).toMatchObject([{ reminderId: id }]);
  await call(bob, 'set_reminder', messageId, new Date(Date.now() + 3_600_000).toISOString());
  await call(bob, 'set_do_not_disturb', new Date(Date.now() + 7_200_000).toISOString());
  await makeDue(id);
  expect(await world.pushesTo(browser)).toEqual([]);
});

test('what a push service has not taken is sent once more, and not when it was cancelled meanwhile', async () => {
  for (const isCancelled of [false, true]) {
    const { bob, browser, subscriptionId, messageId, id } = await makeReminder();
    server.answer(async () => ({ status: 503 }));
    await makeDue(id);
    expect(await world.pushesTo(browser)).toHaveLength(1);
    server.answer(async () => ({ status: 201 }));
    if (isCancelled) {
      await call(bob, 'cancel_reminder', messageId);
    }
    await owner.query('update app_private.push_devices set paused_until = null');
    await owner.query('select app_private.enqueue_reminder_push($1, $2, now())', [
      id,
      subscriptionId,
    ]);
    expect(await world.pushesTo(browser)).toHaveLength(isCancelled ? 0 : 1);
    expect(await world.pushesTo(browser)).toEqual([]);
  }
});
