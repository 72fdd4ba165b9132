import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, stripIgnoredCharacters, validate } from 'postgraphile/graphql';

/*
 * Each folder's generated.ts: the types of the documents of the client and of the page, and their texts. `--check` fails when a file is not what the schema and the documents make of it.
 */

const ROOT = join(import.meta.dirname, '..', '..');

/** Folders with documents (`*.graphql`), each with what is generated from all of its own: what is loaded together. */
const FOLDERS = [
  'client/src',
  'client/src/api-session',
  'client/src/bot',
  'client/src/on-demand',
  'client/src/ui/arrangement',
  'client/src/ui/delivery',
  'client/src/ui/drafts',
  'client/src/ui/forwards',
  'client/src/ui/emoji',
  'client/src/ui/groups',
  'client/src/ui/interactions',
  'client/src/ui/later',
  'client/src/ui/messages',
  'client/src/ui/polls',
  'client/src/ui/recap',
  'client/src/ui/special',
  'client/src/ui/status',
  'client/src/ui/threads',
  'web/src',
];

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

async function generate(folder: string, target: string): Promise<string> {
  const schemaText = readFileSync(join(ROOT, 'schema.graphql'), 'utf8');
  const others = FOLDERS.filter((other) => other.startsWith(`${folder}/`));
  const documentsText = globSync(`${folder}/**/*.graphql`, { cwd: ROOT, exclude: others })
    .toSorted()
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');
  const document = parse(documentsText, { noLocation: true });
  const errors = validate(buildSchema(schemaText), document);
  if (errors.length > 0) {
    throw new Error(errors.map(({ message }) => message).join('\n'));
  }
  const made = await codegen({
    filename: target,
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
  const text = made
    // So that a bundler leaves out the documents that nobody uses.
    .replaceAll('= new TypedDocumentString(', '= /* @__PURE__ */ new TypedDocumentString(')
    // They are for servers to read, and are loaded by everybody.
    .replace(/`[^`]*`/g, (text) => text.replace(/\n\s+/g, '\n'))
    // So that the client takes documents that were generated elsewhere: a private field would make each class its own.
    .replace('private value: string;', 'readonly value: string;')
    // So that pages load, and requests carry, what is read and not how it is set.
    .replace(
      /(new TypedDocumentString\()`([^`]*)`/g,
      (_, before, text) => `${before}\`${stripIgnoredCharacters(text)}\``,
    );
  return shareFragments(text);
}

/** Documents have the texts of their fragments from one place each, which more than one of them name. */
function shareFragments(generated: string): string {
  const fragments = new Map<string, string>();
  const shared = generated.replace(/TypedDocumentString\(`([^`]*)`\)/g, (_, text: string) => {
    const [operation, ...parts] = text.split(/(?=fragment \w+ on )/);
    const names = parts.map((part) => {
      const name = `${/^fragment (\w+)/.exec(part)?.[1]}Text`;
      fragments.set(name, part);
      return `\${${name}}`;
    });
    return `TypedDocumentString(\`${operation}${names.join('')}\`)`;
  });
  const texts = [...fragments].map(([name, text]) => `const ${name} = \`${text}\`;\n`);
  return shared.replace('export class TypedDocumentString', (first) => texts.join('') + first);
}

for (const folder of FOLDERS) {
  const path = `${folder}/generated.ts`;
  const target = join(ROOT, path);
  const made = await generate(folder, target);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, made);
  } else if (readFileSync(target, 'utf8') !== made) {
    console.error(`${path} is stale: run \`npm run client:generate\`.`);
    process.exit(1);
  }
}
