import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';
import { writeSlackExport } from '../../testing/slack-export.ts';
import { writeZip } from '../../testing/zip.ts';
import { importFile } from './support/import.ts';
import { readState } from './support/state.ts';

const folder = mkdtempSync(join(tmpdir(), 'slack-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL: Record<string, unknown> = {
  'users.json': [
    {
      id: 'U1',
      team_id: 'T1',
      name: 'grace',
      real_name: 'Grace Hopper',
      profile: {
        display_name: 'Grace',
        email: 'grace@example.org',
        image_192: 'https://avatars.example.org/grace.png',
      },
    },
    {
      id: 'U2',
      team_id: 'T1',
      name: 'linus.t',
      real_name: 'Linus',
      profile: { email: 'linus@example.org' },
    },
    { id: 'U3', team_id: 'T1', name: 'admin', real_name: 'Admin', profile: {} },
    {
      id: 'U4',
      team_id: 'T1',
      name: 'gone',
      deleted: true,
      real_name: 'Gone Away',
      profile: { email: 'gone@example.org' },
    },
    { id: 'USLACKBOT', team_id: 'T1', name: 'slackbot', real_name: 'Slackbot', profile: {} },
  ],
  'channels.json': [
    {
      id: 'C1',
      name: 'general',
      created: 1_300_000_000,
      creator: 'U1',
      is_archived: false,
      members: ['U1', 'U2', 'U3'],
      topic: { value: 'All of us' },
      purpose: { value: '' },
      pins: [{ id: '1300000100.000100', type: 'C', created: 1_300_000_500, user: 'U1' }],
    },
    {
      id: 'C2',
      name: 'alte_räume',
      created: 1_300_000_000,
      creator: 'U9',
      is_archived: true,
      members: ['U1'],
    },
  ],
  'groups.json': [
    { id: 'G1', name: 'secret', created: 1_300_000_000, creator: 'U2', members: ['U1', 'U2'] },
  ],
  'mpims.json': [
    {
      id: 'G2',
      name: 'mpdm-grace--linus.t--admin-1',
      created: 1_300_000_000,
      members: ['U1', 'U2', 'U3'],
    },
  ],
  'dms.json': [
    { id: 'D1', created: 1_300_000_000, members: ['U1', 'U2'] },
    { id: 'D2', created: 1_300_000_000, members: ['U1'] },
  ],
  'general/2011-03-13.json': [
    {
      type: 'message',
      subtype: 'channel_join',
      user: 'U2',
      text: '<@U2> has joined the channel',
      ts: '1300000050.000000',
    },
    {
      type: 'message',
      user: 'U1',
      text: 'Hello <@U2>, see <https://example.org/a?b=1&amp;c=2|the *plan*> :tada:\n&gt; *quoted*\n*bold* ~gone~ `a*b*c`',
      ts: '1300000100.000100',
      thread_ts: '1300000100.000100',
      reply_count: 2,
      edited: { user: 'U1', ts: '1300000200.000000' },
      reactions: [
        { name: 'thumbsup', users: ['U2', 'U3'], count: 2 },
        { name: 'party_parrot', users: ['U2'], count: 1 },
        { name: 'heart', users: ['U9'], count: 1 },
      ],
    },
    {
      type: 'message',
      user: 'U2',
      text: 'In the thread',
      ts: '1300000110.000000',
      thread_ts: '1300000100.000100',
      parent_user_id: 'U1',
    },
    {
      type: 'message',
      subtype: 'thread_broadcast',
      user: 'U3',
      text: 'And for all, <!here>',
      ts: '1300000120.000000',
      thread_ts: '1300000100.000100',
    },
    {
      type: 'message',
      subtype: 'bot_message',
      bot_id: 'B1',
      username: 'builds',
      text: '',
      ts: '1300000130.000000',
      attachments: [
        { title: 'Build 7', title_link: 'https://ci.example.org/7', text: 'failed', fallback: 'x' },
      ],
    },
    {
      type: 'message',
      user: 'UEXT',
      user_profile: { name: 'visitor', real_name: 'From Elsewhere' },
      text: 'I am from another workspace',
      ts: '1300000140.000000',
    },
    {
      type: 'message',
      subtype: 'tombstone',
      user: 'USLACKBOT',
      text: 'This message was deleted.',
      ts: '1300000150.000000',
      thread_ts: '1300000150.000000',
      reply_count: 1,
    },
  ],
  'general/2024-02-29.json': [
    {
      type: 'message',
      user: 'U4',
      text: `${'x'.repeat(7_990)} and more of it`,
      ts: '1709200000.000200',
    },
    {
      type: 'message',
      user: 'U2',
      text: 'To what was deleted',
      ts: '1709200001.000000',
      thread_ts: '1300000150.000000',
    },
    { type: 'message', user: 'U2', text: '', ts: '1709200002.000000' },
  ],
  'alte_räume/2012-01-01.json': [
    { type: 'message', user: 'U1', text: 'See <#C1|general>', ts: '1325376000.000000' },
  ],
  'secret/2012-01-01.json': [
    { type: 'message', user: 'U2', text: 'Psst', ts: '1325376000.000000' },
  ],
  'mpdm-grace--linus.t--admin-1/2012-01-01.json': [
    { type: 'message', user: 'U3', text: 'The three of us', ts: '1325376000.000000' },
  ],
  'D1/2012-01-01.json': [
    { type: 'message', user: 'U1', text: 'The two of us', ts: '1325376000.000000' },
  ],
  'D2/2012-01-01.json': [{ type: 'message', user: 'U1', text: 'A note', ts: '1325376000.000000' }],
};

async function exportOf(files: Readonly<Record<string, unknown>>, name: string): Promise<string> {
  const path = join(folder, `${name}.zip`);
  await writeZip(
    path,
    Object.entries(files).map(([file, content]) => [
      file,
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    ]),
  );
  return path;
}

describe('a Slack export', () => {
  let database: TestDatabase;
  let path: string;
  let lines: string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    path = await exportOf(SMALL, 'small');
    const { report, ...result } = await importFile(database, 'slack', path);
    lines = report.lines();
    expect(result).toEqual({ people: 7, matched: 0, rooms: 6, read: 15, written: 15, files: 0 });
  });
  afterAll(() => database.close());

  const messages = async (slug: string) => {
    const { rows } = await database.owner.query(
      `select messages.seq::int, users.username::text as author, content, message_type as type, messages.created_at as at, reply_count as replies, also_sent_to_room as is_in_room,
          (select parent.seq::int from app_public.messages as parent where parent.id = messages.parent_message_id) as parent
        from app_public.messages join app_public.rooms on rooms.id = room_id join app_public.users on users.id = author_id
        where rooms.slug = $1 order by messages.seq`,
      [slug],
    );
    return rows;
  };

  it('keeps order, times, threads and what was written, as Markdown', async () => {
    const general = await messages('general');
    expect(general.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(general.slice(0, 7)).toEqual([
      expect.objectContaining({
        author: 'linus.t',
        type: 'system',
        content: '@linus.t has joined the channel',
      }),
      expect.objectContaining({
        author: 'grace',
        at: new Date(1_300_000_100_000),
        replies: 2,
        content:
          'Hello @linus.t, see [the *plan*](<https://example.org/a?b=1&c=2>) 🎉\n> **quoted**\n**bold** ~~gone~~ `a*b*c`',
      }),
      expect.objectContaining({
        author: 'linus.t',
        parent: 2,
        is_in_room: false,
        content: 'In the thread',
      }),
      expect.objectContaining({
        author: 'user3',
        parent: 2,
        is_in_room: true,
        content: 'And for all, @here',
      }),
      expect.objectContaining({
        author: 'builds',
        content: '[Build 7](<https://ci.example.org/7>)\nfailed',
      }),
      expect.objectContaining({ author: 'visitor', content: 'I am from another workspace' }),
      expect.objectContaining({ author: 'slackbot', content: null, replies: 1 }),
    ]);
    // Too long for one message, it is two: nothing is lost.
    expect(general[7].content + general[8].content).toBe(`${'x'.repeat(7_990)} and more of it`);
    expect(general[9]).toMatchObject({ content: 'To what was deleted', parent: 7 });
    expect(await messages('alte-raume')).toMatchObject([{ content: 'See #general' }]);
    const { rows } = await database.owner.query(
      `select to_char(created_at at time zone 'UTC', 'US') as us from app_public.messages where content like 'Hello%'`,
    );
    expect(single(rows)).toEqual({ us: '000100' });
  });

  it('brings in rooms of each kind, with their members, pins and state', async () => {
    const { rows } = await database.owner.query(
      `select type, slug::text, is_archived as archived, (
          select string_agg(username || case when role = 'owner' then '!' else '' end, ' ' order by username)
            from app_public.room_members join app_public.users on users.id = user_id where room_id = rooms.id) as members
        from app_public.rooms order by slug nulls first`,
    );
    expect(rows).toEqual([
      { type: 'direct', slug: null, archived: false, members: 'grace linus.t' },
      { type: 'public', slug: 'alte-raume', archived: true, members: 'grace' },
      { type: 'public', slug: 'general', archived: false, members: 'grace! linus.t user3' },
      { type: 'private', slug: 'grace', archived: false, members: 'grace' },
      {
        type: 'private',
        slug: 'grace-linus-t-admin',
        archived: false,
        members: 'grace linus.t user3',
      },
      { type: 'private', slug: 'secret', archived: false, members: 'grace linus.t!' },
    ]);
    const pinned = await database.owner.query(
      'select seq::int, pinned_at from app_public.messages where pinned_at is not null',
    );
    expect(pinned.rows).toEqual([{ seq: 2, pinned_at: new Date(1_300_000_500_000) }]);
    const reactions = await database.owner.query(
      'select emoji, username::text from app_public.message_reactions join app_public.users on users.id = user_id order by message_reactions.created_at',
    );
    expect(reactions.rows).toEqual([
      { emoji: '👍', username: 'linus.t' },
      { emoji: '👍', username: 'user3' },
    ]);
  });

  it('is unread to nobody, notifies nobody, and can be found', async () => {
    const { rows } = await database.owner.query(
      `select sum(unread_count)::int as unread, (select count(*)::int from app_private.message_mentions) as mentions
        from app_private.unread_counts`,
    );
    expect(single(rows)).toEqual({ unread: 0, mentions: 1 });
    const { rows: jobs } = await database.owner.query(
      'select task_identifier from graphile_worker.jobs',
    );
    expect(jobs).toEqual([]);
    const { rows: noted } = await database.owner.query('select from app_private.push_notices');
    expect(noted).toEqual([]);
    await database.indexMessages();
    const grace = single(
      (await database.owner.query(`select id from app_public.users where username = 'grace'`)).rows,
    );
    const found = await database.asUser(grace, (client) =>
      client.query("select from app_public.search_messages('psst')"),
    );
    expect(found.rowCount).toBe(1);
  });

  it('leaves a log without a gap', async () => {
    const { rows } = await database.owner.query(
      `select rooms.slug from app_public.rooms join app_private.room_heads on room_heads.room_id = rooms.id
        where last_change_seq <> (select count(*) from app_private.room_changes where room_changes.room_id = rooms.id)`,
    );
    expect(rows).toEqual([]);
  });

  it('goes on where it was: the next message has the next number and a later time', async () => {
    const { rows } = await database.owner.query<{ id: string; room: string }>(
      `select users.id, rooms.id as room from app_public.users, app_public.rooms where username = 'grace' and slug = 'secret'`,
    );
    const { id, room } = single(rows);
    const sent = await database.sendMessage({ id }, room, 'And now here');
    expect(sent.seq).toBe(2);
    const state = await readState(database.owner);
    expect((await importFile(database, 'slack', path)).written).toBe(0);
    expect(await readState(database.owner)).toEqual(state);
  });

  it('what was deleted here does not come back: a message, a room, an account', async () => {
    const count =
      'select count(*)::int as people, (select count(*)::int from app_public.rooms) as rooms from app_public.users';
    const other = await createTestDatabase();
    try {
      await importFile(other, 'slack', path);
      await other.owner.query(`delete from app_public.messages where content = 'Psst'`);
      await other.owner.query(`delete from app_public.rooms where slug = 'alte-raume'`);
      await other.owner.query(`delete from app_public.users where username = 'visitor'`);
      const before = await other.owner.query(count);
      const state = await readState(other.owner);
      const again = await importFile(other, 'slack', path);
      expect(again.written).toBe(0);
      expect((await other.owner.query(count)).rows).toEqual(before.rows);
      expect(await readState(other.owner)).toEqual(state);
      expect(again.report.lines().join('\n')).toMatch(
        /room not taken, because it was deleted here: alte_räume/,
      );
    } finally {
      await other.close();
    }
  });

  it('says what it bent and what it could not take', () => {
    expect(lines.sort()).toMatchSnapshot();
  });

  it('a trial says the same and changes nothing', async () => {
    const other = await createTestDatabase();
    try {
      const before = await readState(other.owner);
      const trial = await importFile(other, 'slack', path, { isDryRun: true });
      expect(trial).toMatchObject({ people: 7, rooms: 6, read: 15, written: 15 });
      expect(trial.report.lines().sort()).toEqual(lines);
      expect(await readState(other.owner)).toEqual(before);
      const { rows } = await other.owner.query('select from app_private.imported_ids');
      expect(rows).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('an import that is killed', () => {
  it('and run again comes to the same end as one that is not', async () => {
    const path = join(folder, 'generated.zip');
    await writeSlackExport(path, { messages: 5_000, people: 20, rooms: 5, seed: 7 });
    const once = await createTestDatabase();
    const killed = await createTestDatabase();
    try {
      const whole = await importFile(once, 'slack', path);
      expect(whole.written).toBeGreaterThanOrEqual(5_000);
      for (const share of [0.2, 0.6]) {
        await killAt(killed.databaseUrl, path, Math.floor(whole.read * share));
      }
      const rest = await importFile(killed, 'slack', path);
      expect(rest.written).toBeGreaterThan(0);
      expect(rest.written).toBeLessThan(whole.written);
      expect(await readState(killed.owner)).toEqual(await readState(once.owner));
    } finally {
      await Promise.all([once.close(), killed.close()]);
    }
  });

  /** Kills the process when it has said that it has written so many. */
  async function killAt(databaseUrl: string, path: string, count: number): Promise<void> {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'support', 'import-process.ts'), databaseUrl, path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (printed.split('\n').some((line) => Number(line) >= count)) {
        child.kill('SIGKILL');
        break;
      }
    }
    if (child.exitCode === null && child.signalCode === null) {
      await once(child, 'exit');
    }
    expect(child.signalCode).toBe('SIGKILL');
  }
});
