import { Logger, runOnce } from 'graphile-worker';
import { createOwnerPool } from '../../src/database/pools.ts';
import { createMailer } from '../../src/push/mailer.ts';
import { commonTasks } from '../../src/worker/task-list.ts';
import { single } from '../../testing/database.ts';
import { totpCode, totpSecret, totpStep } from '../../testing/totp.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type ReceivedMail, startMailServer } from './support/mail-server.ts';

/*
 * What mails prove: that an address is somebody's, and that they may set a new password. And what nobody can make of it:
 * each attack of OWASP's list on forgotten passwords that applies is a test.
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

const PUBLIC_URL = 'https://chat.example.org';
const PASSWORD = 'correct horse';

/** What the worker does, and the mails that it sent. */
async function runJobs(publicUrl: string | undefined = PUBLIC_URL) {
  const before = mail.received.length;
  await runOnce({
    pgPool: pool,
    logger: new Logger(() => () => {}),
    taskList: commonTasks(pool, mailer, publicUrl),
  });
  return mail.received.slice(before);
}

/** The text of a mail as it is read: `=` at the end of a line goes on in the next. */
const textOf = ({ source }: ReceivedMail) =>
  source
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

function codeIn(received: ReceivedMail | undefined): string {
  const [, code] = /#([\w-]{43})/.exec(textOf(received as ReceivedMail)) ?? [];
  return code as string;
}

/** One mutation: what it gives, or the code of its error. */
async function mutate(field: string, token?: string): Promise<unknown> {
  const { data, errors } = await server.graphql(`mutation { ${field} }`, {}, token);
  return errors?.[0]?.extensions?.code ?? Object.values(data ?? {})[0];
}

const signUp = async (username: string, email: string) => {
  const { data } = await server.graphql(
    `mutation { signUp(input: { username: "${username}", password: "${PASSWORD}", email: "${email}" }) {
      session { accessToken refreshToken user { id } } } }`,
  );
  return data?.signUp.session as {
    accessToken: string;
    refreshToken: string;
    user: { id: string };
  };
};
const signIn = (username: string, password: string) =>
  mutate(
    `signIn(input: { username: "${username}", password: "${password}" }) { session { user { username } } }`,
  );
const verify = (code: string) => mutate(`verifyEmail(input: { code: "${code}" }) { isVerified }`);
const ask = (email: string) =>
  mutate(`requestPasswordReset(input: { email: "${email}" }) { clientMutationId }`);
const reset = (code: string, password = 'another horse') =>
  mutate(`resetPassword(input: { code: "${code}", newPassword: "${password}" }) { isReset }`);
const account = async (token: string) =>
  (await server.graphql('{ account { email isEmailVerified hasPassword } }', {}, token)).data
    ?.account;
const refresh = (refreshToken: string) =>
  mutate(`refreshSession(input: { refreshToken: "${refreshToken}" }) { session { expiresAt } }`);

let count = 0;
/** A person whose address is proved. */
async function verified() {
  count += 1;
  const username = `reader-${count}`;
  const email = `${username}@example.org`;
  const session = await signUp(username, email);
  await verify(codeIn(single(await runJobs())));
  return { username, email, ...session };
}

async function resetCode(email: string): Promise<string> {
  await ask(email);
  return codeIn(single(await runJobs()));
}

test('an address that was named is proved with the code of a mail, once', async () => {
  const { accessToken } = await signUp('ada', 'Ada@example.org');
  const received = single(await runJobs());
  expect(received.to).toEqual(['Ada@example.org']);
  expect(textOf(received)).toContain(`${PUBLIC_URL}/verify#`);
  const before = { email: 'Ada@example.org', isEmailVerified: false, hasPassword: true };
  expect(await account(accessToken)).toEqual(before);
  expect(await verify(codeIn(received))).toEqual({ isVerified: true });
  expect(await account(accessToken)).toEqual({ ...before, isEmailVerified: true });
  expect(await verify(codeIn(received))).toBe('NOT_FOUND');
  expect(
    await mutate('requestEmailVerification(input: {}) { clientMutationId }', accessToken),
  ).toEqual({ clientMutationId: null });
  expect(await runJobs()).toEqual([]);
});

