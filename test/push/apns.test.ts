import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { constants, createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { importSPKI, jwtVerify } from 'jose';
import { createCertificate, trust } from './support/certificate.ts';
import { createPushWorld } from './support/world.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const certificate = createCertificate();
trust(certificate);
const apple = await startApple();
const world = await createPushWorld({
  apns: {
    key: privateKey,
    keyId: 'KEY4567890',
    teamId: 'TEAM567890',
    topic: 'org.example.trumpet',
    origin: apple.origin,
  },
});
afterAll(async () => {
  await world.close();
  await apple.close();
});
const { database } = world;
const ada = await database.createUser('ada');

interface ReceivedByApple {
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** What Apple does: HTTP/2 only, a token signed by the team's key on every request. */
async function startApple() {
  const received: ReceivedByApple[] = [];
  let sessions = 0;
  let reply = { status: 200, reason: '' };
  let breaksOff = false;
  const server = createSecureServer({ ...certificate, allowHTTP1: false });
  server.on('session', () => {
    sessions += 1;
  });
  server.on('stream', async (stream, headers) => {
    const body = JSON.parse(await text(stream));
    const [, token] = /^bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    const verified = await jwtVerify(token ?? '', await importSPKI(publicKey, 'ES256'), {
      issuer: 'TEAM567890',
      maxTokenAge: '1h',
    }).catch(() => undefined);
    if (verified?.protectedHeader.kid !== 'KEY4567890') {
      stream.respond({ ':status': 403 });
      stream.end(JSON.stringify({ reason: 'InvalidProviderToken' }));
      return;
    }
    received.push({ headers, body });
    if (breaksOff) {
      stream.on('error', () => {}); // Its own, of what comes next.
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return;
    }
    stream.respond({ ':status': reply.status });
    stream.end(reply.status === 200 ? undefined : JSON.stringify({ reason: reply.reason }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    received,
    sessions: () => sessions,
    answer(status: number, reason = '') {
      reply = { status, reason };
      breaksOff = false;
    },
    /** Takes pushes from now on and ends their streams without an answer. */
    breakOff() {
      breaksOff = true;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function member() {
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { name: 'general', members: [bob] });
  const token = randomBytes(32).toString('hex');
  await world.call(bob, `register_push_token('apns', $1, 'iPhone')`, token);
  const pushes = () =>
    apple.received.filter(({ headers }) => headers[':path'] === `/3/device/${token}`);
  return { bob, room, token, pushes };
}

afterEach(() => apple.answer(200));

test('an app gets what was written, as Apple takes it', async () => {
  const { bob, room, pushes } = await member();
  const message = await database.sendMessage(ada, room.id, `Are you there, @${bob.username}?`);
  await world.drain();
  expect(pushes()).toMatchObject([
    {
      headers: {
        'apns-topic': 'org.example.trumpet',
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-collapse-id': `room-${room.id}`,
      },
      body: {
        aps: {
          alert: { title: 'ada in general', body: `Are you there, @${bob.username}?` },
          badge: 1,
          sound: 'default',
          'thread-id': `room-${room.id}`,
        },
        type: 'message',
        roomId: room.id,
        messageId: message.id,
        count: 1,
      },
    },
  ]);
});

test('all pushes share one connection', async () => {
  const before = apple.sessions();
  for (let count = 0; count < 3; count += 1) {
    const { room } = await member();
    await database.sendMessage(ada, room.id, 'hello');
  }
  await world.drain();
  expect(apple.sessions() - before).toBeLessThanOrEqual(1);
});

test('a room that is read on another device is cleared by a silent push', async () => {
  const { bob, room, pushes } = await member();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  await world.call(bob, 'mark_room_read($1)', room.id);
  await world.drain();
  expect(pushes()).toHaveLength(2);
  expect(pushes()[1]).toMatchObject({
    headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
    body: { aps: { 'content-available': 1 }, type: 'clear', roomId: room.id, badge: 0 },
  });
});

test.each([
  [410, 'Unregistered', false],
  [400, 'BadDeviceToken', false],
  [400, 'DeviceTokenNotForTopic', false],
  [400, 'BadTopic', true],
  [429, 'TooManyRequests', true],
  [503, 'ServiceUnavailable', true],
])('after %i %s, whether the app stays registered: %s', async (status, reason, stays) => {
  apple.answer(status, reason);
  const { room, token, pushes } = await member();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  expect(pushes()).toHaveLength(1);
  const { rows } = await database.owner.query(
    'select from app_public.push_subscriptions where endpoint = $1',
    [token],
  );
  expect(rows.length > 0).toBe(stays);
});

test('a push whose answer breaks off is not sent again, and its job is done', async () => {
  apple.breakOff();
  const { room, pushes } = await member();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  expect(pushes()).toHaveLength(1);
  const { rows } = await database.owner.query(
    `select last_error from graphile_worker.jobs where task_identifier = 'send_push' and last_error is not null`,
  );
  expect(rows).toEqual([]);
});
