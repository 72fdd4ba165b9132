import pg from 'pg';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import { fillHistory } from './support/history.ts';
import type { Row } from './support/report.ts';

/*
 * Whether reading a room costs the same however much was written in it: each query on a room of
 * 1,000,000 messages, beside the same on one of 10,000, in turn. Both stretch over the same year, so
 * that both are in the same partitions; as trumpet_user, under its policies, as the API runs them.
 */
const LARGE = 1_000_000;
const SMALL = 10_000;
const INBOX_ROOMS = 200;
/** How many are followed: the first message of so many rooms of the inbox. */
const THREADS = 50;
/** How many messages there are since somebody joined who sees none of before. */
const SEEN = 20;
const REPETITIONS = 300;
const WARM_UP = 30;
const MOST = 1.3;

interface Side {
  readonly viewerId: string;
  readonly roomId: string;
  readonly inboxViewerId: string;
  /** Who sees the last messages of the room alone. */
  readonly lateViewerId: string;
  /** What a client knows from earlier answers: where its cursor stands, and the root of a thread. */
  readonly deepSeq: number;
  readonly rootId: string;
}

const PAGE = `
  select id, room_id, seq, author_id, content, message_type, metadata, created_at, edited_at, deleted_at,
      parent_message_id, reply_count
    from app_public.messages`;

interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: (side: Side) => unknown[];
  /** Who asks, if it is not the one whose it is by its values. */
  readonly viewerId?: (side: Side) => string;
}

const QUERIES: readonly Query[] = [
  {
    name: 'newest page',
    text: `${PAGE} where room_id = $1 order by seq desc limit 51`,
    values: ({ roomId }) => [roomId],
  },
  {
    name: 'page deep in the past',
    text: `${PAGE} where room_id = $1 and seq < $2 order by seq desc limit 51`,
    values: ({ roomId, deepSeq }) => [roomId, deepSeq],
  },
  {
    name: `newest page of who sees the last ${SEEN}`,
    text: `select * from app_hidden.room_page($1, '{"size": 51, "newestFirst": true, "topLevelOnly": false, "half": 0}')`,
    values: ({ roomId }) => [roomId],
    viewerId: ({ lateViewerId }) => lateViewerId,
  },
  {
    name: `unread count of who sees the last ${SEEN}`,
    text: 'select unread_count, mention_count from app_public.conversations where room_id = $1',
    values: ({ roomId }) => [roomId],
    viewerId: ({ lateViewerId }) => lateViewerId,
  },
  {
    name: 'thread page',
    text: `${PAGE} where parent_message_id = $1 order by seq limit 51`,
    values: ({ rootId }) => [rootId],
  },
  {
    name: 'unread count',
    text: 'select unread_count, mention_count from app_public.conversations where room_id = $1',
    values: ({ roomId }) => [roomId],
  },
  {
    name: 'analytics',
    text: 'select (app_public.rooms_analytics(rooms)).* from app_public.rooms where id = $1',
    values: ({ roomId }) => [roomId],
  },
  {
    name: `inbox of ${INBOX_ROOMS} rooms`,
    text: `select conversations.*, messages.content, messages.created_at, messages.author_id
      from (select * from app_public.user_conversations() limit 20) as conversations
      left join app_public.messages on messages.id = conversations.latest_message_id`,
    values: () => [],
  },
  {
    name: `list of ${THREADS} threads`,
    text: 'select * from app_public.my_threads() limit 20',
    values: () => [],
  },
];

