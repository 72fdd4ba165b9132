import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

/* What somebody has begun to write: on all of their devices, for them alone, and never lost. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

interface Draft {
  readonly id: string;
  readonly room_id: string;
  readonly parent_message_id: string | null;
  readonly content: string;
  readonly revision: string;
  readonly is_set_aside: boolean;
}

interface More {
  readonly threadId?: string;
  readonly basedOn?: readonly string[];
  readonly writtenAt?: Date;
  readonly revision?: string;
  readonly files?: readonly string[];
}

async function save(
  who: TestUser,
  roomId: string,
  content: string,
  more: More = {},
): Promise<Draft> {
  const { threadId = null, basedOn = [], writtenAt = null, revision = crypto.randomUUID() } = more;
  const args = [roomId, content, revision, threadId, basedOn, writtenAt, more.files ?? []];
  return (await database.call(who, 'save_draft', ...args)) as Draft;
}

async function draftsOf(who: TestUser): Promise<readonly Draft[]> {
  const { rows } = await database.asUser(who, (client) =>
    client.query<Draft>('select * from app_public.my_drafts()'),
  );
  return rows;
}

const textsOf = async (who: TestUser) =>
  (await draftsOf(who)).map(({ content, is_set_aside }) =>
    is_set_aside ? `(${content})` : content,
  );

/** A file that has been uploaded some hours ago. */
async function upload(who: TestUser, filename: string, hoursAgo = 0): Promise<string> {
  const { rows } = await database.owner.query<{ id: string }>(
    `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, status, received_at, created_at)
      values ($1, $2, 'text/plain', 1, 'ready', now(), now() - $3 * interval '1 hour') returning id`,
    [who.id, filename, hoursAgo],
  );
  return (rows[0] as { id: string }).id;
}

/** The files of each draft of somebody, by their names. */
async function filesOf(who: TestUser): Promise<readonly (readonly string[])[]> {
  const { rows } = await database.asUser(who, (client) =>
    client.query<{ names: string[] }>(
      `select array(select filename from app_public.drafts_attachments(my_drafts)) as names from app_public.my_drafts()`,
    ),
  );
  return rows.map(({ names }) => names);
}

/** Gives up what waits for nothing. @returns which of these are given up */
async function cleanUp(ids: readonly string[]): Promise<readonly string[]> {
  await database.owner.query('select app_private.release_unbound_uploads()');
  const { rows } = await database.owner.query<{ id: string }>(
    'select id from app_private.uploads where id = any ($1) and released_at is not null order by id',
    [ids],
  );
  return rows.map(({ id }) => id);
}

const aDayPasses = (ids: readonly string[]) =>
  database.owner.query(
    `update app_private.uploads set created_at = created_at - interval '25 hours', drafted_at = drafted_at - interval '25 hours'
      where id = any ($1)`,
    [ids],
  );

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'public', members: [bob] });
  return { ada, bob, roomId };
}

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test('there is a draft for each room and each thread, seen by its author alone', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const { id: threadId } = await database.sendMessage(ada, roomId, 'Tea?');
  await save(bob, roomId, 'In the room', { writtenAt: ago(2) });
  const inThread = await save(bob, roomId, 'In the thread', { threadId, writtenAt: ago(1) });
  expect(inThread).toMatchObject({ room_id: roomId, parent_message_id: threadId });
  expect(await textsOf(bob)).toEqual(['In the thread', 'In the room']);
  expect(await textsOf(ada)).toEqual([]);
  await expect(database.call(ada, 'discard_draft', inThread.id)).rejects.toMatchObject({
    code: 'TR404',
  });
});

test('of two that were written beside each other the newer stays, and the other is kept', async () => {
  const { bob, roomId } = await makeRoom();
  const first = await save(bob, roomId, 'Dear', { writtenAt: ago(9) });
  const basedOn = [first.revision];
  const desk = await save(bob, roomId, 'Dear Ada', { basedOn, writtenAt: ago(5) });
  // A phone that was away: what it has is older, and comes later.
  const late = { revision: crypto.randomUUID(), basedOn, writtenAt: ago(7) };
  const phone = await save(bob, roomId, 'Dear Carol', late);
  expect(phone).toMatchObject({ id: desk.id, content: 'Dear Ada' });
  expect(await textsOf(bob)).toEqual(['Dear Ada', '(Dear Carol)']);
  await save(bob, roomId, 'Dear Carol', late);
  expect(await textsOf(bob)).toEqual(['Dear Ada', '(Dear Carol)']);
  // And one that is newer, though it has not seen the last either.
  await save(bob, roomId, 'Dear Dave', { basedOn, writtenAt: ago(1) });
  expect(await textsOf(bob)).toEqual(['Dear Dave', '(Dear Ada)', '(Dear Carol)']);
});

