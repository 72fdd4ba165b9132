import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import pg from 'pg';
import { ENUM_VALUES, INPUTS, RESULTS } from '../../plugins/descriptions.ts';
import { schemaText } from '../../scripts/schema-text.ts';
import { createTestDatabase } from '../../testing/database.ts';

const database = await createTestDatabase();
const pool = new pg.Pool({ connectionString: database.authDatabaseUrl });
afterAll(async () => {
  await pool.end();
  await database.close();
});

const text = await schemaText(pool);
const schema = buildSchema(text);

test('schema.graphql is what the server serves (else run "npm run schema")', async () => {
  expect(await readFile('schema.graphql', 'utf8')).toBe(text);
});

test('everything in the schema has a description', () => {
  const forgotten = partsOf(schema)
    .filter(({ description }) => !description)
    .map(({ name, place }) => `${name} has no description: ${PLACES[place]}.`);
  expect(forgotten).toEqual([]);
});

test('every description in plugins/descriptions.ts describes something', () => {
  const used = new Set(partsOf(schema).map(({ description }) => description));
  const stray = Object.entries({ INPUTS, ENUM_VALUES, RESULTS }).flatMap(([list, descriptions]) =>
    Object.entries(descriptions)
      .filter(([, description]) => !used.has(description))
      .map(
        ([name]) => `${list} in plugins/descriptions.ts has ${name}, which the schema does not.`,
      ),
  );
  expect(stray).toEqual([]);
});

test('every scalar says where it is specified', () => {
  const scalars = Object.values(schema.getTypeMap()).filter(
    (type) => isScalarType(type) && !isSpecifiedScalarType(type),
  );
  expect(scalars.length).toBeGreaterThan(5);
  for (const scalar of scalars) {
    expect(isScalarType(scalar) && scalar.specifiedByURL).toMatch(/^https:/);
  }
});

test('no list can be read without a page size, but for those of one message', () => {
  const lists = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []))
    .filter(
      ({ type, args }) =>
        /Connection!?$/.test(String(type)) || args.some(({ name }) => name === 'offset'),
    );

  expect(lists.length).toBeGreaterThan(8);
  for (const list of lists) {
    expect(list.args.map(({ name }) => name)).toContain('first');
  }
});

test('whole tables cannot be listed or filtered', () => {
  expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(users|rooms|messages|query)$/)]),
  );
  expect(text).not.toMatch(/condition:/);
});

test('an id is the UUID of its row everywhere', () => {
  for (const name of ['User', 'Room', 'Message']) {
    const type = schema.getType(name);
    expect(isObjectType(type) && String(type.getFields().id?.type)).toBe('UUID!');
  }
});

/** A part of the schema that has to have a description, and where one is written. */
interface Part {
  readonly name: string;
  readonly description: string | null | undefined;
  readonly place: 'comment' | 'INPUTS' | 'RESULTS' | 'ENUM_VALUES';
}

const PLACES: Record<Part['place'], string> = {
  comment:
    'write a `comment on` its table, column, type or function in migrations/, or a description in the plugin that makes it',
  INPUTS: 'add it to INPUTS in plugins/descriptions.ts',
  RESULTS: 'add it to RESULTS in plugins/descriptions.ts',
  ENUM_VALUES: 'add it to ENUM_VALUES in plugins/descriptions.ts',
};

function partsOf(schema: GraphQLSchema): Part[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type): Part[] => {
      const part = (place: Part['place']) => (of: Described) => ({
        name: `${type.name}.${of.name}`,
        description: of.description,
        place,
      });
      const self: Part = { name: type.name, description: type.description, place: 'comment' };
      if (isObjectType(type) || isInterfaceType(type)) {
        const fields = Object.values(type.getFields());
        const place = type.name.endsWith('Payload') ? 'RESULTS' : 'comment';
        return [
          self,
          ...fields.map(part(place)),
          ...fields.flatMap((field) =>
            field.args.map((arg) => ({
              ...part('INPUTS')(arg),
              name: `${type.name}.${field.name}(${arg.name}:)`,
            })),
          ),
        ];
      }
      if (isInputObjectType(type)) {
        return [self, ...Object.values(type.getFields()).map(part('INPUTS'))];
      }
      return isEnumType(type) ? [self, ...type.getValues().map(part('ENUM_VALUES'))] : [self];
    });
}

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}
