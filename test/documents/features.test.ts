import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'grafast/graphql';
import { REPOSITORY } from './support/blocks.ts';

/* docs/features.md says by which operations one does a thing, and which tests hold it: both are there. */

const schema = buildSchema(readFileSync(join(REPOSITORY, 'schema.graphql'), 'utf8'));
const OPERATIONS = new Set(
  [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  ),
);

const rows = readFileSync(join(REPOSITORY, 'docs', 'features.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) =>
    line
      .split(' | ')
      .map((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name as string)),
  );

test('every operation of the table is in the schema', () => {
  const named = rows.map(([, operations]) => operations ?? []);
  expect(named.filter((operations) => operations.length === 0)).toEqual([]);
  expect(named.flat().filter((operation) => !OPERATIONS.has(operation))).toEqual([]);
});

test('every test that holds a row is there', () => {
  const named = rows.map((row) => row.at(-1) ?? []);
  expect(named.filter((tests) => tests.length === 0)).toEqual([]);
  expect(named.flat().filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});
