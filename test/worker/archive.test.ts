import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  dropArchivedMonth,
  readArchiveFile,
  writeArchiveFile,
} from '../../src/database/months/archive-file.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { count, insertOldMessages, runJobs, runTask } from './support.ts';

const MONTH = '2025-03-01';

const database = await createTestDatabase();
const folder = await mkdtemp(join(tmpdir(), 'trumpet-archive-'));
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.close();
});
const { owner } = database;
const [olga, rita, stranger] = [
  await database.createUser(),
  await database.createUser(),
  await database.createUser(),
];
const { id: roomId } = await database.createRoom(olga, { type: 'private', members: [rita] });
const ids = await insertOldMessages(owner, { roomId, authorId: olga.id, month: MONTH, count: 600 });
await owner.query('update app_public.messages set pinned_at = now() where id = $1', [ids[7]]);
await owner.query(
  `insert into app_public.message_edits (message_id, room_id, previous_content) values ($1, $2, 'older')`,
  [ids[3], roomId],
);

await database.indexMessages();

/** Everything of the month, wherever it is. */
async function contents(table = 'app_public.messages') {
  const { rows } = await owner.query(
    `select to_jsonb(message) as message,
      (select jsonb_agg(to_jsonb(r)) from app_public.message_reactions as r where r.message_id = message.id) as reactions,
      (select jsonb_agg(to_jsonb(e)) from app_public.message_edits as e where e.message_id = message.id) as edits,
      (select words::text from app_private.message_search as s where s.message_id = message.id) as words
      from ${table} as message where id = any ($1) order by id`,
    [ids],
  );
  return rows;
}

const asAdmin = (sql: string) => owner.query(sql);
const archive = async (index?: () => Promise<void>) => {
  await asAdmin(`select app_admin.archive_month('${MONTH}')`);
  await runJobs(owner, index);
};
const restore = async (index?: () => Promise<void>) => {
  await asAdmin(`select app_admin.restore_month('${MONTH}')`);
  await runJobs(owner, index);
};

/** Sends without a pause until told to stop. */
function keepSending() {
  let going = true;
  let waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  let messages = 0;
  const ended = (async () => {
    while (going) {
      await database.sendMessage(olga, roomId, `while it moves ${messages}`);
      messages += 1;
      for (const waiter of waiters.filter(({ count }) => messages >= count)) {
        waiter.resolve();
      }
      waiters = waiters.filter(({ count }) => messages < count);
    }
  })();
  return {
    /** Resolves once so many more have been sent: not before a lock that they wait for is let go. */
    sendsMore: (count: number) =>
      new Promise<void>((resolve) => waiters.push({ count: messages + count, resolve })),
    stop() {
      going = false;
      return ended;
    },
  };
}

test('sends go on while a month is detached, attached and made, even behind a long transaction', async () => {
  const before = await contents();
  await database.indexMessages();
  const sending = keepSending();
  // Whoever has the table in use is waited for, by the move alone.
  const reader = await owner.connect();
  await reader.query('begin; select count(*) from app_public.messages');
  const archived = archive(async () => {});
  while ((await count(owner, 'app_private.month_partitions where is_detaching')) === 0) {
    // The move waits for the reader from here on.
  }
  await sending.sendsMore(10);
  await reader.query('commit');
  await archived;
  expect(await count(owner, 'app_public.messages where id = any ($1)', [ids])).toBe(0);
  expect(await count(owner, 'app_archive.messages_2025_03')).toBe(600);
  // Attaching and making wait for nobody: those who send would queue behind them.
  await reader.query('begin; select count(*) from app_public.messages');
  await restore(async () => {});
  await owner.query(`select app_private.make_month_partition('app_public.messages', '2024-01-01')`);
  await sending.sendsMore(10);
  await reader.query('commit');
  reader.release();

  await sending.stop();
  expect(await contents()).toEqual(before);
}, 30_000);

test('a month in the archive can be read by members, and by nobody else', async () => {
  await archive();
  const page = (user: { id: string }, beforeSeq: number | null) =>
    database.asUser(user, async (client) => {
      const { rows } = await client.query<{ seq: number; content: string }>(
        'select seq::int, content from app_public.archived_messages($1, $2, 4)',
        [roomId, beforeSeq],
      );
      return rows;
    });

  expect(await page(rita, null)).toMatchObject([
    { seq: 600 },
    { seq: 599 },
    { seq: 598 },
    { seq: 597 },
  ]);
  expect(await page(rita, 3)).toEqual([
    { seq: 2, content: 'old 2' },
    { seq: 1, content: 'old 1' },
  ]);
  await expect(page(stranger, null)).rejects.toMatchObject({ code: 'TR404' });
  await restore();
});

