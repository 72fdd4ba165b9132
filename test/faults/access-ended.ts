import { decodeJwt } from 'jose';
import { signToken } from '../../testing/access-token.ts';
import { epochMs } from '../../testing/clock.ts';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket } from '../../testing/socket.ts';
import { type Claim, exactly } from './support/claim.ts';
import { createPopulation } from './support/population.ts';
import { ROOM_EVENTS } from './support/reader.ts';
import { startSqlWriters } from './support/sql-writer.ts';
import { pause } from './support/traffic.ts';
import { startWriters } from './support/writer.ts';

const PARALLEL = 10;
/** Read before access ends. */
const EVENTS_BEFORE = 3;
/** How long the former listener is watched. */
const WATCH_MS = 2_000;
const GRACE_MS = 1_000;
const TOKEN_LIFE_S = 2;

export type Ending = 'ban' | 'kick' | 'sign-out' | 'token expiry';

interface Watched {
  /** Epoch milliseconds: from here on nothing that is written may come, a second later nothing at all. */
  readonly endedAt: number;
  /** The change that took access away, where it is one: nothing behind it may come. */
  readonly endedBy: number | undefined;
  readonly sights: readonly { changeSeq: number; occurredAt: number; receivedAt: number }[];
}

/** Somebody's access ends in the middle of a stream. */
export async function accessEnded(
  env: BenchEnvironment,
  { ending, rounds, rate }: { ending: Ending; rounds: number; rate: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const { people, roomIds, authors } = await createPopulation(
    env.owner,
    env.jwtSecret,
    rounds + 2,
    1,
  );
  const roomId = roomIds[0] as string;
  const [owner, writer, ...leaving] = people as [Person, Person, ...Person[]];
  const staying = authors.filter(({ person }) => person === owner || person === writer);
  const overHttp = startWriters([() => server.url], staying, rate / 2);
  const bySql = await startSqlWriters(env.authDatabaseUrl, staying, rate / 2);

  async function endAccess(person: Person): Promise<Pick<Watched, 'endedAt' | 'endedBy'>> {
    switch (ending) {
      case 'sign-out': {
        await post(
          server.url,
          person.token,
          'mutation { signOut(input: {}) { clientMutationId } }',
        );
        return { endedAt: epochMs(), endedBy: undefined };
      }
      case 'token expiry': {
        const endedAt = (decodeJwt(person.token).exp as number) * 1_000;
        await pause(endedAt - Date.now());
        return { endedAt, endedBy: undefined };
      }
      default: {
        await takeAway(env, ending, owner, roomId, person);
        const endedAt = epochMs();
        return { endedAt, endedBy: await removalOf(env, roomId, person) };
      }
    }
  }

  async function watch(member: Person): Promise<Watched> {
    const person = ending === 'token expiry' ? await shortLived(env, member) : member;
    const socket = await openSocket(`${server.url}/graphql`, { token: person.token });
    const subscription = socket.subscribe(ROOM_EVENTS, { roomId });
    const sights: { changeSeq: number; occurredAt: number; receivedAt: number }[] = [];
    const { promise: begun, resolve: onBegun } = Promise.withResolvers<void>();
    const reading = (async () => {
      await subscription.nextData();
      for (;;) {
        const { roomEvents: event } = await subscription.nextData();
        sights.push({
          changeSeq: Number(event.changeSeq),
          occurredAt: Date.parse(event.occurredAt),
          receivedAt: epochMs(),
        });
        if (sights.length === EVENTS_BEFORE) {
          onBegun();
        }
      }
    })();
    reading.catch(onBegun); // Its end is what is waited for.
    await begun;
    const ended = await endAccess(person);
    await pause(WATCH_MS);
    await socket.close();
    return { ...ended, sights };
  }

  const watched: Watched[] = [];
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let person = leaving.pop(); person !== undefined; person = leaving.pop()) {
        watched.push(await watch(person));
      }
    }),
  );
  await Promise.all([overHttp.stop(), bySql.stop()]);
  await server.stop();
  const late = watched.flatMap(({ endedAt, sights }) =>
    sights.filter(({ receivedAt }) => receivedAt > endedAt + GRACE_MS),
  );
  const later = watched.flatMap(({ endedAt, endedBy, sights }) =>
    sights.filter(({ changeSeq, occurredAt }) =>
      endedBy === undefined ? occurredAt > endedAt : changeSeq > endedBy,
    ),
  );
  const empty = watched.filter(({ sights }) => sights.length < EVENTS_BEFORE);
  return [
    exactly('0 events later than the commit and 1 s', late.length, 0),
    exactly('0 durable events that were committed later', later.length, 0),
    exactly('everyone had events before', watched.length - empty.length, rounds),
  ];
}

async function takeAway(
  env: BenchEnvironment,
  ending: 'ban' | 'kick',
  by: Person,
  roomId: string,
  person: Person,
): Promise<void> {
  const { rows: functions } = await env.owner.query(
    `select from pg_proc where pronamespace = 'app_public'::regnamespace and proname = $1`,
    [`${ending}_member`],
  );
  if (functions.length === 0) {
    // Before there is moderation, by hand.
    await env.owner.query(
      'delete from app_public.room_members where room_id = $1 and user_id = $2',
      [roomId, person.id],
    );
    return;
  }
  const client = await env.owner.connect();
  try {
    await client.query('begin');
    await client.query(
      `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
      [by.id],
    );
    await client.query(`select app_public.${ending}_member(room_id => $1, user_id => $2)`, [
      roomId,
      person.id,
    ]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function removalOf(env: BenchEnvironment, roomId: string, person: Person): Promise<number> {
  const { rows } = await env.owner.query<{ seq: number }>(
    `select change_seq::int as seq from app_private.room_changes
      where room_id = $1 and user_id = $2 and kind = 'member' and op = 'delete'`,
    [roomId, person.id],
  );
  return rows[0]?.seq ?? 0;
}

async function shortLived(env: BenchEnvironment, { id, token }: Person): Promise<Person> {
  const sid = decodeJwt(token).sid as string;
  return {
    id,
    token: await signToken({ sub: id, sid }, env.jwtSecret, TOKEN_LIFE_S),
  };
}

async function post(url: string, token: string, query: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors !== undefined) {
    throw new Error(JSON.stringify(errors));
  }
}
