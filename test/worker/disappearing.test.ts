import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase, single } from '../../testing/database.ts';

/* What has disappeared is deleted with all that hangs on it, and told once, whoever is killed meanwhile. */

const MESSAGES = 600;
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

test(`${MESSAGES} messages and ${KILLS} kills: each goes whole, and is told as gone once`, async () => {
  await owner.query('update app_private.limits set user_burst = 1e6, user_in_room_burst = 1e6');
  const author = await database.createUser();
  const reader = await database.createUser();
  const { id: roomId } = await database.createRoom(author, { members: [reader] });
  const { rows: sent } = await database.commitAs(author, (client) =>
    client.query<{ id: string }>(
      `select sent.id from generate_series(1, $2::int) as number
        cross join lateral app_public.send_message(
          $1, 'number ' || number, metadata => '{"disappearAfterSeconds": 3600}') as sent`,
      [roomId, MESSAGES],
    ),
  );
  const ids = sent.map(({ id }) => id);
  await owner.query(
    `insert into app_public.message_reactions (message_id, room_id, user_id, emoji)
      select id, $2, $3, '👍' from unnest($1::uuid[]) as id`,
    [ids, roomId, reader.id],
  );
  const stays = await database.sendMessage(author, roomId, 'stays');
  await owner.query(
    `with bulk as (select app_private.begin_bulk()), noted as (
      update app_private.disappearing_messages set disappears_at = clock_timestamp() from bulk returning message_id
    )
    update app_public.messages set disappears_at = clock_timestamp() from noted where id = noted.message_id`,
  );

  let worker = startWorkerProcess();
  for (let round = 1; round <= KILLS; round += 1) {
    await until(
      '$2::float >= (select count(*) from app_public.messages where id = any ($1::uuid[]))',
      [ids, MESSAGES * (1 - round / (KILLS + 1))],
    );
    await kill(worker);
    worker = startWorkerProcess();
  }
  await until('not exists (select from app_private.disappearing_messages)', []);
  await kill(worker);

  const { rows: left } = await owner.query(
    `select
      (select array_agg(id) from app_public.messages where room_id = $1) as messages,
      (select count(*)::int from app_public.message_reactions where room_id = $1) as reactions,
      (select count(*)::int from app_private.room_changes
        where room_id = $1 and kind = 'message' and op = 'delete') as told,
      (select count(distinct message_id)::int from app_private.room_changes
        where room_id = $1 and kind = 'message' and op = 'delete') as different,
      (select unread_count::int from app_private.unread_counts where room_id = $1 and user_id = $2) as unread`,
    [roomId, reader.id],
  );
  expect(left).toEqual([
    { messages: [stays.id], reactions: 0, told: MESSAGES, different: MESSAGES, unread: 1 },
  ]);
});
