import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { createDiskStorage } from '../../src/attachments/disk-storage.ts';
import { markdownToSlack } from '../../src/export/mrkdwn.ts';
import { writeExport } from '../../src/export/write.ts';
import { emojiOfName, nameOfEmoji } from '../../src/import/emoji-names.ts';
import { slackToMarkdown } from '../../src/import/slack-markdown.ts';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { doInRoom, type RoomDeed, roomDeed } from '../../testing/room-deeds.ts';
import { writeZip } from '../../testing/zip.ts';
import { importFile } from './support/import.ts';
import { readState } from './support/state.ts';

const folder = mkdtempSync(join(tmpdir(), 'slack-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
function newPath(ending = ''): string {
  made += 1;
  return join(folder, `made-${made}${ending}`);
}

async function exportOf(
  database: TestDatabase,
  { room = undefined as string | undefined, target = newPath(), storage = newPath() } = {},
): Promise<string> {
  await writeExport({
    databaseUrl: database.databaseUrl,
    storage: await createDiskStorage(storage),
    room,
    target,
    format: 'slack',
  });
  return target;
}

const IDS = {
  ofPerson: (username: string) => ({ bob: 'U1', 'carol.d': 'U2' })[username],
  ofRoom: (slug: string) => ({ general: 'C1' })[slug],
};
const NAMES = {
  usernameOf: (id: string) => ({ U1: 'bob', U2: 'carol.d' })[id],
  slugOf: (id: string) => ({ C1: 'general' })[id],
};
const thereAndBack = (text: string) => slackToMarkdown(markdownToSlack(text, IDS), NAMES);

describe('Markdown as mrkdwn', () => {
  /** What stays as it was written when it comes back. */
  const SAME: readonly (readonly [markdown: string, mrkdwn: string])[] = [
    ['Hello', 'Hello'],
    ['a < b && c > d', 'a &lt; b &amp;&amp; c &gt; d'],
    ['**bold** and _italic_ and ~~gone~~', '*bold* and _italic_ and ~gone~'],
    ['**bold, with _italic_ in it**', '*bold, with _italic_ in it*'],
    ['2 * 3 * 4, snake_case, a*b*c', '2 * 3 * 4, snake_case, a*b*c'],
    ['`**as it is** <b>`', '`**as it is** &lt;b&gt;`'],
    ['```\nif (a < b) **no**\n```', '```\nif (a &lt; b) **no**\n```'],
    ['@bob, see @carol.d.', '<@U1>, see <@U2>.'],
    ['@nobody, me@example.org, a/@bob', '@nobody, me@example.org, a/@bob'],
    ['In #general, not #1 or #nowhere', 'In <#C1|general>, not #1 or #nowhere'],
    ['[a *site*](<https://example.org/a?b=c&d>)', '<https://example.org/a?b=c&amp;d|a *site*>'],
    ['https://example.org/a_b_c.', '<https://example.org/a_b_c>.'],
    ['- one\n- two', '• one\n• two'],
    ['1. one\n2. two', '1. one\n2. two'],
    ['> said', '&gt; said'],
    ['🎉 and \\# no heading', '🎉 and # no heading'],
  ];
  test.each(SAME)('%s', (markdown, mrkdwn) => {
    expect(markdownToSlack(markdown, IDS)).toBe(mrkdwn);
    if (!markdown.includes('\\')) {
      expect(thereAndBack(markdown)).toBe(markdown);
    }
  });

  /** What Slack says in one way, and Markdown in several; and what Slack cannot say. */
  const OTHERWISE: readonly (readonly [markdown: string, back: string])[] = [
    ['# Title\ntext', '**Title**\ntext'],
    ['__bold__ and *italic*', '**bold** and _italic_'],
    ['***both***', '**_both_**'],
    ['* one', '- one'],
    ['```ts\ncode\n```', '```\ncode\n```'],
    ['[site](https://example.org)', '[site](<https://example.org>)'],
    ['@Bob', '@bob'],
    ['\\*as it is\\*', '\u2060*as it is\u2060*'],
  ];
  test.each(OTHERWISE)('%s comes back as %s', (markdown, back) => {
    expect(thereAndBack(markdown)).toBe(back);
  });

  test('what has come back once stays as it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          '*',
          '**',
          '_',
          '~~',
          '`',
          '```',
          '\n',
          '# ',
          '- ',
          '> ',
          ' ',
          '@bob',
          '#general',
          '<',
          '>',
          '&',
          '|',
          '\\',
        ],
        ...[
          'https://example.org',
          '[',
          '](',
          ')',
          '!',
          'word',
          'ä',
          '🎉',
          ':',
          '<@U1>',
          '<!here>',
          '\ue000',
          '&amp;',
        ],
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = thereAndBack(pieces.join(''));
        // Nobody is named, and nothing is linked, that the text did not name or link.
        expect(
          markdownToSlack(once, IDS)
            .match(/<[^<>]*>/g)
            ?.every((found) => /^<(@U[12]|#C1\|general|https?:|mailto:)/.test(found)) ?? true,
        ).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('every emoji that has a name is found by it', () => {
    for (const emoji of ['👍', '🎉', '❤️', '👍🏽', '🇩🇪', '👩‍💻', '🧑🏿‍🚀']) {
      const name = nameOfEmoji(emoji);
      expect(name).toMatch(/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/);
      expect(emojiOfName(name ?? '')?.replaceAll('\ufe0f', '')).toBe(
        emoji.replaceAll('\ufe0f', ''),
      );
    }
    expect(nameOfEmoji('🫱🏿‍🫲🏻')).toBeUndefined();
  });
});

/** What the format says: see docs/import.md for what it does not. */
function asSlackSaysIt(state: unknown): unknown {
  const toTheSecond = (time: string | null) =>
    time && new Date(Math.floor(Date.parse(time) / 1_000) * 1_000).toJSON();
  return JSON.parse(
    JSON.stringify(state, (key, value) => {
      switch (key) {
        case 'read':
        case 'edits':
        case 'metadata':
          return undefined;
        case 'role':
          return value === 'owner' ? 'owner' : 'member';
        case 'created':
        case 'pinned':
          return toTheSecond(value);
        case 'content':
          return value === null ? null : thereAndBack(value);
        case 'reactions':
          return value
            ?.map(({ emoji, by }: { emoji: string; by: string }) => `${emoji} ${by}`)
            .sort();
        default:
          return value;
      }
    }),
    (_key, value) => {
      // An import mentions who is there: whoever has left is told nothing, and a room may be left by all.
      if (value?.members !== undefined) {
        const members = (value.members ?? []).map(({ username }: { username: string }) => username);
        for (const message of value.messages ?? []) {
          const mentions = message.mentions?.filter((name: string) => members.includes(name));
          message.mentions = mentions?.length > 0 ? mentions : null;
        }
      }
      // A channel has one name; of what was deleted it has no time, and nothing else is left.
      if (value?.slug) {
        value.name = value.slug;
      }
      if (value?.deleted) {
        value.deleted = true;
        value.edited = null;
        value.pinned = null;
      }
      return value;
    },
  );
}

it('whatever happened in rooms, what Slack can say of it is the same when it is read back in elsewhere', async () => {
  const place = fc.record({ room: fc.nat(2), deed: roomDeed });
  await fc.assert(
    fc.asyncProperty(
      fc.array(place, { minLength: 5, maxLength: 40 }),
      fc.boolean(),
      async (history, isZip) => {
        const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
        try {
          await happen(one, history);
          const before = asSlackSaysIt(await readState(one.owner, { withChanges: false }));
          const target = await exportOf(one, { target: newPath(isZip ? '.zip' : '') });
          const first = await importFile(other, 'slack', target);
          expect(first.report.lines()).toEqual([]);
          expect(asSlackSaysIt(await readState(other.owner, { withChanges: false }))).toEqual(
            before,
          );
          // Its messages are the same ones in every export.
          expect((await importFile(other, 'slack', await exportOf(one))).written).toBe(0);
        } finally {
          await Promise.all([one.close(), other.close()]);
        }
      },
    ),
    { numRuns: 12 },
  );
}, 180_000);

async function happen(
  database: TestDatabase,
  history: readonly { room: number; deed: RoomDeed }[],
): Promise<void> {
  const users = [
    await database.createUser('ada'),
    await database.createUser('bob'),
    await database.createUser('cleo'),
  ];
  const [ada, bob, cleo] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]];
  const rooms = [
    (await database.createRoom(ada, { slug: 'one', members: [bob, cleo] })).id,
    (await database.createRoom(ada, { slug: 'two', type: 'private', members: [bob] })).id,
    (await database.call(ada, 'create_direct_conversation', bob.id)).id,
  ];
  await database.sendMessage(bob, rooms[0] ?? '', '@cleo, **see** #two and <https://example.org>');
  for (const { room, deed } of history) {
    await doInRoom(database, users, rooms[room] ?? '', deed);
  }
}

it('a conversation of several goes where Slack has them, beside those of two', async () => {
  const database = await createTestDatabase();
  try {
    const [ada, bob, cleo] = (await Promise.all(
      ['ada', 'bob', 'cleo'].map((name) => database.createUser(name)),
    )) as [TestUser, TestUser, TestUser];
    const { id } = await database.call(ada, 'create_group_conversation', [bob.id, cleo.id]);
    await database.sendMessage(ada, id, 'The three of us');
    await database.call(ada, 'create_direct_conversation', bob.id);
    const target = await exportOf(database);
    const read = (name: string) => JSON.parse(readFileSync(join(target, name), 'utf8'));
    expect(read('dms.json')).toMatchObject([{ members: { length: 2 } }]);
    expect(read('mpims.json')).toMatchObject([{ members: { length: 3 } }]);
    expect(readdirSync(join(target, read('mpims.json')[0].id))).toHaveLength(1);
  } finally {
    await database.close();
  }
});

it('the archive is laid out as Slack lays it out, with threads, reactions, pins and files', async () => {
  const database = await createTestDatabase();
  const storage = newPath();
  try {
    const ada = await database.createUser('ada');
    const bob = await database.createUser('bob');
    const room = await database.createRoom(ada, { slug: 'general', members: [bob] });
    const { id } = await database.sendMessage(ada, room.id, 'Hello @bob');
    const send = 'select app_public.send_message($1, $2, parent_message_id => $3)';
    await database.commitAs(bob, (client) => client.query(send, [room.id, 'Yes?', id]));
    await database.commitAs(bob, (client) =>
      client.query(
        'select app_public.send_message($1, $2, parent_message_id => $3, also_send_to_room => true)',
        [room.id, 'To all', id],
      ),
    );
    await database.call(bob, 'add_message_reaction', id, '👍🏽');
    await database.call(bob, 'add_message_reaction', id, '🫱🏿‍🫲🏻');
    await database.call(ada, 'pin_message', id);
    const target = await exportOf(database, { storage });
    const read = (name: string) => JSON.parse(readFileSync(join(target, name), 'utf8'));
    const [day] = readdirSync(join(target, 'general'));
    expect(readdirSync(target).sort()).toEqual(
      ['channels.json', 'dms.json', 'general', 'groups.json', 'mpims.json', 'users.json'].sort(),
    );
    expect(day).toMatch(/^\d{4}-\d\d-\d\d\.json$/);
    const users = read('users.json');
    const idOf = (name: string) => users.find((user: { name: string }) => user.name === name).id;
    const messages = read(`general/${day}`);
    const [{ ts }] = messages;
    expect(messages).toMatchObject([
      {
        type: 'message',
        user: idOf('ada'),
        text: `Hello <@${idOf('bob')}>`,
        ts: expect.stringMatching(/^\d{10}\.\d{6}$/),
        thread_ts: ts,
        reply_count: 2,
        reactions: [{ name: '+1::skin-tone-4', users: [idOf('bob')], count: 1 }],
      },
      { user: idOf('bob'), text: 'Yes?', thread_ts: ts },
      { user: idOf('bob'), text: 'To all', thread_ts: ts, subtype: 'thread_broadcast' },
    ]);
    expect(messages[1].subtype).toBeUndefined();
    expect(read('channels.json')).toMatchObject([
      {
        name: 'general',
        creator: idOf('ada'),
        pins: [{ id: ts, type: 'C' }],
        members: [idOf('ada'), idOf('bob')],
      },
    ]);
    expect(idOf('ada')).toMatch(/^U[0-9A-Z]+$/);
  } finally {
    await database.close();
  }
});

it('messages of one moment have times of their own, and their threads keep together', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  try {
    const ada = await one.createUser('ada');
    const room = await one.createRoom(ada, { slug: 'quick' });
    const client = await one.owner.connect();
    await client.query("begin; set local trumpet.import = 'on'"); // They keep their time.
    for (const [content, parent] of [
      ['a', null],
      ['b', null],
      ['c', null],
      ['to b', 'b'],
      ['to c', 'c'],
    ] as const) {
      await client.query(
        `insert into app_public.messages (room_id, author_id, content, parent_message_id, created_at)
          select $1, $2, $3, (select id from app_public.messages where content = $4 and room_id = $1), date_trunc('second', now())`,
        [room.id, ada.id, content, parent],
      );
    }
    await client.query('commit');
    client.release();
    await importFile(other, 'slack', await exportOf(one));
    const { rows } = await other.owner.query(
      `select content, (select content from app_public.messages as parent where parent.id = messages.parent_message_id) as parent
        from app_public.messages order by seq`,
    );
    expect(rows).toEqual([
      { content: 'a', parent: null },
      { content: 'b', parent: null },
      { content: 'c', parent: null },
      { content: 'to b', parent: 'b' },
      { content: 'to c', parent: 'c' },
    ]);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

it.each(['', '.zip'])(
  'files come with their bytes, to a target that ends in "%s"',
  async (ending) => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const [storage, elsewhere] = [newPath(), newPath()];
    try {
      const given = newPath('.zip');
      await writeZip(given, [
        ['users.json', '[{"id": "U1", "name": "ada", "team_id": "T"}]'],
        ['channels.json', '[{"id": "C1", "name": "files", "members": ["U1"]}]'],
        [
          'files/2020-09-13.json',
          JSON.stringify([
            {
              type: 'message',
              user: 'U1',
              text: '',
              ts: '1600000000.000000',
              files: [
                { id: 'F1', name: 'a/../b?.txt' },
                { id: 'F2', name: 'report.txt' },
              ],
            },
          ]),
        ],
        ['__uploads/F2/report.txt', 'The bytes'],
      ]);
      expect((await importFile(one, 'slack', given, { storage })).files).toBe(1);
      // As the worker does, once it has looked at them.
      await one.owner.query(
        `select app_private.finish_upload(id, 'text/plain', byte_size, null, null, null, false, false) from app_private.uploads`,
      );
      await one.owner.query('select app_private.publish_upload(id) from app_private.uploads');
      const target = await exportOf(one, { target: newPath(ending), storage });
      expect((await importFile(other, 'slack', target, { storage: elsewhere })).files).toBe(1);
      const { rows } = await other.owner.query(
        'select id, filename from app_public.message_attachments',
      );
      expect(rows).toMatchObject([{ filename: 'report.txt' }]);
      const storageThere = await createDiskStorage(elsewhere);
      expect(await text(await storageThere.read(rows[0].id, 'original'))).toBe('The bytes');
      await expect(exportOf(one, { target, storage })).rejects.toThrow(
        /is not empty|is there already/,
      );
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  },
);
