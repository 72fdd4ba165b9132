import { makeSendPush } from '../../src/worker/tasks/send_push.ts';
import { single } from '../../testing/database.ts';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();

async function count(sql: string, ...values: unknown[]): Promise<number> {
  const { rows } = await database.owner.query<{ count: number }>(
    `select count(*)::int as count from ${sql}`,
    values,
  );
  return single(rows).count;
}

const enqueue = () => database.owner.query(`select app_private.enqueue_due_pushes('0 s')`);

afterEach(async () => {
  await database.owner.query('delete from graphile_worker._private_jobs');
  await database.owner.query('delete from app_private.push_notices');
});

test('while nobody has a device, a send notes nothing', async () => {
  const room = await database.createRoom(ada);
  await database.sendMessage(ada, room.id, 'hello');
  expect(await count('app_private.push_notices')).toBe(0);
});

test('however many messages and members, a room is noted once, and becomes one job', async () => {
  const members = await Promise.all(Array.from({ length: 20 }, () => database.createUser()));
  const room = await database.createRoom(ada, { members });
  await Promise.all(members.map((member) => world.subscribe(member)));
  for (const content of ['one', 'two', 'three']) {
    await database.sendMessage(ada, room.id, content);
  }
  expect(await count('app_private.push_notices')).toBe(1);
  expect(await count('graphile_worker.jobs')).toBe(0);
  await enqueue();
  expect(await count('app_private.push_notices')).toBe(0);
  expect(await count(`graphile_worker.jobs where task_identifier = 'notify_room'`)).toBe(1);

  const before = server.received.length;
  await world.drain();
  expect(server.received.length - before).toBe(20);
});

test('a note is left alone until its delay is over', async () => {
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob] });
  await world.subscribe(bob);
  await database.sendMessage(ada, room.id, 'hello');
  await database.owner.query(`select app_private.enqueue_due_pushes('5 s')`);
  expect(await count('graphile_worker.jobs')).toBe(0);
  await database.owner.query(
    `update app_private.push_notices set noted_at = noted_at - interval '5 s'`,
  );
  await database.owner.query(`select app_private.enqueue_due_pushes('5 s')`);
  expect(await count('graphile_worker.jobs')).toBe(1);
});

test('a note is not taken away under a message that is not committed yet', async () => {
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob] });
  const { browser } = await world.subscribe(bob);
  await database.sendMessage(ada, room.id, 'first');
  await database.commitAs(ada, async (client) => {
    await client.query('select app_public.send_message($1, $2)', [room.id, 'second']);
    await enqueue();
    expect(await count('app_private.push_notices')).toBe(1);
  });
  expect(await world.pushesTo(browser)).toMatchObject([{ count: 2 }]);
});

test('a job that runs twice at once, or again, tells nobody twice', async () => {
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob] });
  await world.subscribe(bob);
  await database.sendMessage(ada, room.id, 'hello');
  const sendPush = makeSendPush(database.owner, world.push);
  const run = () => sendPush({ userId: bob.id, roomId: room.id }, undefined as never);
  const before = server.received.length;
  await Promise.all(Array.from({ length: 8 }, run));
  await run();
  expect(server.received.length - before).toBe(1);
});
