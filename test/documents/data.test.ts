import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, Kind, parse, validate } from 'grafast/graphql';
import { blocksIn, blocksOf, REPOSITORY } from './support/blocks.ts';

const schema = buildSchema(readFileSync(join(REPOSITORY, 'schema.graphql'), 'utf8'));

/** What is wrong with the operations of a text, each by itself: a block may show several that a reader sends one by one. */
function problemsOf(text: string): string[] {
  const { definitions } = parse(text);
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return operations
    .flatMap((operation) =>
      validate(schema, { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] }),
    )
    .map(({ message }) => message);
}

function checked(place: string, text: string): string[] {
  try {
    return problemsOf(text).map((problem) => `${place}: ${problem}`);
  } catch (error) {
    return [`${place}: ${(error as Error).message}`];
  }
}

test('every GraphQL document is valid in the schema', () => {
  const blocks = blocksIn('graphql');
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.flatMap(({ place, text }) => checked(place, text))).toEqual([]);
});

test('every GraphQL document inside of code is valid in the schema', () => {
  const documents = blocksIn('ts', 'tsx', 'js').flatMap(({ place, text }) =>
    Array.from(
      text.matchAll(/(["'`])((?:(?:query|mutation|subscription)\b|\{)(?:(?!\1).)*\})\1/gs),
      ([, , document]) => ({ place, document: document ?? '' }),
    ),
  );
  expect(documents.length).toBeGreaterThan(0);
  expect(documents.flatMap(({ place, document }) => checked(place, document))).toEqual([]);
});

test('a field that is not in the schema is found', () => {
  const [block] = blocksOf('a.md', '```graphql\n{ currentUser { name } }\n```\n');
  expect(problemsOf(block?.text ?? '')).toEqual([expect.stringMatching(/"name"/)]);
});

test('every block of JSON can be read', () => {
  const blocks = blocksIn('json');
  expect(blocks.length).toBeGreaterThan(0);
  for (const { place, text } of blocks) {
    try {
      JSON.parse(text);
    } catch (error) {
      throw new Error(`${place}: ${(error as Error).message}`);
    }
  }
});
