import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';
import { writeZip } from '../../testing/zip.ts';
import { importFile } from './support/import.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

const USERS = [
  { id: 'U1', team_id: 'T1', name: 'ada', real_name: 'Ada' },
  { id: 'U2', team_id: 'T1', name: 'bob', real_name: 'Bob' },
];
const CHANNELS = [{ id: 'C1', name: 'room', created: 1_600_000_000, members: ['U1', 'U2'] }];
const message = (ts: string, rest: object = {}) => ({
  type: 'message',
  user: 'U1',
  text: `At ${ts}`,
  ts,
  ...rest,
});

async function importDay(
  day: string | Buffer | (() => string),
  others: Record<string, string | Buffer> = {},
) {
  const path = join(folder, 'hostile.zip');
  await writeZip(path, [
    ['users.json', JSON.stringify(USERS)],
    ['channels.json', JSON.stringify(CHANNELS)],
    ['room/2020-09-13.json', day],
    ...Object.entries(others),
  ]);
  return importFile(database, 'slack', path);
}

async function texts(): Promise<(string | null)[]> {
  const { rows } = await database.owner.query<{ content: string | null }>(
    'select content from app_public.messages order by seq',
  );
  return rows.map(({ content }) => content);
}

describe('what an archive may do', () => {
  it('a file that would unpack to a multiple of its size is left out, and the rest is read', async () => {
    const { report } = await importDay(JSON.stringify([message('1600000000.000000')]), {
      'room/2020-09-14.json': Buffer.alloc(60_000_000, ' '),
    });
    expect(report.lines()).toEqual([
      '1 × file not read, because it would unpack to more than 200 times its size: room/2020-09-14.json',
    ]);
    expect(await texts()).toEqual(['At 1600000000.000000']);
  });

  it('a file that is larger than its directory says is given up', async () => {
    const path = join(folder, 'lying.zip');
    await writeZip(path, [
      ['users.json', JSON.stringify(USERS)],
      ['channels.json', JSON.stringify(CHANNELS)],
      [
        'room/2020-09-13.json',
        JSON.stringify([message('1600000000.000000'), message('1600000001.000000')]),
      ],
    ]);
    const bytes = readFileSync(path);
    // The size in the central directory, of the last entry.
    const at = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt32LE(10, at + 24);
    writeFileSync(path, bytes);
    const { report } = await importFile(database, 'slack', path);
    expect(report.lines()).toEqual([
      expect.stringMatching(/^1 × rest of a file not read, because it cannot be unpacked: room/),
    ]);
  });

  it('names that lead out of the archive are not read, wherever they lead', async () => {
    const path = join(folder, 'dots.zip');
    await writeZip(path, [
      ['users.json', JSON.stringify(USERS)],
      ['channels.json', JSON.stringify(CHANNELS)],
      ['room/2020-09-13.json', JSON.stringify([message('1600000000.000000')])],
      // The library that writes refuses such names: of the same length, they are put in afterwards.
      ['AAAA/AAAA/etc/passwd', 'x'],
      ['BBBB/etc/passwd', 'x'],
    ]);
    const bytes = readFileSync(path, 'latin1')
      .replaceAll('AAAA/AAAA/', '../../../x')
      .replaceAll('BBBB/etc/', '/////etc/');
    writeFileSync(path, bytes, 'latin1');
    const { report } = await importFile(database, 'slack', path);
    expect(report.lines()).toEqual([
      '2 × file not read, because its name leads out of the archive: ../../../xetc/passwd, /////etc/passwd',
    ]);
    expect(await texts()).toHaveLength(1);
  });

  it('what is no ZIP file is said to be none', async () => {
    const path = join(folder, 'none.zip');
    writeFileSync(path, 'not a ZIP file at all, and long enough to be looked at');
    await expect(importFile(database, 'slack', path)).rejects.toThrow(/is no ZIP file/);
    await expect(importFile(database, 'slack', join(folder, 'missing.zip'))).rejects.toThrow(
      /^There is no .*missing\.zip\.$/,
    );
  });
});