test('a month written to a file, dropped and read again is as it was', async () => {
  const before = await contents();
  const file = join(folder, 'messages-2025-03.ndjson.gz');
  const client = await owner.connect();
  await archive();
  await expect(dropArchivedMonth(client, MONTH)).rejects.toThrow('export it first');

  expect(await writeArchiveFile(client, MONTH, file)).toMatchObject({ messages: 600 });
  await dropArchivedMonth(client, MONTH);
  expect(
    await count(owner, 'app_public.message_reactions where message_id = any ($1)', [ids]),
  ).toBe(0);
  expect(await count(owner, `pg_class where relname = 'messages_2025_03'`)).toBe(0);

  expect(await readArchiveFile(client, MONTH, file)).toBe(600);
  await restore();
  client.release();
  expect(await contents()).toEqual(before);
});

test('a message of the archive is the answer when it is sent again under its nonce', async () => {
  const room = await database.createRoom(olga);
  const month = '2025-02-01';
  const sendAgain = () =>
    database.call(olga, 'send_message', room.id, 'once', 'text', '{}', null, 'archived');
  await sendAgain();
  const [id] = await insertOldMessages(owner, {
    roomId: room.id,
    authorId: olga.id,
    month,
    count: 1,
  });
  // As if it had been sent then.
  await owner.query(
    `update app_private.message_nonces set message_id = $1 where nonce = 'archived'`,
    [id],
  );
  const before = await sendAgain();
  await runTask(owner, 'archive_months', { month });

  expect(await sendAgain()).toEqual(before);
  expect(before).toMatchObject({ id });

  const server = await startTestServer(database);
  const answer = await server.graphql(
    `mutation ($roomId: UUID!) {
      sendMessage(input: { roomId: $roomId, content: "once", nonce: "archived" }) {
        message { id seq nonce room { id } author { id } reactions { emoji } attachments { id } }
      }
    }`,
    { roomId: room.id },
    olga.token,
  );
  await server.close();
  expect(answer).toMatchObject({ data: { sendMessage: { message: { id, nonce: 'archived' } } } });
});

test('an account that was deleted meanwhile does not come back with a file', async () => {
  const leaver = await database.createUser();
  await database.commitAs(olga, (client) =>
    client.query('select app_public.add_room_member($1, $2)', [roomId, leaver.id]),
  );
  const [month, file] = ['2025-04-01', join(folder, 'messages-2025-04.ndjson.gz')];
  const theirs = await insertOldMessages(owner, { roomId, authorId: leaver.id, month, count: 5 });
  await runTask(owner, 'archive_months', { month });
  const client = await owner.connect();
  await writeArchiveFile(client, month, file);
  await dropArchivedMonth(client, month);
  await database.commitAs(leaver, (user) =>
    user.query('select app_public.delete_my_account($1)', [leaver.username]),
  );
  await runJobs(owner);

  await readArchiveFile(client, month, file);
  client.release();
  await runTask(owner, 'restore_month', { month });

  const { rows } = await owner.query(
    'select distinct content, author_id = app_private.ghost_id() as is_ghost from app_public.messages where id = any ($1)',
    [theirs],
  );
  expect(rows).toEqual([{ content: null, is_ghost: true }]);
});

test('a file that is not the one that was written is refused', async () => {
  const client = await owner.connect();
  const file = join(folder, 'messages-2025-03.ndjson.gz');
  await archive();
  await writeArchiveFile(client, MONTH, file);
  await owner.query(
    `update app_private.archived_months set file_sha256 = 'another' where month = $1`,
    [MONTH],
  );
  await expect(readArchiveFile(client, MONTH, file)).rejects.toThrow('SHA-256');
  client.release();
  await restore();
});

