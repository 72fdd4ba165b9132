import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase, single } from '../../testing/database.ts';

/* Votes are counted once each, whoever is killed meanwhile. */

const VOTERS = 40;
const ROUNDS = 8;
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

async function until(condition: string): Promise<void> {
  const isSo = async () =>
    single((await owner.query<{ is: boolean }>(`select (${condition}) as is`)).rows).is;
  while (!(await isSo())) {
    await sleep(20);
  }
}

test('no vote is lost or counted twice over a worker that is killed while it counts', async () => {
  const people = await Promise.all(Array.from({ length: VOTERS }, () => database.createUser()));
  const [ada] = people;
  if (ada === undefined) {
    throw new Error('Nobody is there.');
  }
  const { id: roomId } = await database.createRoom(ada, { members: people.slice(1) });
  const { id } = await database.call(ada, 'create_poll', roomId, 'When?', ['a', 'b', 'c']);
  const last = new Map<string, number>();
  let worker = startWorkerProcess();
  const voting = Promise.all(
    people.map(async (who, at) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const choice = 1 + ((at + round * 7) % 3);
        await database.call(who, 'vote_in_poll', id, [choice]);
        last.set(who.id, choice);
      }
    }),
  );
  for (let killed = 0; killed < KILLS; killed += 1) {
    await until(`exists (select from app_public.poll_ballots)`);
    await kill(worker);
    worker = startWorkerProcess();
  }
  await voting;
  await until('not exists (select from app_private.polls_to_count)');
  const { rows } = await owner.query<{ poll: { counts: number[]; voterCount: number } }>(
    `select metadata -> 'poll' as poll from app_public.messages where id = $1`,
    [id],
  );
  const chosen = [...last.values()];
  expect(single(rows).poll).toMatchObject({
    counts: [1, 2, 3].map((choice) => chosen.filter((one) => one === choice).length),
    voterCount: VOTERS,
  });
});
