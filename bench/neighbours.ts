import { VISITOR_LIMITS } from '../plugins/query-limits.ts';
import { startWorker } from '../src/worker/run.ts';
import type { BenchEnvironment, Person } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import { fillHistory } from './support/history.ts';
import type { Expectation } from './support/load.ts';
import type { Answers, NeighbourRequest } from './support/neighbour.ts';
import type { Row } from './support/report.ts';
import type { SteadyLoad } from './support/steady-load.ts';

/*
 * One person must not slow the others: their sends and what is delivered to them, before and while one person does too
 * much. Half of the sends go to the room which that person is in, too. The case of nothing says what of a ratio is chance.
 */
const SENDS_PER_SECOND = 40;
const LISTENERS_A_ROOM = 5;
const WARM_UP_SECONDS = 4;
/** Sent at one moment before that, so that the server has opened its connections, as one has that has run for a while. */
const WARM_UP_SENDS = 200;
const QUIET_SECONDS = 12;
const BUSY_SECONDS = 12;
/** How long after the last send answers and events are waited for. */
const PATIENCE_MS = 20_000;
/** What somebody may do to the others' 99th percentile. */
const MOST_TIMES = 3;

const DELIVERED = `subscription ($roomId: UUID!) {
  roomEvents(roomId: $roomId) { __typename changeSeq ... on MessageEvent { message { id seq content createdAt author { username } } } }
}`;

/** What one person does, without who, where and for how long. */
type Deed = NeighbourRequest extends infer Request
  ? Request extends NeighbourRequest
    ? Omit<Request, 'type' | 'seconds' | 'url'>
    : never
  : never;

interface Scene {
  readonly env: BenchEnvironment;
  readonly others: readonly Person[];
  readonly neighbour: Person;
  /** The room that the neighbour shares with the others. */
  readonly shared: string;
  /** Where the neighbour is alone. */
  readonly own: string;
  /** With 25,000 messages, of which 5,000 are in its log. */
  readonly long: string;
  readonly crowd: { readonly roomId: string; readonly messageId: string };
}

interface Case {
  readonly name: string;
  /** What has to be there first; gives what takes it away. */
  prepare?(scene: Scene): Promise<() => Promise<unknown>>;
  deed(scene: Scene): Deed | Promise<Deed>;
}

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

function requests(
  parallel: number,
  token: string | null,
  ...documents: readonly { query: string; variables?: object }[]
): Deed {
  return {
    what: 'requests',
    parallel,
    requests: documents.map((document) => ({ token, body: JSON.stringify(document) })),
  };
}

const SEND = `mutation ($roomId: UUID!, $content: String!) {
  sendMessage(input: { roomId: $roomId, content: $content }) { message { id } } }`;

