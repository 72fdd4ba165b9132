import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startWorker } from '../src/worker/run.ts';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import type { Row } from './support/report.ts';

/*
 * Ten thousand people vote in one poll over a few connections, while the worker counts. The baseline does the same and adds
 * one to a counter of the poll in the same transaction, as a column of results would: there each vote waits for all
 * before it. Transactions last some milliseconds beyond the vote, as they do where the client is not on the same machine.
 */
const VOTERS = 10_000;
const ANSWERS = 3;
const CONNECTIONS = 16;
const BEYOND_VOTE_MS = 5;
const TURN_OF = 500;
/** What docs/concepts/polls.md promises after the last vote. */
const RIGHT_WITHIN_MS = 2000;
const SETTINGS = `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`;
const VOTE = 'select from app_public.vote_in_poll($1, array[$2::integer])';

interface Poll {
  readonly id: string;
  readonly hasCounter: boolean;
}

export async function pollVotes(env: BenchEnvironment): Promise<Row[]> {
  const worker = await startWorker(env.databaseUrl);
  const people = (await env.createPeople(VOTERS)).map(({ id }) => id);
  const [room] = (await env.createRooms([people])) as [string];
  await env.owner.query(`
    create table public.counters (poll_id uuid primary key, votes integer not null default 0);
    grant select, update on public.counters to trumpet_user`);
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new pg.Client(env.authDatabaseUrl);
      await client.connect();
      return client;
    }),
  );

  async function ask(hasCounter: boolean): Promise<Poll> {
    const [client] = clients as [pg.Client];
    await client.query('begin');
    await client.query(SETTINGS, [people[0]]);
    const { rows } = await client.query<{ id: string }>(
      'select id from app_public.create_poll($1, $2, $3)',
      [room, 'Which?', ['one', 'two', 'three']],
    );
    await client.query('commit');
    const { id } = rows[0] as { id: string };
    await env.owner.query('insert into public.counters (poll_id) values ($1)', [id]);
    return { id, hasCounter };
  }

  /** @returns votes a second */
  async function vote(poll: Poll, from: number, to: number, delaysMs: number[]): Promise<number> {
    let next = from;
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        while (next < to) {
          const index = next;
          next += 1;
          await client.query('begin');
          await client.query({ name: 'settings', text: SETTINGS, values: [people[index]] });
          const votedAt = performance.now();
          await client.query({
            name: 'vote',
            text: VOTE,
            values: [poll.id, (index % ANSWERS) + 1],
          });
          if (poll.hasCounter) {
            await client.query({
              name: 'count',
              text: 'update public.counters set votes = votes + 1 where poll_id = $1',
              values: [poll.id],
            });
          }
          delaysMs.push(performance.now() - votedAt);
          await pause(BEYOND_VOTE_MS);
          await client.query('commit');
        }
      }),
    );
    return ((to - from) / (performance.now() - startedAt)) * 1000;
  }

  const [ours, counted] = [await ask(false), await ask(true)];
  const rates = { ours: [] as number[], counted: [] as number[] };
  const delays = { ours: [] as number[], counted: [] as number[] };
  let lastVoteAt = 0;
  for (let from = 0; from < VOTERS; from += TURN_OF) {
    const to = from + TURN_OF;
    rates.counted.push(await vote(counted, from, to, delays.counted));
    rates.ours.push(await vote(ours, from, to, delays.ours));
    lastVoteAt = performance.now();
  }
  await untilCounted(env.owner, ours.id);
  const rightAfterMs = performance.now() - lastVoteAt;
  for (const client of clients) {
    await client.end();
  }
  await worker.stop();

  const [perSecond, baseline] = [percentile(rates.ours, 0.5), percentile(rates.counted, 0.5)];
  const told = (values: readonly number[]) =>
    [0.5, 0.99, 1].map((fraction) => percentile(values, fraction).toFixed(1)).join(' / ');
  const voters = `${VOTERS.toLocaleString('en')} people vote in one poll`;
  return [
    {
      bench: `${voters}, ${CONNECTIONS} at a time, transactions ${BEYOND_VOTE_MS} ms beyond the vote`,
      measured: `${Math.round(perSecond)} votes/s`,
      baseline: `${Math.round(baseline)} votes/s with one counter that each updates`,
      ratio: perSecond / baseline,
      goal: { atLeast: 3 },
      remark: `a vote, p50 / p99 / longest: ${told(delays.ours)} ms; with the counter ${told(delays.counted)}`,
    },
    {
      bench: `${voters}: the results that all see are right after the last vote`,
      measured: `${Math.round(rightAfterMs)} ms`,
      baseline: `${RIGHT_WITHIN_MS} ms`,
      ratio: rightAfterMs / RIGHT_WITHIN_MS,
      goal: { atMost: 1 },
    },
  ];
}

/** Until each answer has what was chosen, and not one more or less. */
async function untilCounted(owner: pg.Pool, pollId: string): Promise<void> {
  const expected = JSON.stringify(
    Array.from({ length: ANSWERS }, (_, answer) => Math.ceil((VOTERS - answer) / ANSWERS)),
  );
  for (;;) {
    const { rows } = await owner.query<{ counts: unknown; voters: number }>(
      `select metadata #> '{poll,counts}' as counts, (metadata #>> '{poll,voterCount}')::integer as voters
        from app_public.messages where id = $1`,
      [pollId],
    );
    const [result] = rows;
    if (result?.voters === VOTERS && JSON.stringify(result.counts) === expected) {
      return;
    }
    if ((result?.voters ?? 0) > VOTERS) {
      throw new Error(`There are ${result?.voters} voters`);
    }
    await pause(20);
  }
}
