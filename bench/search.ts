import type pg from 'pg';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile } from '../testing/send.ts';
import { type MessageSet, makeMessages, makeRandom } from './support/messages.ts';
import type { Row } from './support/report.ts';

/*
 * Searching a million messages as a member of 50 rooms of 1,000, beside the same query written by hand: one statement on
 * the same table and index, run as the owner without any rights, with the parsed query as a constant. Once with the ids
 * of the 50 rooms as constants too, and once over all rooms.
 */
const MESSAGES = 1_000_000;
const QUERIES = 300;
const TYPOS = 500;
const PAGE = 20;

interface Sample {
  readonly id: string;
  readonly words: readonly string[];
}

/** A query, and the text-search query that somebody would write by hand for it. */
interface Query {
  readonly kind: string;
  readonly text: string;
  readonly byHand: string;
}

export async function search(env: BenchEnvironment): Promise<Row[]> {
  const set = await makeMessages(env.owner, MESSAGES, (done) => {
    if (done % 100_000 === 0) console.log(`${done.toLocaleString('en')} messages`);
  });
  return measureSearch(env.owner, set);
}

/** The measurements, on a database that `makeMessages` has filled. */
export async function measureSearch(owner: pg.Pool, set: MessageSet): Promise<Row[]> {
  const plain = await owner.connect();
  const member = await owner.connect();
  try {
    await member.query(`set role trumpet_user; set trumpet.user_id = '${set.viewerId}'`);
    const samples = await sampleMessages(plain, set, 4_000);
    const rows = await compare(plain, member, set, samples);
    return [...rows, await recall(member, samples)];
  } finally {
    plain.release(true);
    member.release(true);
  }
}

/** Messages of the viewer's rooms, always the same ones. */
async function sampleMessages(
  client: pg.PoolClient,
  set: MessageSet,
  count: number,
): Promise<Sample[]> {
  const { rows } = await client.query<{ id: string; content: string }>(
    `select id, content from app_public.messages where room_id = any ($1) and char_length(content) > 20
      order by md5(id::text) limit $2`,
    [set.roomIds, count],
  );
  return rows.map(({ id, content }) => ({
    id,
    words: [...new Set(content.toLowerCase().match(/[a-z]+/g))],
  }));
}

/* Latency */

const WAYS = ['trumpet', 'default', 'rooms', 'noRooms'] as const;
type Times = Record<(typeof WAYS)[number], number[]>;

function emptyTimes(): Times {
  return { trumpet: [], default: [], rooms: [], noRooms: [] };
}

async function compare(
  plain: pg.PoolClient,
  member: pg.PoolClient,
  set: MessageSet,
  samples: readonly Sample[],
): Promise<Row[]> {
  const frequencies = await wordFrequencies(plain);
  const queries = makeQueries(samples, frequencies);
  const times = emptyTimes();
  const kinds = new Map<string, Times>();
  for (let round = 0; round < 4; round += 1) {
    for (const [index, query] of queries.entries()) {
      const ways = {
        trumpet: () => asMember(member, query.text, false),
        default: () => asMember(member, query.text, null),
        rooms: () => byHand(plain, query, set.roomIds),
        noRooms: () => byHand(plain, query, null),
      };
      const kind = kinds.get(query.kind) ?? emptyTimes();
      kinds.set(query.kind, kind);
      // Each way comes first as often as the others: whoever does reads what the next then find in memory.
      for (let turn = 0; turn < WAYS.length; turn += 1) {
        const way = WAYS[(turn + index + round) % WAYS.length] as keyof Times;
        const took = await time(ways[way]);
        // The first round warms the caches.
        if (round > 0) {
          times[way].push(took);
          kind[way].push(took);
        }
      }
    }
  }
  const line = (name: string, measured: number[], baseline: number[], against: string): Row => ({
    bench: `search: ${name}, against ${against}`,
    measured: describe(measured),
    baseline: describe(baseline),
    ratio: percentile(measured, 0.95) / percentile(baseline, 0.95),
    goal: { atMost: 1.5 },
    remark: `ratio of the 95th percentiles; of the medians ${(percentile(measured, 0.5) / percentile(baseline, 0.5)).toFixed(2)}, of the sums ${(sum(measured) / sum(baseline)).toFixed(2)}`,
  });
  const rows = [
    line('all kinds', times.trumpet, times.rooms, 'the 50 rooms by hand'),
    line('all kinds', times.trumpet, times.noRooms, 'all rooms by hand'),
    line(
      'all kinds, and misspelt when few are found',
      times.default,
      times.rooms,
      'the 50 rooms by hand',
    ),
  ];
  for (const [name, kind] of kinds) {
    rows.push(line(name, kind.trumpet, kind.rooms, 'the 50 rooms by hand'));
  }
  return rows;
}

async function wordFrequencies(client: pg.PoolClient): Promise<Map<string, number>> {
  const { rows } = await client.query<{ word: string; ndoc: number }>(
    "select word, ndoc from ts_stat('select words from app_private.message_search tablesample system (5) repeatable (1)')",
  );
  return new Map(rows.map(({ word, ndoc }) => [word, ndoc * 20]));
}

