import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { createEmailChannel, subjectOf, textOf } from '../../src/push/email-digest.ts';
import { createMailer } from '../../src/push/mailer.ts';
import { startWorker } from '../../src/worker/run.ts';
import { makeSendDigest } from '../../src/worker/tasks/send_digest.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { type ReceivedMail, startMailServer } from './support/mail-server.ts';

const database = await createTestDatabase();
const mail = await startMailServer();
const PUBLIC_URL = 'https://chat.example.org/';
const FROM = 'Trumpet <chat@example.org>';
const mailer = createMailer({ smtpUrl: mail.url, from: FROM });
const options = { mailer, publicUrl: PUBLIC_URL, jwtSecret: TEST_JWT_SECRET };
const channel = createEmailChannel(options);
const sendDigest = makeSendDigest(database.owner, channel);
afterAll(async () => {
  mailer.close();
  await Promise.all([mail.close(), database.close()]);
});
const ada = await database.createUser('ada');

/** Someone with an e-mail address who was last seen so long ago, in a room of Ada's. */
async function absentee(away = '2 hours') {
  const bob = await database.createUser();
  await database.owner.query(
    'update app_private.user_secrets set email = $2, holds_email = true where user_id = $1',
    [bob.id, `${bob.username}@example.org`],
  );
  const room = await database.createRoom(ada, { name: 'general', members: [bob] });
  await seen(bob, away);
  return { bob, room };
}

async function seen(user: TestUser, ago: string): Promise<void> {
  await database.owner.query('select app_private.note_seen($1, now() - $2::interval)', [
    user.id,
    ago,
  ]);
}

/** What the worker does every few minutes, for one person. */
async function mailsTo(user: TestUser): Promise<ReceivedMail[]> {
  const before = mail.received.length;
  await database.owner.query('delete from graphile_worker._private_jobs');
  await database.owner.query('select app_private.enqueue_digests()');
  const { rows } = await database.owner.query<{ payload: { userId: string } }>(
    `select payload from graphile_worker._private_jobs where key = 'digest:' || $1`,
    [user.id],
  );
  for (const { payload } of rows) {
    await sendDigest(payload, undefined as never);
  }
  return mail.received.slice(before);
}

test('someone who has been away for an hour is written to about what they missed', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'one');
  await database.sendMessage(ada, room.id, `two, @${bob.username}`);
  const [received, ...others] = await mailsTo(bob);
  expect(others).toEqual([]);
  expect(received).toMatchObject({
    from: 'chat@example.org',
    to: [`${bob.username}@example.org`],
  });
  expect(received?.source).toContain('Subject: 2 new messages, 1 of them for you');
  expect(received?.source).toContain('2 new messages in general');
  expect(received?.source).toContain(`ada: two, @${bob.username}`);
  expect(received?.source).toContain('https://chat.example.org');
});

test('a digest leads to the workspace of whom it is for', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'one');
  const setHosts = (names: readonly string[]) =>
    database.owner.query("select app_admin.set_workspace_hosts('default', $1)", [names]);
  await setHosts(['talk.example.org']);
  try {
    const [received] = await mailsTo(bob);
    expect(received?.source).toContain('https://talk.example.org/unsubscribe/');
    expect(received?.source).not.toContain('chat.example.org/');
  } finally {
    await setHosts([]);
  }
});

test('who has never been present since they signed up is written to, too', async () => {
  const { bob, room } = await absentee();
  await database.owner.query('delete from app_private.last_seen where user_id = $1', [bob.id]);
  await database.sendMessage(ada, room.id, 'one');
  expect(await mailsTo(bob)).toHaveLength(0);
  await database.owner.query(
    `update app_public.users set created_at = now() - interval '2 hours' where id = $1`,
    [bob.id],
  );
  expect(await mailsTo(bob)).toHaveLength(1);
});

