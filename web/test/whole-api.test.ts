import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'postgraphile/graphql';

/* The page shows all that the API can do: nothing of the schema is out of reach in it. */

const ROOT = join(import.meta.dirname, '..', '..');
const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));

/** What a page in a browser has no use for, and why. */
const NOT_FOR_A_PAGE: Readonly<Record<string, string>> = {
  registerPushToken: 'for apps of phones, which have tokens of FCM or APNs',
  upsertUsers: 'for servers, with a key',
  upsertRooms: 'for servers, with a key',
  importMessages: 'for servers, with a key',
  issueToken: 'for servers, with a key',
  deactivateUser: 'for servers, with a key',
  setProfileValueOf: 'for servers, with a key',
  reactivateUser: 'for servers, with a key',
  eraseUser: 'for servers, with a key',
  createBot: 'for servers, with a key',
  setCommands: 'for bots, with a key',
  answerInteraction: 'for bots, with a key',
  sendEphemeralMessage: 'for bots, with a key',
  setBotWebhook: 'for bots, with a key',
  removeBotWebhook: 'for bots, with a key',
  setComponents: 'for bots, with a key',
  joinAsGuest: 'asked by /session/guest, which keeps the refresh token in a cookie',
  signInWithPasskey: 'asked by /session/passkey, which keeps the refresh token in a cookie',
  webhooks: 'for servers, with a key',
  webhook: 'for servers, with a key',
  createWebhook: 'for servers, with a key',
  createHook: 'for servers, with a key',
  updateWebhook: 'for servers, with a key',
  disableWebhook: 'for servers, with a key',
  enableWebhook: 'for servers, with a key',
  deleteWebhook: 'for servers, with a key',
  rotateWebhookSecret: 'for servers, with a key',
  replayWebhook: 'for servers, with a key',
  node: 'for caches that know things by their nodeId; the client knows them by their id',
};

function read(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: ROOT })
    .filter((path) => !path.includes('node_modules') && !path.endsWith('generated.ts'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'));
}

const code = [...read('{client,web}/src/**/*.{ts,tsx}'), ...read('src/http/**/*.ts')].join('\n');

/** Operations that some module asks; one that nobody asks shows nothing. */
function askedOperations(): readonly OperationDefinitionNode[] {
  return read('{client,web}/src/**/*.graphql')
    .map((text): DocumentNode => parse(text))
    .flatMap(({ definitions }) => definitions)
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .filter(({ name }) => new RegExp(`\\b${name?.value}Document\\b`).test(code));
}

const reached = new Set(
  askedOperations().flatMap(({ selectionSet }) =>
    selectionSet.selections.map((selection) =>
      selection.kind === Kind.FIELD ? selection.name.value : '',
    ),
  ),
);

const fieldsOf = (type: 'getMutationType' | 'getQueryType' | 'getSubscriptionType') =>
  Object.keys(schema[type]()?.getFields() ?? {});

const outOfReach = (fields: readonly string[]) =>
  fields.filter((field) => !reached.has(field) && !(field in NOT_FOR_A_PAGE));

test('every mutation of the schema can be done in the page', () => {
  expect(outOfReach(fieldsOf('getMutationType'))).toEqual([]);
});

test('every query of the schema is asked somewhere in the page', () => {
  expect(outOfReach(fieldsOf('getQueryType'))).toEqual([]);
});

test('what the page has no use for is still in the schema', () => {
  const fields = new Set([...fieldsOf('getMutationType'), ...fieldsOf('getQueryType')]);
  expect(Object.keys(NOT_FOR_A_PAGE).filter((field) => !fields.has(field))).toEqual([]);
});