test('what was kept apart goes once it is a part of the draft, or is discarded', async () => {
  const { bob, roomId } = await makeRoom();
  await save(bob, roomId, 'One', { writtenAt: ago(9) });
  await save(bob, roomId, 'Two', { writtenAt: ago(8) });
  const three = await save(bob, roomId, 'Three', { writtenAt: ago(7) });
  expect(await textsOf(bob)).toEqual(['Three', '(Two)', '(One)']);
  await save(bob, roomId, 'Three\nOne', { basedOn: [three.revision] });
  expect(await textsOf(bob)).toEqual(['Three\nOne', '(Two)']);
  const two = (await draftsOf(bob)).find(({ is_set_aside }) => is_set_aside) as Draft;
  await database.call(bob, 'discard_draft', two.id);
  expect(await textsOf(bob)).toEqual(['Three\nOne']);
  // A text that another goes on from is not lost.
  await save(bob, roomId, 'Three\nOne and a half');
  expect(await textsOf(bob)).toEqual(['Three\nOne and a half']);
});

test('a request that comes twice or late changes nothing', async () => {
  const { bob, roomId } = await makeRoom();
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  await save(bob, roomId, 'On', { revision: first });
  await save(bob, roomId, 'On my way', { revision: second, basedOn: [first] });
  await save(bob, roomId, 'On my way', { revision: second, basedOn: [first] });
  await save(bob, roomId, 'On', { revision: first });
  expect(await textsOf(bob)).toEqual(['On my way']);
  // Not even one that is only heard of after the draft was sent.
  const late = crypto.randomUUID();
  await save(bob, roomId, '', { basedOn: [first, second, late] });
  expect(await textsOf(bob)).toEqual([]);
  await save(bob, roomId, 'On my way!', { revision: late, basedOn: [second] });
  expect(await textsOf(bob)).toEqual([]);
  const { roomId: another } = await makeRoom();
  await database.call(bob, 'join_room', another);
  const later = crypto.randomUUID();
  await save(bob, another, '', { basedOn: [later] });
  await save(bob, another, 'On my way!', { revision: later });
  expect(await textsOf(bob)).toEqual([]);
});

test('sending ends the draft that was sent and no other, however often it is told', async () => {
  const { bob, roomId } = await makeRoom();
  const sent = await save(bob, roomId, 'Hello');
  const [revision, basedOn] = [crypto.randomUUID(), [sent.revision]];
  await save(bob, roomId, '', { revision, basedOn });
  expect(await textsOf(bob)).toEqual([]);
  // The answer was lost; meanwhile another device has begun anew.
  await save(bob, roomId, 'And');
  await save(bob, roomId, '', { revision, basedOn });
  await save(bob, roomId, '', { basedOn: [sent.revision] });
  expect(await textsOf(bob)).toEqual(['And']);
  expect(await save(bob, (await makeRoom()).roomId, '').catch(({ code }) => code)).toBe('TR403');
});

test('an end outlives what was under way, whatever else is in its place', async () => {
  for (const begun of ['', 'Something else']) {
    const { bob, roomId } = await makeRoom();
    const earlier = await save(bob, roomId, 'Earlier');
    await save(bob, roomId, begun, { basedOn: [earlier.revision] });
    const [late, basedOn] = [crypto.randomUUID(), [] as string[]];
    await save(bob, roomId, '', { basedOn: [late] });
    const told = await save(bob, roomId, 'Sent', { revision: late, basedOn });
    expect(told.content).toBe(begun);
    expect(await textsOf(bob)).toEqual(begun === '' ? [] : [begun]);
  }
});

test('an end takes away what was sent where that was kept apart meanwhile, and nothing else', async () => {
  const { bob, roomId } = await makeRoom();
  const older = await save(bob, roomId, 'Not sent', { writtenAt: ago(3) });
  const phone = await save(bob, roomId, 'Sent', { writtenAt: ago(2) });
  await save(bob, roomId, 'Other', { writtenAt: ago(1) });
  expect(await textsOf(bob)).toEqual(['Other', '(Sent)', '(Not sent)']);
  await save(bob, roomId, '', { basedOn: [older.revision, phone.revision] });
  expect(await textsOf(bob)).toEqual(['Other', '(Not sent)']);
});

