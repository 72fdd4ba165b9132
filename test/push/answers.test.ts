import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createGuardedClient, retryAfterMs } from '../../src/push/guarded-request.ts';
import { waitMs } from '../../src/push/send.ts';
import { single } from '../../testing/database.ts';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();

/** When the next try to send is due, in seconds from now. */
async function nextTrySeconds(): Promise<number> {
  const { rows } = await database.owner.query<{ seconds: number }>(
    `select extract(epoch from run_at - now())::float as seconds
    from graphile_worker.jobs where task_identifier = 'send_push' and run_at > now()`,
  );
  return single(rows).seconds;
}

/** Lets the time pass that we have been asked to wait. */
async function passTime(): Promise<void> {
  await database.owner.query('update app_private.push_devices set paused_until = now()');
  await database.owner.query('update graphile_worker._private_jobs set run_at = now()');
}

afterEach(async () => {
  server.answer(() => ({ status: 201 }));
  await database.owner.query('delete from graphile_worker._private_jobs');
});

test.each([
  [429, { 'retry-after': '120' }, 120],
  [503, { 'retry-after': new Date(Date.now() + 300_000).toUTCString() }, 300],
])('after %i a push is sent again when the answer says', async (status, headers, seconds) => {
  const { room, browser } = await world.memberOf(ada);
  server.answer(() => ({ status, headers }));
  await database.sendMessage(ada, room.id, 'please take this');
  expect(await world.pushesTo(browser)).toHaveLength(1);
  const wait = await nextTrySeconds();
  expect(wait).toBeGreaterThan(seconds - 5);
  expect(wait).toBeLessThan(seconds + 10);

  server.answer(() => ({ status: 201 }));
  await passTime();
  expect(await world.pushesTo(browser)).toMatchObject([{ body: 'please take this' }]);
  await passTime();
  expect(await world.pushesTo(browser)).toEqual([]);
});

test('while a push service asks to wait, later messages wait as well and go out as one', async () => {
  const { room, browser } = await world.memberOf(ada);
  server.answer(() => ({ status: 429, headers: { 'retry-after': '60' } }));
  await database.sendMessage(ada, room.id, 'one');
  expect(await world.pushesTo(browser)).toHaveLength(1);
  await database.sendMessage(ada, room.id, 'two');
  expect(await world.pushesTo(browser)).toHaveLength(0);

  server.answer(() => ({ status: 201 }));
  await passTime();
  expect(await world.pushesTo(browser)).toMatchObject([
    { count: 2, body: expect.stringMatching(/two/) },
  ]);
});

test('a push that was read while it waited is not sent', async () => {
  const { bob, room, browser } = await world.memberOf(ada);
  server.answer(() => ({ status: 500 }));
  await database.sendMessage(ada, room.id, 'hello');
  expect(await world.pushesTo(browser)).toHaveLength(1);
  await world.call(bob, 'mark_room_read($1)', room.id);
  await passTime();
  expect(await world.pushesTo(browser)).toEqual([]);
});

test('a push that is refused over and over is given up', async () => {
  const { room, browser } = await world.memberOf(ada);
  server.answer(() => ({ status: 500 }));
  await database.sendMessage(ada, room.id, 'hello');
  let tries = 0;
  for (
    let fresh = await world.pushesTo(browser);
    fresh.length > 0;
    fresh = await world.pushesTo(browser)
  ) {
    tries += fresh.length;
    await passTime();
  }
  expect(tries).toBe(11);
});

test('the wait doubles up to an hour, and is never shorter than what was asked for', () => {
  expect([0, 1, 2, 3].map((failures) => waitMs(failures, undefined, 1))).toEqual([
    5_000, 10_000, 20_000, 40_000,
  ]);
  expect(waitMs(100, undefined, 1)).toBe(3_600_000);
  expect(waitMs(0, undefined, 0)).toBe(2_500);
  expect(waitMs(0, 60_000, 0)).toBe(60_000);
  expect(waitMs(0, Number.MAX_SAFE_INTEGER, 0)).toBe(24 * 3_600_000);
});

test('Retry-After is read as seconds, as a date, or not at all', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(retryAfterMs({ 'retry-after': '30' }, now)).toBe(30_000);
  expect(retryAfterMs({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, now)).toBe(60_000);
  expect(retryAfterMs({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, now)).toBe(0);
  expect(retryAfterMs({ 'retry-after': 'soon' }, now)).toBeUndefined();
  expect(retryAfterMs({}, now)).toBeUndefined();
});

test('a redirect is not followed', async () => {
  const { room, browser } = await world.memberOf(ada);
  const elsewhere = server.browser();
  server.answer(() => ({ status: 307, headers: { location: elsewhere.subscription.endpoint } }));
  await database.sendMessage(ada, room.id, 'hello');
  expect(await world.pushesTo(browser)).toHaveLength(1);
  expect(await world.pushesTo(elsewhere)).toHaveLength(0);
});

test('a push whose answer is lost is not sent again', async () => {
  const { room, browser } = await world.memberOf(ada);
  server.answer(() => {
    server.dropConnections();
    return { status: 201 };
  });
  await database.sendMessage(ada, room.id, 'hello');
  expect(await world.pushesTo(browser)).toHaveLength(1);
  server.answer(() => ({ status: 201 }));
  await passTime();
  expect(await world.pushesTo(browser)).toHaveLength(0);
});

test('a push that reached nobody is sent again', async () => {
  const { room, browser } = await world.memberOf(ada);
  await server.close();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  await server.open();
  await passTime();
  expect(await world.pushesTo(browser)).toMatchObject([{ body: 'hello' }]);
});

test('an answer that does not end is cut off, and one that does not come is given up', async () => {
  const endless = createServer(world.certificate, (incoming, outgoing) => {
    if (incoming.url === '/endless') {
      outgoing.writeHead(201);
      const more = () => {
        while (outgoing.write('x'.repeat(65_536)));
      };
      outgoing.on('drain', more);
      more();
    }
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const origin = `https://localhost:${(endless.address() as AddressInfo).port}`;
  const client = createGuardedClient({ trustedOrigins: [origin], timeoutMs: 500 });
  const answer = await client.send({ method: 'POST', url: `${origin}/endless`, headers: {} });
  expect(answer.status).toBe(201);
  expect(answer.body).toHaveLength(16_384);
  await expect(
    client.send({ method: 'POST', url: `${origin}/silent`, headers: {} }),
  ).rejects.toMatchObject({ name: 'UnansweredError', unsent: false });
  client.close();
  endless.closeAllConnections();
  await new Promise((resolve) => endless.close(resolve));
});
