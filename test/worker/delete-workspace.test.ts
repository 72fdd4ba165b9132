import { randomUUID } from 'node:crypto';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { makeScene, type Scene, seededRandom } from '../../testing/mutation-races.ts';
import { insertOldMessages, runJobs, runTask } from './support.ts';

/*
 * A workspace that is deleted leaves nothing, and takes nothing of others along. Tables and columns are read from the
 * catalog, so that a new one is looked through too.
 */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;
const MONTH = '2025-03-01';

async function makeWorkspace(name: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    'select app_admin.create_workspace($1, array[$2]) as id',
    [name, `chat.${name}.test`],
  );
  return single(rows).id;
}

/** Two workspaces with the same in them: people, a room with what a room has, a key, a webhook, an import, an archived month. */
async function fill(workspaceId: string, word: string): Promise<Scene> {
  const scene = await makeScene(owner, seededRandom(word.length), workspaceId);
  const { boss, member, roomId, messageIds } = scene;
  await insertOldMessages(owner, { roomId, authorId: member.id, month: MONTH, count: 5 });
  await database.commitAs(boss, async (client) => {
    await client.query('select app_public.mute_member($1, $2, 60, reason => $3)', [
      roomId,
      scene.deputy.id,
      'too loud',
    ]);
    await client.query('select app_public.send_message($1, $2, nonce => $3)', [
      roomId,
      `${word} for @member-${scene.mark}`,
      'once',
    ]);
    await client.query("select app_public.add_message_reaction($1, '👍')", [messageIds[2]]);
    await client.query('select app_public.export_my_data()');
  });
  await database.commitAs(member, (client) =>
    client.query('select app_public.edit_message($1, $2)', [messageIds[2], 'said otherwise']),
  );
  // Of somebody who has left before: what stays of them has no author of this workspace.
  await owner.query('select app_private.begin_erasure($1)', [scene.exile.id]);
  const client = await owner.connect();
  try {
    await client.query("select set_config('trumpet.workspace_id', $1, false)", [workspaceId]);
    await client.query(
      `insert into app_public.webhooks (name, url, events, created_by) values ('told', 'https://told.test', '{message}', 'admin')`,
    );
    await client.query(
      `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size) values ($1, 'a.png', 'image/png', 1)`,
      [boss.id],
    );
    await client.query("select app_admin.create_key('back end', '{read}')");
    const { rows } = await client.query<{ id: number }>(
      "select app_private.begin_import('slack T1') as id",
    );
    await client.query(
      "insert into app_private.imported_ids (import_id, kind, source_id, id) values ($1, 'room', 'C1', $2)",
      [single(rows).id, roomId],
    );
  } finally {
    client.release(true);
  }
  return scene;
}

const [acme, globex] = [await makeWorkspace('acme'), await makeWorkspace('globex')];
const gone = await fill(acme, 'zanzibar');
const kept = await fill(globex, 'quixotic');
await fill('', 'zeppelin');
await runTask(owner, 'archive_months', { month: MONTH });
await database.indexMessages();
await owner.query('select app_private.take_webhook_notes(1000)');
await owner.query('select app_private.roll_up_room(id, 1000) from app_public.rooms');

/** What remembers what was done, and by design nothing of what was in it. */
const LOGS = [
  'app_private.admin_actions',
  'app_private.audit_entries',
  'app_private.erasures',
  'app_private.released_names',
];
/** What names nobody: what waits for the worker, hashes, and words, which are looked at below. */
const ELSEWHERE = [
  'app_private.audit_head',
  'app_private.audit_links',
  'app_private.revocations',
  'app_private.words_to_forget',
  'app_private.messages_to_index',
  'app_private.search_words',
];