describe('what a file may hold', () => {
  it('one message of 20 MB costs itself, not the others, nor the memory', async () => {
    const large = JSON.stringify(message('1600000001.000000', { text: 'x'.repeat(20_000_000) }));
    const { report } = await importDay(
      () =>
        `[${JSON.stringify(message('1600000000.000000'))},${large},${JSON.stringify(message('1600000002.000000'))}]`,
    );
    // Of one letter, it is packed to more than a two-hundredth: so the archive says nothing, or refuses the whole file.
    expect(report.lines()).toEqual([
      '1 × file not read, because it would unpack to more than 200 times its size: room/2020-09-13.json',
    ]);
    const unpacked = join(folder, 'unpacked');
    mkdirSync(join(unpacked, 'room'), { recursive: true });
    writeFileSync(join(unpacked, 'users.json'), JSON.stringify(USERS));
    writeFileSync(join(unpacked, 'channels.json'), JSON.stringify(CHANNELS));
    writeFileSync(
      join(unpacked, 'room', '2020-09-13.json'),
      `[${JSON.stringify(message('1600000000.000000'))},${large},${JSON.stringify(message('1600000002.000000'))}]`,
    );
    const second = await importFile(database, 'slack', unpacked);
    expect(second.report.lines()).toEqual([
      '1 × part of a file not taken, because it is too large: room/2020-09-13.json',
    ]);
    expect(await texts()).toEqual(['At 1600000000.000000', 'At 1600000002.000000']);
  });

  it('bytes that are no UTF-8, NUL and halves of letters are replaced and reported', async () => {
    const bytes = Buffer.concat([
      Buffer.from('[{"type":"message","user":"U1","ts":"1600000000.000000","text":"caf'),
      Buffer.from([0xe9]),
      Buffer.from(' a\\u0000b \\ud83d c"}]'),
    ]);
    const { report } = await importDay(bytes);
    expect(await texts()).toEqual(['caf\ufffd ab \ufffd c']);
    expect(report.lines()).toEqual([
      '1 × part of a file not taken, because it is not UTF-8: room/2020-09-13.json',
    ]);
  });

  it('of a file that is cut off, what is whole is taken; of nonsense, nothing', async () => {
    const whole = JSON.stringify([message('1600000000.000000'), message('1600000001.000000')]);
    const { report } = await importDay(whole.slice(0, -20), {
      'room/2020-09-14.json': 'null',
      'room/2020-09-15.json': '}}}]]]{"type":"message"',
      'room/2020-09-16.json':
        '[{"type": message}, 7, "x", [{}], {"type":"message","ts":"never","user":"U1"}]',
      'room/2020-09-17.json': '',
    });
    expect(await texts()).toEqual(['At 1600000000.000000']);
    expect(
      report
        .lines()
        .map((line) => line.replace(/^\d+ × /, ''))
        .sort(),
    ).toMatchSnapshot();
  });

  it('threads that go round in a circle, or answer what comes later, become messages of their own', async () => {
    const { report } = await importDay(
      JSON.stringify([
        message('1600000000.000000', { thread_ts: '1600000001.000000' }),
        message('1600000001.000000', { thread_ts: '1600000000.000000' }),
        message('1600000002.000000', { thread_ts: '1600000002.000000' }),
        message('1600000003.000000', { thread_ts: '1500000000.000000' }),
      ]),
    );
    const { rows } = await database.owner.query(
      `select messages.seq::int, parent.seq::int as parent, messages.reply_count as replies
        from app_public.messages left join app_public.messages as parent on parent.id = messages.parent_message_id order by messages.seq`,
    );
    expect(rows).toEqual([
      { seq: 1, parent: null, replies: 1 },
      { seq: 2, parent: 1, replies: 0 },
      { seq: 3, parent: null, replies: 0 },
      { seq: 4, parent: null, replies: 0 },
    ]);
    expect(report.lines()).toEqual([
      '2 × answer taken as a message of its own, because what it answers is not in the export, or later: C1, …',
    ]);
  });

  it('a million reactions on one message are those of people who are there', async () => {
    const strangers = Array.from({ length: 1_000_000 }, (_, index) => `X${index}`);
    const { report } = await importDay(
      JSON.stringify([
        message('1600000000.000000', {
          reactions: [{ name: '+1', users: ['U1', ...strangers, 'U2', 'U1'], count: 1_000_002 }],
        }),
      ]),
    );
    const { rows } = await database.owner.query(
      'select count(*)::int as count from app_public.message_reactions',
    );
    expect(single(rows)).toEqual({ count: 2 });
    expect(report.lines()).toEqual([
      expect.stringMatching(
        /^1,000,000 × reactions not taken, because the export does not say who reacted: C1:1600000000/,
      ),
    ]);
  });

  it('people with one name, or one that looks the same, are people of their own', async () => {
    const path = join(folder, 'names.zip');
    await writeZip(path, [
      [
        'users.json',
        JSON.stringify([
          { id: 'U1', name: 'ada', real_name: 'Ada' },
          { id: 'U2', name: 'ada', real_name: 'Ada' },
          { id: 'U3', name: 'аdа', real_name: 'Ada in Cyrillic letters' },
          { id: 'U4', name: 'Trumpet', real_name: 'System ✓' },
          { id: 'U5', name: '', real_name: '‮\u200b' },
          { id: 'U1', name: 'ada again', real_name: 'The same' },
          { name: 'no id' },
        ]),
      ],
      [
        'channels.json',
        JSON.stringify([{ ...CHANNELS[0], members: ['U1', 'U2', 'U3', 'U4', 'U5', 'U1'] }]),
      ],
      [
        'room/2020-09-13.json',
        JSON.stringify([
          message('1600000000.000000', { user: 'U2' }),
          message('1600000001.000000', { user: 'U3' }),
          message('1600000001.000000', { user: 'U4', text: 'the same id' }),
        ]),
      ],
    ]);
    const { people, report } = await importFile(database, 'slack', path);
    expect(people).toBe(5);
    const { rows } = await database.owner.query<{ username: string }>(
      'select username::text from app_public.users order by id',
    );
    expect(new Set(rows.map(({ username }) => username)).size).toBe(5);
    expect(rows[0]).toEqual({ username: 'ada' });
    expect(await texts()).toEqual(['At 1600000000.000000', 'At 1600000001.000000']);
    expect(
      report
        .lines()
        .map((line) => line.split(':')[0])
        .sort(),
    ).toMatchSnapshot();
  });

  it('times that are none do no harm', async () => {
    const { written } = await importDay(
      JSON.stringify([
        message('1600000000.000000', { edited: { ts: 'nonsense' } }),
        message('1600000001.000000', { edited: { ts: '9'.repeat(30) } }),
        message('1600000002.000000', { edited: { ts: '-1.5' }, thread_ts: 'x' }),
      ]),
    );
    expect(written).toBe(3);
  });

  it('times from before 2000 and from the future are bent to what a room can hold', async () => {
    await importDay(
      JSON.stringify([
        message('1.000000', { text: 'old' }),
        message('99999999999.000000', { text: 'new' }),
        message('1600000000.000000', { text: 'between' }),
      ]),
    );
    const { rows } = await database.owner.query(
      'select content, created_at <= now() as is_past, extract(year from created_at)::int as year from app_public.messages order by seq',
    );
    expect(rows).toEqual([
      { content: 'old', is_past: true, year: 2000 },
      { content: 'between', is_past: true, year: 2020 },
      { content: 'new', is_past: true, year: new Date().getUTCFullYear() },
    ]);
  });
});
