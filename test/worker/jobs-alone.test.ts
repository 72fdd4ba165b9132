import { createTestDatabase, single } from '../../testing/database.ts';
import { count, insertOldMessages, runJobs, runTask } from './support.ts';

/** Jobs that fail alone: what one cannot do holds up nothing else, is shown, and can be ended. */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;
const olga = await database.createUser();
const { id: roomId } = await database.createRoom(olga);
const { id: stuckRoomId } = await database.createRoom(olga);

const admin = async (sql: string, values: unknown[] = []) =>
  single((await owner.query<{ answer: string }>(`select app_admin.${sql} as answer`, values)).rows)
    .answer;
const jobs = async (where: string) =>
  (
    await owner.query(
      `select task, state, attempts, last_error, what_to_do from app_admin.jobs where ${where}`,
    )
  ).rows;
const old = (month: string, room = roomId) =>
  insertOldMessages(owner, { roomId: room, authorId: olga.id, month, count: 5 });
const isThere = async (table: string) =>
  (await count(owner, `pg_class where relname = '${table}'`)) > 0;

afterEach(async () => {
  await owner.query('update app_public.rooms set retention_days = null');
  await owner.query('drop view if exists public.report');
});

test.each([
  [`archive_month('2020-01-01')`, 'There are no messages of 2020-01'],
  [`archive_month('0001-01-01 BC')`, 'is one of the years 1 to 9999'],
  [`restore_month('2020-01-01')`, 'The archive has no 2020-01'],
])('%s is refused at once, and leaves nothing behind', async (sql, sentence) => {
  await expect(admin(sql)).rejects.toThrow(sentence);
  expect(await count(owner, 'app_private.partition_moves')).toBe(0);
  expect(await count(owner, `graphile_worker.jobs where task_identifier like '%month%'`)).toBe(0);
});

test('a month that is in the archive is not archived again, and one that is in its file is read from there', async () => {
  await old('2024-01-01');
  await admin(`archive_month('2024-01-17')`);
  await runJobs(owner);
  await expect(admin(`archive_month('2024-01-01')`)).rejects.toThrow(
    '2024-01 is in the archive already',
  );
  await owner.query(
    `update app_private.archived_months set exported_at = now(), file_name = 'x', file_bytes = 1, file_sha256 = 'x', dropped_at = now() where month = '2024-01-01'`,
  );
  await expect(admin(`restore_month('2024-01-01')`)).rejects.toThrow(
    '"npm run archive -- import 2024-01 FILE"',
  );
  await owner.query(
    'update app_private.archived_months set dropped_at = null, exported_at = null, file_name = null, file_bytes = null, file_sha256 = null',
  );
});

test('a month that never was, noted by whatever way, goes with the next run', async () => {
  await owner.query(
    `insert into app_private.partition_moves (parent, month, destination) values ('app_public.messages', '2020-01-01', 'archive')`,
  );
  await runTask(owner, 'archive_months', { month: '2020-02-01' });
  expect(await count(owner, 'app_private.partition_moves')).toBe(0);
});

test('a month that cannot be dropped holds up no other month, no room, not the log and not the archive', async () => {
  await old('2024-02-01');
  await old('2024-03-01');
  await old('2024-04-01', stuckRoomId);
  const [mixed = ''] = await old('2024-04-01');
  // What somebody made for a report: Postgres refuses to drop what it reads.
  await owner.query('create view public.report as select * from app_private.messages_2024_02');
  await owner.query(
    `select app_private.make_month_partition('app_private.room_changes', '2024-02-01')`,
  );
  await owner.query('update app_public.rooms set retention_days = 30 where id = $1', [roomId]);

  await expect(runTask(owner, 'apply_retention')).rejects.toThrow('app_public.messages of 2024-02');
  expect(await isThere('messages_2024_03')).toBe(false);
  expect(await count(owner, 'app_public.messages where id = $1', [mixed])).toBe(0);
  expect(await jobs(`task like 'move%'`)).toEqual([
    {
      task: 'move 2024-02 of app_public.messages',
      state: 'tried, waiting',
      attempts: 1,
      last_error: expect.stringMatching('other objects depend on it'),
      what_to_do: expect.stringContaining(
        `select app_admin.end_move('app_public.messages', '2024-02-01', 'why')`,
      ),
    },
  ]);
  const [failed] = await jobs(`task = 'apply_retention'`);
  expect(failed).toMatchObject({
    state: 'tried, waiting',
    what_to_do: expect.stringContaining('retry_job('),
  });

  // The others go on past it, and are not told that they failed.
  await owner.query(
    `select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`,
  );
  await runTask(owner, 'trim_change_log');
  expect(await isThere('room_changes_2024_02')).toBe(false);
  await admin(`archive_month('2024-04-01')`);
  await runJobs(owner);
  expect(
    await count(owner, `app_admin.months where place = 'archive' and month = '2024-04-01'`),
  ).toBe(1);

  await expect(admin(`end_move('app_public.messages', '2024-02-01', 'x')`)).rejects.toThrow(
    'half-way',
  );
  await owner.query('drop view public.report');
  await runTask(owner, 'apply_retention');
  expect(await isThere('messages_2024_02')).toBe(false);
  expect(await jobs('true')).toEqual([]);
});