test('the mail can be had again', async () => {
  const { accessToken } = await signUp('grace', 'grace@example.org');
  await runJobs();
  await mutate('requestEmailVerification(input: {}) { clientMutationId }', accessToken);
  expect(await verify(codeIn(single(await runJobs())))).toEqual({ isVerified: true });
});

test('who named an address first gives it up to whoever proves that it is theirs', async () => {
  const squatter = await signUp('squatter', 'owner@example.org');
  await runJobs();
  const owner = await signUp('owner1', 'owner@example.org');
  await runJobs();
  await mutate('requestEmailVerification(input: {}) { clientMutationId }', owner.accessToken);
  const received = single(await runJobs());
  expect(textOf(received)).toContain('the account owner1');
  expect(await verify(codeIn(received))).toEqual({ isVerified: true });
  const { rows } = await database.owner.query(
    "select user_id from app_private.user_secrets where email = 'owner@example.org' and holds_email",
  );
  expect(rows).toEqual([{ user_id: owner.user.id }]);
  // And is no way back.
  await mutate('requestEmailVerification(input: {}) { clientMutationId }', squatter.accessToken);
  expect(await runJobs()).toEqual([]);
});

test('a password is set anew with the code of a mail: all sessions end, and nobody is signed in', async () => {
  const reader = await verified();
  await ask(reader.email.toUpperCase());
  const received = single(await runJobs());
  expect(received.to).toEqual([reader.email]);
  expect(textOf(received)).toContain(`${PUBLIC_URL}/reset#`);
  expect(await reset(codeIn(received))).toEqual({ isReset: true });
  expect(await refresh(reader.refreshToken)).toBe('UNAUTHENTICATED');
  expect((await server.graphql('{ currentUser { id } }', {}, reader.accessToken)).status).toBe(401);
  expect(await signIn(reader.username, PASSWORD)).toBe('WRONG_CREDENTIALS');
  expect(await signIn(reader.username, 'another horse')).toMatchObject({ session: {} });
  const notice = single(await runJobs());
  expect(notice).toMatchObject({ to: [reader.email] });
  expect(textOf(notice)).toContain('Your password was changed');
});

test('asking for a new password tells nothing of who is registered', async () => {
  const reader = await verified();
  await signUp('unproved', 'unproved@example.org');
  await runJobs();
  const answers = [];
  for (const email of [reader.email, 'unproved@example.org', 'nobody@example.org']) {
    const { status, data, errors } = await server.graphql(
      `mutation { requestPasswordReset(input: { email: "${email}" }) { clientMutationId } }`,
    );
    answers.push(JSON.stringify({ status, data, errors }));
  }
  expect(new Set(answers).size).toBe(1);
  // An address that was only named may be a stranger's, by a slip of the pen.
  expect((await runJobs()).flatMap(({ to }) => to)).toEqual([reader.email]);
});

test('a code is good once, for what it was sent for, and not for long', async () => {
  const reader = await verified();
  const code = await resetCode(reader.email);
  expect(await verify(code)).toBe('NOT_FOUND');
  expect(await reset(code, 'short')).toBe('BAD_INPUT');
  expect(await reset(code)).toEqual({ isReset: true });
  expect(await reset(code, 'a thief has it')).toBe('NOT_FOUND');
  await runJobs();
  const late = await resetCode(reader.email);
  await database.owner.query(
    "update app_private.email_codes set expires_at = expires_at - interval '30 minutes'",
  );
  expect(await reset(late)).toBe('NOT_FOUND');
  const { accessToken } = await signUp('late', 'late@example.org');
  const verification = codeIn(single(await runJobs()));
  expect(await reset(verification)).toBe('NOT_FOUND');
  await database.owner.query(
    "update app_private.email_codes set expires_at = expires_at - interval '1 day'",
  );
  expect(await verify(verification)).toBe('NOT_FOUND');
  expect(await account(accessToken)).toMatchObject({ isEmailVerified: false });
});

