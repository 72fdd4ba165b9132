import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { seededRandom } from '../../testing/mutation-races.ts';

const database = await createTestDatabase();
afterAll(() => database.close());

const ada = await database.createUser('ada');
const bob = await database.createUser('bob');
const eve = await database.createUser('eve');
let rooms = 0;

/** A room of Ada and Bob, with messages of Ada's. */
async function roomWith(...contents: string[]) {
  rooms += 1;
  const room = await database.createRoom(ada, { slug: `room-${rooms}`, members: [bob] });
  for (const content of contents) {
    await database.sendMessage(ada, room.id, content);
  }
  return room;
}

interface Match {
  readonly content: string;
  readonly headline: string;
  readonly is_approximate: boolean;
}

/** What a person finds, the best first. */
async function search(
  query: string,
  settings: Record<string, unknown> = {},
  viewer: TestUser = ada,
): Promise<Match[]> {
  await database.indexMessages();
  return database.asUser(viewer, (client) => runSearch(client, query, settings));
}

async function runSearch(
  client: pg.ClientBase,
  query: string,
  settings: Record<string, unknown>,
): Promise<Match[]> {
  const names = Object.keys(settings);
  const { rows } = await client.query<Match>(
    `select messages.content, app_public.message_match_headline(found) as headline, found.is_approximate
      from app_public.search_messages(query => $1 ${names.map((name, index) => `, ${name} => $${index + 2}`).join('')}) as found
      join app_public.messages on messages.id = found.message_id
      order by found.is_approximate, found.rank desc, found.message_id desc`,
    [query, ...Object.values(settings)],
  );
  return rows;
}

async function contents(
  query: string,
  settings: Record<string, unknown> = {},
  viewer: TestUser = ada,
): Promise<string[]> {
  return (await search(query, settings, viewer)).map((match) => match.content);
}

const exactly = { approximate: false };

describe('words', () => {
  test.each([
    ['cafe', 'Meet me at the CAFÉ'],
    ['Café', 'meet me at the cafe'],
    ['strasse', 'Lange Straße 3'],
    ['ПРИВЕТ', 'привет, мир'],
    ['テスト', 'これはﾃｽﾄです'],
    ['2026', 'Im Jahr ２０２６'],
    ['readme', 'See https://example.com/docs/README.md#start'],
    ['example.com', 'See https://example.com/docs/README.md#start'],
    ['snake_case', 'Write snake_case, not camelCase'],
    ["don't", 'Please don’t do that'],
    ['नमस्ते', 'नमस्ते दुनिया'],
  ])('%s is found in %s', async (query, content) => {
    const room = await roomWith(content);
    await expect(contents(query, { room_id: room.id, ...exactly })).resolves.toEqual([content]);
  });

  test('phrases, exclusions and alternatives are told apart', async () => {
    const room = await roomWith(
      'hello everyone',
      'everyone says hello',
      'hello everyone, buy spam',
    );
    const find = (query: string) => contents(query, { room_id: room.id, ...exactly });
    await expect(find('"hello everyone" -spam')).resolves.toEqual(['hello everyone']);
    await expect(find('"hello everyone" -"buy spam"')).resolves.toEqual(['hello everyone']);
    await expect(find('hello says')).resolves.toEqual(['everyone says hello']);
    await expect(find('says or spam')).resolves.toHaveLength(2);
    await expect(find('hello -everyone')).resolves.toEqual([]);
    await expect(find('-spam -says from:ada')).resolves.toEqual(['hello everyone']);
  });

  test('the word being typed is found by its beginning, until a space ends it', async () => {
    const room = await roomWith('A trumpet sounds');
    const find = (query: string) => contents(query, { room_id: room.id, ...exactly });
    await expect(find('trump')).resolves.toEqual(['A trumpet sounds']);
    await expect(find('sounds trump')).resolves.toEqual(['A trumpet sounds']);
    await expect(find('trump ')).resolves.toEqual([]);
    await expect(find('trump sounds')).resolves.toEqual([]);
    await expect(find('"trump"')).resolves.toEqual([]);
  });

  test.each([
    ['天气', '今天天气很好', '今天⟦天气⟧很好'],
    ['园', '我们去公园', '我们去公⟦园⟧'],
    ['今天天气', '今天天气很好', '⟦今天天气⟧很好'],
    ['タワー', '東京タワーに行きました', '東京⟦タワー⟧に行きました'],
    ['ไทย', 'ภาษาไทยง่าย', 'ภาษา⟦ไทย⟧ง่าย'],
    ['งาย', 'ภาษาไทยง่าย', 'ภาษาไทย⟦ง่าย⟧'],
    ['날씨', '오늘날씨가좋다', '오늘⟦날씨⟧가좋다'],
    ['iPhone手机', '我的iPhone手机坏了', '我的⟦iPhone手机⟧坏了'],
  ])('%s is found in %s, which is written without spaces', async (query, content, headline) => {
    const room = await roomWith(content, '天地', 'タイ');
    await expect(search(query, { room_id: room.id, ...exactly })).resolves.toEqual([
      { content, headline, is_approximate: false },
    ]);
  });

  test('recent messages stand before old ones that say the same, relevant ones before others', async () => {
    const room = await roomWith('an otter', 'otter otter otter', 'an otter');
    const found = await search('otter', { room_id: room.id });
    expect(found.map((match) => match.content)).toEqual([
      'otter otter otter',
      'an otter',
      'an otter',
    ]);
  });
});

