import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';
import { writeSlackExport } from '../../testing/slack-export.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'import-document-'));
const FILES = new Set([
  'export.zip',
  'mattermost.jsonl',
  'discord.json',
  'attachments',
  'one-room',
  'everything',
  'people.csv',
  'slack-export.zip',
]);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  mkdirSync(join(folder, 'attachments'));
  await database.createUser('alice');
  writeFileSync(join(folder, 'people.csv'), 'U0,alice\n');
  writeFileSync(
    join(folder, 'mattermost.jsonl'),
    [
      { type: 'version', version: 1 },
      {
        type: 'channel',
        channel: { team: 'core', name: 'square', display_name: 'Square', type: 'O' },
      },
      {
        type: 'user',
        user: { username: 'ada', teams: [{ name: 'core', channels: [{ name: 'square' }] }] },
      },
      {
        type: 'post',
        post: {
          team: 'core',
          channel: 'square',
          user: 'ada',
          message: 'Hello',
          create_at: 1_600_000_000_000,
        },
      },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  writeFileSync(
    join(folder, 'discord.json'),
    JSON.stringify({
      guild: { id: '1', name: 'Guild' },
      channel: { id: '2', type: 'GuildTextChat', name: 'chat' },
      messages: [
        {
          id: '3',
          type: 'Default',
          timestamp: '2023-01-15T10:30:00+00:00',
          content: 'Hello',
          author: { id: '4', name: 'bob' },
        },
      ],
    }),
  );
  await writeSlackExport(join(folder, 'export.zip'), {
    messages: 300,
    people: 5,
    rooms: 2,
    seed: 1,
  });
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const commands = Array.from(
  readFileSync(join(REPOSITORY, 'docs', 'import.md'), 'utf8').matchAll(/^\$ (npm run .+)$/gm),
  ([, command]) => command ?? '',
);

/** Runs a command of the document with the files of the folder. */
async function run(command: string): Promise<string> {
  const words = command.split(' ').map((word) => (FILES.has(word) ? join(folder, word) : word));
  const { stdout } = await promisify(execFile)(words[0] ?? '', words.slice(1), {
    cwd: REPOSITORY,
    env: {
      ...process.env,
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: 'a secret for tests, of enough characters',
    },
  });
  return stdout;
}

it('its commands do what it says, in their order', async () => {
  expect(commands.length).toBeGreaterThan(0);
  const told: string[] = [];
  for (const command of commands) {
    told.push(await run(command));
  }
  expect(told[0]).toContain('300 messages would be new. Nothing was changed.');
  expect(told[1]).toContain('300 messages are new');
  expect(told.find((text) => text.includes('everything'))).toContain(
    '5 rooms, 303 messages and 0 files',
  );
  expect(told.at(-1)).toContain('10 rooms, 606 messages and 0 files');
  const { rows } = await database.owner.query(
    `select count(*)::int as count from app_public.messages`,
  );
  expect(single(rows)).toEqual({ count: 606 });
});