test('of two who use one code at the same moment, one does', async () => {
  const reader = await verified();
  const code = await resetCode(reader.email);
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) => reset(code, `password of ${index}`)),
  );
  expect(answers.filter((answer) => answer !== 'NOT_FOUND')).toEqual([{ isReset: true }]);
  const winner = answers.findIndex((answer) => answer !== 'NOT_FOUND');
  expect(await signIn(reader.username, `password of ${winner}`)).toMatchObject({ session: {} });
  await runJobs();
});

test.each(['a new password', 'a password changed by oneself', 'another address'])(
  '%s makes the codes worthless that are under way',
  async (what) => {
    const reader = await verified();
    await ask(reader.email);
    await ask(reader.email);
    const [first, second] = (await runJobs()).map(codeIn) as [string, string];
    // Somebody who knows the password has named an address of their own; one mail is written, one is not yet.
    const name = (email: string) =>
      mutate(
        `changeEmail(input: { password: "${PASSWORD}", newEmail: "${email}-${reader.email}" }) { isSent }`,
        reader.accessToken,
      );
    await name('evil');
    const stolen = codeIn(single(await runJobs()));
    await name('worse');
    if (what === 'a new password') {
      await reset(first);
    } else if (what === 'another address') {
      await mutate(
        `changeEmail(input: { password: "${PASSWORD}", newEmail: "new-${reader.email}" }) { isSent }`,
        reader.accessToken,
      );
      const mails = await runJobs();
      await verify(codeIn(mails.find(({ to }) => to[0] === `new-${reader.email}`)));
    } else {
      await mutate(
        `changePassword(input: { currentPassword: "${PASSWORD}", newPassword: "another horse" }) { isChanged }`,
        reader.accessToken,
      );
    }
    expect(await reset(second)).toBe('NOT_FOUND');
    expect(await verify(stolen)).toBe('NOT_FOUND');
    for (const { to } of await runJobs()) {
      expect(to).not.toEqual([`worse-${reader.email}`]);
    }
  },
);

test('the address changes when the new one is proved, and the old one is told', async () => {
  const reader = await verified();
  const change = (password: string, token = reader.accessToken) =>
    mutate(
      `changeEmail(input: { password: "${password}", newEmail: "new-${reader.email}" }) { isSent }`,
      token,
    );
  expect(await change('a guess')).toBe('WRONG_CREDENTIALS');
  expect(await runJobs()).toEqual([]);
  expect(await change(PASSWORD)).toEqual({ isSent: true });
  const received = single(await runJobs());
  expect(received.to).toEqual([`new-${reader.email}`]);
  expect(await account(reader.accessToken)).toMatchObject({ email: reader.email });
  expect(await verify(codeIn(received))).toEqual({ isVerified: true });
  expect(await account(reader.accessToken)).toMatchObject({
    email: `new-${reader.email}`,
    isEmailVerified: true,
  });
  const notice = single(await runJobs());
  expect(notice.to).toEqual([reader.email]);
  expect(textOf(notice)).toContain('has another e-mail address now');
  // Nobody gets in by the old one any more.
  await ask(reader.email);
  expect(await runJobs()).toEqual([]);
});

test('an address that another has proved is nobody else’s, and it is not told that it is', async () => {
  const owner = await verified();
  const other = await verified();
  const change = (email: string) =>
    mutate(
      `changeEmail(input: { password: "${PASSWORD}", newEmail: "${email}" }) { isSent }`,
      other.accessToken,
    );
  expect(await change(owner.email)).toEqual(await change('free@example.org'));
  expect((await runJobs()).flatMap(({ to }) => to)).toEqual(['free@example.org']);
});

test('nobody is flooded: five mails an hour to an address, and for an account', async () => {
  const reader = await verified();
  for (let asked = 0; asked < 8; asked += 1) {
    await ask(reader.email);
  }
  expect(await runJobs()).toHaveLength(5);
  for (let asked = 0; asked < 8; asked += 1) {
    await mutate(
      `changeEmail(input: { password: "${PASSWORD}", newEmail: "flood-${asked}@example.org" }) { isSent }`,
      reader.accessToken,
    );
  }
  expect(await runJobs()).toHaveLength(4); // The first proved the address that they have.
});