test('there is one mail a day, and one for each absence', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'first');
  expect(await mailsTo(bob)).toHaveLength(1);
  expect(await mailsTo(bob)).toHaveLength(0);
  await database.sendMessage(ada, room.id, 'second');
  expect(await mailsTo(bob)).toHaveLength(0);

  await database.owner.query(
    `update app_private.email_digests set sent_at = now() - interval '25 hours' where user_id = $1`,
    [bob.id],
  );
  await seen(bob, '26 hours');
  expect(await mailsTo(bob)).toHaveLength(1);

  // Back, and away again.
  await database.owner.query(
    `update app_private.email_digests set sent_at = now() - interval '3 hours' where user_id = $1`,
    [bob.id],
  );
  await seen(bob, '2 hours');
  await database.sendMessage(ada, room.id, 'third');
  expect(await mailsTo(bob)).toHaveLength(1);
});

test('a mail counts what the one before has not told of', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, `one, @${bob.username}`);
  await database.sendMessage(ada, room.id, 'two');
  expect((await mailsTo(bob))[0]?.source).toContain('2 new messages');
  await database.owner.query(
    `update app_private.email_digests set sent_at = sent_at - interval '25 hours' where user_id = $1`,
    [bob.id],
  );
  await database.owner.query(
    `update app_public.messages set created_at = created_at - interval '26 hours' where room_id = $1`,
    [room.id],
  );
  await seen(bob, '27 hours');
  expect(await mailsTo(bob)).toEqual([]);
  await database.sendMessage(ada, room.id, 'three');
  const [received] = await mailsTo(bob);
  expect(received?.source).toContain('Subject: 1 new message while you were away');
  expect(received?.source).toContain('1 new message in general');
});

test('a mention is in the mail, however much was written after it', async () => {
  const { bob, room } = await absentee();
  await database.call(bob, 'set_notification_level', room.id, 'mentions');
  await seen(bob, '2 hours');
  await database.sendMessage(ada, room.id, `it is for you, @${bob.username}`);
  for (let count = 0; count < 120; count += 1) {
    await database.sendMessage(ada, room.id, 'and on it went');
  }
  expect((await mailsTo(bob))[0]?.source).toContain('Subject: 1 new message, 1 of them for you');
});

test('nobody is written to while they are suspended', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'hello');
  await database.owner.query('select app_admin.suspend_user($1, $2)', [bob.username, 'noise']);
  expect(await mailsTo(bob)).toEqual([]);
  // A job that was made before.
  const before = mail.received.length;
  await sendDigest({ userId: bob.id }, undefined as never);
  expect(mail.received).toHaveLength(before);
});

test.each([
  ['is away for less than an hour', '59 minutes', ''],
  ['has not come back for two weeks', '15 days', ''],
  ['does not want mails', '2 hours', 'set_email_digests(false)'],
  ['is not to be disturbed', '2 hours', `set_do_not_disturb(now() + interval '1 hour')`],
  ['has read everything', '2 hours', 'mark_room_read($1)'],
  ['is online', '2 hours', `update_user_presence('online')`],
  ['has silenced the room', '2 hours', `silence_room($1, now() + interval '1 hour')`],
  ['wants mentions only', '2 hours', `set_notification_level($1, 'mentions')`],
  ['wants nothing of the room', '2 hours', `set_notification_level($1, 'none')`],
])('nobody is written to who %s', async (_, away, call) => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'hello');
  if (call !== '') {
    await database.commitAs(bob, (client) =>
      client.query(`select app_public.${call}`, call.includes('$1') ? [room.id] : []),
    );
  }
  await seen(bob, away);
  expect(await mailsTo(bob)).toEqual([]);
});

test('a room may keep its text out of mails', async () => {
  const { bob, room } = await absentee();
  await database.commitAs(ada, (client) =>
    client.query('select app_public.set_push_privacy($1, true)', [room.id]),
  );
  await database.sendMessage(ada, room.id, 'the results are in');
  const [received] = await mailsTo(bob);
  expect(received?.source).toContain('1 new message in general');
  expect(received?.source).not.toContain('results');
});

test('a mail that is refused for now is sent later, one that is refused for good is not', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'hello');
  mail.refuse(451);
  await expect(mailsTo(bob)).rejects.toThrow('smtp_451');
  mail.refuse(undefined);
  expect(await mailsTo(bob)).toHaveLength(1);

  const other = await absentee();
  await database.sendMessage(ada, other.room.id, 'hello');
  mail.refuse(550);
  expect(await mailsTo(other.bob)).toHaveLength(0);
  mail.refuse(undefined);
  expect(await mailsTo(other.bob)).toHaveLength(0);
});

