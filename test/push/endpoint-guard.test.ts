import { createServer, type Server, Socket } from 'node:net';
import { jest } from '@jest/globals';
import { checkEndpoint, isPublicAddress } from '../../src/push/endpoint-guard.ts';
import { createGuardedClient } from '../../src/push/guarded-request.ts';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());

/** Refused for what they say. */
const HOSTILE_ENDPOINTS = [
  // Not https, or not port 443.
  'http://fcm.googleapis.com/fcm/send/x',
  'HTTP://fcm.googleapis.com/',
  'ftp://fcm.googleapis.com/',
  'file:///etc/passwd',
  'gopher://fcm.googleapis.com:11211/_stats',
  'javascript:alert(1)',
  'data:text/plain,x',
  'ws://fcm.googleapis.com/',
  '//fcm.googleapis.com/fcm/send/x',
  '/fcm/send/x',
  '',
  'https://',
  'https://fcm.googleapis.com:80/',
  'https://fcm.googleapis.com:8443/',
  'https://fcm.googleapis.com:22/',
  'https://fcm.googleapis.com:6379/',
  // Not a host of a push service, though it looks like one.
  'https://example.org/',
  'https://localhost/',
  'https://localhost.localdomain/',
  'https://postgres/',
  'https://redis.internal/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://fcm.googleapis.com.example.org/',
  'https://examplefcm.googleapis.com/',
  'https://evil-fcm.googleapis.com/',
  'https://storage.googleapis.com/',
  'https://x.fcm.googleapis.com/',
  'https://notify.windows.com/',
  'https://evilnotify.windows.com/',
  'https://push.apple.com/',
  'https://evilpush.apple.com/',
  'https://push.services.mozilla.com.evil.example/',
  'https://.push.apple.com/',
  'https://fcm.googleapis.com./fcm/send/x',
  // Addresses, however they are written.
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://8.8.8.8/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[fe80::1]/',
  'https://[fe80::1%25eth0]/',
  'https://[fd00:ec2::254]/',
  'https://[2002:7f00:1::]/',
  // One host for one parser, another for the next.
  'https://fcm.googleapis.com@127.0.0.1/',
  'https://user:password@fcm.googleapis.com/',
  'https://@fcm.googleapis.com/',
  'https://127.0.0.1\\@fcm.googleapis.com/',
  'https://fcm.googleapis.com\\@127.0.0.1/',
  'https://127.0.0.1#@fcm.googleapis.com/',
  'https://127.0.0.1?@fcm.googleapis.com/',
  'https://fcm.googleapis.com%2f@127.0.0.1/',
  'https://fcm.googleapis.com%00.example.org/',
  'https://fcm.goog\tleapis.com/',
  'https://fcm.googleapis.com /',
  ' https://fcm.googleapis.com/',
  'https://fcm.googleapis.com/\r\nHost: localhost',
  'https://ｆcm.googleapis.com/',
  'https://fcm。googleapis。com/',
  'https://fcm.gооgleapis.com/', // Cyrillic letters
] as const;

/** Refused for what their names resolve to. */
const HOSTILE_ADDRESSES = [
  '0.0.0.0',
  '10.1.2.3',
  '100.100.100.200', // metadata of a cloud, within carrier-grade NAT
  '127.0.0.53',
  '127.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '2130706433',
  '169.254.169.254',
  '172.31.255.255',
  '192.0.0.192', // metadata of another cloud
  '192.0.2.1',
  '192.31.196.1',
  '192.52.193.1',
  '192.88.99.1', // 6to4 relays
  '192.168.0.1',
  '192.175.48.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.7',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::ffff:0:7f00:1',
  '::ffff:808:808',
  '::127.0.0.1',
  '::a9fe:a9fe',
  '64:ff9b::a00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2001:20::1',
  '2002:a00:1::1',
  '2620:4f:8000::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  '2a00:1450:4001:80b::200a%eth0',
  'fec0::1',
  'ff02::1',
  'no address',
] as const;

/** Counts every attempt of this process to connect anywhere. */
function countConnections() {
  return jest.spyOn(Socket.prototype, 'connect');
}

