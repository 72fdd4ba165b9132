import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase, single } from '../../testing/database.ts';

/* What waits to be sent is sent once, whoever is killed meanwhile. */

const MESSAGES = 400;
const KILLS = 3;

const database = await createTestDatabase();
const { owner } = database;
const workers: ChildProcess[] = [];
afterAll(async () => {
  await Promise.all(workers.filter(isRunning).map(kill));
  await database.close();
});

function startWorkerProcess(): ChildProcess {
  const worker = spawn(process.execPath, ['src/worker.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
    },
  });
  workers.push(worker);
  return worker;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function kill(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

async function until(condition: string, values: unknown[]): Promise<void> {
  const isSo = async () => {
    const { rows } = await owner.query<{ is_so: boolean }>(
      `select (${condition}) as is_so`,
      values,
    );
    return single(rows).is_so;
  };
  while (!(await isSo())) {
    await sleep(20);
  }
}

/** Messages of new people in rooms of their own, whose time has come. */
async function makeDue(count: number, people: number): Promise<readonly string[]> {
  const roomIds: string[] = [];
  for (let person = 0; person < people; person += 1) {
    const author = await database.createUser();
    const { id: roomId } = await database.createRoom(author);
    await owner.query(
      `with made as (
        insert into app_public.scheduled_messages (user_id, room_id, content, send_at, time_zone)
          select $1, $2, 'number ' || number, now(), 'UTC' from generate_series(1, $3::int) as number
          returning id, send_at
      )
      select app_private.set_alarm('send_scheduled', id, send_at) from made`,
      [author.id, roomId, count / people],
    );
    roomIds.push(roomId);
  }
  return roomIds;
}

async function contentsIn(roomId: string): Promise<string[]> {
  const { rows } = await owner.query<{ content: string }>(
    'select content from app_public.messages where room_id = $1 order by content',
    [roomId],
  );
  return rows.map(({ content }) => content);
}

const NO_JOBS = `not exists (select from graphile_worker.jobs where task_identifier = 'send_scheduled')
  and not exists (select from app_private.alarms)`;

test('a message that a worker is killed over while it is sent is sent once', async () => {
  const roomId = single(await makeDue(1, 1));
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query('select app_private.lock_room($1)', [roomId]);
  const waiting = (count: number) =>
    until(
      `$1::int = (
        select count(*) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%send_scheduled_message%'
      )`,
      [count],
    );
  const killed = startWorkerProcess();
  await waiting(1);
  await kill(killed);
  const next = startWorkerProcess();
  await waiting(2); // Postgres does not know yet that the first has nobody to tell.
  await holder.query('commit');
  holder.release();
  await until(NO_JOBS, []);
  await kill(next);
  expect(await contentsIn(roomId)).toEqual(['number 1']);
});

test(`${MESSAGES} messages, two workers and ${KILLS} kills: each is sent once`, async () => {
  await owner.query('update app_private.limits set user_burst = 1e6, user_in_room_burst = 1e6');
  const roomIds = await makeDue(MESSAGES, 8);
  let [one, other] = [startWorkerProcess(), startWorkerProcess()];
  for (let round = 1; round <= KILLS; round += 1) {
    await until(
      '$2::float <= (select count(*) from app_public.messages where room_id = any ($1::uuid[]))',
      [roomIds, (MESSAGES * round) / (KILLS + 1)],
    );
    await kill(one);
    [one, other] = [other, startWorkerProcess()];
  }
  await until(NO_JOBS, []);
  await Promise.all([kill(one), kill(other)]);
  const expected = Array.from(
    { length: MESSAGES / roomIds.length },
    (_, n) => `number ${n + 1}`,
  ).sort();
  for (const roomId of roomIds) {
    expect([...(await contentsIn(roomId))].sort()).toEqual(expected);
  }
  const { rows } = await owner.query('select from app_public.scheduled_messages');
  expect(rows).toEqual([]);
});