function makeQueries(samples: readonly Sample[], frequencies: Map<string, number>): Query[] {
  const random = makeRandom(7);
  const frequency = (word: string) => frequencies.get(word) ?? 1;
  const queries: Query[] = [];
  const perKind = QUERIES / 6;
  const add = (
    kind: string,
    make: (sample: Sample, rarest: string[]) => Omit<Query, 'kind'> | undefined,
  ) => {
    for (let made = 0; made < perKind; ) {
      const sample = samples[Math.floor(random() * samples.length)] as Sample;
      const rarest = sample.words
        .filter((word) => word.length >= 4)
        .sort((a, b) => frequency(a) - frequency(b));
      const query = make(sample, rarest);
      if (query !== undefined) {
        queries.push({ kind, ...query });
        made += 1;
      }
    }
  };
  add('one word', (_, [word]) => (word ? { text: `${word} `, byHand: `'${word}'` } : undefined));
  add('one common word', ({ words }) => {
    const word = words.find((candidate) => frequency(candidate) > 10_000 && candidate.length >= 4);
    return word ? { text: `${word} `, byHand: `'${word}'` } : undefined;
  });
  add('two words', (_, [one, two]) =>
    one && two ? { text: `${one} ${two} `, byHand: `'${one}' & '${two}'` } : undefined,
  );
  add('three words, the last one being typed', (_, [one, two, three]) =>
    one && two && three && three.length > 4
      ? {
          text: `${one} ${two} ${three.slice(0, -1)}`,
          byHand: `'${one}' & '${two}' & '${three.slice(0, -1)}':*`,
        }
      : undefined,
  );
  add('a word without another', (_, [one, , three]) =>
    one && three ? { text: `${three} -${one}`, byHand: `'${three}' & !'${one}'` } : undefined,
  );
  add('a phrase', ({ words }) => {
    const at = words.findIndex((word, index) => index > 0 && word.length >= 5);
    return at > 0
      ? { text: `"${words[at - 1]} ${words[at]}"`, byHand: `'${words[at - 1]}' <-> '${words[at]}'` }
      : undefined;
  });
  return queries;
}

/** What the API asks for: as a member, under the policies, a page in order. */
async function asMember(
  client: pg.PoolClient,
  query: string,
  approximate: boolean | null,
): Promise<{ id: string }[]> {
  const { rows } = await client.query({
    name: 'member',
    text: `select found.message_id as id, found.rank, app_public.message_match_headline(found) as headline
      from app_public.search_messages($1, approximate => $2) as found
      order by found.is_approximate, found.rank desc, found.message_id desc limit ${PAGE + 1}`,
    values: [query, approximate],
  });
  return rows;
}

/** The same page by one statement, with everything it needs written into it. */
async function byHand(
  client: pg.PoolClient,
  query: Query,
  roomIds: readonly string[] | null,
): Promise<void> {
  const words = `$$${query.byHand}$$::tsquery`;
  const inRooms = roomIds === null ? '' : `and room_id = any ('{${roomIds.join(',')}}'::uuid[])`;
  await client.query(
    `with found as (
      select message_id as id,
          ln(greatest(ts_rank(words, ${words}, 1), 1e-4)) / ln(2.0)
            + (extract(epoch from uuid_extract_timestamp(message_id))::float8 - 1735689600) / 15552000 as rank
        from app_private.message_search where words @@ ${words} ${inRooms}
        order by rank desc, id desc limit ${PAGE + 1}
    )
    select found.id, found.rank,
        ts_headline('simple', messages.content, ${words}, 'StartSel=⟦, StopSel=⟧, MinWords=15, MaxWords=30') as headline
      from found join app_public.messages on messages.id = found.id
      order by found.rank desc, found.id desc`,
  );
}

/* Recall */

/** The share of queries of three words of a message, one of them with one slip, that have it on their first page. */
async function recall(client: pg.PoolClient, samples: readonly Sample[]): Promise<Row> {
  const random = makeRandom(11);
  let found = 0;
  let asked = 0;
  const times: number[] = [];
  for (const sample of samples) {
    const words = sample.words.filter((word) => word.length >= 4);
    if (words.length < 3 || asked === TYPOS) {
      continue;
    }
    // Three of its words as somebody would remember them: not the rarest, but the longest.
    const asking = words.sort((a, b) => b.length - a.length).slice(0, 3);
    const at = Math.floor(random() * 3);
    asking[at] = misspell(asking[at] as string, random);
    const startedAt = performance.now();
    const rows = await asMember(client, asking.join(' '), null);
    times.push(performance.now() - startedAt);
    asked += 1;
    found += rows.slice(0, PAGE).some((row) => row.id === sample.id) ? 1 : 0;
  }
  return {
    bench: 'search: misspelt words',
    measured: `${found} of ${asked} found on the first page; ${describe(times)}`,
    baseline: `${asked}`,
    ratio: found / asked,
    goal: { atLeast: 0.95 },
    remark: 'three words of a message, one with a letter too many, too few, wrong or swapped',
  };
}

/** One slip of the finger: a letter left out, doubled or foreign, replaced, or swapped with the next. */
function misspell(word: string, random: () => number): string {
  const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));
  for (;;) {
    const at = Math.floor(random() * word.length);
    const rest = word.slice(at + 1);
    const misspelt = [
      word.slice(0, at) + rest,
      word.slice(0, at) + letter() + word.slice(at),
      word.slice(0, at) + letter() + rest,
      word.slice(0, at) + rest.slice(0, 1) + word[at] + rest.slice(1),
    ][Math.floor(random() * 4)] as string;
    if (misspelt !== word) {
      return misspelt;
    }
  }
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const describe = (values: readonly number[]) =>
  `median ${percentile(values, 0.5).toFixed(1)} ms, p95 ${percentile(values, 0.95).toFixed(1)} ms`;