describe('a misspelt word', () => {
  test.each(['quartery', 'quartrely', 'quarrterly', 'quaterly', 'kuarterly', 'quarterly reprot'])(
    '%s is understood',
    async (query) => {
      const room = await roomWith('The quarterly report is ready');
      const found = await search(query, { room_id: room.id });
      expect(found).toEqual([
        expect.objectContaining({ content: 'The quarterly report is ready', is_approximate: true }),
      ]);
      expect(found[0]?.headline).toContain('⟦quarterly⟧');
    },
  );

  test('may have more than one slip when it is long', async () => {
    const room = await roomWith('We moved to accommodation');
    await expect(contents('acomodation', { room_id: room.id })).resolves.toEqual([
      'We moved to accommodation',
    ]);
  });

  test('stands behind what was found as written', async () => {
    const room = await roomWith('the form is here', 'the farm is here');
    const found = await search('farm', { room_id: room.id });
    expect(found.map((match) => match.content)).toEqual(['the farm is here', 'the form is here']);
  });

  test('is not looked for in a phrase, nor when enough is found', async () => {
    const room = await roomWith('whale', ...Array.from({ length: 5 }, () => 'whales'));
    await expect(contents('"whalex"', { room_id: room.id })).resolves.toEqual([]);
    await expect(contents('whales ', { room_id: room.id })).resolves.not.toContain('whale');
  });
});

describe("a room's language", () => {
  test('finds a word by its other forms, in messages of before and after', async () => {
    const room = await roomWith('She was running home');
    await expect(contents('runs ', { room_id: room.id, ...exactly })).resolves.toEqual([]);
    await database.commitAs(ada, (client) =>
      client.query("select app_public.set_room_language($1, 'english')", [room.id]),
    );
    await database.sendMessage(ada, room.id, 'He runs too');
    await database.owner.query('select app_private.index_room($1)', [room.id]);
    const found = await search('runs ', { room_id: room.id, ...exactly });
    expect(found.map((match) => match.headline).sort()).toEqual([
      'He ⟦runs⟧ too',
      'She was ⟦running⟧ home',
    ]);
    await expect(contents('"runs"', { room_id: room.id, ...exactly })).resolves.toEqual([
      'He runs too',
    ]);
  });

  test('queues the indexing of what is there, and is for admins to set', async () => {
    const room = await roomWith();
    const set = (who: TestUser, language: string | null) =>
      database.commitAs(who, (client) =>
        client.query('select app_public.set_room_language($1, $2)', [room.id, language]),
      );
    const language = async () => {
      const { rows } = await database.asUser(bob, (client) =>
        client.query(
          'select app_public.rooms_language(rooms) as language from app_public.rooms where id = $1',
          [room.id],
        ),
      );
      return single(rows).language;
    };
    await expect(set(bob, 'english')).rejects.toMatchObject({ code: 'TR403' });
    await expect(set(ada, 'klingon')).rejects.toMatchObject({ code: 'TR400' });
    await expect(set(eve, 'english')).rejects.toMatchObject({ code: 'TR403' });
    await set(ada, 'french');
    await expect(language()).resolves.toBe('french');
    await set(ada, null);
    await expect(language()).resolves.toBeNull();
    const { rows } = await database.owner.query(
      'select task_identifier from graphile_worker.jobs where key = $1',
      [`index_room:${room.id}`],
    );
    expect(rows).toEqual([{ task_identifier: 'index_room' }]);
  });
});

