import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { type Statement, statementsOf } from './sql-statements.ts';

/*
 * Each function of the database has a file of its own, migrations/fixtures/functions/<chapter>/<name>.sql. A migration
 * includes it, and is committed with the file's text between two marks of graphile-migrate's: a block. This module
 * holds files and blocks together. docs/migrations.md says why.
 */

export const MIGRATIONS_FOLDER = join(import.meta.dirname, '..', '..', 'migrations');

export interface Migrations {
  /** The files of committed/, in order. */
  readonly committed: readonly CommittedMigration[];
  /** The text of current.sql: the migration that is being written. */
  readonly current: string;
  /** The functions' files: text by path, as `--!include` names it. */
  readonly functions: ReadonlyMap<string, string>;
}

export interface CommittedMigration {
  readonly name: string;
  readonly text: string;
}

/** The text of a function's file, as a committed migration contains it. */
interface Block {
  readonly path: string;
  /** Of the first mark's beginning, the second one's end, and the content between them. */
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

const BLOCK = /^--! Included (\S+)\n(?:([\s\S]*?)\n)?--! EndIncluded \1$/gm;
/** What graphile-migrate takes for an include. Anything that only resembles one is a comment to it. */
const INCLUDE = /^--![ \t]*include[ \t]+(.*\.sql)[ \t]*$/gm;
const CREATES = /^create (?:or replace )?(?:function|procedure) (\w+)\."?(\w+)"? ?\(/i;
const DESCRIBES =
  /^(?:comment on|(?:grant|revoke) [\w ,]+? on) (?:all )?(?:function|procedure|routine)s? /i;

const requireGraphileMigrate = createRequire(
  createRequire(import.meta.url).resolve('graphile-migrate'),
);
const { parseMigrationText, serializeMigration } = requireGraphileMigrate('./migration.js') as {
  parseMigrationText(
    name: string,
    text: string,
    strict: false,
  ): { headers: MigrationHeaders; body: string };
  serializeMigration(body: string, headers: MigrationHeaders): string;
};
const { calculateHash } = requireGraphileMigrate('./hash.js') as {
  calculateHash(body: string, previousHash: string | null): string;
};
type MigrationHeaders = Record<string, string | null>;

export function readMigrations(folder: string = MIGRATIONS_FOLDER): Migrations {
  const fixtures = join(folder, 'fixtures');
  const functions = readdirSync(join(fixtures, 'functions'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const path = `functions/${name.replaceAll(sep, '/')}`;
      return [path, readFileSync(join(fixtures, path), 'utf8')] as const;
    });
  return {
    committed: readdirSync(join(folder, 'committed'))
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, 'committed', name), 'utf8') })),
    current: readFileSync(join(folder, 'current.sql'), 'utf8'),
    functions: new Map(functions),
  };
}

/**
 * What keeps the files and the blocks from being the same functions, one sentence each. Empty when nothing does.
 *
 * @param released the names of the committed migrations that are in a release: they stay as they are
 */
export function findProblems(migrations: Migrations, released: ReadonlySet<string>): string[] {
  return [
    ...[...migrations.functions].flatMap(([path, text]) => problemsOfFile(path, text)),
    ...migrations.committed.flatMap(({ name, text }) =>
      problemsOfMigration(`committed/${name}`, text),
    ),
    ...problemsOfMigration('current.sql', migrations.current),
    ...differences(migrations, released),
  ];
}

/** A function's file creates the functions of its name, describes them and grants them; nothing else. */
function problemsOfFile(path: string, text: string): string[] {
  const name = /([^/]+)\.sql$/.exec(path)?.[1];
  const statements = statementsOf(text);
  const strangers = statements.filter((statement) =>
    functionsIn(statement).some((subject) => subject !== name),
  );
  return [
    ...strangers.map(
      ({ code, start }) =>
        `fixtures/${path}:${lineAt(text, start)}: "${beginningOf(code)}" is not about the function ${name}.`,
    ),
    ...statements
      .filter(({ code }) => CREATES.test(code) && !/^create or replace/i.test(code))
      .map(
        ({ start }) =>
          `fixtures/${path}:${lineAt(text, start)}: "or replace" is missing: the file runs again.`,
      ),
    ...(statements.some(({ code }) => CREATES.test(code))
      ? []
      : [`fixtures/${path} creates no function.`]),
    ...(text.includes('--!') ? [`fixtures/${path} includes something: only migrations do.`] : []),
  ];
}

