import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { loadConfig } from '../../src/config/load.ts';
import { log } from '../../src/process/log.ts';
import { startWorker } from '../../src/worker/run.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { startMailServer } from '../push/support/mail-server.ts';
import { startEndpoint } from './support/endpoint.ts';

/*
 * Whoever is responsible for a webhook or a hook hears that it was disabled because nobody answered: by mail, in the
 * metrics, in the log and at psql.
 */
const warn = jest.spyOn(log, 'warn').mockImplementation(() => {});
const database = await createTestDatabase();
const mail = await startMailServer();
const endpoint = await startEndpoint();
const settings = { WEBHOOK_TRUSTED_ORIGINS: endpoint.origin };
const server = await startTestServer(database, settings);
const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-disabled-'));
const { push, webhooks } = loadConfig({
  DATA_DIR: dataDir,
  ...settings,
  DATABASE_URL: database.databaseUrl,
  AUTH_DATABASE_URL: database.authDatabaseUrl,
  JWT_SECRET: TEST_JWT_SECRET,
  SMTP_URL: mail.url,
  EMAIL_FROM: 'Trumpet <chat@example.org>',
  PUBLIC_URL: 'https://chat.example.org',
});
const worker = await startWorker(database.databaseUrl, {
  push,
  webhooks,
  jwtSecret: TEST_JWT_SECRET,
  authDatabaseUrl: database.authDatabaseUrl,
  publicUrl: 'https://chat.example.org',
});
database.closeFirst.add(worker.stop);
afterAll(async () => {
  await database.close();
  await Promise.all([mail.close(), endpoint.close()]);
  rmSync(dataDir, { recursive: true });
});
const ada = await database.createUser('ada');

async function disabledMetrics(): Promise<string[]> {
  const response = await fetch(`${server.url}/metrics`, { headers: { connection: 'close' } });
  return (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('trumpet_webhooks_disabled{'))
    .sort();
}

const countOf = (kind: string, cause: string, count: number) =>
  `trumpet_webhooks_disabled{kind="${kind}",cause="${cause}"} ${count}`;

test('a webhook that is gone, and a hook that has not answered for a day, are told of by mail, metrics, log and psql', async () => {
  const room = await database.createRoom(ada);
  const { owner } = database;
  await owner.query(
    `select app_admin.create_webhook('tickets', $1, contact => ' tickets@example.org '),
        app_admin.create_hook('bob''s filter', $1, 'hold', contact => 'filter@example.org'),
        app_admin.create_webhook('told to nobody', $1)`,
    [endpoint.url],
  );
  endpoint.answer(() => ({ status: 410 }));
  const sent = await server.graphql(
    `mutation ($roomId: UUID!) { sendMessage(input: { roomId: $roomId, content: "hello" }) { message { heldAt } } }`,
    { roomId: room.id },
    ada.token,
  );
  expect(sent.data.sendMessage.message.heldAt).not.toBeNull();
  const ofHook = await mail.mailTo('filter@example.org');
  expect(ofHook.source).toContain("Subject: The hook bob's filter was disabled");
  const text = ofHook.source.replaceAll(/=\r\n/g, '').replaceAll('=27', "'");
  expect(text).toContain('It answered 410: it is gone.');
  expect(text).toContain('Every message is held for a moderator where it would be asked.');
  expect(text).toContain("select app_admin.enable_webhook('bob''s filter');");
  expect(await disabledMetrics()).toContain(countOf('hook', 'failures', 1));

  // A message that is not held is news.
  await database.owner.query("delete from app_public.webhooks where name = 'bob''s filter'");
  await database.sendMessage(ada, room.id, 'told');
  const ofWebhook = await mail.mailTo('tickets@example.org');
  expect(ofWebhook.source).toContain('Subject: The webhook tickets was disabled');
  await owner.query("select app_admin.create_webhook('by hand', $1)", [endpoint.url]);
  await owner.query("select app_admin.disable_webhook('by hand', 'It moves.')");
  while (!(await disabledMetrics()).includes(countOf('webhook', 'failures', 2))) {
    // The one that nobody is named for follows.
  }
  expect(await disabledMetrics()).toEqual([
    countOf('hook', 'failures', 0),
    countOf('hook', 'hand', 0),
    countOf('webhook', 'failures', 2),
    countOf('webhook', 'hand', 1),
  ]);
  const { rows } = await owner.query(
    `select name, contact_email, disabled_reason from app_admin.webhooks
      where disabled_at is not null order by name`,
  );
  expect(rows).toEqual([
    { name: 'by hand', contact_email: null, disabled_reason: 'It moves.' },
    {
      name: 'tickets',
      contact_email: 'tickets@example.org',
      disabled_reason: 'It answered 410: it is gone.',
    },
    {
      name: 'told to nobody',
      contact_email: null,
      disabled_reason: 'It answered 410: it is gone.',
    },
  ]);
  const { rows: actions } = await owner.query(
    "select subject from app_admin.actions where action = 'disable_webhook' and administrator = 'the worker' order by subject",
  );
  expect(actions.map(({ subject }) => subject)).toEqual([
    "bob's filter",
    'tickets',
    'told to nobody',
  ]);
  expect(warn.mock.calls.map(([line]) => (line as { event: string }).event)).toEqual(
    Array(3).fill('webhook.disabled'),
  );
  expect(mail.received).toHaveLength(2);
});

test('who is named can be changed and left out by a key, and has to be an address', async () => {
  const { rows } = await database.owner.query(
    "select app_admin.create_key('hooks', array['webhooks', 'read']) as key, id from app_admin.webhooks where name = 'tickets'",
  );
  const { key, id } = rows[0];
  const change = async (contactEmail: string | null) => {
    const { data, errors } = await server.graphql(
      `mutation ($id: UUID!, $contactEmail: String) {
        updateWebhook(input: { webhookId: $id, contactEmail: $contactEmail }) { webhook { contactEmail } }
      }`,
      { id, contactEmail },
      key,
    );
    return errors?.[0]?.extensions?.code ?? data.updateWebhook.webhook.contactEmail;
  };
  expect(await change('ops@example.org')).toBe('ops@example.org');
  expect(await change('nobody')).toBe('BAD_INPUT');
  expect(await change(null)).toBeNull();
});
