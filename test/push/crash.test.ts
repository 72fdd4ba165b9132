import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { single } from '../../testing/database.ts';
import { certificateFile } from './support/certificate.ts';
import { createPushWorld } from './support/world.ts';

/** A small size for every run; docs/push.md has the figures of 200 pushes and 10 kills. */
const PUSHES = Number(process.env.CRASH_PUSHES ?? 60);
const KILLS = Number(process.env.CRASH_KILLS ?? 3);
const DEADLINE_MS = 120_000;
const LATENCY_MS = 20;

const world = await createPushWorld();
const caFile = certificateFile(world.certificate);
afterAll(async () => {
  await world.close();
  rmSync(dirname(caFile), { recursive: true });
});
const { database, server } = world;

function startWorkerProcess(): ChildProcess {
  return spawn(process.execPath, ['src/worker.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
      DATA_DIR: world.settings.dataDir,
      PUSH_DELAY_MS: '0',
      PUSH_TRUSTED_ORIGINS: server.origin,
      NODE_EXTRA_CA_CERTS: caFile,
    },
  });
}

async function isAllDone(): Promise<boolean> {
  const { rows } = await database.owner.query<{ is_done: boolean }>(
    `select not exists (
      select from graphile_worker.jobs
        where task_identifier in ('notify_room', 'send_push', 'remind', 'push_reminder')
    ) and not exists (select from app_private.alarms) as is_done`,
  );
  return single(rows).is_done;
}

/** People with a browser each, in a room of somebody else. */
async function makeMembers() {
  const ada = await database.createUser();
  const members = await Promise.all(Array.from({ length: PUSHES }, () => database.createUser()));
  const room = await database.createRoom(ada, { members });
  await Promise.all(members.map((member) => world.subscribe(member)));
  server.answer(async () => {
    await sleep(LATENCY_MS);
    return { status: 201 };
  });
  return { ada, members, room };
}

/** Does what is due, with workers that are killed meanwhile, and gives where each push went. */
async function pushesWithKills(): Promise<readonly string[]> {
  const before = server.received.length;
  const count = () => server.received.length - before;
  const begun = performance.now();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const worker = startWorkerProcess();
    const enough = Math.floor((PUSHES * kill) / (KILLS + 1));
    while (count() < enough) {
      await sleep(2);
    }
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
  const killed = count();
  const last = startWorkerProcess();
  while (killed === count() || !(await isAllDone())) {
    await sleep(50);
  }
  const tookMs = performance.now() - begun;
  last.kill('SIGTERM');
  await once(last, 'exit');
  console.log({ pushes: PUSHES, kills: KILLS, received: count(), tookMs: Math.round(tookMs) });
  expect(tookMs).toBeLessThan(DEADLINE_MS);
  return server.received.slice(before).map((push) => push.path);
}

function expectOnceEach(paths: readonly string[]): void {
  expect(new Set(paths).size).toBe(paths.length);
  // A kill between two system calls costs a push: 1 of 2,200 in 110 kills.
  expect(paths.length).toBeGreaterThanOrEqual(PUSHES - 1);
}

test(
  `${PUSHES} pushes and ${KILLS} workers killed in the middle: all is done, and nobody is told twice`,
  async () => {
    const { ada, room } = await makeMembers();
    await database.sendMessage(ada, room.id, 'everyone!');
    expectOnceEach(await pushesWithKills());
  },
  DEADLINE_MS + 60_000,
);

test(
  `${PUSHES} people are reminded while ${KILLS} workers are killed: each once`,
  async () => {
    const { ada, members, room } = await makeMembers();
    const { id: messageId } = await database.sendMessage(ada, room.id, 'Good morning');
    // Of the message itself nobody is told here.
    await database.owner.query('delete from app_private.push_notices');
    await database.owner.query(
      `with made as (
        insert into app_public.reminders (user_id, room_id, message_id, remind_at, time_zone)
          select user_id, $1, $2, now(), 'UTC' from unnest($3::uuid[]) as user_id
          returning id, remind_at
      )
      select app_private.set_alarm('remind', id, remind_at) from made`,
      [room.id, messageId, members.map(({ id }) => id)],
    );
    expectOnceEach(await pushesWithKills());
    const { rows } = await database.owner.query<{ reminded: number; left: number }>(
      `select count(reminded_at)::int as reminded,
          (select count(*)::int from app_private.reminder_pushes) as left
        from app_public.reminders`,
    );
    expect(rows).toEqual([{ reminded: PUSHES, left: 0 }]);
  },
  DEADLINE_MS + 60_000,
);
