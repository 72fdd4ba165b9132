import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { createEmailChannel, subjectOf, textOf } from '../../src/push/email-digest.ts';
import { makeSendDigest } from '../../src/worker/tasks/send_digest.ts';
import { createTestDatabase, single, type TestUser } from '../support/database.ts';

const database = await createTestDatabase();
const mail = await startMailServer();
const channel = createEmailChannel({
  smtpUrl: mail.url,
  from: 'Trumpet <chat@example.org>',
  publicUrl: 'https://chat.example.org',
});
const sendDigest = makeSendDigest(database.owner, channel);
afterAll(async () => {
  await channel.close?.();
  await Promise.all([mail.close(), database.close()]);
});
const ada = await database.createUser('ada');

interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

async function startMailServer() {
  const received: ReceivedMail[] = [];
  let refusal: { readonly code: number } | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusal !== undefined) {
          done(Object.assign(new Error('Not now'), { responseCode: refusal.code }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    refuse(code: number | undefined) {
      refusal = code === undefined ? undefined : { code };
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

/** Someone with an e-mail address who was last seen so long ago, in a room of Ada's. */
async function absentee(away = '2 hours') {
  const bob = await database.createUser();
  await database.owner.query('update app_private.user_secrets set email = $2 where user_id = $1', [
    bob.id,
    `${bob.username}@example.org`,
  ]);
  const room = await database.createRoom(ada, { name: 'general', members: [bob] });
  await seen(bob, away);
  return { bob, room };
}

async function seen(user: TestUser, ago: string): Promise<void> {
  await database.owner.query(
    'update app_public.users set last_seen_at = now() - $2::interval where id = $1',
    [user.id, ago],
  );
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

test.each([
  ['is away for less than an hour', '59 minutes', ''],
  ['has not come back for two weeks', '15 days', ''],
  ['does not want mails', '2 hours', 'set_email_digests(false)'],
  ['is not to be disturbed', '2 hours', `set_do_not_disturb(now() + interval '1 hour')`],
  ['has read everything', '2 hours', 'mark_room_read($1)'],
  ['is online', '2 hours', `update_user_presence('online')`],
  ['has silenced the room', '2 hours', `silence_room($1, now() + interval '1 hour')`],
  ['wants mentions only', '2 hours', `set_notification_level($1, 'mentions')`],
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
  expect(textOf(digest, undefined)).toContain('And something in 2 more rooms.');
});