test('what was kept apart comes back by no repetition, and each gives the draft', async () => {
  const { bob, roomId } = await makeRoom();
  const draft = await save(bob, roomId, 'Newer', { writtenAt: ago(1) });
  const late = { writtenAt: ago(2), revision: crypto.randomUUID() };
  for (let times = 0; times < 2; times += 1) {
    expect(await save(bob, roomId, 'Older', late)).toMatchObject({
      id: draft.id,
      content: 'Newer',
    });
    expect(await textsOf(bob)).toEqual(['Newer', '(Older)']);
  }
  const apart = (await draftsOf(bob)).find(({ is_set_aside }) => is_set_aside) as Draft;
  await database.call(bob, 'discard_draft', apart.id);
  await save(bob, roomId, 'Older', late);
  expect(await textsOf(bob)).toEqual(['Newer']);
});

test('an end that did not see the newest draft leaves it', async () => {
  const { bob, roomId } = await makeRoom();
  const seen = await save(bob, roomId, 'Hel');
  await save(bob, roomId, 'Hello there', { basedOn: [seen.revision] });
  await save(bob, roomId, '', { basedOn: [crypto.randomUUID()] });
  expect(await textsOf(bob)).toEqual(['Hello there']);
});

test('what was written before the end of another draft is a draft, and not one that lost', async () => {
  const { bob, roomId } = await makeRoom();
  const sent = await save(bob, roomId, 'Sent');
  await save(bob, roomId, '', { basedOn: [sent.revision] });
  await save(bob, roomId, 'From a phone that was away', { writtenAt: ago(60) });
  expect(await textsOf(bob)).toEqual(['From a phone that was away']);
});

test('whoever leaves a room loses their draft there, and whoever is not in it makes none', async () => {
  const { ada, bob, roomId } = await makeRoom();
  await save(bob, roomId, 'Half a thought');
  await database.call(bob, 'leave_room', roomId);
  expect(await textsOf(bob)).toEqual([]);
  await expect(save(bob, roomId, 'More')).rejects.toMatchObject({ code: 'TR403' });
  await database.call(bob, 'join_room', roomId);
  expect(await textsOf(bob)).toEqual([]);
  await save(bob, roomId, 'Half a thought');
  await database.call(ada, 'kick_member', roomId, bob.id);
  const { rows } = await database.owner.query('select from app_public.drafts where user_id = $1', [
    bob.id,
  ]);
  expect(rows).toEqual([]);
});

test.each([
  [
    'put out',
    'delete from app_public.room_members where room_id = $1 and user_id = $2',
    'select',
    'TR403',
  ],
  [
    'suspended',
    'select app_private.lock_until_commit($$drafts$$, $2::text) from app_public.rooms where id = $1',
    `select app_admin.suspend_user((select username::text from app_public.users where id = $1), 'spam')`,
    'TR401',
  ],
])('whoever is %s while they write is refused, and leaves nothing behind', async (...row) => {
  const [, before, meanwhile, code] = row;
  const { bob, roomId } = await makeRoom();
  const holder = await database.owner.connect();
  try {
    await holder.query('begin');
    await holder.query(before, [roomId, bob.id]);
    const saving = save(bob, roomId, 'Half a thought').catch((error) => error.code);
    const waits = () =>
      database.owner.query(
        `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%save_draft%'`,
      );
    while ((await waits()).rows.length === 0) {}
    await database.owner.query(meanwhile, meanwhile === 'select' ? [] : [bob.id]);
    await holder.query('commit');
    expect(await saving).toBe(code);
    const { rows } = await database.owner.query(
      'select from app_public.drafts where user_id = $1',
      [bob.id],
    );
    expect(rows).toEqual([]);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
});

test('a draft of an answer is gone with the message', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const { id: threadId } = await database.sendMessage(ada, roomId, 'Tea?');
  await save(bob, roomId, 'Yes', { threadId });
  expect(await textsOf(bob)).toEqual(['Yes']);
  await database.call(ada, 'delete_message', threadId);
  expect(await textsOf(bob)).toEqual([]);
  await expect(save(bob, roomId, 'Yes', { threadId: crypto.randomUUID() })).rejects.toMatchObject({
    code: 'TR404',
  });
});

