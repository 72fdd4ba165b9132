import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishVapidKey, readOrCreateVapidKeys } from '../../src/push/vapid.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const endpointOf = (name: string) => `https://fcm.googleapis.com/fcm/send/${name}`;

async function subscribe(
  user: TestUser,
  endpoint: string,
  p256dh = 'BPubKey',
  auth = 'authSecret',
) {
  const { rows } = await database.commitAs(user, (client) =>
    client.query<{ id: string; endpoint: string; created_at: Date }>(
      `select id, endpoint, created_at from app_public.subscribe_to_push_notifications(
        row($1, row($2, $3))::app_public.web_push_subscription, 'Firefox')`,
      [endpoint, p256dh, auth],
    ),
  );
  return single(rows);
}

async function endpointsSeenBy(user: TestUser): Promise<string[]> {
  const { rows } = await database.asUser(user, (client) =>
    client.query<{ endpoint: string }>('select endpoint from app_public.push_subscriptions()'),
  );
  return rows.map(({ endpoint }) => endpoint);
}

test('a device that subscribes again is renewed, and stays one', async () => {
  const ada = await database.createUser();
  const first = await subscribe(ada, endpointOf('again'));
  const second = await subscribe(ada, endpointOf('again'), 'BOtherKey');
  expect(second).toEqual(first);
  expect(await endpointsSeenBy(ada)).toEqual([endpointOf('again')]);
});

test('a browser belongs to whoever subscribed it last', async () => {
  const ada = await database.createUser();
  const bob = await database.createUser();
  await subscribe(ada, endpointOf('shared'));
  await subscribe(bob, endpointOf('shared'));
  expect(await endpointsSeenBy(ada)).toEqual([]);
  expect(await endpointsSeenBy(bob)).toEqual([endpointOf('shared')]);
});

test('of more than 20 devices the one not renewed for longest goes', async () => {
  const ada = await database.createUser();
  for (let device = 1; device <= 20; device += 1) {
    await subscribe(ada, endpointOf(`device-${device}`));
  }
  await subscribe(ada, endpointOf('device-1'));
  await subscribe(ada, endpointOf('device-21'));
  const endpoints = await endpointsSeenBy(ada);
  expect(endpoints).toHaveLength(20);
  expect(endpoints.slice(0, 2)).toEqual([endpointOf('device-21'), endpointOf('device-1')]);
  expect(endpoints).not.toContain(endpointOf('device-2'));
});

test('nobody sees the devices, keys and settings of another', async () => {
  const ada = await database.createUser();
  const bob = await database.createUser();
  await subscribe(ada, endpointOf('private'));
  await database.commitAs(ada, (client) =>
    client.query(`select app_public.set_do_not_disturb(now() + interval '1 hour')`),
  );
  for (const [who, count] of [
    [ada, 1],
    [bob, 0],
  ] as const) {
    await database.asUser(who, async (client) => {
      for (const table of ['push_subscriptions', 'notification_settings']) {
        const { rows } = await client.query(`select from app_public.${table}`);
        expect(rows).toHaveLength(count);
      }
    });
  }
  await expect(
    database.asUser(ada, (client) => client.query('select * from app_private.push_devices')),
  ).rejects.toMatchObject({ code: '42501' });
});

test('a device is unsubscribed by its owner alone', async () => {
  const ada = await database.createUser();
  const bob = await database.createUser();
  await subscribe(ada, endpointOf('mine'));
  const unsubscribe = (user: TestUser) =>
    database.commitAs(user, (client) =>
      client.query('select app_public.unsubscribe_from_push_notifications($1)', [
        endpointOf('mine'),
      ]),
    );
  await unsubscribe(bob);
  expect(await endpointsSeenBy(ada)).toEqual([endpointOf('mine')]);
  await unsubscribe(ada);
  await unsubscribe(ada);
  expect(await endpointsSeenBy(ada)).toEqual([]);
});

test('signing out ends the notifications of the devices of that session, and of no other', async () => {
  const ada = await database.createUser();
  await subscribe(ada, endpointOf('phone'));
  await subscribe({ ...ada, sessionId: '' }, endpointOf('laptop'));
  await database.commitAs(ada, (client) => client.query('select app_public.sign_out()'));
  expect(await endpointsSeenBy(ada)).toEqual([endpointOf('laptop')]);
});

test.each([
  ['http://fcm.googleapis.com/x', 'k', 'a'],
  ['https://fcm.googleapis.com/a b', 'k', 'a'],
  [`https://fcm.googleapis.com/${'x'.repeat(2048)}`, 'k', 'a'],
  ['https://fcm.googleapis.com/x', '', 'a'],
  ['https://fcm.googleapis.com/x', 'k', 'a'.repeat(101)],
])('a malformed subscription is refused: number %#', async (endpoint, p256dh, auth) => {
  const ada = await database.createUser();
  await expect(subscribe(ada, endpoint, p256dh, auth)).rejects.toMatchObject({ code: 'TR400' });
});

test.each([
  ['web', 'x'.repeat(40)],
  ['apns', 'not hex'.repeat(10)],
  ['fcm', 'short'],
  ['fcm', 'with space'.repeat(5)],
])('a malformed token is refused: %s %s', async (channel, token) => {
  const ada = await database.createUser();
  await expect(
    database.asUser(ada, (client) =>
      client.query('select app_public.register_push_token($1, $2)', [channel, token]),
    ),
  ).rejects.toMatchObject({ code: 'TR400' });
});

test('quiet hours need two ends and a place that exists', async () => {
  const ada = await database.createUser();
  for (const values of [
    ['22:00', null, 'UTC'],
    ['22:00', '07:00', 'Europe/Nowhere'],
  ]) {
    await expect(
      database.asUser(ada, (client) =>
        client.query('select app_public.set_quiet_hours($1, $2, $3)', values),
      ),
    ).rejects.toMatchObject({ code: 'TR400' });
  }
});

test('a visitor may read the public key and change nothing', async () => {
  await database.asVisitor((client) => client.query('select app_public.vapid_public_key()'));
  await expect(
    database.asVisitor((client) => client.query('select app_public.set_do_not_disturb()')),
  ).rejects.toMatchObject({ code: '42501' });
});

test('the key pair is made once, and kept for nobody else to read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-test-vapid-'));
  const keys = readOrCreateVapidKeys(join(folder, 'data'));
  expect(readOrCreateVapidKeys(join(folder, 'data'))).toEqual(keys);
  expect(statSync(join(folder, 'data', 'vapid.json')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'data', 'vapid.json'), 'utf8')).toContain(keys.publicKey);
  rmSync(folder, { recursive: true });
});

test('a key that was made up never takes the place of one in use; one that was given does', async () => {
  const publish = (key: string, replace: boolean) =>
    publishVapidKey(database.owner, key, { replace });
  const published = async () => {
    const { rows } = await database.asVisitor((client) =>
      client.query<{ key: string }>('select app_public.vapid_public_key() as key'),
    );
    return single(rows).key;
  };
  expect(await publish('first', false)).toBe(true);
  expect(await publish('second', false)).toBe(false);
  expect(await published()).toBe('first');
  expect(await publish('third', true)).toBe(true);
  expect(await published()).toBe('third');
});