test('a code cannot be guessed: who tries is stopped', async () => {
  const guesser = await database.owner.connect();
  try {
    await guesser.query("select set_config('trumpet.client_address', '192.0.2.9', false)");
    for (let guesses = 0; guesses < 50; guesses += 1) {
      const { rows } = await guesser.query(
        "select app_public.reset_password($1, 'another horse') as reset, app_public.verify_email($1) as verified",
        [`guess ${guesses}`],
      );
      expect(rows).toEqual([{ reset: null, verified: null }]);
    }
    await expect(guesser.query("select app_public.verify_email('guess')")).rejects.toMatchObject({
      code: 'TR429',
    });
  } finally {
    guesser.release(true);
  }
});

test.each([
  ['its first host name', ['talk.example.org', 'chat.acme.example'], 'https://talk.example.org'],
  [
    'PUBLIC_URL where that is one of its names',
    ['talk.example.org', 'chat.example.org'],
    PUBLIC_URL,
  ],
])('mails lead to the workspace of whom they are for, by %s', async (_, hosts, expected) => {
  const { email } = await verified();
  const setHosts = (names: readonly string[]) =>
    database.owner.query("select app_admin.set_workspace_hosts('default', $1)", [names]);
  await setHosts(hosts);
  try {
    await ask(email);
    expect(textOf(single(await runJobs()))).toContain(`\n${expected}/reset#`);
    await ask(email);
    expect(textOf(single(await runJobs(`${PUBLIC_URL}:8443/chat/`)))).toContain(
      `\n${expected}:8443/chat/reset#`,
    );
  } finally {
    await setHosts([]);
  }
});

test('no header of a request gets into a mail: links begin with PUBLIC_URL, or there are none', async () => {
  const reader = await verified();
  await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      host: 'evil.example',
      origin: server.url,
      forwarded: 'host=evil.example',
      'x-forwarded-host': 'evil.example',
    },
    body: JSON.stringify({
      query: `mutation { requestPasswordReset(input: { email: "${reader.email}" }) { clientMutationId } }`,
    }),
  });
  const linked = textOf(single(await runJobs()));
  expect(linked).not.toContain('evil');
  expect(linked.match(/https?:\/\/[^/\s]+/g)).toEqual([PUBLIC_URL]);
  await ask(reader.email);
  const before = mail.received.length;
  await runOnce({
    pgPool: pool,
    logger: new Logger(() => () => {}),
    taskList: commonTasks(pool, mailer),
  });
  const unlinked = textOf(single(mail.received.slice(before)));
  expect(unlinked).not.toMatch(/https?:/);
  const [, code] = /Enter this code: ([\w-]{43})/.exec(unlinked) ?? [];
  expect(await reset(code as string)).toEqual({ isReset: true });
  await runJobs();
});

test('a name cannot add headers, recipients or links of its own line', async () => {
  const reader = await verified();
  await database.owner.query('update app_public.users set display_name = $2 where id = $1', [
    reader.user.id,
    'Eve\r\nBcc: mallory@example.org\r\n\r\nhttps://evil.example',
  ]);
  await ask(reader.email);
  const received = single(await runJobs());
  expect(received.to).toEqual([reader.email]);
  expect(received.source).not.toMatch(/^Bcc:/m);
  expect(textOf(received)).not.toMatch(/^https:\/\/evil/m);
});

test('codes are in no job, no table and no log', async () => {
  const reader = await verified();
  const written: string[] = [];
  await ask(reader.email);
  const { rows: jobs } = await database.owner.query<{ payload: object }>(
    'select payload from graphile_worker._private_jobs',
  );
  expect(jobs).toEqual([
    { payload: { kind: 'reset', email: reader.email, workspaceId: expect.any(String) } },
  ]);
  mail.refuse(451);
  const before = mail.received.length;
  await runOnce({
    pgPool: pool,
    logger: new Logger(() => (_level, message, meta) => {
      written.push(`${message} ${JSON.stringify(meta)}`);
    }),
    taskList: commonTasks(pool, mailer, PUBLIC_URL),
  });
  mail.refuse(undefined);
  expect(mail.received).toHaveLength(before);
  const failed: { text: string }[] = [];
  // That it failed is noted behind it, with when it is tried again.
  while (failed.length === 0) {
    const { rows } = await database.owner.query<{ text: string }>(
      `select jobs::text as text from graphile_worker._private_jobs as jobs
        where locked_at is null and last_error is not null`,
    );
    failed.push(...rows);
  }
  expect(failed).toHaveLength(1);
  expect(`${failed[0]?.text} ${written.join()}`).not.toMatch(/[\w-]{43}/);
  await database.owner.query('update graphile_worker._private_jobs set run_at = now()');
  const code = codeIn(single(await runJobs()));
  const { rows: kept } = await database.owner.query<{ text: string }>(
    'select email_codes::text as text from app_private.email_codes',
  );
  expect(kept.map(({ text }) => text).join()).not.toContain(code);
  expect(await reset(code)).toEqual({ isReset: true });
  await runJobs();
});

