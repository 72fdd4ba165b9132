import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Registry } from 'prom-client';
import { registerDatabaseMetrics } from '../../src/database/metrics.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { freePort } from '../../testing/free-port.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';
import { listenToRoom } from '../realtime/support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

async function read(url = `${server.url}/metrics`): Promise<(series: string) => number> {
  const text = await (await fetch(url)).text();
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]),
  );
  return (series) => values.get(series) ?? Number.NaN;
}

/** Reads the metrics again and again until they are as they should become. */
async function readUntil(isThere: (value: (series: string) => number) => boolean) {
  for (;;) {
    const value = await read();
    if (isThere(value)) {
      return value;
    }
  }
}

test('jobs are counted by what they wait for, and the one that waits longest is told', async () => {
  await database.owner.query(
    `select graphile_worker.add_job('make_partitions', job_key => 'late', run_at => now() - interval '10 minutes'),
      graphile_worker.add_job('make_partitions', job_key => 'later', run_at => now() + interval '1 hour'),
      graphile_worker.add_job('make_partitions', job_key => 'hopeless', max_attempts => 1)`,
  );
  await database.owner.query(
    `update graphile_worker._private_jobs set attempts = 1 where key = 'hopeless'`,
  );
  const value = await read();
  expect(value('trumpet_jobs{state="due"}')).toBe(1);
  expect(value('trumpet_jobs{state="later"}')).toBe(1);
  expect(value('trumpet_jobs{state="running"}')).toBe(0);
  expect(value('trumpet_jobs{state="given_up"}')).toBe(1);
  expect(value('trumpet_oldest_due_job_seconds')).toBeGreaterThanOrEqual(600);
});

test('months are counted for each table, and a move that is stuck is told', async () => {
  const before = await read();
  expect(before('trumpet_months_ahead{table="app_public.messages"}')).toBe(6);
  expect(before('trumpet_months_ahead{table="app_private.room_changes"}')).toBe(6);
  expect(before('trumpet_oldest_month_move_seconds')).toBe(0);
  await database.owner.query(`
    do $$ begin
      execute (select format('drop table %s', partition) from app_private.month_partitions
        where parent = 'app_public.messages'::regclass order by month desc limit 1);
    end $$;
    insert into app_private.partition_moves (parent, month, destination, started_at)
      values ('app_public.messages', '2020-01-01', 'archive', now() - interval '2 hours')`);
  const after = await read();
  expect(after('trumpet_months_ahead{table="app_public.messages"}')).toBe(5);
  expect(after('trumpet_oldest_month_move_seconds')).toBeGreaterThanOrEqual(7200);
  await database.owner.query('delete from app_private.partition_moves');
});

test('who waits for a room, for something else, and for a connection is counted', async () => {
  const people = await Promise.all(Array.from({ length: 24 }, () => database.createUser()));
  const rooms = await Promise.all(people.map((person) => database.createRoom(person)));
  const client = await database.owner.connect();
  await client.query('begin');
  await client.query('select from app_private.room_heads where room_id = any ($1) for update', [
    rooms.map(({ id }) => id),
  ]);
  const answers = people.map((person, index) =>
    server.graphql(
      'mutation ($roomId: UUID!) { updateRoom(input: { roomId: $roomId, description: "new" }) { clientMutationId } }',
      { roomId: rooms[index]?.id },
      person.token,
    ),
  );
  const value = await readUntil(
    (value) =>
      value('trumpet_lock_waits{kind="room"}') === 18 &&
      value('trumpet_database_turns_waiting{kind="person"}') === 6,
  );
  expect(value('trumpet_lock_waits{kind="other"}')).toBe(0);
  expect(value('trumpet_longest_lock_wait_seconds')).toBeGreaterThan(0);
  expect(value('trumpet_pool_connections{pool="api",state="busy"}')).toBe(18);
  expect(value('trumpet_pool_waiting{pool="api"}')).toBe(0);
  await client.query('rollback');
  client.release();
  await Promise.all(answers);
  const after = await read();
  expect(after('trumpet_database_turns_waiting{kind="person"}')).toBe(0);
  expect(after('trumpet_database_turn_seconds_count{kind="person"}')).toBeGreaterThanOrEqual(24);

  const [holder, waiter] = await Promise.all([database.owner.connect(), database.owner.connect()]);
  await holder.query('begin; lock table app_private.delivery_delays');
  const waiting = waiter.query('select count(*) from app_private.delivery_delays');
  await readUntil((value) => value('trumpet_lock_waits{kind="other"}') === 1);
  await holder.query('rollback');
  await waiting;
  holder.release();
  waiter.release();
});