test('a file that is not there, is none of the archive, ends in the middle or has another month leaves nothing behind', async () => {
  const client = await owner.connect();
  const written = join(folder, 'messages-2025-03.ndjson.gz');
  const fileOf = (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  await archive();
  await writeArchiveFile(client, MONTH, written);
  const time = Date.UTC(2024, 1, 15).toString(16).padStart(12, '0');
  const line = JSON.stringify({
    message: { id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000` },
  });
  try {
    for (const [file, problem] of [
      [join(folder, 'nowhere'), 'cannot be read: ENOENT'],
      [folder, 'cannot be read: EISDIR'],
      [fileOf('rubbish', Buffer.from('rubbish')), 'cannot be read: incorrect header check'],
      [fileOf('half', gzipSync(`${line}\n`).subarray(0, -4)), 'cannot be read: unexpected end'],
      [fileOf('text', gzipSync('rubbish\n')), 'is no file of the archive'],
      [written, 'has messages of 2025-03, not of 2024-02'],
    ] as const) {
      await expect(readArchiveFile(client, '2024-02-01', file)).rejects.toThrow(problem);
      expect(await count(owner, `pg_class where relname = 'messages_2024_02'`)).toBe(0);
    }
  } finally {
    client.release();
    await restore();
  }
});

test('the log is dropped by months, and who resumes from before is told so', async () => {
  await owner.query(
    `select app_private.make_month_partition('app_private.room_changes', '2025-03-01')`,
  );
  const room = await database.createRoom(olga);
  for (const text of ['one', 'two', 'three']) {
    await database.sendMessage(olga, room.id, text);
  }
  // What happened first happened long ago.
  await owner.query(
    `update app_private.room_changes set occurred_at = '2025-03-05' where room_id = $1 and change_seq <= 2`,
    [room.id],
  );

  await runTask(owner, 'trim_change_log');

  const { rows } = await owner.query(
    `select min(change_seq)::int as first, max(change_seq)::int as last,
      bool_and(xid >= app_private.oldest_resumable_xid()) as is_resumable
      from app_private.room_changes where room_id = $1`,
    [room.id],
  );
  expect(single(rows)).toEqual({ first: 3, last: 5, is_resumable: true });
  expect(await count(owner, `pg_class where relname = 'room_changes_2025_03'`)).toBe(0);
});

test('what is unread is the same before a month is archived, while it is, and when it is back', async () => {
  const month = '2024-11-01';
  const readers = await Promise.all(Array.from({ length: 3 }, () => database.createUser()));
  const room = await database.createRoom(olga, { members: [...readers, rita] });
  const written: string[] = [];
  for (const { id: authorId } of [olga, rita, ...readers]) {
    written.push(
      ...(await insertOldMessages(owner, { roomId: room.id, authorId, month, count: 12 })),
    );
  }
  const [ada, bob, eve] = readers as [TestUser, TestUser, TestUser];
  for (const [index, id] of written.entries()) {
    if (index % 4 === 0) {
      await owner.query(
        'update app_public.messages set deleted_at = now(), content = null where id = $1',
        [id],
      );
    } else {
      await owner.query(
        `insert into app_private.message_mentions (user_id, room_id, seq, message_id)
          select $2, room_id, seq, id from app_public.messages where id = $1 on conflict do nothing`,
        [id, readers[index % 3]?.id],
      );
    }
  }
  await database.call(ada, 'block_user', rita.id);
  await owner.query(
    'update app_public.room_members set last_read_seq = 17 where room_id = $1 and user_id = $2',
    [room.id, bob.id],
  );
  await database.sendMessage(olga, room.id, `now, @${eve.username}`);
  const numbers = async () => {
    const { rows } = await owner.query(
      `select username, unread_count::int as unread,
          app_private.mentions_of(room_members)::int as mentions
        from app_public.room_members join app_private.unread_counts using (room_id, user_id)
          join app_public.users on users.id = room_members.user_id
        where room_id = $1 order by username`,
      [room.id],
    );
    return rows;
  };
  const before = await numbers();
  expect(before).toContainEqual({
    username: ada.username,
    unread: 28,
    mentions: expect.any(Number),
  });

  await owner.query('select app_admin.archive_month($1)', [month]);
  await runJobs(owner);
  expect(await count(owner, 'app_archive.messages_2024_11')).toBe(60);
  expect(await numbers()).toEqual(before);

  await owner.query('select app_admin.restore_month($1)', [month]);
  await runJobs(owner);
  expect(await numbers()).toEqual(before);
  expect(await count(owner, 'app_private.archived_rooms where month = $1', [month])).toBe(0);
});

test('an account that is erased takes the reactions to its archived messages along, and its answers are counted off once', async () => {
  const month = '2024-09-01';
  const author = await database.createUser();
  const room = await database.createRoom(olga, { members: [author, rita] });
  const [asked, ...others] = await insertOldMessages(owner, {
    roomId: room.id,
    authorId: olga.id,
    month,
    count: 2,
  });
  const { rows } = await owner.query<{ id: string }>(
    `insert into app_public.messages (id, room_id, author_id, content, parent_message_id)
      select app_private.uuidv7_floor('2024-09-20'), $1, $2, 'by hand', $3 returning id`,
    [room.id, author.id, asked],
  );
  const { id: answer } = single(rows);
  await owner.query(
    'insert into app_public.message_reactions (message_id, room_id, user_id, emoji) values ($1, $2, $3, $4)',
    [answer, room.id, rita.id, '👍'],
  );
  await owner.query('select app_admin.archive_month($1)', [month]);
  await runJobs(owner);

  await owner.query("select app_admin.erase_user($1, 'asked')", [author.username]);
  await runJobs(owner);

  expect(await count(owner, 'app_public.message_reactions where message_id = $1', [answer])).toBe(
    0,
  );
  expect(
    await database.asUser(rita, async (client) => {
      const { rows: archived } = await client.query<{ id: string; reply_count: number }>(
        'select id, reply_count::int from app_public.archived_messages($1)',
        [room.id],
      );
      return archived.map(({ id, reply_count }) => ({ id, reply_count }));
    }),
  ).toEqual([
    { id: answer, reply_count: 0 },
    { id: others[0], reply_count: 0 },
    { id: asked, reply_count: 0 },
  ]);
});

test('a room whose messages are all archived has no latest one, at the same place of every inbox, until its month is back', async () => {
  const month = '2024-07-01';
  const [ada, eve] = [await database.createUser(), await database.createUser()];
  const room = await database.createRoom(olga, { members: [ada, eve] });
  await insertOldMessages(owner, { roomId: room.id, authorId: olga.id, month, count: 3 });
  // Eve has blocked somebody: what she is shown is looked up in another way.
  await database.call(eve, 'block_user', stranger.id);
  const inboxes = () =>
    Promise.all(
      [ada, eve].map((viewer) =>
        database.asUser(viewer, async (client) => {
          const { rows } = await client.query(
            `select conversations.latest_message_id, last_activity_at, (app_public.rooms_latest_message(rooms)).id as shown
              from app_public.conversations join app_public.rooms on rooms.id = room_id where room_id = $1`,
            [room.id],
          );
          return single(rows);
        }),
      ),
    );
  const before = await inboxes();
  expect(before[0]).toMatchObject({ latest_message_id: expect.any(String) });
  expect(before[1]).toEqual(before[0]);
  expect(before[0].shown).toBe(before[0].latest_message_id);

  await owner.query('select app_admin.archive_month($1)', [month]);
  await runJobs(owner);
  const archived = { ...before[0], latest_message_id: null, shown: null };
  expect(await inboxes()).toEqual([archived, archived]);

  await owner.query('select app_admin.restore_month($1)', [month]);
  await runJobs(owner);
  expect(await inboxes()).toEqual(before);
});

test('a room that is deleted by hand takes along what was written in it, in archived months too', async () => {
  const ofOwn = await createTestDatabase();
  const [ada, bob] = [await ofOwn.createUser(), await ofOwn.createUser()];
  const gone = await ofOwn.createRoom(ada, { members: [bob] });
  const stays = await ofOwn.createRoom(ada);
  for (const room of [gone, stays]) {
    await insertOldMessages(ofOwn.owner, {
      roomId: room.id,
      authorId: ada.id,
      month: MONTH,
      count: 3,
    });
  }
  await runTask(ofOwn.owner, 'archive_months', { month: MONTH });
  const { id } = await ofOwn.sendMessage(ada, gone.id, 'first');
  await ofOwn.call(bob, 'send_message', gone.id, 'an answer', 'text', '{}', id);
  await ofOwn.call(bob, 'add_message_reaction', id, '👍');
  await ofOwn.sendMessage(ada, stays.id, 'elsewhere');

  await ofOwn.owner.query('delete from app_public.rooms where id = $1', [gone.id]);

  const roomsIn = async (table: string) =>
    (await ofOwn.owner.query(`select distinct room_id from ${table}`)).rows;
  expect(await roomsIn('app_public.messages')).toEqual([{ room_id: stays.id }]);
  expect(await roomsIn('app_archive.messages_2025_03')).toEqual([{ room_id: stays.id }]);
  expect(await roomsIn('app_public.message_reactions')).toEqual([{ room_id: stays.id }]);
  await ofOwn.close();
});
