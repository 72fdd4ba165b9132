import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, validate } from 'postgraphile/graphql';

/*
 * client/src/generated.ts: the types of the client's documents, and their texts. `--check` fails when the file is not
 * what the schema and the documents make of it.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const TARGET = join(ROOT, 'client/src/generated.ts');

/** What scalars are on the wire. A BigInt is text, because JavaScript's numbers are not exact beyond 2^53. */
const SCALARS = {
  AccessToken: 'string',
  BigInt: { input: 'string | number', output: 'string' },
  Cursor: 'string',
  Datetime: 'string',
  JSON: 'unknown',
  Time: 'string',
  UUID: 'string',
};

async function generate(): Promise<string> {
  const schemaText = readFileSync(join(ROOT, 'schema.graphql'), 'utf8');
  const documentsText = readFileSync(join(ROOT, 'client/src/documents.graphql'), 'utf8');
  const document = parse(documentsText, { noLocation: true });
  const errors = validate(buildSchema(schemaText), document);
  if (errors.length > 0) {
    throw new Error(errors.map(({ message }) => message).join('\n'));
  }
  const made = await codegen({
    filename: TARGET,
    schema: parse(schemaText),
    documents: [{ location: 'documents.graphql', document }],
    config: {
      scalars: SCALARS,
      strictScalars: true,
      enumType: 'string-literal',
      useTypeImports: true,
      skipTypename: true,
      avoidOptionals: { field: true },
      dedupeFragments: true,
      documentMode: 'string',
    },
    pluginMap: { typescriptOperations, typedDocumentNode },
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
  });
  // So that a bundler leaves out the documents that nobody uses.
  return made.replaceAll(
    '= new TypedDocumentString(',
    '= /* @__PURE__ */ new TypedDocumentString(',
  );
}

const made = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, made);
} else if (readFileSync(TARGET, 'utf8') !== made) {
  console.error('client/src/generated.ts is stale: run `npm run client:generate`.');
  process.exit(1);
}