test('of two workers one writes', async () => {
  const { bob, room } = await absentee();
  await database.sendMessage(ada, room.id, 'hello');
  const before = mail.received.length;
  await Promise.all([
    sendDigest({ userId: bob.id }, undefined as never),
    sendDigest({ userId: bob.id }, undefined as never),
  ]);
  expect(mail.received.length - before).toBe(1);
});

test('names and texts cannot add headers or recipients', async () => {
  const { bob, room } = await absentee();
  await database.owner.query('update app_public.users set display_name = $2 where id = $1', [
    bob.id,
    'Bob, <eve@example.org>\r\nBcc: mallory@example.org',
  ]);
  await database.sendMessage(ada, room.id, 'hello\r\n.\r\nMAIL FROM:<eve@example.org>');
  const [received] = await mailsTo(bob);
  expect(received?.to).toEqual([`${bob.username}@example.org`]);
  expect(received?.source).not.toMatch(/^Bcc:/m);
  const { rows } = await database.owner.query<{ name: string }>(
    'select display_name as name from app_public.users where id = $1',
    [bob.id],
  );
  expect(single(rows).name).toContain('\n');
});

test('a long list is cut, and one is one', () => {
  const room = {
    roomType: 'public' as const,
    roomName: 'general',
    hidesText: false,
    messageCount: 1,
    mentionCount: 0,
    authorName: 'Ada',
    content: 'hello',
  };
  const digest = { userName: 'Bob', rooms: Array.from({ length: 12 }, () => room) };
  expect(subjectOf({ userName: 'Bob', rooms: [room] })).toBe('1 new message while you were away');
  expect(textOf(digest, { open: undefined, unsubscribe: undefined })).toContain(
    'And something in 2 more rooms.',
  );
});

