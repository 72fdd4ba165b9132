import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TestWorld } from '../../testing/world.ts';
import { insertOldMessages, runJobs } from '../worker/support.ts';
import { type Block, blocksOf, REPOSITORY, readDocument } from './support/blocks.ts';
import { createSampleWorld } from './support/sample-world.ts';

/*
 * docs/operations.md from its first line to its last, as grace does it, who owns nothing: every statement is committed,
 * every command is run, and the worker does what it is asked to in between.
 */
const GRACE = `grace_${process.pid}`;
const OWNERS = /app_private\./;

let world: TestWorld;
let folder: string;
let grace: pg.Client;

beforeAll(async () => {
  world = await createSampleWorld();
  const { owner, databaseUrl } = world.database;
  const { rows } = await owner.query<{
    roomId: string;
    authorId: string;
    messageId: string;
    reporterId: string;
  }>(
    `select rooms.id as "roomId", bob.id as "authorId", carol.id as "reporterId",
        (select id from app_public.messages where author_id = bob.id and room_id = rooms.id limit 1) as "messageId"
      from app_public.rooms, app_public.users as bob, app_public.users as carol
      where rooms.slug = 'general' and bob.username = 'bob' and carol.username = 'carol'`,
  );
  const { roomId, authorId, messageId, reporterId } = rows[0] as (typeof rows)[0];
  await insertOldMessages(owner, { roomId, authorId, month: '2025-01-01', count: 617 });
  await insertOldMessages(owner, { roomId, authorId, month: '2025-02-01', count: 383 });
  await owner.query(`select app_private.make_partitions()`);
  await world.database.commitAs({ id: reporterId }, (client) =>
    client.query(`select app_public.report_message($1, 'off topic')`, [messageId]),
  );
  await runJobs(owner);
  // Nobody is to be notified here, and no link is to be read.
  await owner.query(
    'select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))',
  );
  for (const name of ['alice', 'bob']) {
    await owner.query(`select app_public.sign_in($1, 'trumpet-demo')`, [name]);
  }
  await owner.query(
    `insert into app_private.delivery_delays (hour, up_to_ms, event_count) values (date_trunc('hour', now()), 5, 3528)`,
  );
  await owner.query(`create role ${GRACE} login password 'grace' in role trumpet_admin`);
  const login = new URL(databaseUrl);
  login.username = GRACE;
  login.password = 'grace';
  grace = new pg.Client(login.href);
  await grace.connect();
  folder = await mkdtemp(join(tmpdir(), 'trumpet-operations-'));
});

afterAll(async () => {
  await grace?.end();
  await world?.database.owner.query(`drop role if exists ${GRACE}`);
  await world?.close();
  await rm(folder, { recursive: true });
});

/** A statement with what is shown of its answer. */
async function runStatement(
  statement: string,
  head: string | undefined,
  rowCount: string | undefined,
): Promise<string[]> {
  const client = OWNERS.test(statement) ? world.database.owner : grace;
  const { fields, rows } = await client.query(statement);
  const columns = fields.map(({ name }) => name).join(' | ');
  const shown = head
    ?.split('|')
    .map((cell) => cell.trim())
    .join(' | ');
  return [
    ...(shown === undefined || shown === columns ? [] : [`${statement} gives ${columns}.`]),
    ...(rowCount === undefined || Number(rowCount) === rows.length
      ? []
      : [`${statement} gives ${rows.length} rows.`]),
  ];
}

async function runConsole(text: string): Promise<string[]> {
  const env = { ...process.env, DATABASE_URL: world.database.databaseUrl, NODE_OPTIONS: '' };
  const problems: string[] = [];
  for (const [, command = '', shown = ''] of text.matchAll(/^\$ (.*)$\n?([^$]*)/gm)) {
    if (command.startsWith('export ')) {
      continue;
    }
    const here = command.replace(/\S+\.gz$/, (file) => join(folder, file));
    const { stdout } = await promisify(execFile)('sh', ['-c', here], { cwd: REPOSITORY, env });
    // npm says what it runs.
    const digits = (output: string) =>
      output
        .replaceAll(/^>.*$/gm, '')
        .replace(/\d+ bytes, SHA-256 \w+/, '…')
        .trim();
    if (digits(stdout) !== digits(shown)) {
      problems.push(`${command} says ${stdout}`);
    }
  }
  return problems;
}

async function run({ language, text }: Block): Promise<string[]> {
  const problems: string[] = [];
  if (language === 'console') {
    problems.push(...(await runConsole(text)));
  }
  if (language === 'psql') {
    for (const [, statement = '', head, rowCount] of text.matchAll(
      /^=# (.*?;)$(?:\n(.*)\n-[-+]*$(?:(?!^=#).*\n)*?\((\d+) rows?\))?/gms,
    )) {
      problems.push(...(await runStatement(statement, head, rowCount)));
      await runJobs(world.database.owner);
    }
  }
  return problems;
}

test('every statement and every command of docs/operations.md does what is shown', async () => {
  const problems: string[] = [];
  for (const block of blocksOf('docs/operations.md', readDocument('docs/operations.md'))) {
    try {
      problems.push(...(await run(block)).map((problem) => `${block.place}: ${problem}`));
    } catch (error) {
      problems.push(`${block.place}: ${(error as Error).message}`);
    }
  }
  expect(problems).toEqual([]);
}, 60_000);
