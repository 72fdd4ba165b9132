import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { subscriptionExchange, Client as UrqlClient } from '@urql/core';
import type { Client } from 'graphql-ws';
import relay from 'relay-runtime';
import { createLiveClient } from '../../examples/clients/live.ts';
import { signToken } from '../../testing/access-token.ts';
import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { Queue } from '../../testing/queue.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { sendOverHttp } from '../realtime/support.ts';

/*
 * Live events in urql, Apollo and Relay's network, over graphql-ws with the settings of docs/clients.md: they come back
 * after every cut, without a hole; what userEvents repeat is left out by its number, as docs/protocol.md says.
 */

const database = await createTestDatabase();
let server: TestServer = await startTestServer(database);
const { url } = server;
afterAll(async () => {
  await server.close();
  await database.close();
});

const USER_EVENTS = `subscription UserEvents($after: String) {
  userEvents(after: $after) {
    cursor
    event { __typename changeSeq ... on MessageEvent { message { id content } } }
  }
}`;
const ROOM_EVENTS = `subscription RoomEvents($roomId: UUID!, $cursor: String) {
  roomEvents(roomId: $roomId, cursor: $cursor) {
    cursor __typename changeSeq
    ... on MessageEvent { message { id content } }
  }
}`;

interface Heard {
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly data?: any;
  readonly error?: unknown;
}
type Subscribe = (
  query: string,
  variables: Record<string, unknown>,
  hear: (heard: Heard) => void,
) => () => void;

/** How each library takes the client of graphql-ws. */
const LIBRARIES: Record<string, (live: Client) => Subscribe> = {
  urql(live) {
    const client = new UrqlClient({
      url: `${url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: live.subscribe({ query, variables: variables as never }, sink as never),
            }),
          }),
        }),
      ],
    });
    return (query, variables, hear) =>
      client.subscription(query, variables).subscribe(({ data, error }) => hear({ data, error }))
        .unsubscribe;
  },
  Apollo(live) {
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(live) });
    return (query, variables, hear) => {
      const subscription = client
        .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
        .subscribe({
          next: ({ data, error }) => hear({ data, error }),
          error: (error) => hear({ error }),
        });
      return () => subscription.unsubscribe();
    };
  },
  "Relay's network"(live) {
    const network = relay.Network.create(
      () => {
        throw new Error('Nothing is fetched.');
      },
      ({ text }, variables) =>
        relay.Observable.create((sink) =>
          live.subscribe({ query: text ?? '', variables }, sink as never),
        ),
    );
    return (query, variables, hear) => {
      const subscription = network
        .execute(
          {
            id: null,
            cacheID: query,
            text: query,
            name: 'Events',
            operationKind: 'subscription',
            providedVariables: {},
            metadata: {},
          } as never,
          variables as never,
          {},
          null as never,
        )
        .subscribe({
          next: (response) => hear(response as Heard),
          error: (error: unknown) => hear({ error }),
        });
      return () => subscription.unsubscribe();
    };
  },
};

/** A new access token each time, of a life that can be chosen. */
async function createSession(user: TestUser, firstLifeS = 900) {
  let token = await signToken({ sub: user.id, sid: user.sessionId }, undefined, firstLifeS);
  let refreshes = 0;
  return {
    accessToken: () => token,
    async refresh() {
      refreshes += 1;
      token = await signToken({ sub: user.id, sid: user.sessionId });
    },
    get refreshes() {
      return refreshes;
    },
  };
}

describe.each(Object.entries(LIBRARIES))('%s', (_name, library) => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) {
      await end();
    }
  });

  async function listen(user: TestUser, query: string, variables = {}, firstLifeS?: number) {
    const session = await createSession(user, firstLifeS);
    const live = createLiveClient(`${url.replace('http', 'ws')}/graphql`, session);
    const heard = new Queue<Heard>();
    ends.push(() => live.dispose());
    ends.push(library(live)(query, variables, (result) => heard.push(result)));
    const known = new Set<string>();
    /** The text of the next message; Ready and what else comes is left out. */
    async function nextText(): Promise<string> {
      for (;;) {
        const { data, error } = await heard.shift();
        if (error) {
          throw error;
        }
        const event = data.userEvents?.event ?? data.roomEvents;
        const isKnown = data.userEvents && known.has(event.changeSeq);
        if (event?.__typename === 'MessageEvent' && !isKnown) {
          known.add(event.changeSeq);
          return event.message.content;
        }
      }
    }
    return { session, nextText, ready: heard.shift() };
  }

  async function createRoom() {
    const user = await database.createUser();
    const { id: roomId } = await database.createRoom(user);
    return { user, roomId };
  }

  test.each([
    ['userEvents', USER_EVENTS],
    ['roomEvents', ROOM_EVENTS],
  ])('%s go on after the server was started anew', async (_field, query) => {
    const { user, roomId } = await createRoom();
    const { nextText, ready } = await listen(user, query, query === ROOM_EVENTS ? { roomId } : {});
    await ready;
    await sendOverHttp(server, user, roomId, 'before');
    expect(await nextText()).toBe('before');
    await server.close();
    await database.sendMessage(user, roomId, 'meanwhile');
    await database.sendMessage(user, roomId, 'and this');
    server = await startTestServer(database, { PORT: new URL(url).port });
    expect(await nextText()).toBe('meanwhile');
    expect(await nextText()).toBe('and this');
    await sendOverHttp(server, user, roomId, 'after');
    expect(await nextText()).toBe('after');
  });

  test('go on with a new token when the old one has ended', async () => {
    const { user, roomId } = await createRoom();
    const { session, nextText, ready } = await listen(user, USER_EVENTS, {}, 4);
    await ready;
    await database.sendMessage(user, roomId, 'on the old token');
    expect(await nextText()).toBe('on the old token');
    for (let count = 0; session.refreshes === 0; count += 1) {
      await database.sendMessage(user, roomId, `message ${count}`);
      expect(await nextText()).toBe(`message ${count}`);
    }
    await database.sendMessage(user, roomId, 'on the new token');
    expect(await nextText()).toBe('on the new token');
    expect(session.refreshes).toBe(1);
  });

  test('are told RESYNC where they cannot go on', async () => {
    const { user, roomId } = await createRoom();
    const { ready } = await listen(user, ROOM_EVENTS, { roomId, cursor: '9999-abc' });
    const { error } = await ready;
    // Each library has its own wrapping around what the server says.
    const { graphQLErrors, errors } = (error ?? {}) as Record<string, unknown>;
    expect([graphQLErrors ?? errors ?? error].flat()).toMatchObject([
      { extensions: { code: 'RESYNC' } },
    ]);
  });

  test('come in once there is room when there were too many connections', async () => {
    const { user, roomId } = await createRoom();
    const others = await Promise.all(
      Array.from({ length: 200 }, () => server.socket({ token: user.token })),
    );
    const { nextText, ready } = await listen(user, USER_EVENTS);
    const refused = await server.socket({ token: user.token, acknowledged: false });
    expect(await refused.closed).toMatchObject({ code: 4429 });
    await Promise.all(others.map((socket) => socket.close()));
    await ready;
    await database.sendMessage(user, roomId, 'at last');
    expect(await nextText()).toBe('at last');
  });
});