const CASES: readonly Case[] = [
  {
    name: 'nothing',
    deed: () => requests(0, null),
  },
  {
    name: 'a visitor gives 45,000 values to orderBy, under 80 aliases',
    deed: ({ shared }) =>
      requests(2, null, {
        query: `query ($r: UUID!, $o: [RoomMembersOrderBy!]) { room(id: $r) { ${repeat(80, (n) => `a${n}: members(orderBy: $o) { nodes { userId } }`)} } }`,
        variables: { r: shared, o: Array(45_000).fill('PRIMARY_KEY_ASC') },
      }),
  },
  {
    name: '2 × 10 searches for a person of 8,000 letters',
    deed: ({ neighbour }) =>
      requests(2, neighbour.token, {
        query: `query ($q: String!) { ${repeat(10, (n) => `a${n}: searchUsers(query: $q) { nodes { id } }`)} }`,
        variables: { q: 'abcdefghijklmnopqrstuvwxyz'.repeat(308).slice(0, 8_000) },
      }),
  },
  {
    name: '50 searches at a time, with headlines',
    deed: ({ neighbour }) =>
      requests(50, neighbour.token, {
        query:
          '{ searchMessages(query: "message long", first: 100) { nodes { headline message { id } } } }',
      }),
  },
  {
    name: '20 times readBy of 9,000 readers',
    deed: ({ neighbour, crowd }) =>
      requests(20, neighbour.token, {
        query: `query ($id: UUID!) { message(id: $id) { ${repeat(10, (n) => `a${n}: readBy(first: 100) { totalCount nodes { id } }`)} } }`,
        variables: { id: crowd.messageId },
      }),
  },
  {
    name: '30 sends at a time into a room that is locked',
    async prepare({ env, own }) {
      const client = await env.owner.connect();
      await client.query('begin');
      await client.query('select from app_private.room_heads where room_id = $1 for update', [own]);
      return async () => {
        await client.query('rollback');
        client.release();
      };
    },
    deed: ({ neighbour, own }) =>
      requests(30, neighbour.token, { query: SEND, variables: { roomId: own, content: 'hello' } }),
  },
  {
    name: '4 sends at a time of 7,900 letters, where words are ruled',
    prepare: ruleWords,
    deed: ({ neighbour, shared }) =>
      requests(4, neighbour.token, {
        query: SEND,
        variables: { roomId: shared, content: 'ordinary words of a message, '.repeat(272) },
      }),
  },
  {
    name: '4 edits at a time to 3,990 times "a."',
    prepare: ruleWords,
    async deed({ env, neighbour, shared }) {
      const { rows } = await env.owner.query<{ id: string }>(
        `insert into app_public.messages (room_id, author_id, content)
          select $1, $2, 'to be edited' from generate_series(1, 4) returning id`,
        [shared, neighbour.id],
      );
      return requests(
        4,
        neighbour.token,
        ...rows.map(({ id }) => ({
          query: `mutation ($id: UUID!, $content: String!) {
            editMessage(input: { messageId: $id, content: $content }) { message { id } } }`,
          variables: { id, content: 'a.'.repeat(3_990) },
        })),
      );
    },
  },
  {
    name: '4 sends at a time of 8,000 Chinese letters',
    deed: ({ neighbour, shared }) =>
      requests(4, neighbour.token, {
        query: SEND,
        variables: {
          roomId: shared,
          content: Array.from({ length: 8_000 }, (_, n) =>
            String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000)),
          ).join(''),
        },
      }),
  },
  {
    name: '5 sockets × 100 documents that differ by an alias',
    deed: ({ neighbour, shared }) => ({
      what: 'documents',
      sockets: 5,
      documentsEach: 100,
      token: neighbour.token,
      roomId: shared,
    }),
  },
  {
    name: '30 at a time of exports, presence, rooms, invitations, coming and going',
    deed: ({ neighbour, shared, own }) =>
      requests(
        30,
        neighbour.token,
        { query: 'mutation { exportMyData(input: {}) { clientMutationId } }' },
        { query: 'mutation { updateUserPresence(input: { status: AWAY }) { clientMutationId } }' },
        {
          query: 'mutation { updateUserPresence(input: { status: ONLINE }) { clientMutationId } }',
        },
        {
          query:
            'mutation { createRoom(input: { name: "Mine", slug: "mine-#" }) { clientMutationId } }',
        },
        {
          query:
            'mutation ($r: UUID!) { createInvitation(input: { roomId: $r }) { clientMutationId } }',
          variables: { r: own },
        },
        {
          query: 'mutation ($r: UUID!) { leaveRoom(input: { roomId: $r }) { clientMutationId } }',
          variables: { r: shared },
        },
        {
          query: 'mutation ($r: UUID!) { joinRoom(input: { roomId: $r }) { clientMutationId } }',
          variables: { r: shared },
        },
      ),
  },
  {
    name: '200 × 3 sign-ins at a time, without a token',
    deed: () =>
      requests(200, null, {
        query: `mutation { ${repeat(VISITOR_LIMITS.rootFields, (n) => `s${n}: signIn(input: { username: "nobody#x${n}", password: "wrong password" }) { clientMutationId }`)} }`,
      }),
  },
  {
    name: '20 sign-ups at a time',
    deed: () =>
      requests(20, null, {
        query:
          'mutation { signUp(input: { username: "newcomer#", password: "a good password" }) { clientMutationId } }',
      }),
  },
  {
    name: '20 guesses of a password at a time, by changePassword',
    async prepare({ env, neighbour }) {
      await env.owner.query(
        `insert into app_private.user_secrets (user_id, password_hash) values ($1, crypt('the right one', gen_salt('bf', 10)))`,
        [neighbour.id],
      );
      return async () => {};
    },
    deed: ({ neighbour }) =>
      requests(20, neighbour.token, {
        query:
          'mutation { changePassword(input: { currentPassword: "guess #", newPassword: "a good password" }) { clientMutationId } }',
      }),
  },
  {
    name: '1,500 request bodies that come slowly, without a token',
    deed: () => ({ what: 'slow-bodies', connections: 1_500 }),
  },
  {
    name: '100 sockets that join a long room again and again, from anywhere',
    async deed({ env, neighbour, long }) {
      const { rows } = await env.owner.query<{ head: string }>(
        'select last_change_seq as head from app_private.room_heads where room_id = $1',
        [long],
      );
      const head = Number(rows[0]?.head);
      return { what: 'rejoins', sockets: 100, token: neighbour.token, roomId: long, head };
    },
  },
];

