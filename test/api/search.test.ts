import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const ada = await database.createUser();
const bob = await database.createUser();

const SEARCH = `query ($query: String!, $roomId: UUID, $first: Int, $after: Cursor, $approximate: Boolean) {
  searchMessages(query: $query, roomId: $roomId, first: $first, after: $after, approximate: $approximate) {
    nodes { rank isApproximate headline message { id content room { id } author { username } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Found {
  readonly nodes: readonly {
    readonly rank: number;
    readonly isApproximate: boolean;
    readonly headline: string;
    readonly message: {
      readonly id: string;
      readonly content: string;
      readonly room: { id: string };
    };
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function search(variables: Record<string, unknown>, as = ada): Promise<Found> {
  await database.indexMessages();
  const { data, errors } = await server.graphql(SEARCH, variables, as.token);
  expect(errors).toBeUndefined();
  return data.searchMessages;
}

/** All pages, with something happening between each two. */
async function readPages(variables: Record<string, unknown>, between: () => Promise<unknown>) {
  const contents: string[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo } = await search({ ...variables, after });
    contents.push(...nodes.map((node) => node.message.content));
    if (!pageInfo.hasNextPage) {
      return contents;
    }
    after = pageInfo.endCursor;
    await between();
  }
}

test('a result has its rank, its headline and the message with what hangs on it', async () => {
  const room = await database.createRoom(ada);
  const { id } = await database.sendMessage(ada, room.id, 'The quarterly report <b>is</b> ready');
  await expect(search({ query: 'report' })).resolves.toEqual({
    nodes: [
      {
        rank: expect.any(Number),
        isApproximate: false,
        headline: 'The quarterly ⟦report⟧ &lt;b&gt;is&lt;/b&gt; ready',
        message: {
          id,
          content: 'The quarterly report <b>is</b> ready',
          room: { id: room.id },
          author: { username: ada.username },
        },
      },
    ],
    pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
  });
});

test('pages neither repeat nor skip a message while others arrive and go', async () => {
  const room = await database.createRoom(ada);
  const sent: string[] = [];
  for (let number = 0; number < 20; number += 1) {
    // Of different relevance, so that rank and age disagree.
    const content = `walrus ${number} ${'walrus '.repeat(number % 3)}${'and '.repeat(number % 5)}`;
    await database.sendMessage(ada, room.id, content);
    sent.push(content);
  }
  const { nodes } = await search({ query: 'walrus', roomId: room.id, first: 1 });
  let number = 0;
  const read = await readPages({ query: 'walrus', roomId: room.id, first: 3 }, async () => {
    number += 1;
    await database.sendMessage(ada, room.id, `walrus walrus walrus late ${number}`);
    if (number === 1) {
      await database.owner.query(
        `update app_public.messages set content = null, deleted_at = now() where id = $1`,
        [nodes[0]?.message.id],
      );
    }
  });
  expect(read.filter((content) => !content.includes('late')).sort()).toEqual([...sent].sort());
  expect(new Set(read).size).toBe(read.length);
});

test('pages of misspelt words go on when the words come to be written that way', async () => {
  const room = await database.createRoom(ada);
  for (let number = 0; number < 8; number += 1) {
    await database.sendMessage(ada, room.id, `A giraffe, number ${number}`);
  }
  const read = await readPages({ query: 'girafe', roomId: room.id, first: 3 }, async () => {
    for (let number = 0; number < 5; number += 1) {
      await database.sendMessage(ada, room.id, 'girafe');
    }
  });
  expect(read.filter((content) => content.startsWith('A giraffe'))).toHaveLength(8);
});

test('words are taken for misspelt only when asked, once asked', async () => {
  const room = await database.createRoom(ada);
  await database.sendMessage(ada, room.id, 'An elephant');
  const { nodes } = await search({ query: 'elephnt', roomId: room.id });
  expect(nodes).toEqual([
    expect.objectContaining({ isApproximate: true, headline: 'An ⟦elephant⟧' }),
  ]);
  const strict = await search({ query: 'elephnt', roomId: room.id, approximate: false });
  expect(strict.nodes).toEqual([]);
});

test('a page has at most 100 results, a query at most 500 characters', async () => {
  const tooMany = await server.graphql(SEARCH, { query: 'x', first: 101 }, ada.token);
  expect(tooMany.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT' });
  const tooLong = await server.graphql(SEARCH, { query: 'x'.repeat(501) }, ada.token);
  expect(tooLong.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT' });
  const wrongCursor = await server.graphql(SEARCH, { query: 'x', after: 'x' }, ada.token);
  expect(wrongCursor.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT' });
});

test('nobody searches without signing in', async () => {
  const { errors } = await server.graphql(SEARCH, { query: 'report' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test("another's room answers like one that does not exist", async () => {
  const room = await database.createRoom(bob, { type: 'private', slug: 'hidden-room' });
  await database.sendMessage(bob, room.id, 'The secret walrus');
  const nowhere = await search({ query: 'walrus', roomId: '00000000-0000-7000-8000-000000000000' });
  await expect(search({ query: 'walrus', roomId: room.id })).resolves.toEqual(nowhere);
  await expect(search({ query: 'secret' })).resolves.toEqual(nowhere);
  await expect(search({ query: 'secret in:hidden-room' })).resolves.toEqual(nowhere);
  await expect(search({ query: 'secret in:no-such-room' })).resolves.toEqual(nowhere);
});

test('rooms and people are found by names that are slightly wrong', async () => {
  await database.createRoom(ada, { name: 'Général', slug: 'general-talk' });
  await database.createRoom(bob, { name: 'General staff', slug: 'general-staff', type: 'private' });
  const { data } = await server.graphql(
    `{ searchRooms(query: "genreal") { nodes { slug } } searchUsers(query: "${bob.username.slice(0, -1)}") { nodes { id } } }`,
    {},
    ada.token,
  );
  expect(data.searchRooms.nodes).toEqual([{ slug: 'general-talk' }]);
  expect(data.searchUsers.nodes).toContainEqual({ id: bob.id });
});

test('rooms stand in the order of names that people read, whatever their letters', async () => {
  const names = ['zebra', 'Äpfel', 'apple', 'Zürich', 'Ärzte', 'banana', 'Éclair', 'apricot'];
  for (const [number, name] of names.entries()) {
    await database.createRoom(ada, { name, slug: `order-${number}` });
  }
  const { data } = await server.graphql(
    '{ publicRooms(first: 100) { nodes { name } } }',
    {},
    ada.token,
  );
  const listed = data.publicRooms.nodes.map(({ name }: { name: string }) => name);
  expect(listed.filter((name: string) => names.includes(name))).toEqual([
    'Äpfel',
    'apple',
    'apricot',
    'Ärzte',
    'banana',
    'Éclair',
    'zebra',
    'Zürich',
  ]);
});
