import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDiskStorage } from '../../src/attachments/disk-storage.ts';
import { writeExport } from '../../src/export/write.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { writeZip } from '../../testing/zip.ts';
import { importFile } from './support/import.ts';

/* What is broken costs itself and nothing else, and what is run again adds what is new: see docs/import.md. */

const folder = mkdtempSync(join(tmpdir(), 'broken-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

let made = 0;
const newPath = (ending = '') => join(folder, `made-${++made}${ending}`);

type Options = Parameters<typeof importFile>[3];

/** Imports a folder of these files. */
async function run(format: string, files: Record<string, unknown>, options: Options = {}) {
  const path = newPath();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(
      join(path, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  return await importFile(database, format, path, options);
}

/** The same as a ZIP file in which bytes of one of them are not as they were packed. */
async function runDamaged(format: string, files: [string, string][], damaged: string) {
  const path = newPath('.zip');
  await writeZip(path, files);
  const bytes = readFileSync(path);
  const at = bytes.indexOf(damaged) + damaged.length;
  bytes.fill(0xff, at + 4, at + 16);
  writeFileSync(path, bytes);
  return await importFile(database, format, path);
}

async function ask(sql: string, ...values: unknown[]) {
  return (await database.owner.query(sql, values)).rows;
}
const texts = async () =>
  (await ask('select content from app_public.messages order by seq')).map(({ content }) => content);

const USERS = [
  { id: 'U1', name: 'ada', team_id: 'T' },
  { id: 'U2', name: 'bob', team_id: 'T' },
];
const CHANNELS = [{ id: 'C1', name: 'room', members: ['U1', 'U2'] }];
const message = (ts: string, more: object = {}) => ({
  type: 'message',
  user: 'U1',
  ts,
  text: `At ${ts}`,
  ...more,
});
const slack = (messages: unknown, more: Record<string, unknown> = {}, options: Options = {}) =>
  run(
    'slack',
    { 'users.json': USERS, 'channels.json': CHANNELS, 'room/2020-09-13.json': messages, ...more },
    options,
  );

const lines = (...values: unknown[]) =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');
const ADA = { id: 'a', username: 'ada', displayName: 'Ada' };
const said = (id: string, more: object = {}) => ({
  id,
  author: 'a',
  at: '2020-01-01T00:00:00Z',
  content: `Number ${id}`,
  ...more,
});
const trumpet = (messages: unknown[], people: object[] = [ADA]) =>
  run('trumpet', {
    'trumpet.ndjson': lines({ format: 'trumpet', version: 1, source: 'elsewhere' }),
    'people.ndjson': lines(...people),
    'rooms.ndjson': lines({
      id: 'r',
      type: 'public',
      slug: 'room',
      name: 'Room',
      createdAt: '2020-01-01T00:00:00Z',
      members: [{ id: 'a', role: 'owner' }],
    }),
    'messages/r.ndjson': lines(...messages),
  });

const channel = (messages: object[], id = '10') => ({
  guild: { id: '1', name: 'Guild' },
  channel: { id, type: 'GuildTextChat', name: 'general' },
  messages,
});
const ANN = { id: '100', name: 'ann' };
const ANNA = { id: '101', name: 'anna' };
const written = (id: string, author: object, content: string, more: object = {}) => ({
  id,
  type: 'Default',
  timestamp: '2020-01-01T00:00:00.000+00:00',
  content,
  author,
  ...more,
});

const random = () => Array.from({ length: 600 }, () => crypto.randomUUID()).join('');

describe('one thing that is broken is not the end of the others', () => {
  it.each([
    ['a tombstone with files', { subtype: 'tombstone', files: [{ id: 'F1', name: 'x.txt' }] }],
    ['an author with an endless id', { user: random() }],
    ['an integration with an endless name', { user: undefined, username: random() }],
    ['a thread with an endless id', { thread_ts: random() }],
  ])('%s', async (_, more) => {
    const { written: count } = await slack([
      message('1600000000.000000'),
      message('1600000001.000000', more),
      message('1600000002.000000'),
    ]);
    expect(count).toBe(3);
  });

  it('what hangs on a deleted message', async () => {
    await trumpet([
      said('1', {
        content: null,
        deletedAt: '2020-01-01T00:00:01Z',
        pinnedAt: '2020-01-01T00:00:01Z',
        edits: [{ content: 'x', until: '2020-01-01T00:00:00Z' }],
        files: [{ id: 'f', name: 'f.txt' }],
        reactions: [{ emoji: '👍', by: 'a', at: '2020-01-01T00:00:00Z' }],
      }),
      said('2'),
    ]);
    expect(await ask('select content, pinned_at from app_public.messages order by seq')).toEqual([
      { content: null, pinned_at: null },
      { content: 'Number 2', pinned_at: null },
    ]);
  });

  it.each([
    ['NUL', '{"a\\u0000b":1}'],
    ['half a letter', '{"a\\ud800b":1}'],
  ])('%s in the name of a field', async (_, metadata) => {
    await trumpet([
      `{"id":"1","author":"a","at":"2020-01-01T00:00:00Z","content":"x","metadata":${metadata}}`,
      said('2'),
    ]);
    expect(await texts()).toEqual(['x', 'Number 2']);
  });

  const deep = '['.repeat(20_000) + ']'.repeat(20_000);

  it('thousands of values within one another', async () => {
    const { report } = await trumpet([
      `{"id":"1","author":"a","at":"2020-01-01T00:00:00Z","content":"x","metadata":{"x":${deep}}}`,
      said('2'),
    ]);
    expect(await texts()).toEqual(['Number 2']);
    expect(report.lines()).toEqual([
      '1 × line not taken, because it is too deep: messages/r.ndjson',
    ]);
    const { people } = await slack([], {
      'users.json': `[{"x":${deep}},${JSON.stringify(USERS[0])}]`,
    });
    expect(people).toBe(1);
  });

  it('pictures and addresses with blanks that only Postgres takes for such', async () => {
    const { people } = await trumpet(
      [],
      [
        { ...ADA, avatarUrl: 'https://example.org/\u0085x' },
        { id: 'b', username: 'bob', displayName: 'Bob', email: 'b\u0085@example.org' },
      ],
    );
    expect(people).toBe(2);
  });

  it('a file of any format that cannot be unpacked', async () => {
    const long = 'A text of some length, which is packed into more than a few bytes.';
    const discord = await runDamaged(
      'discord',
      [
        ['a.json', JSON.stringify(channel([written('1', ANN, long)], '11'))],
        ['b.json', JSON.stringify(channel([written('2', ANNA, 'two')], '12'))],
      ],
      'a.json',
    );
    expect(discord.report.lines()).toEqual([
      expect.stringMatching(/^1 × rest of a file not read, because it cannot be unpacked: a\.json/),
    ]);
    expect(await texts()).toEqual(['two']);
    const room = { type: 'public', createdAt: '2020-01-01T00:00:00Z', members: [] };
    const { report } = await runDamaged(
      'trumpet',
      [
        ['trumpet.ndjson', lines({ format: 'trumpet', version: 1, source: 'elsewhere' })],
        ['people.ndjson', lines(ADA)],
        [
          'rooms.ndjson',
          lines(
            { ...room, id: 'r', slug: 'r', name: 'R' },
            { ...room, id: 's', slug: 's', name: 'S' },
          ),
        ],
        ['messages/r.ndjson', lines(said('1', { content: long }))],
        ['messages/s.ndjson', lines(said('2'))],
      ],
      'messages/r.ndjson',
    );
    expect(report.lines()).toHaveLength(1);
    expect((await texts()).toSorted()).toEqual(['Number 2', 'two']);
  });

  it('an attachment that cannot be unpacked is linked in a text that would be empty', async () => {
    const files = [{ id: 'F1', name: 'photo.txt', url_private: 'https://files.example.org/x' }];
    await runDamaged(
      'slack',
      [
        ['users.json', JSON.stringify(USERS)],
        ['channels.json', JSON.stringify(CHANNELS)],
        [
          'room/2020-09-13.json',
          JSON.stringify([message('1600000000.000000', { text: '', files })]),
        ],
        ['__uploads/F1/photo.txt', random()],
      ],
      '__uploads/F1/photo.txt',
    );
    expect(await texts()).toEqual(['[photo.txt](<https://files.example.org/x>)']);
  });

  it('more rooms of one name than a thousand', async () => {
    await ask(
      `insert into app_public.rooms (slug, name)
        select 'room' || case when number > 1 then '-' || number else '' end, 'Room' from generate_series(1, 1000) as number`,
    );
    await slack([], { 'channels.json': [{ id: 'C1', name: '部屋', members: ['U1'] }] });
    const [found] = await ask(`select slug from app_public.rooms where name = '部屋'`);
    expect(found).toEqual({ slug: expect.stringMatching(/^room-[0-9a-f]{6}$/) });
  });
});

describe('an import that is run again', () => {
  it('adds who is new in a room, and nobody who has left here', async () => {
    const secret = (...members: string[]) => ({
      'groups.json': [{ id: 'G1', name: 'secret', creator: 'U1', members }],
    });
    const members = () =>
      ask(
        `select username, role, room_heads.last_message_seq = last_read_seq as "hasRead"
          from app_public.room_members
          join app_public.users on users.id = user_id
          join app_public.rooms on rooms.id = room_id
          join app_private.room_heads on room_heads.room_id = rooms.id
          where slug = 'secret' order by username`,
      );
    const first = {
      ...secret('U1', 'U2'),
      'secret/2020-09-13.json': [message('1600000000.000000')],
    };
    await slack([], first);
    const [bob] = await ask(`select id from app_public.users where username = 'bob'`);
    const [room] = await ask(`select id from app_public.rooms where slug = 'secret'`);
    await database.call(bob, 'leave_room', room.id);
    const users = { 'users.json': [...USERS, { id: 'U3', name: 'carol', team_id: 'T' }] };
    await slack([], { ...first, ...secret('U1', 'U2', 'U3'), ...users });
    await slack([], { ...first, ...secret('U1', 'U2', 'U3'), ...users });
    expect(await members()).toEqual([
      { username: 'ada', role: 'owner', hasRead: true },
      { username: 'carol', role: 'member', hasRead: true },
    ]);
  });

  it('attaches nothing that was linked before', async () => {
    const files = [{ id: 'F1', name: 'x.txt', url_private: 'https://files.example.org/x' }];
    await slack([message('1600000000.000000', { files })]);
    const { files: count } = await slack([message('1600000000.000000', { files })], {
      '__uploads/F1/x.txt': 'bytes',
    });
    expect(count).toBe(0);
  });

  it('is said beforehand by a trial, which leaves nothing behind', async () => {
    await slack([message('1600000000.000000')], {}, { isDryRun: true });
    expect(await ask('select from app_private.imports')).toEqual([]);
    await slack([message('1600000000.000000')]);
    const older = [
      message('1600000000.000000'),
      message('1500000000.000000'),
      message('1500000001.000000', { thread_ts: '1600000000.000000' }),
    ];
    const counts = ({ report }: Awaited<ReturnType<typeof slack>>) =>
      report.lines().map((line) => line.split(':')[0]);
    const trial = counts(await slack(older, {}, { isDryRun: true }));
    expect(trial).toEqual([expect.stringMatching(/^2 × message placed behind later ones/)]);
    expect(counts(await slack(older))).toEqual(trial);
  });
});

it('of two servers whose exports have the same name, people are one only where they are the same', async () => {
  const server = (text: string) => ({
    'import.jsonl': lines(
      {
        type: 'user',
        user: { username: 'grace', teams: [{ name: 'main', channels: [{ name: 'square' }] }] },
      },
      { type: 'channel', channel: { team: 'main', name: 'square', type: 'O' } },
      {
        type: 'post',
        post: {
          team: 'main',
          channel: 'square',
          user: 'grace',
          message: text,
          create_at: 1_600_000_000_000,
        },
      },
    ),
  });
  await run('mattermost', server('one'), { sourceName: 'mattermost one' });
  await run('mattermost', server('other'), { sourceName: 'mattermost other' });
  await run('mattermost', server('other'), { sourceName: 'mattermost other' });
  expect(
    await ask(
      `select content, username::text from app_public.messages join app_public.users on users.id = author_id order by content`,
    ),
  ).toEqual([
    { content: 'one', username: 'grace' },
    { content: 'other', username: 'grace2' },
  ]);
});

it('a room has a hundred pins of any format, the first', async () => {
  const { report } = await run('mattermost', {
    'x.jsonl': lines(
      { type: 'user', user: { username: 'ada' } },
      { type: 'channel', channel: { team: 't', name: 'c', type: 'O' } },
      ...Array.from({ length: 103 }, (_, index) => ({
        type: 'post',
        post: {
          ...{ team: 't', channel: 'c', user: 'ada', message: `${index}`, is_pinned: true },
          create_at: 1_600_000_000_000 + index,
        },
      })),
    ),
  });
  expect(report.lines()).toEqual([expect.stringMatching(/^3 × pin not taken/)]);
  const [pins] = await ask(
    'select count(*)::int as count, max(seq)::int as last from app_public.messages where pinned_at is not null',
  );
  expect(pins).toEqual({ count: 100, last: 100 });
});

describe('of Discord', () => {
  it('a channel in several files has the members of all of them', async () => {
    await run('discord', {
      'general.json': channel([written('1', ANN, 'one')]),
      'general [part 2].json': channel([
        written('2', ANNA, 'two', { timestamp: '2021-01-01T00:00:00+00:00' }),
      ]),
    });
    expect(
      await ask(
        'select username from app_public.room_members join app_public.users on users.id = user_id order by 1',
      ),
    ).toEqual([{ username: 'ann' }, { username: 'anna' }]);
    expect(await ask('select created_at from app_public.rooms')).toEqual([
      { created_at: new Date('2020-01-01T00:00:00Z') },
    ]);
  });

  it('a name that begins as another does is not taken for it', async () => {
    await database.createUser('ann');
    await run('discord', {
      'general.json': channel([
        written('1', ANN, 'Hello @anna, @ann and @annabel', { mentions: [ANN, ANNA] }),
      ]),
    });
    expect(await texts()).toEqual(['Hello @anna, @ann2 and @annabel']);
  });
});

describe('an export that is read back in', () => {
  async function thereAndBack(storage = newPath()) {
    const other = await createTestDatabase();
    const target = newPath();
    try {
      const result = await writeExport({
        databaseUrl: database.databaseUrl,
        storage: await createDiskStorage(storage),
        room: undefined,
        target,
      });
      const { report } = await importFile(other, 'trumpet', target, { storage: newPath() });
      const { rows } = await other.owner.query(
        `select seq::int, content, octet_length(metadata::text) as bytes, is_bot as "isBot"
          from app_public.messages join app_public.users on users.id = author_id order by seq`,
      );
      return { result, report: report.lines(), rows };
    } finally {
      await other.close();
    }
  }

  it('has bots as bots, and metadata as large as it may be', async () => {
    const ada = await database.createUser('ada');
    const bot = await database.createUser('dice');
    await database.owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
    const room = await database.createRoom(ada, { members: [bot] });
    const send = (who: { id: string }, metadata: object) =>
      database.commitAs(who, (client) =>
        client.query('select app_public.send_message($1, $2, metadata => $3)', [
          ...[room.id, 'x', JSON.stringify(metadata)],
        ]),
      );
    await send(ada, { x: 'y'.repeat(8_192 - 9) });
    await send(bot, { components: [{ type: 'button', id: 'a', label: 'b' }] });
    const { report, rows } = await thereAndBack();
    expect(report).toEqual([]);
    expect(rows).toEqual([
      { seq: 1, content: 'x', bytes: 8_192, isBot: false },
      { seq: 2, content: 'x', bytes: 61, isBot: true },
    ]);
  });

  it('has every message, also one whose only file is not to be had, or goes meanwhile', async () => {
    const storage = newPath();
    const files = (id: string) => [{ id, name: `${id}.txt` }];
    await slack(
      [
        message('1600000001.000000', { text: '', files: files('F1') }),
        message('1600000002.000000', { text: '', files: files('F2') }),
        message('1600000003.000000'),
      ],
      { '__uploads/F1/F1.txt': 'bytes', '__uploads/F2/F2.txt': 'bytes' },
      { storage },
    );
    // The worker has looked at the first, and not yet at the other.
    await ask(
      `select app_private.finish_upload(id, 'text/plain', byte_size, null, null, null, false, false), app_private.publish_upload(id)
        from app_private.uploads where filename = 'F1.txt'`,
    );
    for (const file of readdirSync(storage)) {
      rmSync(join(storage, file)); // As with a message that is deleted meanwhile.
    }
    const { result, rows } = await thereAndBack(storage);
    expect(result).toMatchObject({ messages: 3, files: 0, gone: 1 });
    expect(rows.map(({ content }) => content)).toEqual([
      'F1.txt',
      'F2.txt',
      'At 1600000003.000000',
    ]);
  });
});
