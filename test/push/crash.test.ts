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

async function jobsLeft(): Promise<number> {
  const { rows } = await database.owner.query<{ count: number }>(
    `select count(*)::int as count from graphile_worker.jobs
    where task_identifier in ('notify_room', 'send_push')`,
  );
  return single(rows).count;
}

test(
  `${PUSHES} pushes and ${KILLS} workers killed in the middle: all is done, and nobody is told twice`,
  async () => {
    const ada = await database.createUser();
    const members = await Promise.all(Array.from({ length: PUSHES }, () => database.createUser()));
    const room = await database.createRoom(ada, { members });
    await Promise.all(members.map((member) => world.subscribe(member)));
    server.answer(async () => {
      await sleep(LATENCY_MS);
      return { status: 201 };
    });
    await database.sendMessage(ada, room.id, 'everyone!');

    const begun = performance.now();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const worker = startWorkerProcess();
      const enough = Math.floor((PUSHES * kill) / (KILLS + 1));
      while (server.received.length < enough) {
        await sleep(2);
      }
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    const killed = server.received.length;
    const last = startWorkerProcess();
    while (killed === server.received.length || (await jobsLeft()) > 0) {
      await sleep(50);
    }
    const tookMs = performance.now() - begun;
    last.kill('SIGTERM');
    await once(last, 'exit');

    const paths = server.received.map((push) => push.path);
    console.log({
      pushes: PUSHES,
      kills: KILLS,
      received: paths.length,
      tookMs: Math.round(tookMs),
    });
    expect(new Set(paths).size).toBe(paths.length);
    expect(tookMs).toBeLessThan(DEADLINE_MS);
    // A kill between two system calls costs a push: 1 of 2,200 in 110 kills.
    expect(paths.length).toBeGreaterThanOrEqual(PUSHES - 1);
  },
  DEADLINE_MS + 60_000,
);