test('deliveries are timed by the transport that they are made on', async () => {
  const ada = await database.createUser();
  const room = await database.createRoom(ada);
  const listener = await listenToRoom(server, ada, { roomId: room.id });
  await listener.next();
  const socket = await openJsonSocket(`${server.url}/ws?access_token=${ada.token}`);
  socket.send({ type: 'join_room', room_id: room.id });
  await socket.nextOf('joined');
  const stream = await openEventStream(`${server.url}/events/${room.id}`, {
    authorization: `Bearer ${ada.token}`,
  });
  await stream.next();

  await database.sendMessage(ada, room.id, 'hello');
  await Promise.all([listener.next(), socket.nextOf('message_event'), stream.next()]);
  const value = await readUntil((value) =>
    ['graphql', 'json', 'sse'].every(
      (transport) => value(`trumpet_delivery_delay_seconds_count{transport="${transport}"}`) === 1,
    ),
  );
  expect(value('trumpet_delivery_delay_seconds_sum{transport="sse"}')).toBeLessThan(60);
  stream.close();
  await socket.close();
});

test('the database tells its size, its run, what it has written and what searches have to read', async () => {
  const value = await read();
  expect(value('trumpet_database_answers')).toBe(1);
  expect(value('trumpet_database_runs')).toBeGreaterThanOrEqual(1);
  expect(value('trumpet_postgres_size_bytes')).toBeGreaterThan(1_000_000);
  expect(value('trumpet_postgres_commits_total')).toBeGreaterThan(0);
  expect(value('trumpet_postgres_wal_bytes_total')).toBeGreaterThan(0);
  expect(value('trumpet_postgres_connections')).toBeGreaterThan(1);
  // Two dozen people have been made above, whose names are searched.
  expect(value('trumpet_gin_pending_pages{index="users_username_trigrams"}')).toBeGreaterThan(0);
});

test('messages of every way in are counted', async () => {
  const before = (await read())('trumpet_written_messages_total');
  const ada = await database.createUser();
  const room = await database.createRoom(ada);
  await database.sendMessage(ada, room.id, 'one');
  await database.sendMessage(ada, room.id, 'two');
  await readUntil((value) => value('trumpet_written_messages_total') >= before + 2);
});

test('while the database is away the metrics answer, and say so', async () => {
  const registry = new Registry();
  const pool = new pg.Pool({ host: '127.0.0.1', port: await freePort() });
  registerDatabaseMetrics(registry, pool);
  const text = await registry.metrics();
  expect(text).toContain('trumpet_database_answers 0');
  expect(text).not.toMatch(/^trumpet_(jobs|postgres)\S* \d/m);
  await pool.end();
});

test('a worker shows the same, and how its jobs fare', async () => {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-worker-'));
  const worker = spawn(process.execPath, ['src/worker.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'info',
      DATA_DIR: dataDir,
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
      WORKER_METRICS_PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve) => {
    worker.stderr.on('data', (lines) => String(lines).includes('worker.ready') && resolve());
  });
  await database.owner.query(`select graphile_worker.add_job('make_partitions')`);
  const done = 'trumpet_job_duration_seconds_count{task="make_partitions",outcome="done"}';
  for (;;) {
    const value = await read(`http://127.0.0.1:${port}/metrics`);
    if (value(done) >= 1) {
      expect(value('trumpet_jobs{state="given_up"}')).toBe(1);
      break;
    }
  }
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  rmSync(dataDir, { recursive: true });
});
