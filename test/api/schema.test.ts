import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import pg from 'pg';
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
  expect(undescribed(schema)).toEqual([]);
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
    expect.arrayContaining([expect.stringMatching(/^(users|rooms|messages|node|query)$/)]),
  );
  expect(text).not.toMatch(/condition:/);
});

test('an id is the UUID of its row everywhere', () => {
  for (const name of ['User', 'Room', 'Message']) {
    const type = schema.getType(name);
    expect(isObjectType(type) && String(type.getFields().id?.type)).toBe('UUID!');
  }
});

function undescribed(schema: GraphQLSchema): string[] {
  const missing: string[] = [];
  const check = (name: string, thing: { description?: string | null }) => {
    if (!thing.description) {
      missing.push(name);
    }
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) {
      continue;
    }
    check(type.name, type);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field);
        for (const arg of field.args) {
          check(`${type.name}.${field.name}(${arg.name}:)`, arg);
        }
      }
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field);
      }
    } else if (isEnumType(type)) {
      for (const value of type.getValues()) {
        check(`${type.name}.${value.name}`, value);
      }
    }
  }
  return missing;
}
