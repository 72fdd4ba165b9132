import { startWorker } from '../../src/worker/run.ts';
import { single } from '../../testing/database.ts';
import { verifyVapid } from './support/push-server.ts';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();
const bob = await database.createUser();

async function roomOfBoth(name = 'general') {
  return database.createRoom(ada, { name, members: [bob] });
}

test('a person who is offline gets what was written, encrypted for their browser and signed by us', async () => {
  const room = await roomOfBoth();
  const { browser } = await world.subscribe(bob);
  const worker = await startWorker(database.databaseUrl, {
    push: { ...world.settings, delayMs: 200 },
  });
  try {
    const message = await database.sendMessage(ada, room.id, 'Are you there?');
    const push = await server.next();

    expect(browser.decrypt(push.body)).toEqual({
      type: 'message',
      roomId: room.id,
      messageId: message.id,
      title: `${ada.username} in general`,
      body: 'Are you there?',
      count: 1,
      badge: 1,
      urgent: false,
      readRoomIds: [],
      tag: `room-${room.id}`,
    });
    const { rows } = await database.asUser(bob, (client) =>
      client.query<{ key: string }>('select app_public.vapid_public_key() as key'),
    );
    await expect(
      verifyVapid(push, { publicKey: single(rows).key, audience: server.origin }),
    ).resolves.toMatchObject({ subject: 'mailto:test@example.org' });
    expect(push.headers).toMatchObject({
      'content-encoding': 'aes128gcm',
      ttl: '86400',
      urgency: 'normal',
      topic: room.id.replaceAll('-', ''),
    });
  } finally {
    await worker.stop();
  }
});

test('several messages are one push that replaces the one before', async () => {
  const room = await roomOfBoth('general');
  const { browser } = await world.subscribe(bob);
  await database.sendMessage(ada, room.id, 'one');
  expect(await world.pushesTo(browser)).toMatchObject([{ count: 1, tag: `room-${room.id}` }]);

  for (const content of ['two', 'three', 'four', 'five']) {
    await database.sendMessage(ada, room.id, content);
  }
  expect(await world.pushesTo(browser)).toMatchObject([
    {
      title: '5 new messages in general',
      body: `${ada.username}: five`,
      count: 5,
      tag: `room-${room.id}`,
    },
  ]);
  expect(await world.pushesTo(browser)).toEqual([]);
});

test('every device of a person is told', async () => {
  const room = await roomOfBoth();
  const { browser: phone } = await world.subscribe(bob);
  const { browser: laptop } = await world.subscribe(bob);
  await database.sendMessage(ada, room.id, 'hello');
  expect(await world.pushesTo(phone)).toHaveLength(1);
  expect(await world.pushesTo(laptop)).toHaveLength(1);
});

test('the badge is what the inbox shows as unread', async () => {
  const carol = await database.createUser();
  const [one, two] = await Promise.all([
    database.createRoom(ada, { members: [carol] }),
    database.createRoom(ada, { members: [carol] }),
  ]);
  const { browser } = await world.subscribe(carol);
  await database.sendMessage(ada, one.id, 'a');
  await database.sendMessage(ada, two.id, 'b');
  await world.call(carol, 'send_message($1, $2)', two.id, 'my answer');
  await database.sendMessage(ada, two.id, 'c');
  await database.sendMessage(ada, one.id, 'd');

  const pushes = await world.pushesTo(browser);
  const { rows } = await database.asUser(carol, (client) =>
    client.query<{ unread: number }>(
      'select sum(unread_count)::int as unread from app_public.user_conversations()',
    ),
  );
  expect(single(rows).unread).toBe(4);
  expect(pushes).toHaveLength(2);
  expect(pushes.map((push) => push.badge)).toEqual([4, 4]);
});

test('a room may keep its text off locked screens', async () => {
  const room = await roomOfBoth('clinic');
  const { browser } = await world.subscribe(bob);
  await world.call(ada, 'set_push_privacy($1, true)', room.id);
  await database.sendMessage(ada, room.id, 'the results are in');
  const [push] = await world.pushesTo(browser);
  expect(push).toMatchObject({ title: 'New message in clinic' });
  expect(JSON.stringify(push)).not.toMatch(/results/);
  expect(JSON.stringify(push)).not.toContain(ada.username);
});

test('the longest message stays under 3 kB, encrypted', async () => {
  const room = await roomOfBoth('n'.repeat(80));
  const { browser } = await world.subscribe(bob);
  const characters = '👩🏽‍❤️‍💋‍👨🏿'.repeat(300);
  await database.sendMessage(ada, room.id, characters);
  expect(await world.pushesTo(browser)).toHaveLength(1);
  expect(server.received.at(-1)?.body.length).toBeLessThan(3_000);
});

test('a browser whose subscription has ended is forgotten', async () => {
  for (const status of [404, 410]) {
    const room = await roomOfBoth();
    const { subscriptionId } = await world.subscribe(bob);
    server.answer((push) => ({
      status: push.path === server.received.at(-1)?.path ? status : 201,
    }));
    await database.sendMessage(ada, room.id, 'hello');
    await world.drain();
    server.answer(() => ({ status: 201 }));
    expect(await subscriptionExists(subscriptionId)).toBe(false);
  }
});

test.each([
  ['BPubKey', 'authSecret'],
  [Buffer.alloc(65, 4).toString('base64url'), Buffer.alloc(16).toString('base64url')],
])('a browser whose keys are none is forgotten at the first push: %s', async (p256dh, auth) => {
  const room = await roomOfBoth();
  const carol = await database.createUser();
  await world.call(carol, 'join_room($1)', room.id);
  await world.call(
    carol,
    'subscribe_to_push_notifications(row($1, row($2, $3))::app_public.web_push_subscription)',
    `${server.origin}/push/bad-keys`,
    p256dh,
    auth,
  );
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  const { rows } = await database.owner.query(
    'select from app_public.push_subscriptions where user_id = $1',
    [carol.id],
  );
  expect(rows).toHaveLength(0);
  expect(server.received.filter((push) => push.path === '/push/bad-keys')).toHaveLength(0);
});

async function subscriptionExists(id: string): Promise<boolean> {
  const { rows } = await database.owner.query(
    'select from app_public.push_subscriptions where id = $1',
    [id],
  );
  return rows.length > 0;
}
