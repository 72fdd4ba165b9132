import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { TestWorld } from '../../testing/world.ts';
import { type Block, blocksIn, REPOSITORY } from './support/blocks.ts';
import { createSampleWorld } from './support/sample-world.ts';

/*
 * Every statement that the documents show is run as the owner of a database with the sample data, and rolled back.
 */
let world: TestWorld;

beforeAll(async () => {
  world = await createSampleWorld();
});

afterAll(() => world.close());

async function rolledBack<T>(run: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await world.database.owner.connect();
  await client.query('begin');
  try {
    return await run(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** With the files that `--!include` names, and within the test's own transaction. */
function runnable(text: string): string {
  return text
    .replaceAll(/^--!include (\S+)$/gm, (_, file: string) =>
      readFileSync(join(REPOSITORY, 'migrations', 'fixtures', file), 'utf8'),
    )
    .replaceAll(/^(?:begin|commit);$/gm, '');
}

/** What cannot be run is still read: PL/pgSQL looks at the grammar of what it will not reach. */
function onlyRead(text: string): string {
  return `do $document$ begin if false then ${text} end if; end $document$`;
}

async function attempt(place: string, run: () => Promise<unknown>): Promise<string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    return [`${place}: ${(error as Error).message}`];
  }
}

function runSql({ place, text, notRun }: Block): Promise<string[]> {
  return rolledBack((client) =>
    attempt(place, async () => {
      await client.query(notRun === undefined ? runnable(text) : onlyRead(text));
      await client.query('set constraints all immediate');
    }),
  );
}

test('every block of SQL runs', async () => {
  const blocks = blocksIn('sql');
  expect(blocks.length).toBeGreaterThan(0);
  const problems: string[] = [];
  for (const block of blocks) {
    problems.push(...(await runSql(block)));
  }
  expect(problems).toEqual([]);
});

test('a block of SQL that names what there is not is found, run or only read', async () => {
  const block = { place: 'a.md:1', text: 'select * from app_admin.room;' } as Block;
  expect(await runSql(block)).toEqual([expect.stringMatching(/app_admin\.room/)]);
  const read = { ...block, text: 'alter sytem set port = 1;', notRun: 'it is not.' };
  expect(await runSql(read)).toEqual([expect.stringMatching(/syntax error/)]);
});

/** A statement of a session with psql, and the columns that the document shows below it. */
interface Step {
  readonly place: string;
  readonly statement: string;
  readonly isOnlyRead: boolean;
  readonly columns: readonly string[] | undefined;
}

function stepsOf({ place, text, notRun }: Block): Step[] {
  return Array.from(
    text.matchAll(/^=# (.*?;)$(?:\n(.*)\n-[-+]*$)?/gms),
    ([, statement = '', head]) => ({
      place,
      statement,
      isOnlyRead: notRun !== undefined,
      columns: head?.split('|').map((cell) => cell.trim()),
    }),
  );
}

test('every statement of a session with psql runs, and gives the columns that are shown', async () => {
  const steps = blocksIn('psql').flatMap(stepsOf);
  expect(steps.length).toBeGreaterThan(0);
  const problems = await rolledBack(async (client) => {
    const found: string[] = [];
    for (const { place, statement, columns, isOnlyRead } of steps) {
      await client.query('savepoint step');
      const problem = await attempt(place, async () => {
        const { fields } = await client.query(isOnlyRead ? onlyRead(statement) : statement);
        if (columns !== undefined && !isOnlyRead) {
          expect(fields.map(({ name }) => name)).toEqual(columns);
        }
      });
      if (problem.length > 0) {
        await client.query('rollback to savepoint step');
      }
      found.push(...problem);
    }
    return found;
  });
  expect(problems).toEqual([]);
});

test("psql's own commands ask for schemas that there are", async () => {
  const commands = blocksIn('psql').flatMap(({ text }) => text.match(/^\\.*$/gm) ?? []);
  const { rows } = await world.database.owner.query<{ name: string }>(
    'select nspname as name from pg_namespace',
  );
  const schemas = new Set(rows.map(({ name }) => name));
  for (const command of commands) {
    const [, schema] = /^\\d[ntfF]\+?(?: +(\w+)\.\*)?(?: {2,}.*)?$/.exec(command) ?? ['', command];
    expect(schema === undefined || schemas.has(schema) ? [] : [command]).toEqual([]);
  }
});
