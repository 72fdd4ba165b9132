import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dropArchivedMonth,
  readArchiveFile,
  writeArchiveFile,
} from '../../src/database/months/archive-file.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { count, insertOldMessages, runTask } from './support.ts';

const MONTH = '2025-01-01';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

/** Everyone deletes what is old in every room: a test has a room and people of its own, and this cleans up. */
afterEach(async () => {
  await owner.query(
    'update app_private.legal_holds set released_at = now() where released_at is null',
  );
  await owner.query('update app_public.rooms set retention_days = 30');
  await runTask(owner, 'apply_retention');
});

interface Setting {
  readonly olga: TestUser;
  readonly rita: TestUser;
  readonly roomId: string;
}

async function makeRoom(days: number | null): Promise<Setting> {
  const [olga, rita] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(olga, { members: [rita] });
  await database.commitAs(olga, (client) =>
    client.query('select app_public.set_room_retention($1, $2)', [roomId, days]),
  );
  return { olga, rita, roomId };
}

function old({ olga, roomId }: Setting, count: number, author = olga): Promise<string[]> {
  return insertOldMessages(owner, { roomId, authorId: author.id, month: MONTH, count });
}

async function headOf(roomId: string) {
  const { rows } = await owner.query<{
    last_change_seq: string;
    first_message_seq: string;
    last_message_seq: string;
  }>('select * from app_private.room_heads where room_id = $1', [roomId]);
  return single(rows);
}

const isMonthThere = async () =>
  (await count(owner, `pg_class where relname in ('messages_2025_01', 'message_search_2025_01')`)) >
  0;

test('messages past their time go with all that hangs on them; newer ones stay', async () => {
  const room = await makeRoom(30);
  const keeper = await makeRoom(0);
  const ids = await old(room, 450);
  await old(keeper, 3);
  const fresh = await database.sendMessage(room.olga, room.roomId, 'new');

  await runTask(owner, 'apply_retention');

  expect(await count(owner, 'app_public.messages where id = any ($1)', [ids])).toBe(0);
  expect(
    await count(owner, 'app_public.message_reactions where message_id = any ($1)', [ids]),
  ).toBe(0);
  expect(await count(owner, 'app_private.message_search where message_id = any ($1)', [ids])).toBe(
    0,
  );
  expect(await count(owner, 'app_public.messages where id = $1', [fresh.id])).toBe(1);
  // A room that keeps its messages keeps the month.
  expect(await count(owner, 'app_public.messages where room_id = $1', [keeper.roomId])).toBe(3);
});

test('a room hears of it once, however many messages went', async () => {
  const room = await makeRoom(30);
  const keeper = await makeRoom(0);
  await old(room, 450);
  await old(keeper, 1);
  const before = await headOf(room.roomId);

  await runTask(owner, 'apply_retention');

  const { rows } = await owner.query(
    'select kind, op from app_private.room_changes where room_id = $1 and change_seq > $2',
    [room.roomId, before.last_change_seq],
  );
  expect(rows).toEqual([{ kind: 'room', op: 'update' }]);
  expect(await headOf(room.roomId)).toMatchObject({
    first_message_seq: '451',
    last_message_seq: '450',
  });
});

test('what is gone is not unread', async () => {
  const room = await makeRoom(30);
  await old(room, 20);
  await database.sendMessage(room.olga, room.roomId, 'new');
  await runTask(owner, 'apply_retention');

  const unread = await database.asUser(room.rita, (client) =>
    client.query('select unread_count from app_public.user_conversations() where room_id = $1', [
      room.roomId,
    ]),
  );
  expect(unread.rows).toEqual([{ unread_count: 1 }]);

  const { rows } = await owner.query('select app_private.unread_total($1)::int as badge', [
    room.rita.id,
  ]);
  expect(rows).toEqual([{ badge: 1 }]);
});

test('nobody gets an e-mail about nothing but what is gone', async () => {
  const room = await makeRoom(30);
  await old(room, 20);
  await runTask(owner, 'apply_retention');
  await owner.query(`select app_private.note_seen($1, now() - interval '2 hours')`, [room.rita.id]);
  await owner.query(
    `update app_private.user_secrets set email = 'rita@example.org', holds_email = true where user_id = $1`,
    [room.rita.id],
  );

  const { rows } = await owner.query('select app_private.enqueue_digests() as jobs');
  expect(rows).toEqual([{ jobs: 0 }]);
});

test('a month in which nothing is to be kept is dropped whole, for the rooms as if deleted one by one', async () => {
  const room = await makeRoom(30);
  const ids = await old(room, 30);

  await runTask(owner, 'apply_retention');

  expect(await isMonthThere()).toBe(false);
  expect(
    await count(owner, 'app_public.message_reactions where message_id = any ($1)', [ids]),
  ).toBe(0);
  expect(await headOf(room.roomId)).toMatchObject({ first_message_seq: '31' });
  expect(await count(owner, 'app_private.partition_moves')).toBe(0);
});