test('where there are no passwords, no mail gives one', async () => {
  const reader = await verified();
  const code = await resetCode(reader.email);
  await database.owner.query("select app_private.set_account_rules('open', false)");
  expect(await ask(reader.email)).toBe('FORBIDDEN');
  expect(await reset(code)).toBe('FORBIDDEN');
  await database.owner.query("select app_private.set_account_rules('open', true)");
});

test('who signs in elsewhere has no password that a mail could set', async () => {
  const reader = await verified();
  await database.owner.query(
    'update app_private.user_secrets set password_hash = null where user_id = $1',
    [reader.user.id],
  );
  expect(await account(reader.accessToken)).toMatchObject({ hasPassword: false });
  await ask(reader.email);
  expect(await runJobs()).toEqual([]);
  expect(
    await mutate(
      `changeEmail(input: { password: "", newEmail: "x@example.org" }) { isSent }`,
      reader.accessToken,
    ),
  ).toBe('FORBIDDEN');
});

test('whoever has a second factor hears of what becomes of it, and no code is in a mail or a job', async () => {
  const { username, email, accessToken } = await verified();
  const ask = async (field: string) => {
    const answer = (await mutate(field, accessToken)) as Record<string, never>;
    const received = await runJobs();
    expect(received.every(({ to }) => to[0] === email)).toBe(true);
    return { answer, mails: received.map(({ source }) => /^Subject: (.*)\r$/m.exec(source)?.[1]) };
  };
  const proof = (code: string) => `password: "${PASSWORD}", code: "${code}"`;
  const begun = await ask(`beginTotp(input: { password: "${PASSWORD}" }) { totpSetup { secret } }`);
  expect(begun.mails).toEqual([]);
  const { secret } = begun.answer.totpSetup as unknown as { secret: string };
  const code = totpCode(totpSecret(secret), totpStep());
  const set = await ask(`confirmTotp(input: { code: "${code}" }) { recoveryCodes }`);
  expect(set.mails).toEqual(['Signing in asks for a code now']);
  const [first, second, third] = set.answer.recoveryCodes as unknown as [string, string, string];

  expect(await signIn(username, PASSWORD)).toBe('SECOND_FACTOR_REQUIRED');
  expect(await signIn(username, 'a guess')).toBe('WRONG_CREDENTIALS');
  const used = await ask(
    `signIn(input: { username: "${username}", ${proof(first)} }) { session { user { username } } }`,
  );
  expect(used).toEqual({
    answer: { session: { user: { username } } },
    mails: ['A recovery code was used'],
  });
  const made = await ask(`makeRecoveryCodes(input: { ${proof(second)} }) { recoveryCodes }`);
  expect(made.mails.sort()).toEqual(['A recovery code was used', 'You have new recovery codes']);
  expect(await ask(`removeTotp(input: { ${proof(third)} }) { isRemoved }`)).toEqual({
    answer: 'WRONG_CREDENTIALS',
    mails: [],
  });
  const [last] = made.answer.recoveryCodes as unknown as [string];
  const removed = await ask(`removeTotp(input: { ${proof(last)} }) { isRemoved }`);
  expect(removed.answer).toEqual({ isRemoved: true });
  expect(removed.mails.sort()).toEqual([
    'A recovery code was used',
    'Signing in asks for no code any more',
  ]);
  for (const hidden of [secret, code, first, last]) {
    expect(mail.received.some((received) => textOf(received).includes(hidden))).toBe(false);
  }
});