async function ruleWords({ env, shared }: Scene) {
  await env.owner.query(
    `with rule as (
      insert into app_public.room_rules (room_id, kind, action, words)
        values ($1, 'words', 'refuse', array(select 'unwanted' || n from generate_series(1, 100) as n))
        returning room_rules
    ) select app_private.list_words(room_rules) from rule`,
    [shared],
  );
  return () => env.owner.query('delete from app_public.room_rules where room_id = $1', [shared]);
}

async function makeScene(env: BenchEnvironment): Promise<Scene> {
  // Everyone has the limits that a real server begins with.
  await env.owner.query(
    'update app_private.limits set user_burst = default, user_in_room_burst = default',
  );
  const people = await env.createPeople(700);
  const [neighbour, ...others] = people as [Person, ...Person[]];
  const members = others.slice(0, 40).map(({ id }) => id);
  const [shared, elsewhere, own, long, crowded] = (await env.createRooms([
    [...members, neighbour.id],
    members,
    [neighbour.id],
    [...members, neighbour.id],
    [neighbour.id],
  ])) as [string, string, string, string, string];
  await fillHistory(env.owner, {
    roomIds: [long],
    authorIds: members,
    count: 20_000,
    isIndexed: true,
  });
  // What a person who asks for the room again missed.
  await env.owner.query(
    `insert into app_public.messages (room_id, author_id, content)
      select $1, $2, 'One of five thousand changes' from generate_series(1, 5000)`,
    [long, members[0]],
  );
  const { rows } = await env.owner.query<{ id: string }>(
    `with message as (
      insert into app_public.messages (room_id, author_id, content) values ($1, $2, 'Read by many') returning id
    ), readers as (
      insert into app_public.users (username, display_name)
        select 'reader' || n, 'Reader ' || n from generate_series(1, 9000) as n returning id
    ), memberships as (
      insert into app_public.room_members (room_id, user_id, last_read_seq) select $1, id, 1 from readers
    )
    select id from message`,
    [crowded, neighbour.id],
  );
  await env.owner.query('vacuum analyze');
  return {
    env,
    others: others.slice(0, 40),
    neighbour,
    shared,
    own,
    long,
    crowd: { roomId: elsewhere, messageId: rows[0]?.id as string },
  };
}

interface Heard {
  readonly sends: SteadyLoad;
  readonly deliveriesMs: readonly number[];
}

/** What those two lists say, in milliseconds. */
const figures = ({ sends, deliveriesMs }: Heard) => ({
  sendsP50: percentile(sends.delaysMs, 0.5),
  sendsP99: percentile(sends.delaysMs, 0.99),
  deliveryP50: percentile(deliveriesMs, 0.5),
  deliveryP99: percentile(deliveriesMs, 0.99),
});

function told(heard: Heard): string {
  const { sendsP50, sendsP99, deliveryP50, deliveryP99 } = figures(heard);
  const both = (p50: number, p99: number) => `${p50.toFixed(0)} / ${p99.toFixed(0)} ms`;
  return `sends ${both(sendsP50, sendsP99)}, delivery ${both(deliveryP50, deliveryP99)}`;
}