test('a hold on a room keeps everything in it, until it is released', async () => {
  const room = await makeRoom(30);
  const ids = await old(room, 5);
  await owner.query('insert into app_private.legal_holds (room_id, reason) values ($1, $2)', [
    room.roomId,
    'case 1',
  ]);

  await runTask(owner, 'apply_retention');
  expect(await count(owner, 'app_public.messages where id = any ($1)', [ids])).toBe(5);

  await owner.query('update app_private.legal_holds set released_at = now()');
  await runTask(owner, 'apply_retention');
  expect(await isMonthThere()).toBe(false);
});

test('a hold on a person keeps what they wrote, and only that', async () => {
  const room = await makeRoom(30);
  const hers = await old(room, 5);
  const his = await old(room, 5, room.rita);
  await owner.query('insert into app_private.legal_holds (user_id, reason) values ($1, $2)', [
    room.rita.id,
    'case 2',
  ]);

  await runTask(owner, 'apply_retention');

  expect(await count(owner, 'app_public.messages where id = any ($1)', [hers])).toBe(0);
  expect(await count(owner, 'app_public.messages where id = any ($1)', [his])).toBe(5);
  expect(await headOf(room.roomId)).toMatchObject({ first_message_seq: '11' });
});

test('what the installation says holds for rooms that say nothing', async () => {
  const room = await makeRoom(null);
  const ids = await old(room, 3);
  await runTask(owner, 'apply_retention');
  expect(await count(owner, 'app_public.messages where id = any ($1)', [ids])).toBe(3);

  await owner.query('update app_private.lifecycle_settings set retention_days = 30');
  await runTask(owner, 'apply_retention');
  await owner.query('update app_private.lifecycle_settings set retention_days = 0');
  expect(await isMonthThere()).toBe(false);
});

test('a detach that was interrupted is finished', async () => {
  const room = await makeRoom(30);
  await old(room, 3);
  await owner.query(
    `insert into app_private.partition_moves (parent, month, destination) values ('app_public.messages', $1, 'drop')`,
    [MONTH],
  );
  // Someone reads; the detach waits for them and is given up: half done, as after a crash.
  const reader = await owner.connect();
  await reader.query('begin; select from app_public.messages limit 1');
  const mover = await owner.connect();
  await mover.query('set statement_timeout = 300');
  await expect(
    mover.query(
      'alter table app_public.messages detach partition app_private.messages_2025_01 concurrently',
    ),
  ).rejects.toMatchObject({ code: '57014' });
  mover.release(true);
  await reader.query('rollback');
  reader.release();
  expect(await count(owner, 'app_private.month_partitions where is_detaching')).toBe(1);

  await runTask(owner, 'apply_retention');

  expect(await isMonthThere()).toBe(false);
  expect(await count(owner, 'app_private.partition_moves')).toBe(0);
});

test('a hold that comes while a month is being taken out brings it back', async () => {
  const room = await makeRoom(30);
  const ids = await old(room, 3);
  await owner.query(
    `insert into app_private.partition_moves (parent, month, destination) values ('app_public.messages', $1, 'drop')`,
    [MONTH],
  );
  await owner.query(
    'alter table app_public.messages detach partition app_private.messages_2025_01 concurrently',
  );
  await owner.query('insert into app_private.legal_holds (room_id, reason) values ($1, $2)', [
    room.roomId,
    'case 3',
  ]);

  await runTask(owner, 'apply_retention');

  expect(await count(owner, 'app_public.messages where id = any ($1)', [ids])).toBe(3);
  expect(await count(owner, 'app_private.partition_moves')).toBe(0);
});

const archive = () => runTask(owner, 'archive_months', { month: MONTH });

test('the archive is reached: what is past its time goes there too, and what is not stays', async () => {
  const room = await makeRoom(0);
  const keeper = await makeRoom(0);
  const ids = await old(room, 30);
  const kept = await old(keeper, 3);
  await archive();
  await owner.query('update app_public.rooms set retention_days = 30 where id = $1', [room.roomId]);
  const before = await headOf(room.roomId);

  await runTask(owner, 'apply_retention');

  expect(await count(owner, 'app_archive.messages_2025_01 where id = any ($1)', [ids])).toBe(0);
  expect(
    await count(owner, 'app_public.message_reactions where message_id = any ($1)', [ids]),
  ).toBe(0);
  expect(await count(owner, 'app_archive.messages_2025_01 where id = any ($1)', [kept])).toBe(3);
  expect(await headOf(room.roomId)).toMatchObject({ first_message_seq: '31' });
  const { rows } = await owner.query(
    'select kind, op from app_private.room_changes where room_id = $1 and change_seq > $2',
    [room.roomId, before.last_change_seq],
  );
  expect(rows).toEqual([{ kind: 'room', op: 'update' }]);
});

