import { ApolloClient, ApolloLink } from '@apollo/client';
import { HttpLink } from '@apollo/client/link/http';
import { jest } from '@jest/globals';
import { Client, fetchExchange } from '@urql/core';
import { OperationTypeNode, print } from 'graphql';
import { trumpetCache as apolloCache } from '../../examples/clients/apollo.ts';
import { trumpetCache as urqlCache } from '../../examples/clients/graphcache.ts';
import { createTestWorld, type TestWorld } from '../../testing/world.ts';
import { answered, documentOf, operations } from './documents.ts';
import { walkThrough } from './walk-through.ts';

/*
 * The caches of urql and Apollo, configured as docs/clients.md says, take every document of the contract without a
 * warning, and give back what the server said.
 */

const INTROSPECTION = `{ __schema { queryType { name } mutationType { name } subscriptionType { name }
  types { kind name possibleTypes { name } interfaces { name } fields { name args { name type { name } }
    type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`;

let world: TestWorld;
beforeEach(async () => {
  world = await createTestWorld();
});
afterEach(() => world.close());

const complaints: string[] = [];
for (const level of ['warn', 'error'] as const) {
  jest.spyOn(console, level).mockImplementation((...words) => {
    complaints.push(words.join(' '));
  });
}
beforeEach(() => {
  complaints.length = 0;
});

const named = new Map(operations.map((operation) => [operation.name?.value as string, operation]));
test('urql with graphcache', async () => {
  const { data } = await world.server.graphql(INTROSPECTION);
  let token: string | undefined;
  const client = new Client({
    url: `${world.server.url}/graphql`,
    preferGetMethod: false,
    fetchOptions: () => ({
      headers: {
        connection: 'close',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    }),
    exchanges: [
      urqlCache(data, { logger: (_severity, message) => complaints.push(message) }),
      fetchExchange,
    ],
  });
  const ran = await walkThrough(
    world.database,
    async (name, variables) => {
      const operation = named.get(name);
      const document = print(documentOf(operation as NonNullable<typeof operation>));
      const result =
        operation?.operation === OperationTypeNode.MUTATION
          ? await client.mutation(document, variables).toPromise()
          : await client.query(document, variables, { requestPolicy: 'network-only' }).toPromise();
      expect(result.error).toBeUndefined();
      return result.data;
    },
    (accessToken) => {
      token = accessToken;
    },
  );
  expect(new Set(ran)).toEqual(answered);
  expect(complaints).toEqual([]);
});

test('Apollo', async () => {
  let token: string | undefined;
  const client = new ApolloClient({
    cache: apolloCache(),
    link: ApolloLink.from([
      new HttpLink({
        uri: `${world.server.url}/graphql`,
        fetch: (address, init) =>
          fetch(address, {
            ...init,
            headers: {
              ...init?.headers,
              connection: 'close',
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            },
          }),
      }),
    ]),
  });
  const ran = await walkThrough(
    world.database,
    async (name, variables) => {
      const operation = named.get(name);
      const document = documentOf(operation as NonNullable<typeof operation>);
      const { data, error } =
        operation?.operation === OperationTypeNode.MUTATION
          ? await client.mutate({ mutation: document, variables })
          : await client.query({ query: document, variables, fetchPolicy: 'network-only' });
      expect(error).toBeUndefined();
      return data;
    },
    (accessToken) => {
      token = accessToken;
    },
  );
  expect(new Set(ran)).toEqual(answered);
  expect(complaints).toEqual([]);
});