async function tables(): Promise<readonly string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
      where relkind = 'r' and relnamespace in (
        'app_public'::regnamespace, 'app_private'::regnamespace, 'app_archive'::regnamespace)`,
  );
  return rows.map(({ name }) => name);
}

/** Every row of every table, by table. */
async function allRows(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const name of await tables()) {
    const { rows } = await owner.query<{ text: string }>(
      `select t::text as text from ${name} as t order by 1`,
    );
    found.set(
      name,
      rows.map(({ text }) => text),
    );
  }
  return found;
}

/** By what a workspace, its rooms and people are known. */
async function idsOf(workspaceId: string): Promise<readonly string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `select id::text from app_public.users where workspace_id = $1
      union all select id::text from app_public.rooms where workspace_id = $1
      union all select messages.id::text from app_public.messages join app_public.rooms on rooms.id = room_id where workspace_id = $1
      union all select account_id::text from app_private.workspaces where id = $1
      union all select id::text from app_private.server_keys where workspace_id = $1
      union all select id::text from app_public.webhooks where workspace_id = $1
      union all select sessions.id::text from app_private.sessions join app_public.users on users.id = user_id where workspace_id = $1
      union all select data_exports.id::text from app_public.data_exports join app_public.users on users.id = user_id where workspace_id = $1
      union all select $1::text`,
    [workspaceId],
  );
  return rows.map(({ id }) => id);
}

const ids = await idsOf(acme);
const before = await allRows();
const isOfGone = (text: string) => ids.some((id) => text.includes(id)) || text.includes(gone.mark);

async function open(person: Pick<TestUser, 'id' | 'sessionId'>) {
  const { rows } = await owner.query('select from app_hidden.authenticate_session($1)', [
    person.sessionId,
  ]);
  return rows.length;
}

test('the default one stays, and so does one in which something is on hold', async () => {
  const remove = (name: string) =>
    owner.query("select app_admin.delete_workspace($1, 'contract ended')", [name]);
  await expect(remove('default')).rejects.toMatchObject({ code: 'TR403' });
  await expect(remove('initech')).rejects.toMatchObject({ code: 'TR404' });
  for (const hold of [
    ['select app_admin.hold_room($1, $2) as id', gone.roomId],
    ['select app_admin.hold_user($1, $2) as id', gone.member.id],
  ]) {
    const { rows } = await owner.query<{ id: string }>(String(hold[0]), [hold[1], 'a case']);
    await expect(remove('acme')).rejects.toMatchObject({ code: 'TR409' });
    await owner.query('select app_admin.release_hold($1)', [single(rows).id]);
  }
});

test('access ends at once', async () => {
  expect(await open(gone.boss)).toBe(1);
  const client = await owner.connect();
  try {
    await client.query("select app_admin.use_workspace('acme')");
    await client.query("select app_admin.delete_workspace('acme', 'contract ended')");
    const { rows: used } = await client.query(
      'select name from app_admin.workspaces where is_used',
    );
    expect(used).toEqual([{ name: 'default' }]);
  } finally {
    client.release(true);
  }
  expect(await open(gone.boss)).toBe(0);
  expect(await open(kept.boss)).toBe(1);
  // Nobody needs a session to come by a link, or to post by an address.
  const { rows: ways } = await owner.query(
    `select room_id from app_public.incoming_webhooks where room_id = any ($1)
      union all select room_id from app_public.room_invitations where room_id = any ($1)`,
    [[gone.roomId, kept.roomId]],
  );
  expect(ways).toEqual([{ room_id: kept.roomId }, { room_id: kept.roomId }]);
  await expect(owner.query("select app_private.enter_workspace('acme')")).rejects.toMatchObject({
    code: 'TR401',
  });
  await expect(owner.query("select app_admin.use_workspace('acme')")).rejects.toMatchObject({
    code: 'TR404',
  });
  await expect(
    owner.query(
      "insert into app_private.sessions (user_id, expires_at) values ($1, now() + interval '1 day')",
      [gone.boss.id],
    ),
  ).rejects.toMatchObject({ code: 'TR403' });
  const { rows } = await owner.query(
    "select hosts, deleted_at is not null as is_deleted from app_admin.workspaces where name = 'acme'",
  );
  expect(rows).toEqual([{ hosts: [], is_deleted: true }]);
});

test('what is put on hold meanwhile stops it', async () => {
  const { rows } = await owner.query<{ id: string }>(
    "select app_admin.hold_user($1, 'a case') as id",
    [gone.member.id],
  );
  await expect(
    owner.query('select app_private.delete_next_of_workspace($1, 100)', [acme]),
  ).rejects.toMatchObject({ code: 'TR409' });
  await owner.query('select app_admin.release_hold($1)', [single(rows).id]);
});

test('a step is no larger than it is said to be, and one that was interrupted goes on', async () => {
  const count = async () => {
    const { rows } = await owner.query<{ count: number }>(
      'select count(*)::int from app_public.messages where room_id = $1',
      [gone.roomId],
    );
    return single(rows).count;
  };
  const first = await count();
  await owner.query('select app_private.delete_next_of_workspace($1, 2)', [acme]);
  await owner.query('select app_private.delete_next_of_workspace($1, 2)', [acme]);
  await owner.query('select app_private.delete_next_of_workspace($1, 2)', [acme]);
  const later = await count();
  expect(first - later).toBeGreaterThan(0);
  expect(first - later).toBeLessThanOrEqual(6);
});

test('then nothing of it is left, and of the others everything', async () => {
  await runJobs(owner);
  await owner.query('select app_private.take_webhook_notes(1000)');
  const after = await allRows();
  const left: string[] = [];
  const missing: string[] = [];
  for (const [name, rows] of after) {
    if (!LOGS.includes(name) && name !== 'app_private.uploads') {
      left.push(...rows.filter(isOfGone).map((text) => `${name}: ${text}`));
    }
  }
  for (const [name, rows] of before) {
    const now = new Set(after.get(name));
    if (!ELSEWHERE.includes(name)) {
      missing.push(
        ...rows
          .filter((text) => !isOfGone(text) && !now.has(text))
          .map((text) => `${name}: ${text}`),
      );
    }
  }
  expect(left).toEqual([]);
  expect(
    after.get('app_private.audit_entries')?.filter((text) => text.includes(gone.mark)),
  ).toEqual([]);
  expect(missing).toEqual([]);
  const { rows: words } = await owner.query(
    "select word from app_private.search_words where word in ('zanzibar', 'quixotic', 'zeppelin') order by word",
  );
  expect(words).toEqual([{ word: 'quixotic' }, { word: 'zeppelin' }]);
  const { rows: files } = await owner.query(
    'select released_at is not null as "isReleased", uploader_id from app_private.uploads where id = any ($1)',
    [(before.get('app_private.uploads') ?? []).filter(isOfGone).map((text) => text.slice(1, 37))],
  );
  expect(files).toEqual([{ isReleased: true, uploader_id: null }]);
  expect(await open(kept.boss)).toBe(1);
});

test('its name is free again', async () => {
  const again = await makeWorkspace('acme');
  expect(again).not.toBe(acme);
  await owner.query('select app_private.delete_next_of_workspace($1, 100)', [randomUUID()]);
  await runTask(owner, 'delete_workspace', { workspaceId: again });
  const { rows } = await owner.query('select name from app_admin.workspaces order by name');
  expect(rows).toEqual([{ name: 'acme' }, { name: 'default' }, { name: 'globex' }]);
});