async function measure(scene: Scene, what: Case): Promise<Row> {
  const { env, others, neighbour, shared, crowd } = scene;
  // The limit that a real server begins with.
  const server = await env.startServer({ CONNECTIONS_PER_ADDRESS: '1000' });
  const listeners = env.startProcess('support/load.ts');
  const load = env.startProcess('support/steady-load.ts');
  const busyOne = env.startProcess('support/neighbour.ts');
  const rooms = [shared, crowd.roomId];
  await listeners.request({
    type: 'open',
    url: `${server.url.replace('http', 'ws')}/graphql`,
    sockets: rooms.flatMap((roomId) =>
      others.slice(0, LISTENERS_A_ROOM).map(({ token }) => ({
        token,
        subscription: { query: DELIVERED, variables: { roomId } },
      })),
    ),
    concurrency: 5,
  });
  const sends = others.flatMap(({ token }) => rooms.map((roomId) => ({ token, roomId })));

  async function hear(seconds: number, perSecond = SENDS_PER_SECOND): Promise<Heard> {
    const frames = perSecond * seconds * LISTENERS_A_ROOM;
    const expectation: Promise<Expectation> = listeners.request({
      type: 'expect',
      frames: Number.POSITIVE_INFINITY,
      timeoutMs: seconds * 1_000 + 1_000,
    });
    const sent: SteadyLoad = await load.request({
      type: 'run',
      url: `${server.url}/graphql`,
      sends,
      perSecond,
      seconds,
      patienceMs: PATIENCE_MS,
    });
    const seen = await expectation;
    const late: Expectation =
      seen.delaysMs.length >= frames
        ? { ...seen, delaysMs: [] }
        : await listeners.request({
            type: 'expect',
            frames: frames - seen.delaysMs.length,
            timeoutMs: PATIENCE_MS,
          });
    const delays = [...seen.delaysMs, ...late.delaysMs];
    // What has not come has taken longer than anybody waits.
    const missing = Array<number>(Math.max(0, frames - delays.length)).fill(PATIENCE_MS);
    return { sends: sent, deliveriesMs: [...delays, ...missing] };
  }

  // Not counted.
  await hear(0.1, WARM_UP_SENDS * 10);
  await hear(WARM_UP_SECONDS);
  const quiet = await hear(QUIET_SECONDS);
  const undo = await what.prepare?.(scene);
  const deed = await what.deed(scene);
  const isWebSocket = deed.what === 'documents' || deed.what === 'rejoins';
  const answered: Promise<{ answers: Answers }> = busyOne.request({
    type: 'run',
    seconds: BUSY_SECONDS,
    url: deed.what === 'requests' ? `${server.url}/graphql` : server.url,
    ...deed,
    ...(isWebSocket ? { token: neighbour.token } : {}),
  });
  const busy = await hear(BUSY_SECONDS);
  const { answers } = await answered;
  await Promise.all([busyOne.stop(), load.stop(), listeners.stop()]);
  await undo?.();
  await server.stop();
  await untilIdle(env);
  const [before, during] = [figures(quiet), figures(busy)];
  return {
    bench: `neighbours: ${what.name}`,
    measured: told(busy),
    baseline: told(quiet),
    ratio: Math.max(during.sendsP99 / before.sendsP99, during.deliveryP99 / before.deliveryP99),
    goal: { atMost: MOST_TIMES },
    remark: [
      `p50 / p99; answers a second to a neighbour at the lowest priority: ${Object.entries(answers)
        .map(([answer, count]) => `${(count / BUSY_SECONDS).toFixed(1)} × ${answer}`)
        .join(', ')}`,
      ...(busy.sends.failed > 0 ? [`${busy.sends.failed} sends of others failed`] : []),
    ].join('; '),
  };
}

/** What a server that is gone had begun ends by itself. */
async function untilIdle({ owner }: BenchEnvironment): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.query(
      `select from pg_stat_activity where application_name = 'trumpet api' and state <> 'idle'`,
    );
    if (rowCount === 0) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** @param part what is in the name of the cases that are wanted; of all when empty */
export async function neighbours(env: BenchEnvironment, part: string): Promise<Row[]> {
  const scene = await makeScene(env);
  const worker = await startWorker(env.databaseUrl);
  const rows: Row[] = [];
  for (const what of CASES.filter(({ name }) => name.includes(part))) {
    rows.push(await measure(scene, what));
  }
  await worker.stop();
  return rows;
}
