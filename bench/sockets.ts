import { epochMs } from '../testing/clock.ts';
import type { BenchEnvironment } from '../testing/environment.ts';
import { memoryOf } from '../testing/memory.ts';
import { sendAll, spread } from '../testing/send.ts';
import { TRUMPET_DOCUMENT } from './fan-out.ts';
import type { Expectation } from './support/load.ts';
import type { Row } from './support/report.ts';

/*
 * What many sockets cost: all of them coming back at once, and all of them doing nothing.
 */

/** Statements that the database has run, in this database, ours not counted. */
async function statements(env: BenchEnvironment): Promise<number> {
  const { rows } = await env.owner.query<{ calls: number }>(
    `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and toplevel and query not ilike '%pg_stat_statements%' and query not ilike '%trumpet_feed_sweep%'`,
  );
  return rows[0]?.calls ?? 0;
}

export async function reconnectStorm(env: BenchEnvironment): Promise<Row[]> {
  const clients = 1_000;
  const behind = 100;
  const people = await env.createPeople(clients);
  const rooms = await env.createRooms([people.map((person) => person.id)]);
  const [roomId] = rooms as [string];
  const server = await env.startServer();
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const head = async () => {
    const { rows } = await env.owner.query<{ seq: number }>(
      'select last_change_seq::int as seq from app_private.room_heads where room_id = $1',
      [roomId],
    );
    return rows[0]?.seq ?? 0;
  };
  const after = await head();
  await sendAll(env.authDatabaseUrl, spread(rooms, [people], behind), 4);

  const load = env.startProcess('support/load.ts');
  const before = await statements(env);
  const expectation: Promise<Expectation> = (async () => {
    const opened = load.request({
      type: 'open',
      url,
      sockets: people.map(({ token }) => ({
        token,
        subscription: { query: TRUMPET_DOCUMENT, variables: { roomId, after: String(after) } },
      })),
      concurrency: clients,
    });
    await opened;
    return load.request({ type: 'expect', frames: clients * behind, timeoutMs: 60_000 });
  })();
  const startedAt = epochMs();
  const seen = await expectation;
  const calls = (await statements(env)) - before;
  if (seen.frames !== clients * behind) {
    throw new Error(`${seen.frames} of ${clients * behind} frames came`);
  }
  const tookMs = seen.lastAt - startedAt;
  await load.stop();
  await server.stop();

  const raw = env.startProcess('baselines/raw-broadcast.ts');
  const { port } = await raw.listening;
  const rawLoad = env.startProcess('support/load.ts');
  const rawStartedAt = epochMs();
  await rawLoad.request({
    type: 'open',
    url: `ws://127.0.0.1:${port}`,
    sockets: people.map(() => ({ token: null, subscription: null })),
    concurrency: clients,
  });
  const connectMs = epochMs() - rawStartedAt;
  const rawSeen = rawLoad.request({ type: 'expect', frames: clients * behind, timeoutMs: 60_000 });
  const { startedAt: sendStartedAt } = await raw.request({
    type: 'broadcast',
    size: Math.round(seen.bytes / seen.frames),
    rounds: behind,
  });
  const sendMs = (await rawSeen).lastAt - sendStartedAt;
  await Promise.all([rawLoad.stop(), raw.stop()]);
  return [
    {
      bench: `reconnect storm, ${clients} clients, each ${behind} messages behind`,
      measured: `${tookMs.toFixed(0)} ms from the first connect to the last message`,
      baseline: `${sendMs.toFixed(0)} ms to send the bytes by raw ws (and ${connectMs.toFixed(0)} ms to connect)`,
      ratio: tookMs / sendMs,
      goal: { atMost: 5 },
    },
    {
      bench: 'reconnect storm, SQL statements',
      measured: String(calls),
      baseline: '50',
      ratio: calls / 50,
      goal: { atMost: 1 },
    },
  ];
}

/** After the collector has had its turn: the lowest of some readings. */
async function settledBytes(pid: number): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < 10; reading += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    lowest = Math.min(lowest, memoryOf(pid).resident);
  }
  return lowest;
}

export async function idleSockets(env: BenchEnvironment): Promise<Row[]> {
  const count = 5_000;
  const membersOfARoom = 10;
  const people = await env.createPeople(count);
  const members = Array.from({ length: count / membersOfARoom }, (_, index) =>
    people.slice(index * membersOfARoom, (index + 1) * membersOfARoom),
  );
  const rooms = await env.createRooms(members.map((list) => list.map((person) => person.id)));
  const sockets = people.map(({ token }, index) => ({
    token,
    subscription: {
      query: TRUMPET_DOCUMENT,
      variables: { roomId: rooms[Math.floor(index / membersOfARoom)] },
    },
  }));
  const grow = async (pid: number, url: string, plans: unknown[]) => {
    const load = env.startProcess('support/load.ts');
    await load.request({ type: 'open', url, sockets: plans.slice(0, 100), concurrency: 50 });
    const before = await settledBytes(pid);
    await load.request({ type: 'open', url, sockets: plans.slice(100), concurrency: 50 });
    const grown = (await settledBytes(pid)) - before;
    await load.stop();
    return grown / (plans.length - 100) / 1024;
  };
  const server = await env.startServer();
  const trumpetKb = await grow(
    server.child.pid as number,
    `${server.url.replace('http', 'ws')}/graphql`,
    sockets,
  );
  await server.stop();
  const raw = env.startProcess('baselines/raw-broadcast.ts');
  const { port } = await raw.listening;
  const rawKb = await grow(
    raw.child.pid as number,
    `ws://127.0.0.1:${port}`,
    people.map(() => ({ token: null, subscription: null })),
  );
  await raw.stop();
  return [
    {
      bench: `memory of an idle, subscribed socket, from ${count}`,
      measured: `${trumpetKb.toFixed(1)} KiB`,
      baseline: `${rawKb.toFixed(1)} KiB by raw ws`,
      ratio: trumpetKb / rawKb,
      goal: { atMost: 2.5 },
    },
  ];
}
