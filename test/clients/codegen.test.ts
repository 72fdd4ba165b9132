import { readFileSync } from 'node:fs';
import path from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse, visit } from 'graphql';
import config from '../../examples/clients/codegen.ts';
import { contract } from './documents.ts';
import { createClientProject } from './project.ts';

/*
 * GraphQL Code Generator, configured as docs/clients.md says, makes types of the documents of the contract, and they
 * say what the server gives.
 */

const { plugins, config: options } = config.generates['app/generated.ts'];
const PLUGINS = {
  'typescript-operations': typescriptOperations,
  'typed-document-node': typedDocumentNode,
};

const USES = `
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { RoomMessagesDocument, SendMessageDocument, RoomEventsDocument } from './generated.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(_proof?: T) => {};

type Page = NonNullable<NonNullable<ResultOf<typeof RoomMessagesDocument>['room']>['messages']>;
type Message = Page['nodes'][number];
holds<Equal<Message['id'], string>>();
holds<Equal<Message['seq'], string>>();
holds<Equal<Message['content'], string | null>>();
holds<Equal<Message['author']['username'], string>>();
holds<Equal<Message['metadata'], unknown>>();
holds<Equal<Message['reactions'][number]['count'], number>>();
holds<Equal<VariablesOf<typeof RoomEventsDocument>['after'], string | number | null | undefined>>();
holds<Equal<keyof VariablesOf<typeof SendMessageDocument>, 'roomId'>>();
`;

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    module: 'nodenext',
    target: 'es2024',
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  },
  include: ['app'],
};

/** The plugin cannot read its own text of a literal with quotes in it; apps have variables there. */
const documents = visit(contract, {
  StringValue: (node) => ({ ...node, value: node.value.replaceAll('"', '') }),
});

/** @param uses what is compiled beside the documents of the contract */
async function compile(uses: string, config: object): Promise<string> {
  const project = await createClientProject();
  const generated = await codegen({
    schema: parse(readFileSync('schema.graphql', 'utf8')),
    documents: [{ document: documents, location: 'operations.graphql' }],
    filename: 'app/generated.ts',
    plugins: plugins.map((name) => ({ [name]: {} })),
    pluginMap: PLUGINS,
    config,
  });
  await project.write('package.json', JSON.stringify({ type: 'module' }));
  await project.write('app/generated.ts', generated);
  await project.write('app/uses.ts', uses);
  await project.write('tsconfig.json', JSON.stringify(TSCONFIG));
  try {
    return await project.run('tsc', '-p', '.');
  } finally {
    await project.remove();
  }
}

test('its types of the documents of the contract compile', async () => {
  await expect(compile(USES, options)).resolves.toBe('');
});

const ASKED = `
import type { TypedDocument } from ${JSON.stringify(path.resolve('client/src/http.ts'))};
import { SendMessageDocument } from './generated.ts';

declare function ask<Result, Variables>(document: TypedDocument<Result, Variables>, variables: Variables): Result;
`;

test('trumpet-client takes documents as text, and the compiler refuses trees', async () => {
  const asText = { ...options, documentMode: 'string' };
  const use = "ask(SendMessageDocument, { roomId: '' }).sendMessage;";
  await expect(compile(`${ASKED}${use}`, asText)).resolves.toBe('');
  await expect(compile(`${ASKED}// @ts-expect-error\n${use}`, options)).resolves.toBe('');
});