describe('operators', () => {
  test('from, in, mentions, is and has narrow what is found, in the query as in the arguments', async () => {
    const room = await roomWith('a lemon');
    const other = await roomWith('a lemon elsewhere');
    const answer = await database.commitAs(bob, async (client) => {
      const { rows: parents } = await client.query(
        'select id from app_public.messages where room_id = $1',
        [room.id],
      );
      const { rows } = await client.query<{ id: string }>(
        "select id from app_public.send_message($1, 'lemon for @ada', parent_message_id => $2)",
        [room.id, parents[0].id],
      );
      return single(rows);
    });
    const here = { room_id: room.id, ...exactly };
    await expect(contents('lemon from:bob', here)).resolves.toEqual(['lemon for @ada']);
    await expect(contents('lemon from:@BOB', here)).resolves.toEqual(['lemon for @ada']);
    await expect(contents('lemon -from:bob', here)).resolves.toEqual(['a lemon']);
    await expect(contents('lemon from:me', here)).resolves.toEqual(['a lemon']);
    await expect(contents('lemon from:nobody', here)).resolves.toEqual([]);
    await expect(contents('lemon', { ...here, author_id: bob.id })).resolves.toEqual([
      'lemon for @ada',
    ]);
    await expect(contents(`lemon in:${other.slug}`, exactly)).resolves.toEqual([
      'a lemon elsewhere',
    ]);
    await expect(contents(`lemon in:#${other.slug}`, here)).resolves.toEqual([]);
    await expect(contents('mentions:me', here)).resolves.toEqual(['lemon for @ada']);
    await expect(contents('lemon', { ...here, mentions_me: true })).resolves.toEqual([
      'lemon for @ada',
    ]);
    await expect(contents('lemon mentions:bob', here)).resolves.toEqual([]);
    await expect(contents('is:reply', here)).resolves.toEqual(['lemon for @ada']);
    await expect(contents('lemon', { ...here, in_thread: false })).resolves.toEqual(['a lemon']);
    await expect(contents('lemon is:pinned', here)).resolves.toEqual([]);
    await database.commitAs(ada, (client) =>
      client.query('select app_public.pin_message($1)', [answer.id]),
    );
    await expect(contents('lemon is:pinned', here)).resolves.toEqual(['lemon for @ada']);
    await expect(contents('lemon', { ...here, pinned: false })).resolves.toEqual(['a lemon']);
    await database.commitAs(ada, (client) =>
      client.query('select app_public.unpin_message($1)', [answer.id]),
    );
    await expect(contents('lemon is:pinned', here)).resolves.toEqual([]);
    await database.commitAs(bob, (client) =>
      client.query("select app_public.edit_message($1, 'lemon for none')", [answer.id]),
    );
    await expect(contents('mentions:me', here)).resolves.toEqual([]);
    await expect(contents('lemon is:reply from:bob', here)).resolves.toEqual(['lemon for none']);
  });

  test('before and after take years, months and days', async () => {
    const room = await roomWith('a melon');
    const here = { room_id: room.id, ...exactly };
    const year = new Date().getUTCFullYear();
    await expect(contents(`melon after:${year}`, here)).resolves.toEqual(['a melon']);
    await expect(contents(`melon before:${year}-01-01`, here)).resolves.toEqual([]);
    await expect(contents(`melon before:${year + 1}-12`, here)).resolves.toEqual(['a melon']);
    await expect(contents('melon', { ...here, sent_before: '2020-01-01' })).resolves.toEqual([]);
    await expect(contents('melon', { ...here, sent_after: '2020-01-01' })).resolves.toEqual([
      'a melon',
    ]);
    // No date, so words.
    await expect(contents('melon before:noon', here)).resolves.toEqual([]);
    await expect(contents('melon after:2026-99-99', here)).resolves.toEqual([]);
  });

  test('a message is found by its files', async () => {
    const room = await roomWith('look at this', 'look at nothing');
    const here = { room_id: room.id, ...exactly };
    await database.owner.query(
      `insert into app_public.message_attachments (id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail)
        select uuidv7(), id, room_id, 1, 'a.png', 'image/png', 1, 'ready', false from app_public.messages where room_id = $1 and content = 'look at this'`,
      [room.id],
    );
    await expect(contents('has:file', here)).resolves.toEqual(['look at this']);
    await expect(contents('look', { ...here, has_attachment: false })).resolves.toEqual([
      'look at nothing',
    ]);
  });

  test('tags cannot be written nor asked for as words', async () => {
    const room = await roomWith('=file =pinned =nobody', 'plain');
    const here = { room_id: room.id, ...exactly };
    await expect(contents('has:file', here)).resolves.toEqual([]);
    await expect(contents('from:nobody', here)).resolves.toEqual([]);
    for (const query of ['roo', 'fro', 'first', '=first', '"=first"', "'=first'"]) {
      await expect(contents(query, here)).resolves.toEqual([]);
    }
  });

  test('whatever is typed is no error', async () => {
    const room = await roomWith('something');
    await database.asUser(ada, (client) =>
      fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.string({ maxLength: 60 }),
            fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\0', '')),
            fc
              .array(
                fc.constantFrom(
                  '-',
                  '"',
                  "'",
                  'or',
                  ' ',
                  ':*',
                  '&',
                  '|',
                  '!',
                  '<->',
                  '(',
                  '\\',
                  'from:',
                  'in:',
                  'before:',
                  '2026',
                  '天',
                  '=room',
                  'ab',
                  ':',
                ),
                { maxLength: 20 },
              )
              .map((parts) => parts.join('')),
          ),
          async (query) => {
            await client.query('savepoint before_search');
            try {
              await runSearch(client, query, { room_id: room.id });
            } catch (error) {
              await client.query('rollback to before_search');
              throw error;
            }
          },
        ),
        { numRuns: 300 },
      ),
    );
  }, 60_000);
});