test('a move that has not begun is ended by hand', async () => {
  await old('2024-05-01');
  await owner.query(
    `insert into app_private.partition_moves (parent, month, destination) values ('app_public.messages', '2024-05-01', 'archive')`,
  );
  expect(await admin(`end_move('app_public.messages', '2024-05-01', 'not yet')`)).toBe(
    '2024-05 of app_public.messages stays where it is',
  );
  await runTask(owner, 'archive_months');
  expect(await isThere('messages_2024_05')).toBe(true);
  await expect(admin(`end_move('app_public.messages', '2024-05-01', 'x')`)).rejects.toThrow(
    'No such month',
  );
});

describe('where one room cannot be dealt with', () => {
  beforeAll(async () => {
    await owner.query(
      `create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'not this room'; end $$`,
    );
    await owner.query(
      `create trigger refuse before insert on app_private.room_days for each row when (new.room_id = '${stuckRoomId}') execute function public.refuse()`,
    );
    await owner.query(
      `create trigger refuse before delete on app_public.messages for each row when (old.room_id = '${stuckRoomId}') execute function public.refuse()`,
    );
  });
  afterAll(() => owner.query('drop function public.refuse cascade'));

  test('the messages of the others are deleted all the same', async () => {
    const { id: keeper } = await database.createRoom(olga);
    await old('2024-06-01', keeper);
    const [stuck] = await old('2024-06-01', stuckRoomId);
    const [other] = await old('2024-06-01');
    await owner.query('update app_public.rooms set retention_days = 30 where id <> $1', [keeper]);
    await expect(runTask(owner, 'apply_retention')).rejects.toThrow('not this room');
    const { rows } = await owner.query('select id from app_public.messages where id = any ($1)', [
      [stuck, other],
    ]);
    expect(rows).toEqual([{ id: stuck }]);
    await owner.query(
      `select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`,
    );
  });

  test('the others are counted all the same', async () => {
    await database.sendMessage(olga, stuckRoomId, 'hello');
    await database.sendMessage(olga, roomId, 'hello');
    await expect(runTask(owner, 'roll_up_statistics')).rejects.toThrow('1 failed: not this room');
    expect(
      await count(owner, 'app_private.room_days where room_id = $1', [roomId]),
    ).toBeGreaterThan(0);
    await owner.query(
      `select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`,
    );
  });
});

test('a job that was given up begins anew, or is ended; one that a worker is at is not', async () => {
  const { rows } = await owner.query<{ id: string }>(
    `select id from graphile_worker.add_job('roll_up_statistics', max_attempts => 1)`,
  );
  const { id } = single(rows);
  await owner.query(
    `update graphile_worker._private_jobs set attempts = 1, last_error = 'broken' where id = $1`,
    [id],
  );
  expect(await jobs(`id = ${id}`)).toEqual([
    {
      task: 'roll_up_statistics',
      state: 'given up',
      attempts: 1,
      last_error: 'broken',
      what_to_do: `select app_admin.retry_job(${id}); or select app_admin.end_job(${id}, 'why');`,
    },
  ]);
  expect(await admin('retry_job($1)', [id])).toBe('roll_up_statistics begins anew');
  expect(await jobs(`id = ${id}`)).toMatchObject([{ state: 'waiting' }]);
  await owner.query(
    `update graphile_worker._private_jobs set locked_at = now(), locked_by = 'someone' where id = $1`,
    [id],
  );
  await expect(admin('retry_job($1)', [id])).rejects.toThrow('There is no job');
  await expect(admin(`end_job($1, 'x')`, [id])).rejects.toThrow('A worker is at it');
  await owner.query('update graphile_worker._private_jobs set locked_at = null, locked_by = null');
  expect(await admin(`end_job($1, 'not needed')`, [id])).toBe(
    'roll_up_statistics will not be done',
  );
  expect(await jobs('true')).toEqual([]);
});