test(`${HOSTILE_ENDPOINTS.length} hostile endpoints make no connection`, async () => {
  const connect = countConnections();
  const resolve = jest.fn(async () => [{ address: '127.0.0.1', family: 4 }]);
  const client = createGuardedClient({
    trustedOrigins: ['https://push.example.org:8443'],
    resolve,
  });
  for (const url of HOSTILE_ENDPOINTS) {
    await expect({
      url,
      outcome: await client.send({ method: 'POST', url, headers: {} }).catch((error) => error.name),
    }).toEqual({ url, outcome: 'EndpointRefusedError' });
  }
  expect(connect).not.toHaveBeenCalled();
  expect(resolve).not.toHaveBeenCalled();
  client.close();
  connect.mockRestore();
});

test(`a push service whose name leads to one of ${HOSTILE_ADDRESSES.length} addresses is not connected to`, async () => {
  const connect = countConnections();
  for (const address of HOSTILE_ADDRESSES) {
    const client = createGuardedClient({
      trustedOrigins: [],
      // A good address beside it does not help.
      resolve: async () => [
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ],
    });
    await expect(
      client.send({ method: 'POST', url: 'https://fcm.googleapis.com/fcm/send/x', headers: {} }),
    ).rejects.toMatchObject({ name: 'EndpointRefusedError', reason: 'not a public address' });
    client.close();
  }
  // The sockets were made, and given up before they knew an address.
  const connected = connect.mock.results.filter(
    ({ type, value }) => type === 'return' && value.remoteAddress,
  );
  expect(connected).toEqual([]);
  connect.mockRestore();
});

test('a name that changes its address after the check is connected to at the checked one', async () => {
  const server = await listenOnLoopback();
  let asked = 0;
  const client = createGuardedClient({
    trustedOrigins: [],
    timeoutMs: 500,
    resolve: async () => {
      asked += 1;
      // A documentation-only host would be refused: this one is public, and nobody is there.
      return [{ address: asked === 1 ? '192.0.1.1' : '127.0.0.1', family: 4 }];
    },
  });
  await expect(
    client.send({ method: 'POST', url: 'https://fcm.googleapis.com/fcm/send/x', headers: {} }),
  ).rejects.toMatchObject({ name: 'UnansweredError', unsent: true });
  expect(asked).toBe(1);
  expect(server.accepted()).toBe(0);
  client.close();
  await server.close();
});

test.each(['8.8.8.8', '142.250.74.106', '2a00:1450:4001:80b::200a', '2620:149:a44::1'])(
  'public addresses are let through: %s',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  'https://fcm.googleapis.com/fcm/send/abc:APA91b',
  'https://fcm.googleapis.com:443/wp/x',
  'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
  'https://web.push.apple.com/QGj',
  'https://wns2-par02p.notify.windows.com/w/?token=Bq',
  'https://push.example.org:8443/x',
])('push services are let through: %s', (endpoint) => {
  expect(
    checkEndpoint(endpoint, { trustedOrigins: ['https://push.example.org:8443'] }).protocol,
  ).toBe('https:');
});

test('a subscription to a hostile endpoint is refused, or forgotten at the first push', async () => {
  const { database } = world;
  const ada = await database.createUser();
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob] });
  const { browser } = await world.subscribe(bob);
  const { p256dh, auth } = browser.subscription.keys;
  for (const endpoint of HOSTILE_ENDPOINTS.slice(0, 40)) {
    await world
      .call(
        bob,
        'subscribe_to_push_notifications(row($1, row($2, $3))::app_public.web_push_subscription)',
        endpoint,
        p256dh,
        auth,
      )
      .catch((error) => expect(error.code).toBe('TR400'));
  }
  await world.subscribe(bob);
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();

  const { rows } = await database.owner.query<{ endpoint: string }>(
    'select endpoint from app_public.push_subscriptions where user_id = $1',
    [bob.id],
  );
  expect(rows.map(({ endpoint }) => new URL(endpoint).origin)).toEqual([world.server.origin]);
});

async function listenOnLoopback() {
  let accepted = 0;
  const server: Server = createServer((socket) => {
    accepted += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    accepted: () => accepted,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