test('the history of a room begins in the archive while something is kept there', async () => {
  const room = await makeRoom(0);
  const hers = await old(room, 2);
  await old(room, 3, room.rita);
  await archive();
  await owner.query('insert into app_private.legal_holds (user_id, reason) values ($1, $2)', [
    room.olga.id,
    'case 4',
  ]);
  await owner.query('update app_public.rooms set retention_days = 30 where id = $1', [room.roomId]);

  await runTask(owner, 'apply_retention');

  expect(await count(owner, 'app_archive.messages_2025_01 where room_id = $1', [room.roomId])).toBe(
    2,
  );
  expect(await count(owner, 'app_archive.messages_2025_01 where id = any ($1)', [hers])).toBe(2);
});

test('a month of the archive in which nothing is to be kept is dropped whole', async () => {
  const room = await makeRoom(30);
  const ids = await old(room, 30);
  await archive();

  await runTask(owner, 'apply_retention');

  expect(await isMonthThere()).toBe(false);
  expect(await count(owner, 'app_private.archived_months where month = $1', [MONTH])).toBe(0);
  expect(
    await count(owner, 'app_public.message_reactions where message_id = any ($1)', [ids]),
  ).toBe(0);
  expect(await headOf(room.roomId)).toMatchObject({ first_message_seq: '31' });
});

test('a month that comes back from its file is past its time the next night; its files of attachments before', async () => {
  const room = await makeRoom(0);
  const [id] = await old(room, 3);
  await owner.query(
    `insert into app_private.uploads (uploader_id, filename, byte_size, mime_type, received_at, message_id, room_id)
      values ($1, 'plan.txt', 5, 'text/plain', now(), $2, $3)`,
    [room.olga.id, id, room.roomId],
  );
  const folder = await mkdtemp(join(tmpdir(), 'trumpet-retention-'));
  const file = join(folder, 'messages-2025-01.ndjson.gz');
  const client = await owner.connect();
  await archive();
  await writeArchiveFile(client, MONTH, file);
  await dropArchivedMonth(client, MONTH);
  const unreleased = () =>
    count(owner, 'app_private.uploads where room_id = $1 and released_at is null', [room.roomId]);
  await runTask(owner, 'apply_retention');
  expect(await unreleased()).toBe(1);

  await owner.query('update app_public.rooms set retention_days = 30 where id = $1', [room.roomId]);
  await runTask(owner, 'apply_retention');
  expect(await unreleased()).toBe(0);

  await readArchiveFile(client, MONTH, file);
  client.release();
  await rm(folder, { recursive: true });
  expect(await count(owner, 'app_archive.messages_2025_01')).toBe(3);
  await runTask(owner, 'apply_retention');
  expect(await isMonthThere()).toBe(false);
});

describe('an answer that goes while its question is', () => {
  async function ask(days: number) {
    const room = await makeRoom(days);
    const [question] = await old(room, 1);
    const answers: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      const { id } = await database.call(
        room.rita,
        'send_message',
        room.roomId,
        text,
        'text',
        '{}',
        question,
      );
      answers.push(id as string);
    }
    return { room, question, answers };
  }

  const deleteAnswer = ({ rita }: Setting, id: string | undefined) =>
    database.call(rita, 'delete_message', id);

  async function replyCounts(room: Setting): Promise<number[]> {
    const { rows } = await database.asUser(room.rita, (client) =>
      client.query<{ reply_count: number }>(
        'select reply_count from app_public.archived_messages($1) order by seq',
        [room.roomId],
      ),
    );
    return rows.map((row) => row.reply_count);
  }

  const restoredCount = async (id: string | undefined) => {
    const { rows } = await owner.query(
      'select reply_count from app_public.messages where id = $1',
      [id],
    );
    return single(rows).reply_count;
  };

  test('in the archive is not counted any more, there and afterwards', async () => {
    const { room, question, answers } = await ask(0);
    await archive();
    await deleteAnswer(room, answers[0]);
    expect(await replyCounts(room)).toEqual([2]);

    await runTask(owner, 'restore_month', { month: MONTH });
    expect(await restoredCount(question)).toBe(2);
    await deleteAnswer(room, answers[1]);
    expect(await restoredCount(question)).toBe(1);
    expect(await count(owner, 'app_private.archived_reply_counts')).toBe(0);
  });

  test('in a file is not counted any more when it comes back', async () => {
    const { room, question, answers } = await ask(0);
    const folder = await mkdtemp(join(tmpdir(), 'trumpet-retention-'));
    const file = join(folder, 'messages-2025-01.ndjson.gz');
    const client = await owner.connect();
    await archive();
    await writeArchiveFile(client, MONTH, file);
    await deleteAnswer(room, answers[0]);
    await dropArchivedMonth(client, MONTH);
    await deleteAnswer(room, answers[1]);
    await readArchiveFile(client, MONTH, file);
    client.release();
    await rm(folder, { recursive: true });
    expect(await replyCounts(room)).toEqual([1]);
    await runTask(owner, 'restore_month', { month: MONTH });
    expect(await restoredCount(question)).toBe(1);
  });

  test('kept for a hold is not counted any more', async () => {
    const room = await makeRoom(0);
    const [question, answer] = await old(room, 2);
    await owner.query(
      `update app_public.messages set author_id = $2, parent_message_id = $3 where id = $1`,
      [answer, room.rita.id, question],
    );
    await owner.query('update app_public.messages set reply_count = 1 where id = $1', [question]);
    await owner.query('insert into app_private.legal_holds (user_id, reason) values ($1, $2)', [
      room.olga.id,
      'case 5',
    ]);
    await owner.query('update app_public.rooms set retention_days = 30 where id = $1', [
      room.roomId,
    ]);

    await runTask(owner, 'apply_retention');

    expect(await restoredCount(question)).toBe(0);
  });
});