describe('the address to unsubscribe at', () => {
  let server: Awaited<ReturnType<typeof startTestServer>>;
  beforeAll(async () => {
    server = await startTestServer(database);
  });
  afterAll(() => server.close());

  /** A header of a mail, unfolded. */
  function headerOf({ source }: ReceivedMail, name: string): string | undefined {
    const [head = ''] = source.split('\r\n\r\n', 1);
    const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
    return lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  }

  /** Where the header leads to, below PUBLIC_URL. */
  function pathIn(received: ReceivedMail): string {
    const header = headerOf(received, 'List-Unsubscribe');
    expect(header).toMatch(/^<https:\/\/chat\.example\.org\/unsubscribe\/[\w-]+\/[\w-]+>$/);
    return new URL(header?.slice(1, -1) ?? '').pathname;
  }

  /** Someone who has just been written to, and the address in the mail's header, at the server of this test. */
  async function subscriber() {
    const { bob, room } = await absentee();
    await database.sendMessage(ada, room.id, 'hello');
    const received = single(await mailsTo(bob));
    const path = pathIn(received);
    return { bob, room, received, path, address: server.url + path };
  }

  const send = (address: string, method: string) =>
    fetch(address, {
      method,
      redirect: 'error',
      headers: { connection: 'close' },
      ...(method === 'POST' && { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }),
    });

  async function wantsDigests({ id }: TestUser): Promise<boolean> {
    const { rows } = await database.owner.query<{ wants: boolean }>(
      `select coalesce((select email_digests from app_public.notification_settings where user_id = $1), true) as wants`,
      [id],
    );
    return single(rows).wants;
  }

  test('is in the headers of RFC 8058 and in the text', async () => {
    const { received, path } = await subscriber();
    expect(headerOf(received, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    const text = received.source.replaceAll('=\r\n', '');
    expect(text).toContain(`No more of these mails: ${PUBLIC_URL}${path.slice(1)}`);
  });

  test('is in what the worker sends, by its settings', async () => {
    const { bob, room } = await absentee();
    await database.sendMessage(ada, room.id, 'hello');
    const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-test-digest-'));
    const { push } = loadConfig({
      DATA_DIR: dataDir,
      SMTP_URL: mail.url,
      EMAIL_FROM: FROM,
      PUBLIC_URL,
    });
    const worker = await startWorker(database.databaseUrl, { push, jwtSecret: TEST_JWT_SECRET });
    try {
      await database.owner.query('select app_private.enqueue_digests()');
      const received = await mail.mailTo(`${bob.username}@example.org`);
      expect((await send(server.url + pathIn(received), 'POST')).status).toBe(200);
      expect(await wantsDigests(bob)).toBe(false);
    } finally {
      await worker.stop();
      rmSync(dataDir, { recursive: true });
    }
  });

  test('ends the mails by a POST of a mail program, again and again', async () => {
    const { bob, address } = await subscriber();
    for (let time = 0; time < 2; time += 1) {
      const response = await send(address, 'POST');
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('You will get no more mails');
      expect(await wantsDigests(bob)).toBe(false);
    }
  });

  test('leaves the other settings as they are', async () => {
    const { bob, address } = await subscriber();
    await database.call(bob, 'set_quiet_hours', '22:00', '07:00', 'Europe/Berlin');
    await send(address, 'POST');
    const { rows } = await database.owner.query(
      `select quiet_from::text, time_zone, email_digests from app_public.notification_settings where user_id = $1`,
      [bob.id],
    );
    expect(single(rows)).toEqual({
      quiet_from: '22:00:00',
      time_zone: 'Europe/Berlin',
      email_digests: false,
    });
  });

  test.each(['GET', 'HEAD'])('changes nothing by a %s: scanners follow links', async (method) => {
    const { bob, address } = await subscriber();
    const response = await send(address, method);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(await response.text()).toContain(method === 'GET' ? '<form method="post">' : '');
    expect(await wantsDigests(bob)).toBe(true);
  });

  test.each(['GET', 'POST'])(
    'is refused to a %s when it is not the one that we made',
    async (method) => {
      const { bob, path } = await subscriber();
      const signature = path.split('/').at(-1) ?? '';
      const forged = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
      const wrong = [
        `/unsubscribe/${bob.id}/${forged}`,
        `/unsubscribe/${bob.id}/${signature.slice(1)}`,
        `/unsubscribe/${bob.id}/x`,
        `/unsubscribe/${ada.id}/${signature}`,
        `/unsubscribe/nobody/${signature}`,
      ];
      for (const path of wrong) {
        const response = await send(server.url + path, method);
        expect(response.status).toBe(403);
        expect(await response.json()).toMatchObject({
          errors: [{ extensions: { code: 'FORBIDDEN' } }],
        });
      }
      expect(await wantsDigests(bob)).toBe(true);
      expect(await wantsDigests(ada)).toBe(true);
    },
  );

  test('of an account that was deleted leaves no trace of it', async () => {
    const { bob, address } = await subscriber();
    await database.owner.query(`select app_admin.erase_user($1, 'asked')`, [bob.username]);
    expect((await send(address, 'POST')).status).toBe(200);
    const { rows } = await database.owner.query(
      'select from app_public.notification_settings where user_id = $1',
      [bob.id],
    );
    expect(rows).toEqual([]);
  });

  test.each([
    ['http, which the header does not know', { publicUrl: 'http://chat.example.org' }, true],
    ['no PUBLIC_URL', { publicUrl: undefined }, false],
    ['no secret', { jwtSecret: undefined }, false],
  ])('is in no header with %s', async (_, changed, isInText) => {
    const { bob, room } = await absentee();
    await database.sendMessage(ada, room.id, 'hello');
    const other = createEmailChannel({ ...options, ...changed });
    const before = mail.received.length;
    await makeSendDigest(database.owner, other)({ userId: bob.id }, undefined as never);
    const received = single(mail.received.slice(before));
    expect(headerOf(received, 'List-Unsubscribe')).toBeUndefined();
    expect(headerOf(received, 'List-Unsubscribe-Post')).toBeUndefined();
    expect(received.source.includes('/unsubscribe/')).toBe(isInText);
    expect(received.source).toContain(
      isInText ? 'No more of these mails' : 'switch these mails off',
    );
  });
});
