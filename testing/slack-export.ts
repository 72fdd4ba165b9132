import { writeZip } from './zip.ts';

export interface SlackExportOptions {
  readonly messages: number;
  readonly people: number;
  readonly rooms: number;
  /** The same seed gives the same export. */
  readonly seed: number;
  /** Over how many days they are spread. */
  readonly days?: number;
}

export interface SlackCounts {
  messages: number;
  replies: number;
  reactions: number;
  edited: number;
}

const WORDS =
  'build deploy review meeting coffee release branch merge test server client error graph question answer Grüße 天气 tomorrow yesterday plan'.split(
    ' ',
  );
const EMOJI = [
  'thumbsup',
  'tada',
  'heart',
  'eyes',
  'rocket',
  'joy',
  'white_check_mark',
  'wave::skin-tone-3',
];

/**
 * Writes an export of the shape that Slack's have: public and private channels, a file a day, threads, reactions, edits,
 * mentions, links and code.
 *
 * @returns what is in it, to compare with what came out
 */
export async function writeSlackExport(
  path: string,
  options: SlackExportOptions,
): Promise<SlackCounts> {
  const { messages, people, rooms, seed, days = 60 } = options;
  const random = randomNumbers(seed);
  const below = (count: number) => Math.floor(random() * count);
  const counts: SlackCounts = { messages: 0, replies: 0, reactions: 0, edited: 0 };
  const users = Array.from({ length: people }, (_, index) => ({
    id: `U${index}`,
    team_id: 'TBENCH',
    name: `person${index}`,
    deleted: index % 17 === 16,
    real_name: `Person ${index}`,
    profile: { display_name: `Person ${index}`, email: `person${index}@example.org` },
  }));
  const channels = Array.from({ length: rooms }, (_, index) => ({
    id: `C${index}`,
    name: `channel-${index}`,
    created: 1_500_000_000,
    creator: 'U0',
    is_archived: false,
    members: users.filter((_, place) => place === 0 || (place + index) % 3 > 0).map(({ id }) => id),
    topic: { value: '' },
    purpose: { value: `What channel ${index} is for` },
  }));

  function text(): string {
    const words = Array.from({ length: 3 + below(20) }, () => WORDS[below(WORDS.length)]);
    const extra = below(20);
    if (extra === 0) words.push(`<@U${below(people)}>`);
    if (extra === 1) words.push('<https://example.org/path?a=1&amp;b=2|a link>');
    if (extra === 2) words.push('`code *here*`');
    if (extra === 3) words.push('*bold* and _italic_ :smile:');
    if (extra === 4) words.push('```\nlet x = 1 &lt; 2;\n```');
    return words.join(' ');
  }

  function dayOf(room: (typeof channels)[number], day: number, count: number): string {
    const start = 1_500_000_000 + day * 86_400;
    let thread: string | undefined;
    const written = Array.from({ length: count }, (_, index) => {
      const ts = `${start + Math.floor((index * 86_000) / count)}.${String(index % 1_000_000).padStart(6, '0')}`;
      const user = room.members[below(room.members.length)];
      const message: Record<string, unknown> = {
        type: 'message',
        user,
        text: text(),
        ts,
        client_msg_id: `${room.id}-${ts}`,
        team: 'TBENCH',
      };
      counts.messages += 1;
      if (thread !== undefined && below(4) === 0) {
        message.thread_ts = thread;
        counts.replies += 1;
      } else if (below(10) === 0) {
        thread = ts;
      }
      if (below(8) === 0) {
        const reactors = [
          ...new Set(
            Array.from({ length: 1 + below(4) }, () => room.members[below(room.members.length)]),
          ),
        ];
        message.reactions = [
          { name: EMOJI[below(EMOJI.length)], users: reactors, count: reactors.length },
        ];
        counts.reactions += reactors.length;
      }
      if (below(30) === 0) {
        message.edited = { user, ts: `${Number(ts.slice(0, 10)) + 30}.000000` };
        counts.edited += 1;
      }
      return message;
    });
    return JSON.stringify(written);
  }

  function* files(): Generator<readonly [string, string | (() => string)]> {
    yield ['users.json', JSON.stringify(users)];
    yield ['channels.json', JSON.stringify(channels)];
    yield ['groups.json', '[]'];
    yield ['dms.json', '[]'];
    yield ['mpims.json', '[]'];
    const parts = rooms * days;
    for (const [index, room] of channels.entries()) {
      for (let day = 0; day < days; day += 1) {
        const part = index * days + day;
        const count =
          Math.floor(((part + 1) * messages) / parts) - Math.floor((part * messages) / parts);
        if (count > 0) {
          const date = new Date((1_500_000_000 + day * 86_400) * 1_000).toISOString().slice(0, 10);
          yield [`${room.name}/${date}.json`, () => dayOf(room, day, count)];
        }
      }
    }
  }

  await writeZip(path, files());
  return counts;
}

/** Numbers from 0 to 1 that look random, the same for a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
