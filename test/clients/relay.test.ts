import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { OperationTypeNode, print, visit } from 'graphql';
import relay, { type ConcreteRequest, type GraphQLResponse } from 'relay-runtime';
import { createLiveClient } from '../../examples/clients/live.ts';
import { Queue } from '../../testing/queue.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { answered, documentOf, operations } from './documents.ts';
import { createClientProject } from './project.ts';
import { walkThrough } from './walk-through.ts';

/*
 * Relay's compiler takes every document of the contract, and a screen with a list that is read page by page, with the
 * configuration of docs/clients.md; its runtime runs what was compiled without a warning.
 */

const SUFFIXES = {
  [OperationTypeNode.QUERY]: 'Query',
  [OperationTypeNode.MUTATION]: 'Mutation',
  [OperationTypeNode.SUBSCRIPTION]: 'Subscription',
};

/** A module with one document of the contract: Relay wants its name before that of everything in it. */
function moduleOf(operation: (typeof operations)[number]): string {
  const module = operation.name?.value ?? '';
  const renamed = visit(documentOf(operation), {
    OperationDefinition: (node) => ({
      ...node,
      name: { ...node.name, value: module + SUFFIXES[node.operation] },
    }),
    FragmentDefinition: (node) => ({ ...node, name: withModule(node.name) }),
    FragmentSpread: (node) => ({ ...node, name: withModule(node.name) }),
  });
  return `import { graphql } from 'relay-runtime';\n\ngraphql\`\n${print(renamed)}\n\`;\n`;

  function withModule<T extends { value: string }>(name: T): T {
    return { ...name, value: `${module}_${name.value}` };
  }
}

const example = (name: string) => readFileSync(path.join('examples/clients/relay', name), 'utf8');

const complaints: string[] = [];
for (const level of ['warn', 'error'] as const) {
  jest.spyOn(console, level).mockImplementation((...words) => {
    complaints.push(words.join(' '));
  });
}

const world = await createTestWorld();
const project = await createClientProject();
afterAll(async () => {
  await project.remove();
  await world.close();
});

let token: string | undefined;
/** What the server said last: what Relay gives has only what the module itself asks for, without its fragments. */
let answer: GraphQLResponse | undefined;
const environment = new relay.Environment({
  network: relay.Network.create(async ({ text }, variables) => {
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        connection: 'close',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: text, variables }),
    });
    answer = (await response.json()) as GraphQLResponse;
    return answer;
  }, subscribeLive),
  store: new relay.Store(new relay.RecordSource()),
  getDataID: (node) => node.nodeId ?? node.id,
});

function subscribeLive({ text }: { text?: string | null }, variables: object) {
  return relay.Observable.create<GraphQLResponse>((sink) => {
    const live = createLiveClient(`${world.server.url.replace('http', 'ws')}/graphql`, {
      accessToken: () => token ?? '',
      refresh: async () => {},
    });
    const stop = live.subscribe(
      { query: text ?? '', variables: variables as Record<string, unknown> },
      sink as never,
    );
    return () => {
      stop();
      void live.dispose();
    };
  });
}

async function compiled(name: string): Promise<ConcreteRequest> {
  const file = path.join(project.folder, 'app/__generated__', `${name}.graphql.ts`);
  const module: { default: ConcreteRequest } = await import(pathToFileURL(file).href);
  return module.default;
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
function query(request: ConcreteRequest, variables: Record<string, unknown>): Promise<any> {
  return relay
    .fetchQuery(environment, request, variables, { fetchPolicy: 'network-only' })
    .toPromise();
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
function mutate(mutation: ConcreteRequest, variables: Record<string, unknown>): Promise<any> {
  return new Promise((resolve, reject) => {
    relay.commitMutation(environment, {
      mutation,
      variables,
      onCompleted: (data, errors) =>
        errors === null ? resolve(data) : reject(new Error(JSON.stringify(errors))),
      onError: reject,
    });
  });
}

test('its compiler takes every document without a warning', async () => {
  await project.write('relay.config.json', example('relay.config.json'));
  await project.write('app/RoomScreen.ts', example('RoomScreen.ts'));
  for (const operation of operations) {
    await project.write(`app/${operation.name?.value}.ts`, moduleOf(operation));
  }
  const said = await project.run('relay-compiler', 'relay.config.json');
  expect(said).toContain('Compilation completed.');
  expect(said).not.toMatch(/warn|error/i);
});

test('its runtime runs them without a warning', async () => {
  const ran = await walkThrough(
    world.database,
    async (name, variables) => {
      const operation = operations.find((candidate) => candidate.name?.value === name);
      if (operation?.operation === OperationTypeNode.MUTATION) {
        await mutate(await compiled(`${name}Mutation`), variables);
      } else {
        await query(await compiled(`${name}Query`), variables);
      }
      return (answer as { data: unknown }).data;
    },
    (accessToken) => {
      token = accessToken;
    },
  );
  expect(new Set(ran)).toEqual(answered);
  expect(complaints).toEqual([]);
});

test('a list that can be refetched is read page by page', async () => {
  const { ada, roomId } = await createRoomOfTwo(world.database);
  token = ada.token;
  for (const content of ['one', 'two', 'three', 'four', 'five']) {
    await world.database.sendMessage(ada, roomId, content);
  }
  const { room } = await query(await compiled('RoomScreenQuery'), { roomId });
  const { nodeId } = room;
  const page = await compiled('RoomScreenMessagesQuery');
  const { node } = await query(page, { nodeId, first: 2 });
  expect(node.__id).toBe(nodeId);
  const shown = () => messagesOf(nodeId);
  expect(shown().contents).toEqual(['five', 'four']);
  await query(page, { nodeId, first: 2, after: shown().cursor });
  expect(shown().contents).toEqual(['five', 'four', 'three', 'two']);
  expect(complaints).toEqual([]);
});

test('live events of a room change what is in the store', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(world.database);
  token = bob.token;
  const { id } = await world.database.sendMessage(ada, roomId, 'before');
  const told = new Queue<unknown>();
  const source = environment.getStore().getSource();
  const shown = () =>
    source
      .getRecordIDs()
      .map((recordId) => source.get(recordId))
      .find((record) => record?.__typename === 'Message' && record.id === id)?.content;
  /** Other events, such as of who is there, change nothing of it. */
  async function untilShown(content: unknown): Promise<void> {
    do {
      await told.shift();
    } while (shown() !== content);
  }
  const subscription = relay.requestSubscription(environment, {
    subscription: await compiled('RoomEventsSubscription'),
    variables: { roomId },
    onNext: (response) => told.push(response),
    onError: (error) => told.fail(error),
  });
  await told.shift(); // Ready.
  await world.database.call(ada, 'edit_message', id, 'after');
  await untilShown('after');
  await world.database.call(ada, 'delete_message', id);
  await untilShown(null);
  subscription.dispose();
  expect(complaints).toEqual([]);
});

/** What the store has of a room's messages. */
function messagesOf(nodeId: string) {
  let contents: unknown[] = [];
  let cursor: unknown;
  relay.commitLocalUpdate(environment, (store) => {
    const connection = relay.ConnectionHandler.getConnection(
      store.get(nodeId) as relay.RecordProxy,
      'RoomScreen_messages',
      { orderBy: 'SEQ_DESC' },
    );
    cursor = connection?.getLinkedRecord('pageInfo')?.getValue('endCursor');
    contents = (connection?.getLinkedRecords('edges') ?? []).map((edge) =>
      edge?.getLinkedRecord('node')?.getValue('content'),
    );
  });
  return { contents, cursor };
}