describe('a headline', () => {
  test('is escaped, and only a match is marked', async () => {
    const room = await roomWith(`<script>alert("pear")</script> & 'pear' ⟦not⟧ pears`);
    await expect(search('"pear"', { room_id: room.id, ...exactly })).resolves.toEqual([
      expect.objectContaining({
        headline:
          '&lt;script&gt;alert(&quot;⟦pear⟧&quot;)&lt;/script&gt; &amp; &#39;⟦pear⟧&#39; [not] pears',
      }),
    ]);
  });

  test('of a long message begins shortly before the match', async () => {
    const room = await roomWith(`${'before '.repeat(500)}needle ${'after '.repeat(500)}`);
    const [match] = await search('needle', { room_id: room.id });
    expect(match?.headline).toMatch(/^… (before ){4,10}⟦needle⟧ (after ){10,30}.*…$/);
  });
});

describe('what changes', () => {
  test('a deleted message is gone at once, an edited one is found by its new text only', async () => {
    const room = await roomWith('first plum', 'second plum');
    const here = { room_id: room.id, ...exactly };
    const { rows } = await database.owner.query<{ id: string }>(
      'select id from app_public.messages where room_id = $1 order by seq',
      [room.id],
    );
    const findAtOnce = (query: string) =>
      database.asUser(ada, (client) => runSearch(client, query, here));
    await expect(contents('plum', here)).resolves.toHaveLength(2);
    await database.call(ada, 'delete_message', rows[0]?.id);
    await expect(findAtOnce('plum')).resolves.toHaveLength(1);
    await expect(findAtOnce('from:ada')).resolves.toHaveLength(1);
    await database.call(ada, 'edit_message', rows[1]?.id, 'a cherry');
    await expect(findAtOnce('plum')).resolves.toHaveLength(0);
    await expect(contents('cherry', here)).resolves.toEqual(['a cherry']);
    await expect(findAtOnce('plum')).resolves.toHaveLength(0);
    await database.owner.query('delete from app_public.messages where room_id = $1', [room.id]);
    const left = await database.owner.query(
      'select from app_private.message_search where room_id = $1',
      [room.id],
    );
    expect(left.rows).toEqual([]);
  });
});

