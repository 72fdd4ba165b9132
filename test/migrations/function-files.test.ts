import {
  findInBlocks,
  findProblems,
  inlineFunctions,
  type Migrations,
} from '../../scripts/migrations/function-files.ts';

const PATH = 'functions/people/greet.sql';
const FILE = `/* Polite; and short. */
create or replace function app_public.greet(name text) returns text
language sql stable security invoker
set search_path = pg_catalog
as $$
  select 'create function; hello ' || name;
$$;
comment on function app_public.greet(text) is 'Says ''hello''; with the name.';
grant execute on function app_public.greet(text) to trumpet_user;
`;
const CHANGED = FILE.replace('hello', 'good morning');
const NOTHING: ReadonlySet<string> = new Set();

function block(file: string): string {
  return `--! Included ${PATH}\n${file.trim()}\n--! EndIncluded ${PATH}\n`;
}

function committed(body: string): string {
  return `--! Previous: -\n--! Hash: sha1:0\n\n${body}`;
}

/** A book of one chapter, which contains the one function there is. */
function book(parts: {
  file?: string;
  first?: string;
  second?: string;
  current?: string;
}): Migrations {
  return {
    committed: [
      { name: '000001-people.sql', text: committed(parts.first ?? block(FILE)) },
      ...(parts.second === undefined
        ? []
        : [{ name: '000002-manners.sql', text: committed(parts.second) }]),
    ],
    current: parts.current ?? '-- Nothing yet.\n',
    functions: new Map(parts.file === '' ? [] : [[PATH, parts.file ?? FILE]]),
  };
}

describe('the check of functions', () => {
  test('finds nothing where the blocks are the files', () => {
    expect(findProblems(book({}), NOTHING)).toEqual([]);
  });

  test('finds a function that was edited and is in no new migration', () => {
    expect(findProblems(book({ file: CHANGED }), NOTHING)).toEqual([
      `fixtures/${PATH} and its block in committed/000001-people.sql differ: change the file and run "npm run migrations:inline", or put the line "--!include ${PATH}" into migrations/current.sql.`,
    ]);
  });

  test('asks for a new migration only, once the last one is released', () => {
    expect(findProblems(book({ file: CHANGED }), new Set(['000001-people.sql']))).toEqual([
      `fixtures/${PATH} is not as released in 000001-people.sql: put the line "--!include ${PATH}" into migrations/current.sql.`,
    ]);
  });

  test('is content with a function that was edited and is included again', () => {
    const current = `--!include ${PATH}\n`;
    expect(findProblems(book({ file: CHANGED, current }), NOTHING)).toEqual([]);
    expect(findProblems(book({ file: CHANGED, second: block(CHANGED) }), NOTHING)).toEqual([]);
  });

  test('finds a block that was edited by hand', () => {
    const problems = findProblems(book({ first: block(CHANGED) }), NOTHING);
    expect(problems).toEqual([expect.stringContaining('differ')]);
  });

  test('compares with the last block of a function, not with those before', () => {
    const problems = findProblems(book({ second: block(CHANGED) }), NOTHING);
    expect(problems).toEqual([expect.stringContaining('committed/000002-manners.sql differ')]);
  });

  test.each([
    `  --!include ${PATH}`,
    `--!include ${PATH} -- the greeting`,
    `--! Include ${PATH}`,
    '--!include functions/people/greet',
    `alter table app_public.users add column x text; --!include ${PATH}`,
  ])('finds an include that graphile-migrate would ignore: %s', (line) => {
    const problems = findProblems(book({ current: `\n${line}\n` }), NOTHING);
    expect(problems).toContainEqual(expect.stringMatching(/^current\.sql:2: .* is ignored/));
  });

  test('finds an include in a committed migration that was not written out', () => {
    const problems = findProblems(book({ first: `--!include ${PATH}\n` }), NOTHING);
    expect(problems).toContainEqual(
      expect.stringMatching(/^committed\/000001.*is not written out/),
    );
  });

  test.each([
    ['its beginning', block(FILE).replace(/^.*\n/, '')],
    ['its end', block(FILE).replace(/--! End.*\n$/, '')],
  ])('finds a block without %s', (_, first) => {
    const problems = findProblems(book({ first }), NOTHING);
    expect(problems).toContainEqual(expect.stringContaining('lacks its other half'));
  });

  test.each([
    'create function app_public.part() returns void language sql as $$ $$;',
    'create or replace function app_public.greet(name text) returns text language sql as $$ $$;',
    "comment on function app_public.greet(text) is 'Bye.';",
    'grant execute on function app_public.greet(text) to trumpet_visitor;',
    'grant execute on all functions in schema app_public to trumpet_visitor;',
  ])('finds what belongs in a file: %s', (statement) => {
    for (const problems of [
      findProblems(book({ first: `${block(FILE)}\n${statement}\n` }), NOTHING),
      findProblems(book({ current: `${statement}\n` }), NOTHING),
    ]) {
      expect(problems).toEqual([expect.stringContaining('belongs in a file')]);
    }
  });

  test('lets a migration drop and rename functions and take rights away', () => {
    const current = `
      -- create function in a comment
      drop function app_public.greet(text, text);
      alter function app_public.salute(text) rename to greet;
      revoke execute on function app_public.greet(text) from trumpet_visitor;
      do $$ begin execute 'create function pg_temp.f() returns void language sql as '''''; end $$;
      --! not an include\n`;
    expect(findProblems(book({ current }), NOTHING)).toEqual([]);
  });

  test('finds a file that is in no migration', () => {
    const problems = findProblems(book({ first: 'select 1;\n' }), NOTHING);
    expect(problems).toEqual([expect.stringContaining(`fixtures/${PATH} is in no migration`)]);
  });

  test('finds a block without a file, unless its function is dropped later', () => {
    const drop = 'drop function if exists app_public.greet(text);\n';
    expect(findProblems(book({ file: '' }), NOTHING)).toEqual([
      expect.stringContaining('which does not exist'),
    ]);
    expect(findProblems(book({ file: '', current: drop }), NOTHING)).toEqual([]);
    expect(findProblems(book({ file: '', second: drop }), NOTHING)).toEqual([]);
  });

  test.each([
    ['another function', FILE.replaceAll('.greet(', '.salute(')],
    ['a table', `${FILE}create table app_public.greetings ();\n`],
    [
      'a grant of two functions',
      `${FILE}grant execute on function app_public.greet(text), app_public.part() to trumpet_user;\n`,
    ],
    ['a function that cannot be made twice', FILE.replace(' or replace', '')],
    ['no function', "comment on function app_public.greet(text) is 'Hello.';\n"],
    ['an include', `${FILE}--!include functions/people/part.sql\n`],
  ])('finds %s in the file of a function', (_, file) => {
    const problems = findProblems(book({ file, first: block(file) }), NOTHING);
    expect(problems.join('\n')).toContain(`fixtures/${PATH}`);
  });
});

