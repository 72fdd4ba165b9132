import { epochMs } from '../../testing/clock.ts';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket } from '../../testing/socket.ts';
import { type Claim, exactly } from './support/claim.ts';
import { createPopulation } from './support/population.ts';
import { startProxy } from './support/proxy.ts';
import { ROOM_EVENTS } from './support/reader.ts';
import { startSqlWriters } from './support/sql-writer.ts';
import { pause, startTraffic, until } from './support/traffic.ts';

const LEAVING = 20;
const EVENTS_BEFORE = 3;
/** Longer than a dead connection is waited for. */
const NOTICE_LIMIT_MS = 60_000;
const WATCH_MS = 10_000;

interface Watched {
  readonly person: Person;
  readonly sights: readonly { readonly changeSeq: number; readonly receivedAt: number }[];
}

/** A node is cut off from Postgres; meanwhile sessions end at another node, and members are removed. */
export async function cutOffNode(
  env: BenchEnvironment,
  { cutMs, rate }: { cutMs: number; rate: number },
): Promise<Claim[]> {
  const proxy = await startProxy(Number(new URL(env.databaseUrl).port));
  const through = (url: string) => Object.assign(new URL(url), { port: proxy.port }).href;
  const near = await env.startServer();
  const far = await env.startServer({
    DATABASE_URL: through(env.databaseUrl),
    AUTH_DATABASE_URL: through(env.authDatabaseUrl),
  });
  await using traffic = await startTraffic({
    owner: env.owner,
    jwtSecret: env.jwtSecret,
    urls: [() => near.url, () => far.url],
    httpRate: rate,
  });
  const { people, roomIds, authors } = await createPopulation(
    env.owner,
    env.jwtSecret,
    LEAVING + 1,
    1,
  );
  const roomId = roomIds[0] as string;
  const [staying, ...leaving] = people as [Person, ...Person[]];
  const writers = await startSqlWriters(
    env.authDatabaseUrl,
    authors.filter(({ person }) => person === staying),
    5,
  );
  const watched = await Promise.all(leaving.map((person) => watch(far.url, person, roomId)));
  await until(() => watched.every(({ sights }) => sights.length >= EVENTS_BEFORE), NOTICE_LIMIT_MS);

  const cut = proxy.cutOff(() => true);
  const signedOut = watched.slice(0, LEAVING / 2);
  const removed = watched.slice(LEAVING / 2);
  await Promise.all(signedOut.map(({ person }) => signOut(near.url, person)));
  await env.owner.query(
    'delete from app_public.room_members where room_id = $1 and user_id = any ($2)',
    [roomId, removed.map(({ person }) => person.id)],
  );
  const removals = await removalsIn(env, roomId);
  await pause(cutMs);
  cut.callOff();
  const mendedAt = epochMs();
  await traffic.convergence();
  await pause(WATCH_MS);
  await writers.stop();
  const history = await traffic.finish();
  await Promise.all([near.stop(), far.stop()]);
  await proxy.close();

  const toEnded = signedOut.flatMap(({ sights }) =>
    sights.filter(({ receivedAt }) => receivedAt > mendedAt),
  );
  const toRemoved = removed.flatMap(({ person, sights }) =>
    sights.filter(({ changeSeq }) => changeSeq > (removals.get(person.id) ?? 0)),
  );
  return [
    history.faithful,
    exactly('0 events after the link is back for sessions that ended meanwhile', toEnded.length, 0),
    exactly('0 events behind their removal for members removed meanwhile', toRemoved.length, 0),
  ];
}

async function watch(url: string, person: Person, roomId: string): Promise<Watched> {
  const socket = await openSocket(`${url}/graphql`, { token: person.token });
  const subscription = socket.subscribe(ROOM_EVENTS, { roomId });
  const sights: { changeSeq: number; receivedAt: number }[] = [];
  const reading = (async () => {
    await subscription.nextData(); // Ready
    for (;;) {
      const { roomEvents: event } = await subscription.nextData();
      sights.push({ changeSeq: Number(event.changeSeq), receivedAt: epochMs() });
    }
  })();
  reading.catch(() => {}); // Its end is what is waited for.
  return { person, sights };
}

async function signOut(url: string, { token }: Person): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: 'mutation { signOut(input: {}) { clientMutationId } }' }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors !== undefined) {
    throw new Error(JSON.stringify(errors));
  }
}

async function removalsIn(
  env: BenchEnvironment,
  roomId: string,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await env.owner.query<{ user_id: string; seq: number }>(
    `select user_id, change_seq::int as seq from app_private.room_changes
      where room_id = $1 and kind = 'member' and op = 'delete'`,
    [roomId],
  );
  return new Map(rows.map(({ user_id, seq }) => [user_id, seq]));
}