export async function history(env: BenchEnvironment): Promise<Row[]> {
  const { large, small } = await prepare(env);
  const client = new pg.Client(env.authDatabaseUrl);
  await client.connect();

  async function run(query: Query, side: Side, explain = ''): Promise<unknown[]> {
    const viewerId =
      query.viewerId?.(side) ??
      (query.values(side).length === 0 ? side.inboxViewerId : side.viewerId);
    await client.query('begin');
    await client.query(
      `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
      [viewerId],
    );
    const startedAt = performance.now();
    const { rows } = await client.query(
      explain === ''
        ? { name: query.name, text: query.text, values: query.values(side) }
        : { text: explain + query.text, values: query.values(side) },
    );
    const tookMs = performance.now() - startedAt;
    await client.query('commit');
    return explain === '' ? [tookMs] : rows;
  }

  const rows: Row[] = [];
  for (const query of QUERIES) {
    const times = { large: [] as number[], small: [] as number[] };
    for (let turn = 0; turn < REPETITIONS + WARM_UP; turn += 1) {
      // In turn, and each first as often: what else the machine does hits both.
      const order = turn % 2 === 0 ? (['large', 'small'] as const) : (['small', 'large'] as const);
      for (const size of order) {
        const [tookMs] = await run(query, size === 'large' ? large : small);
        if (turn >= WARM_UP) {
          times[size].push(tookMs as number);
        }
      }
    }
    const [slow, fast] = [percentile(times.large, 0.5), percentile(times.small, 0.5)];
    rows.push({
      bench: `history: ${query.name}`,
      measured: `${slow.toFixed(2)} ms of 1,000,000 messages`,
      baseline: `${fast.toFixed(2)} ms of 10,000`,
      ratio: slow / fast,
      goal: { atMost: MOST },
      remark: `medians of ${REPETITIONS}; 95th percentile ${percentile(times.large, 0.95).toFixed(2)} and ${percentile(times.small, 0.95).toFixed(2)} ms`,
    });
    if (query.name === 'page deep in the past') {
      const plan = await run(
        query,
        large,
        'explain (analyze, buffers, costs off, timing off, summary off) ',
      );
      console.log(`\nThe plan of the ${query.name}, 1,000,000 messages:`);
      console.log((plan as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n'));
    }
  }
  await client.end();
  return rows;
}

async function prepare(env: BenchEnvironment): Promise<{ large: Side; small: Side }> {
  const [viewer, lateViewer, largeInbox, smallInbox, ...authors] = (
    await env.createPeople(104)
  ).map(({ id }) => id);
  const authorIds = authors;
  const side = async (count: number, inboxViewerId: string): Promise<Side> => {
    const [roomId] = await env.createRooms([
      [viewer as string, lateViewer as string, ...authorIds],
    ]);
    const inboxRooms = await env.createRooms(
      Array.from({ length: INBOX_ROOMS }, () => [inboxViewerId, ...authorIds.slice(0, 5)]),
    );
    await fillHistory(env.owner, { roomIds: [roomId as string], authorIds, count });
    await fillHistory(env.owner, { roomIds: inboxRooms, authorIds, count });
    await env.owner.query(
      `update app_public.room_members set sees_from_seq = last_message_seq - ${SEEN} + 1, last_read_seq = last_message_seq - ${SEEN}
        from app_private.room_heads
        where room_heads.room_id = $1 and room_members.room_id = $1 and room_members.user_id = $2`,
      [roomId, lateViewer],
    );
    await env.owner.query(
      `insert into app_private.thread_followers (user_id, room_id, thread_id, read_seq)
        select $1, room_heads.room_id, first.id, last_message_seq - 100
          from app_private.room_heads
          cross join lateral (
            select id from app_public.messages where messages.room_id = room_heads.room_id order by seq limit 1
          ) as first
          where room_heads.room_id = any ($2)
        on conflict on constraint thread_followers_pkey do update set read_seq = excluded.read_seq`,
      [inboxViewerId, inboxRooms.slice(0, THREADS)],
    );
    const { rows } = await env.owner.query<{ id: string }>(
      'select id from app_public.messages where room_id = $1 order by seq limit 1',
      [roomId],
    );
    return {
      viewerId: viewer as string,
      roomId: roomId as string,
      inboxViewerId,
      lateViewerId: lateViewer as string,
      deepSeq: Math.round(count / 3),
      rootId: rows[0]?.id as string,
    };
  };
  const small = await side(SMALL, smallInbox as string);
  const large = await side(LARGE, largeInbox as string);
  await env.owner.query(
    `select app_private.roll_up_room(room_id, 2000000) from app_private.rooms_to_roll_up(1000) as room_id`,
  );
  await env.owner.query('vacuum analyze');
  return { large, small };
}
