import { Logger, runOnce } from 'graphile-worker';
import { createOwnerPool } from '../../src/database/pools.ts';
import { createMailer } from '../../src/push/mailer.ts';
import { commonTasks } from '../../src/worker/task-list.ts';
import { single } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';
import { startMailServer } from './support/mail-server.ts';

/*
 * Nobody learns from signing up whose e-mail address is known here; whoever reads the mails of that address does.
 */
const { database, server, close } = await createTestWorld();
const pool = createOwnerPool(database.databaseUrl);
const mail = await startMailServer();
const mailer = createMailer({ smtpUrl: mail.url, from: 'Trumpet <chat@example.org>' });
afterAll(async () => {
  mailer.close();
  await Promise.all([mail.close(), pool.end()]);
  await close();
});

const SIGN_UP = `mutation ($username: String!, $email: String) {
  signUp(input: { username: $username, password: "correct horse", email: $email }) {
    session { refreshToken accessToken expiresAt user { id username displayName } } } }`;

async function signUp(username: string, email: string) {
  const answer = await server.graphql(SIGN_UP, { username, email });
  return { answer, id: answer.data?.signUp?.session.user.id as string };
}

/** What the worker does, and the mails that it sent. */
async function runJobs() {
  const before = mail.received.length;
  await runOnce({
    pgPool: pool,
    logger: new Logger(() => () => {}),
    taskList: commonTasks(pool, mailer),
  });
  return mail.received.slice(before);
}

const holds = async (id: string) =>
  single(
    (
      await database.owner.query(
        'select holds_email from app_private.user_secrets where user_id = $1',
        [id],
      )
    ).rows,
  ).holds_email;

/** An answer, or what an export says, without what is another every time. */
const form = (value: unknown, name: string) =>
  JSON.stringify(value)
    .replaceAll(name, 'NAME')
    .replaceAll(/"[\w-]+\.[\w-]+\.[\w-]+"|"[\w-]{43}"/g, '"TOKEN"')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)/g, 'TIME');

async function exportOf(id: string) {
  const { rows } = await database.owner.query('select app_private.personal_data($1) as row', [id]);
  return rows;
}

test('an address that another account has is answered like any other', async () => {
  const first = await signUp('grace', 'grace@example.org');
  const taken = await signUp('heidi', 'GRACE@example.org');
  const free = await signUp('ivan', 'ivan@example.org');
  await runJobs();
  expect(taken.answer.errors).toBeUndefined();
  expect(form(taken.answer, 'heidi')).toBe(form(free.answer, 'ivan'));
  // What they can have exported of themselves tells nothing either.
  const told = form(await exportOf(taken.id), 'heidi').replace(
    'GRACE@example.org',
    'NAME@example.org',
  );
  expect(told).toBe(form(await exportOf(free.id), 'ivan'));
  expect([await holds(first.id), await holds(taken.id), await holds(free.id)]).toEqual([
    true,
    false,
    true,
  ]);
});

test('the owner of the address is told by mail, once a day', async () => {
  await signUp('judy', 'judy@example.org');
  expect(single(await runJobs()).source).toContain('Is this your e-mail address?');
  await signUp('mallory', 'judy@example.org');
  await signUp('mallory2', 'Judy@Example.org');
  const told = single(await runJobs());
  expect(told.to).toEqual(['judy@example.org']);
  expect(told.source).toContain('Sign in as judy.');
  expect(told.source).not.toContain('mallory');
  await signUp('mallory3', 'judy@example.org');
  expect(await runJobs()).toEqual([]);
  await database.owner.query(
    "update app_private.user_secrets set email_told_at = email_told_at - interval '25 hours'",
  );
  await signUp('mallory4', 'judy@example.org');
  expect(await runJobs()).toHaveLength(1);
});

test('a mail that the mail server does not take now is sent later', async () => {
  await signUp('niaj', 'niaj@example.org');
  await runJobs();
  await signUp('oscar', 'niaj@example.org');
  mail.refuse(451);
  expect(await runJobs()).toEqual([]);
  mail.refuse(undefined);
  await database.owner.query('update graphile_worker._private_jobs set run_at = now()');
  expect((await runJobs()).flatMap(({ to }) => to)).toEqual(['niaj@example.org']);
});

test('a sign-up waits for no other with its address', async () => {
  const other = await database.owner.connect();
  try {
    await other.query('begin');
    await other.query(
      "select app_public.sign_up('peggy', 'correct horse', null, 'peggy@example.org')",
    );
    const { answer } = await signUp('rupert', 'peggy@example.org');
    expect(answer.errors).toBeUndefined();
    await other.query('commit');
  } finally {
    await other.query('rollback');
    other.release();
  }
  await runJobs();
  const { rows } = await database.owner.query(
    "select count(*)::int from app_private.user_secrets where email = 'peggy@example.org' and holds_email",
  );
  expect(rows).toEqual([{ count: 1 }]);
});

test('mails of an account whose address another has go nowhere', async () => {
  await signUp('sybil', 'sybil@example.org');
  const { id } = await signUp('trent', 'sybil@example.org');
  await runJobs();
  const room = await database.createRoom(await database.createUser(), { members: [{ id }] });
  const { rows: authors } = await database.owner.query<{ id: string }>(
    "select user_id as id from app_public.room_members where room_id = $1 and role = 'owner'",
    [room.id],
  );
  await database.sendMessage(single(authors), room.id, 'hello');
  await database.owner.query("select app_private.note_seen($1, now() - interval '2 hours')", [id]);
  const { rows } = await database.owner.query('select app_private.enqueue_digests() as jobs');
  expect(rows).toEqual([{ jobs: 0 }]);
});