/** The functions that a statement creates, describes or grants; an empty name where it does something else. */
function functionsIn({ code }: Statement): string[] {
  const created = CREATES.exec(code);
  if (created !== null) {
    return [String(created[2])];
  }
  const subjects = DESCRIBES.test(code) ? code.replace(/ (?:is|to|from) .*/i, '') : '';
  const names = [...subjects.matchAll(/\w+\."?(\w+)"? ?\(/g)].map((match) => String(match[1]));
  return names.length > 0 ? names : [''];
}

/** A migration has whole blocks, and outside of them no function. */
function problemsOfMigration(path: string, text: string): string[] {
  const outside = text.replace(BLOCK, blank);
  const inCommitted = path.startsWith('committed/');
  const lines = outside.split('\n').flatMap((line, index) => {
    const at = `${path}:${index + 1}:`;
    if (/^--![ \t]*(End)?Included/.test(line)) {
      return `${at} "${line}" lacks its other half.`;
    }
    if (!/--!\s*include\b/i.test(line)) {
      return [];
    }
    if (line.match(INCLUDE) === null) {
      return `${at} "${line.trim()}" is ignored: an include begins its line with "--!include" and names a file that ends in .sql.`;
    }
    return inCommitted
      ? `${at} "${line}" is not written out: run "npm run migrations:inline".`
      : [];
  });
  const creations = statementsOf(outside).filter(belongsInFile);
  return [
    ...lines,
    ...creations.map(
      ({ code, start }) =>
        `${path}:${lineAt(text, start)}: "${beginningOf(code)}" belongs in a file under fixtures/functions/, and an --!include of it here.`,
    ),
  ];
}

/** Taking a right away, dropping and renaming is a migration's to do: the file says what is left. */
function belongsInFile({ code }: Statement): boolean {
  return CREATES.test(code) || (DESCRIBES.test(code) && !/^revoke/i.test(code));
}

/** Files and blocks that are not there, or not the same. */
function differences(migrations: Migrations, released: ReadonlySet<string>): string[] {
  const { committed, current, functions } = migrations;
  const included = new Set([...current.matchAll(INCLUDE)].map((match) => match[1]));
  const last = lastBlocks(migrations);
  const problems = [...functions].flatMap(([path, text]) => {
    const block = last.get(path);
    if (included.has(path) || block?.content === text.trim()) {
      return [];
    }
    const include = `put the line "--!include ${path}" into migrations/current.sql`;
    if (block === undefined) {
      return `fixtures/${path} is in no migration: ${include}.`;
    }
    return released.has(block.migration)
      ? `fixtures/${path} is not as released in ${block.migration}: ${include}.`
      : `fixtures/${path} and its block in committed/${block.migration} differ: change the file and run "npm run migrations:inline", or ${include}.`;
  });
  for (const [path, block] of last) {
    const later = [
      ...committed.filter(({ name }) => name > block.migration).map(({ text }) => text),
    ];
    if (
      !functions.has(path) &&
      ![...later, current].some((text) => dropsAll(text, block.content))
    ) {
      problems.push(
        `committed/${block.migration} includes fixtures/${path}, which does not exist: drop its functions in migrations/current.sql, or bring it back.`,
      );
    }
  }
  return problems;
}

function dropsAll(migration: string, blockContent: string): boolean {
  const dropped = new Set(
    statementsOf(migration).map(
      ({ code }) =>
        /^drop (?:function|procedure|routine) (?:if exists )?(\w+\."?\w+"?)/i.exec(code)?.[1],
    ),
  );
  return statementsOf(blockContent).every(({ code }) => {
    const [, schema, name] = CREATES.exec(code) ?? [];
    return (
      name === undefined || dropped.has(`${schema}.${name}`) || dropped.has(`${schema}."${name}"`)
    );
  });
}

/** The block of each function that counts: the last one, and where it is. */
function lastBlocks({ committed }: Migrations): Map<string, Block & { migration: string }> {
  return new Map(
    committed.flatMap(({ name, text }) =>
      blocksOf(text).map((block) => [block.path, { ...block, migration: name }] as const),
    ),
  );
}

/**
 * The committed migrations with their blocks, hashes and predecessors written anew. Released ones stay as they are, and
 * so does a block that a later one replaces.
 *
 * @throws Error when an include names a file that does not exist.
 */
export function inlineFunctions(
  migrations: Migrations,
  released: ReadonlySet<string>,
): CommittedMigration[] {
  const last = lastBlocks(migrations);
  let previous = '-';
  return migrations.committed.map((migration) => {
    const { name, text } = migration;
    const { headers, body } = parseMigrationText(name, text, false);
    if (released.has(name)) {
      previous = headers.Hash ?? '-';
      return migration;
    }
    const inlined = body
      .replace(BLOCK, (block, path: string) =>
        last.get(path)?.migration === name ? `--!include ${path}` : block,
      )
      .replace(INCLUDE, (line, path: string) => {
        const content = migrations.functions.get(path);
        if (content === undefined) {
          throw new Error(
            `committed/${name} has "${line}", and there is no such file in fixtures/.`,
          );
        }
        return `--! Included ${path}\n${content.trim()}\n--! EndIncluded ${path}`;
      });
    const hash = calculateHash(inlined, previous === '-' ? null : previous);
    const written = serializeMigration(inlined, { ...headers, Previous: previous, Hash: hash });
    previous = hash;
    return { name, text: written };
  });
}

/** Where a place in a migration comes from: the included file and the line in it, or undefined outside of the blocks. */
export function findInBlocks(
  migration: string,
  place: number,
): { path: string; line: number } | undefined {
  const block = blocksOf(migration).find(({ start, end }) => start <= place && place < end);
  // The first line is the mark.
  return (
    block && {
      path: block.path,
      line: lineAt(migration.slice(block.start), place - block.start) - 1,
    }
  );
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(BLOCK)].map((match) => ({
    path: String(match[1]),
    start: match.index,
    end: match.index + match[0].length,
    content: match[2] ?? '',
  }));
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function lineAt(text: string, place: number): number {
  return text.slice(0, place).split('\n').length;
}

function beginningOf(code: string): string {
  return code.length > 60 ? `${code.slice(0, 60)}…` : code;
}
