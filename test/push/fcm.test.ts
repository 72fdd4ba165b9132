import { generateKeyPairSync } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import { createCertificate, trust } from './support/certificate.ts';
import { type ReceivedPush, startPushServer } from './support/push-server.ts';
import { createPushWorld } from './support/world.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const certificate = createCertificate();
trust(certificate);
const google = await startPushServer(certificate);
const world = await createPushWorld({
  fcm: {
    account: {
      project_id: 'trumpet-test',
      client_email: 'push@trumpet-test.iam.example.com',
      private_key: privateKey,
      token_uri: `${google.origin}/token`,
    },
    origin: google.origin,
  },
});
afterAll(() => Promise.all([google.close(), world.close()]));
const { database } = world;
const ada = await database.createUser('ada');

/** What FCM does: gives tokens for assertions signed by the account, and takes pushes with them. */
function answerLikeFcm(
  reply: () => { status: number; body?: string } = () => ({ status: 200, body: '{}' }),
) {
  google.answer(async (push) => {
    if (push.path !== '/token') {
      return push.headers.authorization === 'Bearer access-1'
        ? reply()
        : { status: 401, body: '{}' };
    }
    const form = new URLSearchParams(push.body.toString());
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { payload } = await jwtVerify(
      form.get('assertion') ?? '',
      await importSPKI(publicKey, 'RS256'),
      { issuer: 'push@trumpet-test.iam.example.com', audience: `${google.origin}/token` },
    );
    expect(payload.scope).toBe('https://www.googleapis.com/auth/firebase.messaging');
    return { status: 200, body: JSON.stringify({ access_token: 'access-1', expires_in: 3600 }) };
  });
}

function sentTo(token: string): ReceivedPush[] {
  return google.received.filter(
    (push) => push.path !== '/token' && JSON.parse(push.body.toString()).message.token === token,
  );
}

let apps = 0;
async function member() {
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { name: 'general', members: [bob] });
  apps += 1;
  const token = `fcm-registration-token:${apps}`.padEnd(60, 'x');
  await world.call(bob, `register_push_token('fcm', $1, 'Android')`, token);
  return { bob, room, token };
}

async function isRegistered(token: string): Promise<boolean> {
  const { rows } = await database.owner.query(
    'select from app_public.push_subscriptions where endpoint = $1',
    [token],
  );
  return rows.length > 0;
}

test('an app gets what was written, as FCM takes it', async () => {
  answerLikeFcm();
  const { room, token } = await member();
  const message = await database.sendMessage(ada, room.id, 'Are you there?');
  await world.drain();

  const [push] = sentTo(token);
  expect(push?.path).toBe('/v1/projects/trumpet-test/messages:send');
  expect(JSON.parse(push?.body.toString() ?? '')).toEqual({
    message: {
      token,
      notification: { title: 'ada in general', body: 'Are you there?' },
      data: {
        type: 'message',
        roomId: room.id,
        messageId: message.id,
        count: '1',
        badge: '1',
        urgent: 'false',
        readRoomIds: '[]',
        tag: `room-${room.id}`,
      },
      android: {
        ttl: '86400s',
        priority: 'normal',
        notification: { tag: `room-${room.id}`, notification_count: 1 },
      },
    },
  });
});

test('one token serves many pushes', async () => {
  answerLikeFcm();
  for (let count = 0; count < 3; count += 1) {
    const { room } = await member();
    await database.sendMessage(ada, room.id, 'hello');
  }
  await world.drain();
  expect(google.received.filter((push) => push.path === '/token')).toHaveLength(1);
});

test('a room that is read on another device is cleared by a silent push', async () => {
  answerLikeFcm();
  const { bob, room, token } = await member();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  await world.call(bob, 'mark_room_read($1)', room.id);
  await world.drain();
  await world.call(bob, 'mark_room_read($1)', room.id);
  await world.drain();

  const pushes = sentTo(token).map((push) => JSON.parse(push.body.toString()).message);
  expect(pushes).toHaveLength(2);
  expect(pushes[1]).toEqual({
    token,
    data: { type: 'clear', roomId: room.id, badge: '0', tag: `room-${room.id}` },
    android: { ttl: '86400s' },
  });
});

test.each([
  [404, 'UNREGISTERED', false],
  [403, 'SENDER_ID_MISMATCH', false],
  [400, 'INVALID_ARGUMENT', true],
  [503, 'UNAVAILABLE', true],
])('after %i %s, whether the app stays registered: %s', async (status, errorCode, stays) => {
  const body = JSON.stringify({
    error: {
      code: status,
      status: 'ANY',
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }],
    },
  });
  answerLikeFcm(() => ({ status, body }));
  const { room, token } = await member();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  expect(await isRegistered(token)).toBe(stays);
});
