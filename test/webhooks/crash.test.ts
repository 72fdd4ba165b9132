import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { single } from '../../testing/database.ts';
import { createWebhookWorld } from './support/world.ts';

/** A small size for every run; docs/webhooks.md has the figures of 10,000 and 5 kills. */
const MESSAGES = Number(process.env.CRASH_DELIVERIES ?? 300);
const KILLS = Number(process.env.CRASH_KILLS ?? 2);
const ROOMS = 20;
const DEADLINE_MS = 900_000;

const world = await createWebhookWorld();
const { database } = world;
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => !exitCode && !signalCode)) {
    child.kill('SIGKILL');
  }
  await world.close();
});

function startWorkerProcess(origin: string): ChildProcess {
  const child = spawn(process.execPath, ['src/worker.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
      DATA_DIR: process.env.TMPDIR,
      WEBHOOK_TRUSTED_ORIGINS: origin,
      WEBHOOK_TIMEOUT_MS: '500',
    },
  });
  children.push(child);
  return child;
}

test(
  `${MESSAGES} deliveries, ${KILLS} kills of the worker and as many of the endpoint: none lost, each room in order`,
  async () => {
    const endpoint = await world.endpoint();
    await world.webhook('archive', endpoint.url, ['message']);
    const ada = await database.createUser();
    const rooms = await Promise.all(Array.from({ length: ROOMS }, () => database.createRoom(ada)));
    await database.owner.query(
      'update app_private.limits set user_burst = 1e6, user_in_room_burst = 1e6',
    );
    for (const room of rooms) {
      await database.commitAs(ada, (client) =>
        client.query(
          "select app_public.send_message($1, 'message ' || number) from generate_series(1, $2::int) as number",
          [room.id, MESSAGES / ROOMS],
        ),
      );
    }

    const begun = performance.now();
    const taken = new Set<string>();
    let enough = Number.POSITIVE_INFINITY;
    let reached = Promise.withResolvers<void>();
    endpoint.answer(({ id }) => {
      taken.add(id);
      if (taken.size >= enough) {
        reached.resolve();
      }
      return { status: 204 };
    });
    async function until(count: number): Promise<void> {
      reached = Promise.withResolvers();
      enough = count;
      if (taken.size < count) {
        await reached.promise;
      }
    }
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const worker = startWorkerProcess(endpoint.origin);
      await until(Math.floor((MESSAGES * (kill - 0.5)) / (KILLS + 1)));
      await endpoint.close();
      await endpoint.open();
      await until(Math.floor((MESSAGES * kill) / (KILLS + 1)));
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    const last = startWorkerProcess(endpoint.origin);
    await until(MESSAGES);
    last.kill('SIGTERM');
    await once(last, 'exit');
    const tookMs = Math.round(performance.now() - begun);

    const { rows } = await database.owner.query<{ delivered: number }>(
      "select count(distinct event_id)::int as delivered from app_public.webhook_deliveries where outcome = 'delivered'",
    );
    const { received } = endpoint;
    console.log({ messages: MESSAGES, kills: KILLS, received: received.length, tookMs });
    expect(taken.size).toBe(MESSAGES);
    expect(single(rows).delivered).toBeLessThanOrEqual(MESSAGES);
    // Whoever drops what came before by its id has each room in its order, without a gap.
    const kept = new Set<string>();
    const seqs = new Map<string, number[]>(rooms.map(({ id }) => [id, []]));
    for (const { id, frame } of received) {
      if (!kept.has(id)) {
        kept.add(id);
        seqs.get(frame.room_id)?.push(frame.message.seq);
      }
    }
    for (const { id } of rooms) {
      expect(seqs.get(id)).toEqual(
        Array.from({ length: MESSAGES / ROOMS }, (_, index) => index + 1),
      );
    }
  },
  DEADLINE_MS,
);
