import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { type BenchEnvironment, REPOSITORY } from '../testing/environment.ts';
import { memoryOf } from '../testing/memory.ts';
import { type SlackCounts, writeSlackExport } from '../testing/slack-export.ts';
import type { Row } from './support/report.ts';

/*
 * What it takes to bring in an export of Slack, to bring it in again, and to write one as Slack does. `import:1000000` is one of so many messages.
 */
const USUAL = 100_000;
const PEOPLE = 200;
const ROOMS = 40;
const MEGABYTE = 1_000_000;

interface Run {
  readonly ms: number;
  readonly highestBytes: number;
}

export async function importing(env: BenchEnvironment, part: string): Promise<Row[]> {
  const messages = Number(part) || USUAL;
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-bench-import-'));
  try {
    const path = join(folder, 'export.zip');
    const counts = await writeSlackExport(path, {
      messages,
      people: PEOPLE,
      rooms: ROOMS,
      seed: 1,
      days: 365,
    });
    const bareMs = await insertBare(env.owner, messages);
    const first = await run(env, folder, 'import.ts', 'slack', path);
    await compare(env.owner, counts);
    const second = await run(env, folder, 'import.ts', 'slack', path);
    await compare(env.owner, counts);
    const written = join(folder, 'written.zip');
    const third = await run(env, folder, 'export.ts', 'all', written, '--format', 'slack');
    const told = ({ ms, highestBytes }: Run) =>
      `${(ms / 1_000).toFixed(0)} s, at most ${Math.round(highestBytes / MEGABYTE)} MB`;
    return [
      {
        bench: 'import',
        measured: `${messages.toLocaleString('en')} messages of Slack: ${told(first)}`,
        baseline: `as many rows into a bare table: ${(bareMs / 1_000).toFixed(0)} s`,
        ratio: first.ms / bareMs,
        goal: { atMost: 50 },
        remark: 'all messages, answers, reactions and edits of the source are there',
      },
      {
        bench: 'import',
        measured: `the same again, nothing new: ${told(second)}`,
        baseline: `the first time: ${told(first)}`,
        ratio: second.ms / first.ms,
        goal: { atMost: 1 },
      },
      {
        bench: 'import',
        measured: `written as Slack does: ${told(third)}`,
        baseline: `brought in the first time: ${told(first)}`,
        ratio: third.ms / first.ms,
        goal: { atMost: 1 },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(
  env: BenchEnvironment,
  folder: string,
  script: string,
  ...words: string[]
): Promise<Run> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(REPOSITORY, 'src', script), ...words], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: env.databaseUrl,
      AUTH_DATABASE_URL: env.authDatabaseUrl,
      JWT_SECRET: env.jwtSecret,
      DATA_DIR: folder,
    },
  });
  let highestBytes = 0;
  const timer = setInterval(() => {
    try {
      highestBytes = memoryOf(child.pid ?? 0).highest || highestBytes;
    } catch {
      // It has just ended.
    }
  }, 100);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) {
    throw new Error(`${script} ended with ${code}`);
  }
  return { ms: performance.now() - begun, highestBytes };
}

/** What is there against what was written into the export. */
async function compare(owner: pg.Pool, counts: SlackCounts): Promise<void> {
  const { rows } = await owner.query(
    `select
      (select count(*)::int from app_public.messages) as messages,
      (select count(*)::int from app_public.messages where parent_message_id is not null) as replies,
      (select sum(reply_count)::int from app_public.messages) as counted,
      (select count(*)::int from app_public.message_reactions) as reactions,
      (select count(*)::int from app_public.messages where edited_at is not null) as edited,
      (select count(*)::int from app_private.room_heads
        where last_message_seq <> (select count(*) from app_public.messages where messages.room_id = room_heads.room_id)) as gaps,
      (select count(*)::int from (
        select created_at < lag(created_at) over (partition by room_id order by seq) as is_back from app_public.messages) as steps
        where is_back) as backwards`,
  );
  const expected = { ...counts, counted: counts.replies, gaps: 0, backwards: 0 };
  for (const [name, count] of Object.entries(expected)) {
    if (rows[0]?.[name] !== count) {
      throw new Error(`${name}: ${rows[0]?.[name]} instead of ${count}`);
    }
  }
}

async function insertBare(owner: pg.Pool, count: number): Promise<number> {
  await owner.query('create table bare (id uuid primary key, content text, at timestamptz)');
  const begun = performance.now();
  for (let done = 0; done < count; done += 1_000) {
    await owner.query(
      `insert into bare select uuidv7(), repeat('some words ', 8) || place, now() from generate_series($1::int, $1 + 999) as place`,
      [done],
    );
  }
  const ms = performance.now() - begun;
  await owner.query('drop table bare');
  return ms;
}