test('a clock that is ahead does not win for ever', async () => {
  const { bob, roomId } = await makeRoom();
  await save(bob, roomId, 'By a clock in the next year', { writtenAt: ago(-500_000) });
  await save(bob, roomId, 'Now');
  expect(await textsOf(bob)).toEqual(['Now', '(By a clock in the next year)']);
});

test('drafts have limits, of length and of number', async () => {
  const { bob, roomId } = await makeRoom();
  await expect(save(bob, roomId, 'x'.repeat(8_001))).rejects.toMatchObject({ code: 'TR413' });
  for (let number = 0; number < 25; number += 1) {
    await save(bob, roomId, `Written ${number}.`, { writtenAt: ago(60 - number) });
  }
  expect(await textsOf(bob)).toEqual([
    'Written 24.',
    ...Array.from({ length: 20 }, (_, index) => `(Written ${23 - index}.)`),
  ]);
  await database.owner.query(
    `insert into app_public.drafts (user_id, room_id, content, revision, written_at, is_set_aside)
      select $1, $2, 'more', gen_random_uuid(), now(), true from generate_series(1, 480)`,
    [bob.id, (await database.createRoom(bob, {})).id],
  );
  const { id: another } = await database.createRoom(bob, {});
  await expect(save(bob, another, 'One too many')).rejects.toMatchObject({ code: 'TR409' });
  // Those that nobody can see or discard any more do not count.
  const { id: threadId } = await database.sendMessage(bob, another, 'Tea?');
  await database.owner.query(
    `update app_public.drafts set parent_message_id = $2 where user_id = $1 and content = 'more'`,
    [bob.id, threadId],
  );
  await database.call(bob, 'delete_message', threadId);
  await save(bob, another, 'One of a few');
});

test('an export has the drafts, and erasing an account removes them', async () => {
  const { bob, roomId } = await makeRoom();
  await save(bob, roomId, 'Half a thought');
  const { rows } = await database.owner.query(
    `select from app_private.personal_tables() where table_name = 'app_public.drafts'`,
  );
  expect(rows).toHaveLength(1);
  await database.owner.query('select app_private.begin_erasure($1)', [bob.id]);
  const left = await database.owner.query('select from app_public.drafts where user_id = $1', [
    bob.id,
  ]);
  expect(left.rows).toEqual([]);
});

test('a draft has files, also without a text, for its author alone', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const [map, list] = [await upload(bob, 'map.txt'), await upload(bob, 'list.txt')];
  const draft = await save(bob, roomId, '', { files: [list, map, list] });
  expect(await filesOf(bob)).toEqual([['list.txt', 'map.txt']]);
  // Nobody else has them, neither by naming them nor by a draft that is made up.
  const theirs = await save(ada, roomId, 'Mine', { files: [map] });
  expect(await filesOf(ada)).toEqual([[]]);
  const { rows } = await database.asUser(ada, (client) =>
    client.query(
      `select app_public.drafts_attachments(jsonb_populate_record(null::app_public.drafts, $1)) as file`,
      [{ id: draft.id, user_id: bob.id, attachment_ids: [map, list] }],
    ),
  );
  expect(rows).toEqual([]);
  const { rows: seen } = await database.asUser(ada, (client) =>
    client.query<{ id: string }>('select id from app_public.drafts'),
  );
  expect(seen).toEqual([{ id: theirs.id }]);
  const eleven = Array.from({ length: 11 }, () => crypto.randomUUID());
  await expect(save(bob, roomId, 'x', { files: eleven })).rejects.toMatchObject({ code: 'TR413' });
});

test('the files of a draft stay as long as it holds them, and a day more', async () => {
  const { bob, roomId } = await makeRoom();
  const [kept, removed, sent, unheld] = [
    await upload(bob, 'kept.txt', 20),
    await upload(bob, 'removed.txt', 20),
    await upload(bob, 'sent.txt', 20),
    await upload(bob, 'unheld.txt', 20),
  ];
  const all = [kept, removed, sent, unheld];
  const first = await save(bob, roomId, 'With files', { files: [kept, removed, sent] });
  await aDayPasses(all);
  await aDayPasses(all);
  expect(await cleanUp(all)).toEqual([unheld]);
  const second = await save(bob, roomId, 'With files', {
    files: [kept, sent],
    basedOn: [first.revision],
  });
  // What a draft has let go may be under way in a message.
  expect(await cleanUp(all)).toEqual([unheld]);
  await aDayPasses(all);
  expect(await cleanUp(all)).toEqual([removed, unheld].sort());
  await save(bob, roomId, '', { basedOn: [second.revision] });
  expect(await cleanUp(all)).toEqual([removed, unheld].sort());
  await database.call(bob, 'send_message', roomId, 'With files', 'text', '{}', null, null, [sent]);
  await aDayPasses(all);
  expect(await cleanUp(all)).toEqual([kept, removed, unheld].sort());
});