test('a nonce stands for its message as long as somebody can resume from before it', async () => {
  const { olga, roomId } = await makeRoom(0);
  await owner.query('select app_admin.configure_lifecycle(change_log_days => 1)');
  const send = () =>
    database.call(olga, 'send_message', roomId, 'once', 'text', '{}', null, 'once');
  const { id } = await send();
  // As if it had been sent two days ago; the log is dropped by whole months.
  await owner.query(
    `update app_private.message_nonces set message_id = uuidv7(interval '-2 days') where message_id = $1`,
    [id],
  );
  await owner.query(`update app_private.nonces_kept set since = now() - interval '180 days'`);
  await runTask(owner, 'trim_change_log');
  expect(
    await count(
      owner,
      `app_private.room_changes where message_id = '${id}' and occurred_at > now() - interval '1 hour'`,
    ),
  ).toBe(1);
  await runTask(owner, 'forget_nonces');
  await owner.query('select app_admin.configure_lifecycle(change_log_days => 90)');
  // Known, though its message is not under that id.
  await expect(send()).rejects.toMatchObject({ code: 'TR409' });
});

test('what is past its time is not sent a second time by who was away meanwhile', async () => {
  const { olga, roomId } = await makeRoom(1);
  const send = () =>
    database.call(olga, 'send_message', roomId, 'once', 'text', '{}', null, 'twice');
  const { id } = await send();
  await owner.query(
    `with gone as (delete from app_public.messages where id = $1 returning *)
      insert into app_public.messages (id, room_id, author_id, content)
        select uuidv7(interval '-3 days'), room_id, author_id, content from gone`,
    [id],
  );
  await owner.query(
    `update app_private.message_nonces set message_id = (
        select messages.id from app_public.messages where messages.room_id = $1)
      where message_id = $2`,
    [roomId, id],
  );
  await runTask(owner, 'apply_retention');
  expect(await count(owner, `app_public.messages where room_id = '${roomId}'`)).toBe(0);
  await expect(send()).rejects.toMatchObject({ code: 'TR409' });
});

test('a nonce stands for its message as long as the log is kept, and for what was brought in from before for ever', async () => {
  const { olga, roomId } = await makeRoom(0);
  const send = (nonce: string) =>
    database.call(olga, 'send_message', roomId, nonce, 'text', '{}', null, nonce);
  const sent = Object.fromEntries(
    await Promise.all(
      ['young', 'old', 'brought in'].map(async (nonce) => [nonce, (await send(nonce)).id]),
    ),
  );
  // As if they had been sent so long ago, by an installation of half a year.
  for (const [nonce, daysAgo] of [
    ['old', 91],
    ['brought in', 400],
  ]) {
    await owner.query(
      `update app_private.message_nonces set message_id = uuidv7($2 * -interval '1 day') where message_id = $1`,
      [sent[nonce as string], daysAgo],
    );
  }
  await owner.query(`update app_private.nonces_kept set since = now() - interval '180 days'`);
  await runTask(owner, 'forget_nonces');
  expect((await send('young')).id).toBe(sent.young);
  expect((await send('old')).id).not.toBe(sent.old);
  // Still known, though its message is gone.
  await expect(send('brought in')).rejects.toMatchObject({ code: 'TR409' });
  expect(
    await count(owner, `app_private.nonces_kept where since > now() - interval '91 days'`),
  ).toBe(1);
});