describe('writing the functions into the committed migrations', () => {
  const TABLE = 'create table app_public.greetings (text text);\n';

  test('replaces the block of a function that was edited, and nothing else', () => {
    const first = `/* Manners. */\n${TABLE}\n${block(FILE)}\n-- The end of $1 and $&.\n`;
    const [people] = inlineFunctions(book({ file: CHANGED, first }), NOTHING);
    const body = people?.text.split('\n').slice(3).join('\n');
    expect(body).toBe(first.replace(block(FILE), () => block(CHANGED)));
  });

  test('writes an include out', () => {
    const [people] = inlineFunctions(book({ first: `${TABLE}\n--!include ${PATH}\n` }), NOTHING);
    expect(people?.text).toContain(`${TABLE}\n${block(FILE)}`);
  });

  test('chains the hashes: each names the one before', () => {
    const [people, manners] = inlineFunctions(book({ file: CHANGED, second: `${TABLE}` }), NOTHING);
    const hash = /^--! Hash: (sha1:[0-9a-f]{40})$/m.exec(String(people?.text))?.[1];
    expect(people?.text).toMatch(/^--! Previous: -\n/);
    expect(manners?.text).toMatch(
      new RegExp(`^--! Previous: ${hash}\n--! Hash: sha1:[0-9a-f]{40}\n\n`),
    );
  });

  test('takes a new migration without any hash', () => {
    const before = book({});
    const rooms = { name: '000002-rooms.sql', text: TABLE };
    const migrations = { ...before, committed: [...before.committed, rooms] };
    const written = inlineFunctions(migrations, NOTHING).at(-1);
    expect(written?.text).toMatch(/^--! Previous: sha1:.*\n--! Hash: sha1:.*\n\ncreate table /);
  });

  test('leaves what is released as it is, and chains to it', () => {
    const before = book({ file: CHANGED, second: block(FILE) });
    const [people, manners] = inlineFunctions(before, new Set(['000001-people.sql']));
    expect(people).toEqual(before.committed[0]);
    expect(manners?.text).toMatch(/^--! Previous: sha1:0\n/);
    expect(manners?.text).toContain(block(CHANGED));
  });

  test('leaves a block that a later one replaces', () => {
    const [people, manners] = inlineFunctions(
      book({ file: CHANGED, second: block(FILE) }),
      NOTHING,
    );
    expect(people?.text).toContain(block(FILE));
    expect(manners?.text).toContain(block(CHANGED));
  });

  test('names an include that has no file', () => {
    const first = '--!include functions/people/missing.sql\n';
    expect(() => inlineFunctions(book({ first }), NOTHING)).toThrow(
      /functions\/people\/missing\.sql/,
    );
  });
});

test('a place in a migration is found in the file that it was included from', () => {
  const migration = `${block(FILE).replaceAll(PATH, 'functions/people/other.sql')}\n${block(FILE)}`;
  const place = migration.lastIndexOf('as $$');
  expect(findInBlocks(migration, place)).toEqual({ path: PATH, line: 5 });
  expect(findInBlocks(`select 1;\n${migration}`, 3)).toBeUndefined();
});