describe('what may not be seen', () => {
  test('is not found by whoever is not in the room, in any way', async () => {
    const secret = await database.createRoom(bob, { slug: 'secret', type: 'private' });
    await database.sendMessage(bob, secret.id, 'xylophone plans for @ada, from the start');
    await expect(contents('xylophone', {}, bob)).resolves.toHaveLength(1);
    for (const query of [
      'xylophone',
      'xylofone',
      'xylo',
      'in:secret',
      'in:secret plans',
      'from:bob xylophone',
      '-nothing from:bob in:secret',
      'mentions:me xylophone',
    ]) {
      await expect(contents(query)).resolves.toEqual([]);
      await expect(contents(query, { room_id: secret.id })).resolves.toEqual([]);
    }
    await database.commitAs(bob, (client) =>
      client.query('select app_public.add_room_member($1, $2)', [secret.id, ada.id]),
    );
    await expect(contents('xylophone')).resolves.toHaveLength(1);
    await database.commitAs(ada, (client) =>
      client.query('select app_public.leave_room($1)', [secret.id]),
    );
    await expect(contents('xylophone')).resolves.toEqual([]);
  });

  test('does not change what words are taken for misspelt', async () => {
    const room = await roomWith('marmalade for tea');
    const before = await contents('marmelade', { room_id: room.id });
    const secret = await database.createRoom(bob, { type: 'private' });
    await database.sendMessage(bob, secret.id, 'marmelade marmelada marmalades');
    expect(before).toEqual(['marmalade for tea']);
    await expect(contents('marmelade', { room_id: room.id })).resolves.toEqual(before);
    await expect(contents('marmelade')).resolves.toEqual(before);
  });

  test('does not change by which slips a long text is found', async () => {
    const random = seededRandom(7);
    const letters = [...'bcdfghklmnprstvz'];
    const word = () =>
      Array.from({ length: 9 }, () => letters[Math.floor(random() * letters.length)]).join('');
    const words = Array.from({ length: 400 }, word);
    const slipOf = (written: string) => written.slice(0, 4) + written.slice(5);
    const room = await roomWith(words.join(' '));
    const here = { room_id: room.id };
    const foundBySlips = async () => {
      const found = [];
      for (const written of words.slice(0, 40)) {
        found.push((await contents(slipOf(written), here)).length);
      }
      return found;
    };
    const before = await foundBySlips();
    // Of half of them, and whatever others write.
    expect(new Set(before)).toEqual(new Set([0, 1]));
    await expect(contents(String(words[0]), here)).resolves.toHaveLength(1);
    const secret = await database.createRoom(bob, { type: 'private' });
    await database.sendMessage(bob, secret.id, words.slice(0, 40).join(' '));
    await database.indexMessages();
    expect(await foundBySlips()).toEqual(before);
  });

  test('of a public room is not found before joining it', async () => {
    await roomWith('zeppelin');
    await expect(contents('zeppelin', {}, eve)).resolves.toEqual([]);
  });

  test('because it is held for review is found by nobody until it is released, and then by all of it', async () => {
    const room = await roomWith('a date for @bob', 'a date with pins');
    const here = { room_id: room.id };
    const hold = (heldAt: string | null) =>
      database.owner.query('update app_public.messages set held_at = $2 where room_id = $1', [
        room.id,
        heldAt,
      ]);
    await database.owner.query(
      "update app_public.messages set pinned_at = now() where room_id = $1 and content like '%pins'",
      [room.id],
    );
    await hold('2026-01-01');
    await expect(contents('date', here)).resolves.toEqual([]);
    await expect(contents('date', here, bob)).resolves.toEqual([]);
    await hold(null);
    await expect(contents('date', here, bob)).resolves.toHaveLength(2);
    await expect(contents('date is:pinned', here)).resolves.toEqual(['a date with pins']);
  });

  test('is decided by the policy of messages, whatever it says', async () => {
    const room = await roomWith('held kiwi', 'free kiwi');
    await database.owner.query(
      "create policy hide_held on app_public.messages as restrictive for select to trumpet_user using (content not like 'held%')",
    );
    try {
      await expect(contents('kiwi', { room_id: room.id })).resolves.toEqual(['free kiwi']);
    } finally {
      await database.owner.query('drop policy hide_held on app_public.messages');
    }
  });

  test('the index itself is closed to everybody', async () => {
    for (const table of ['message_search', 'search_words', 'room_languages']) {
      await expect(
        database.asUser(ada, (client) => client.query(`select from app_private.${table}`)),
      ).rejects.toMatchObject({ code: '42501' });
    }
    await expect(
      database.asVisitor((client) => client.query("select from app_public.search_messages('x')")),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

test('a search reads indexes only, however many messages there are', async () => {
  const room = await roomWith('a fig');
  await database.indexMessages();
  const plans: string[] = [];
  const client = await database.owner.connect();
  try {
    client.on('notice', (notice) => plans.push(String(notice.message)));
    await client.query(`load 'auto_explain';
      set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
      set auto_explain.log_format = 'json'; set auto_explain.log_analyze = on; set client_min_messages = log;
      set role trumpet_user; set trumpet.user_id = '${ada.id}'`);
    for (const query of ['fig from:ada after:2020', 'figg', 'figs -none']) {
      await client.query(
        'select app_public.message_match_headline(found) from app_public.search_messages($1, $2) as found',
        [query, room.id],
      );
    }
  } finally {
    client.release(true);
  }
  const scans = plans.flatMap((plan) => {
    const start = plan.indexOf('{');
    return start < 0 ? [] : scansOf(JSON.parse(plan.slice(start)).Plan);
  });
  const read = scans.filter(({ table }) => /^(messages|message_search|search_words)/.test(table));
  expect(read.filter(({ type }) => type === 'Seq Scan')).toEqual([]);
  expect(read.filter(({ table }) => table.startsWith('message_search'))).toContainEqual(
    expect.objectContaining({ type: 'Bitmap Heap Scan' }),
  );
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

function scansOf(node: PlanNode): { type: string; table: string }[] {
  const own =
    node['Relation Name'] === undefined || node['Actual Loops'] === 0
      ? []
      : [{ type: node['Node Type'], table: node['Relation Name'] }];
  return [...own, ...(node.Plans ?? []).flatMap(scansOf)];
}

describe('names', () => {
  test.each(['álïce', 'Alice', 'alcie', 'alic', 'liddell', '@alice_l', 'Alice Lidell'])(
    '%s finds a person',
    async (query) => {
      const alice = await database.owner.query<{ id: string }>(
        "insert into app_public.users (username, display_name) values ('alice_l', 'Álice Liddell') on conflict (username, workspace_id) do update set display_name = excluded.display_name returning id",
      );
      const { rows } = await database.asUser(ada, (client) =>
        client.query('select id from app_public.search_users($1)', [query]),
      );
      expect(rows).toContainEqual({ id: alice.rows[0]?.id });
    },
  );

  test('rooms are found when they are public or one is in them', async () => {
    const open = await database.createRoom(bob, { name: 'Gärtnerei', slug: 'nursery' });
    const hidden = await database.createRoom(bob, {
      name: 'Gärtnerei II',
      slug: 'nursery-two',
      type: 'private',
    });
    const find = async (query: string, viewer: TestUser) => {
      const { rows } = await database.asUser(viewer, (client) =>
        client.query('select slug from app_public.search_rooms($1)', [query]),
      );
      return rows.map((row) => row.slug);
    };
    await expect(find('gartnerei', ada)).resolves.toEqual([open.slug]);
    await expect(find('nurserytwo', ada)).resolves.toEqual([open.slug]);
    await expect(find('nurs', bob)).resolves.toEqual([open.slug, hidden.slug]);
    await expect(find('%', bob)).resolves.toEqual([]);
    await expect(find('', bob)).resolves.toEqual([]);
  });
});
