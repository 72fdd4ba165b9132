import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import iamcal from 'emojibase-data/en/shortcodes/iamcal.json' with { type: 'json' };
import { emojiOfName, isEmoji } from '../../src/import/emoji-names.ts';
import { slackToMarkdown } from '../../src/import/slack-markdown.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { importFile } from './support/import.ts';
import { readState } from './support/state.ts';

const folder = mkdtempSync(join(tmpdir(), 'formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

async function twice(format: string, path: string) {
  const first = await importFile(database, format, path);
  const state = await readState(database.owner);
  expect((await importFile(database, format, path)).written).toBe(0);
  expect(await readState(database.owner)).toEqual(state);
  return {
    ...first,
    state: state as {
      people: unknown[];
      rooms: { slug: string | null; messages: object[] | null }[];
    },
  };
}

it('a bulk export of Mattermost comes in, in the order of its times', async () => {
  const reply = (create_at: number, message: string) => ({
    user: 'bob',
    message,
    create_at,
    reactions: [],
    attachments: [],
  });
  const lines = [
    { type: 'version', version: 1 },
    { type: 'team', team: { name: 'core', display_name: 'Core' } },
    {
      type: 'channel',
      channel: {
        team: 'core',
        name: 'town-square',
        display_name: 'Town Square',
        type: 'O',
        header: 'Hello',
        purpose: '',
      },
    },
    {
      type: 'channel',
      channel: {
        team: 'core',
        name: 'private',
        display_name: 'Private',
        type: 'P',
        header: '',
        purpose: '',
      },
    },
    {
      type: 'user',
      user: {
        username: 'ada',
        email: 'ada@example.org',
        nickname: '',
        first_name: 'Ada',
        last_name: 'L',
        teams: [
          {
            name: 'core',
            roles: 'team_user',
            channels: [{ name: 'town-square', roles: 'channel_user channel_admin' }],
          },
        ],
      },
    },
    {
      type: 'user',
      user: {
        username: 'bob',
        email: 'bob@example.org',
        nickname: 'Bobby',
        delete_at: 1_600_000_000_000,
        teams: [{ name: 'core', channels: [{ name: 'town-square', roles: 'channel_user' }] }],
      },
    },
    // By ids, which are random: not in the order of their times.
    {
      type: 'post',
      post: {
        team: 'core',
        channel: 'town-square',
        user: 'bob',
        message: 'Later, @ada',
        create_at: 1_600_000_100_000,
        edit_at: 1_600_000_200_000,
        replies: [],
      },
    },
    {
      type: 'post',
      post: {
        team: 'core',
        channel: 'town-square',
        user: 'ada',
        message: '**First** :tada:',
        create_at: 1_600_000_000_001,
        is_pinned: true,
        attachments: [{ path: 'data/a/plan.txt' }],
        reactions: [
          { user: 'bob', emoji_name: 'thumbsup', create_at: 1_600_000_000_500 },
          { user: 'bob', emoji_name: 'own', create_at: 1 },
        ],
        replies: [
          reply(1_600_000_300_000, 'An answer'),
          reply(1_600_000_050_000, 'An earlier one'),
        ],
      },
    },
    {
      type: 'post',
      post: {
        team: 'core',
        channel: 'nowhere',
        user: 'ada',
        message: 'Lost',
        create_at: 1_600_000_000_000,
      },
    },
    { type: 'post', post: { message: 7 } },
    { type: 'direct_channel', direct_channel: { members: ['ada', 'bob'], header: '' } },
    {
      type: 'direct_post',
      direct_post: {
        channel_members: ['bob', 'ada'],
        user: 'ada',
        message: 'Between us',
        create_at: 1_600_000_000_000,
      },
    },
  ];
  const directory = join(folder, 'mattermost');
  mkdirSync(join(directory, 'data', 'a'), { recursive: true });
  writeFileSync(join(directory, 'data', 'a', 'plan.txt'), 'A plan');
  writeFileSync(
    join(directory, 'import.jsonl'),
    lines.map((line) => JSON.stringify(line)).join('\n'),
  );
  const { state, report, files } = await twice('mattermost', directory);
  expect(files).toBe(1);
  const square = state.rooms.find(({ slug }) => slug === 'town-square');
  expect(square).toMatchObject({
    name: 'Town Square',
    members: [
      { username: 'ada', role: 'admin' },
      { username: 'bob', role: 'member' },
    ],
    messages: [
      {
        content: '**First** :tada:',
        replies: 2,
        pinned: expect.any(String),
        reactions: [{ emoji: '👍', by: 'bob' }],
        files: [{ name: 'plan.txt' }],
      },
      { content: 'An earlier one', parent: 1 },
      { content: 'Later, @ada', mentions: ['ada'], edited: expect.any(String) },
      { content: 'An answer', parent: 1, at: '2020-09-13T12:31:40+00:00' },
    ],
  });
  expect(state.rooms.find(({ slug }) => slug === null)?.messages).toMatchObject([
    { content: 'Between us' },
  ]);
  expect(state.people).toMatchObject([
    { username: 'ada', email: 'ada@example.org' },
    { username: 'bob', name: 'Bobby', suspended: true },
  ]);
  expect(report.lines().sort()).toMatchSnapshot();
});

it('what DiscordChatExporter writes comes in, with who wrote there as members', async () => {
  const user = (id: string, name: string, nickname: string) => ({
    id,
    name,
    discriminator: '0000',
    nickname,
    color: null,
    isBot: false,
    roles: [],
    avatarUrl: `https://cdn.example.org/${id}.png`,
  });
  const ada = user('1', 'ada', 'Ada');
  const bob = user('2', 'bob.b', 'Bob');
  const message = (id: string, rest: object) => ({
    id,
    type: 'Default',
    timestamp: `2023-01-15T10:30:0${id.at(-1)}.123+02:00`,
    timestampEdited: null,
    callEndedTimestamp: null,
    isPinned: false,
    content: '',
    author: ada,
    attachments: [],
    embeds: [],
    stickers: [],
    reactions: [],
    mentions: [],
    ...rest,
  });
  writeFileSync(
    join(folder, 'discord.json'),
    JSON.stringify(
      {
        guild: { id: '99', name: 'Guild', iconUrl: '' },
        channel: {
          id: '10',
          type: 'GuildTextChat',
          categoryId: '5',
          category: 'Text',
          name: 'chat',
          topic: 'About [all]',
        },
        dateRange: { after: null, before: null },
        exportedAt: '2024-01-01T00:00:00+00:00',
        messages: [
          message('100', { type: 'GuildMemberJoin', content: 'Joined the server.' }),
          message('101', {
            content: 'Hello @Bob <:own:123>',
            mentions: [bob],
            isPinned: true,
            timestampEdited: '2023-01-15T11:00:00+02:00',
            reactions: [
              { emoji: { id: '', name: '❤️', isAnimated: false }, count: 1, users: [bob] },
              { emoji: { id: '7', name: 'own' }, count: 3, users: [bob] },
            ],
          }),
          message('102', {
            type: 'Reply',
            author: bob,
            content: 'An answer',
            reference: { messageId: '101', channelId: '10', guildId: '99' },
          }),
          message('103', {
            type: 'Reply',
            author: bob,
            content: 'To another channel',
            reference: { messageId: '55', channelId: '11', guildId: '99' },
          }),
          message('104', {
            attachments: [
              {
                id: '900',
                url: 'https://cdn.example.org/plan.pdf',
                fileName: 'plan.pdf',
                fileSizeBytes: 5,
              },
            ],
          }),
        ],
        messageCount: 5,
      },
      null,
      2,
    ),
  );
  const { state, report } = await twice('discord', join(folder, 'discord.json'));
  expect(state.rooms).toMatchObject([
    {
      type: 'private',
      slug: 'chat',
      description: 'About [all]',
      members: [{ username: 'ada' }, { username: 'bob.b' }],
      messages: [
        { type: 'system', content: 'Joined the server.', at: '2023-01-15T08:30:00.123+00:00' },
        {
          content: 'Hello @bob.b :own:',
          mentions: ['bob.b'],
          replies: 1,
          reactions: [{ emoji: '❤️', by: 'bob.b' }],
          edited: '2023-01-15T09:00:00+00:00',
        },
        { content: 'An answer', parent: 2 },
        { content: 'To another channel', parent: null },
        { content: '[plan.pdf](<https://cdn.example.org/plan.pdf>)' },
      ],
    },
  ]);
  expect(report.lines().sort()).toMatchSnapshot();
});

it('the names of emoji are those of emojibase', () => {
  const names: Record<string, string> = JSON.parse(
    readFileSync(
      join(import.meta.dirname, '..', '..', 'src', 'import', 'emoji-names.json'),
      'utf8',
    ),
  );
  const expected = Object.entries(iamcal as Record<string, string | string[]>).flatMap(
    ([codes, given]) => {
      const emoji = String.fromCodePoint(
        ...codes.split('-').map((code) => Number.parseInt(code, 16)),
      );
      return [given].flat().map((name) => [name, emoji]);
    },
  );
  expect(names).toEqual(Object.fromEntries(expected));
  expect(emojiOfName('wave::skin-tone-3')).toBe('👋🏼');
  expect(emojiOfName('constructor')).toBeUndefined();
  expect([isEmoji('👩‍🚀'), isEmoji('❤'), isEmoji('own'), isEmoji('👍👍')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('mrkdwn becomes Markdown that says the same', () => {
  const names = {
    usernameOf: (id: string) => (id === 'U1' ? 'ada' : undefined),
    slugOf: (id: string) => (id === 'C1' ? 'general' : undefined),
  };
  const cases: [string, string][] = [
    ['*bold* _italic_ ~gone~', '**bold** _italic_ ~~gone~~'],
    ['2 * 3 * 4 and a*b*c', '2 * 3 * 4 and a*b*c'],
    ['*<@U1>* and <@U2|bob>, <@U3>', '**@ada** and @bob, @U3'],
    [
      '<#C1> <#C2|other> <!here> <!subteam^S1|@team> <!date^1^{date}|today>',
      '#general #other @here @team today',
    ],
    [
      '<https://example.org> <https://example.org|example.org> <mailto:a@example.org|a@example.org>',
      'https://example.org https://example.org a@example.org',
    ],
    [
      '<https://example.org/a b?c=1&amp;d=2|a [label]>',
      '[a \\[label\\]](<https://example.org/a%20b?c=1&d=2>)',
    ],
    ['<javascript:alert(1)|click>', 'click'],
    ['`*a* <https://x.org|y> &lt;b&gt;`', '`*a* y <b>`'],
    ['```*a*\n&lt;b&gt;```', '```\n*a*\n<b>\n```'],
    ['# no heading\n&gt; quoted\n• item', '\\# no heading\n> quoted\n- item'],
    [':tada: :own: 10:30:20 :constructor:', '🎉 :own: 10:30:20 :constructor:'],
    ['\ue0000\ue001 *a*', '0 **a**'],
    ['&amp;lt;', '&lt;'],
  ];
  expect(cases.map(([from]) => slackToMarkdown(from, names))).toEqual(cases.map(([, to]) => to));
});