test.each([
  [
    'discards it',
    async (bob: TestUser, _: string, { id }: Draft) => database.call(bob, 'discard_draft', id),
  ],
  [
    'leaves the room',
    async (bob: TestUser, roomId: string) => database.call(bob, 'leave_room', roomId),
  ],
])('the files of a draft are free once its author %s', async (_, end) => {
  const { bob, roomId } = await makeRoom();
  const file = await upload(bob, 'map.txt', 20);
  const draft = await save(bob, roomId, '', { files: [file] });
  await end(bob, roomId, draft);
  expect(await textsOf(bob)).toEqual([]);
  await aDayPasses([file]);
  expect(await cleanUp([file])).toEqual([file]);
});

test('erasing an account gives up the files of its drafts at once', async () => {
  const { bob, roomId } = await makeRoom();
  const file = await upload(bob, 'map.txt');
  await save(bob, roomId, '', { files: [file] });
  await database.owner.query('select app_private.begin_erasure($1)', [bob.id]);
  const { rows } = await database.owner.query(
    'select filename, released_at is not null as released from app_private.uploads where id = $1',
    [file],
  );
  expect(rows).toEqual([{ filename: 'file', released: true }]);
});

test('of files that two devices added beside each other none is lost', async () => {
  const { bob, roomId } = await makeRoom();
  const [map, list] = [await upload(bob, 'map.txt', 20), await upload(bob, 'list.txt', 20)];
  await save(bob, roomId, 'Look', { files: [map], writtenAt: ago(3) });
  const phone = await save(bob, roomId, 'Look here', { files: [list], writtenAt: ago(2) });
  expect(await textsOf(bob)).toEqual(['Look here', '(Look)']);
  expect(await filesOf(bob)).toEqual([['list.txt'], ['map.txt']]);
  // What is kept apart holds its files, too.
  await aDayPasses([map, list]);
  expect(await cleanUp([map, list])).toEqual([]);
  await save(bob, roomId, 'Look here', { files: [list, map], basedOn: [phone.revision] });
  expect(await textsOf(bob)).toEqual(['Look here']);
  expect(await filesOf(bob)).toEqual([['list.txt', 'map.txt']]);
});

test('a file that was sent or given up meanwhile does not hold up the text', async () => {
  const { bob, roomId } = await makeRoom();
  const [sent, gone, left] = [
    await upload(bob, 'sent.txt'),
    await upload(bob, 'gone.txt'),
    await upload(bob, 'left.txt'),
  ];
  const files = [sent, gone, left];
  const draft = await save(bob, roomId, 'Three', { files });
  await database.call(bob, 'send_message', roomId, 'One', 'text', '{}', null, null, [sent]);
  await database.owner.query('select app_hidden.discard_upload($1)', [gone]);
  expect(await filesOf(bob)).toEqual([['left.txt']]);
  const next = await save(bob, roomId, 'Three?', { files, basedOn: [draft.revision] });
  expect(await filesOf(bob)).toEqual([['left.txt']]);
  await save(bob, roomId, '', { files: [sent], basedOn: [next.revision] });
  expect(await textsOf(bob)).toEqual([]);
});

test('a file that a draft takes while what waits is cleaned up stays', async () => {
  const { bob, roomId } = await makeRoom();
  const file = await upload(bob, 'map.txt', 30);
  const holder = await database.owner.connect();
  try {
    await holder.query('begin');
    await holder.query('select set_config($1, $2, true)', ['trumpet.user_id', bob.id]);
    await holder.query(
      `select app_public.save_draft($1, '', gen_random_uuid(), attachment_ids => array[$2]::uuid[])`,
      [roomId, file],
    );
    const cleaning = cleanUp([file]);
    const waits = () =>
      database.owner.query(
        `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%release_unbound_uploads%'`,
      );
    while ((await waits()).rows.length === 0) {}
    await holder.query('commit');
    expect(await cleaning).toEqual([]);
    expect(await filesOf(bob)).toEqual([['map.txt']]);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
});
