import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const owner = await database.createUser();
const room = await database.createRoom(owner);
await database.owner.query(
  `with people as (
    insert into app_public.users (username, display_name)
    select 'guest' || n, 'Guest' from generate_series(1, 120) as n returning id
  )
  insert into app_public.room_members (room_id, user_id) select $1, id from people`,
  [room.id],
);
const query = (document: string, variables: object = {}) =>
  server.graphql(document, { roomId: room.id, ...variables }, owner.token);

describe('a page', () => {
  const members = (args: string) =>
    `query ($roomId: UUID!) { room(id: $roomId) { members${args} { nodes { userId } pageInfo { hasNextPage } } } }`;

  test('has 20 rows unless asked for more', async () => {
    const { data } = await query(members(''));
    expect(data.room.members.nodes).toHaveLength(20);
    expect(data.room.members.pageInfo.hasNextPage).toBe(true);
  });

  test.each(['(first: 100)', '(last: 100)'])('has 100 rows at most: %s', async (args) => {
    expect((await query(members(args))).data.room.members.nodes).toHaveLength(100);
  });

  test.each([
    '(first: 101)',
    '(last: 101)',
    '(first: -1)',
    '(offset: 1000000)',
    '(first: 1, last: 1)',
  ])('cannot be %s', async (args) => {
    const { errors } = await query(members(args));
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_INPUT' });
  });

  test('says what its limit is', async () => {
    expect((await query(members('(first: 101)'))).errors?.[0]?.message).toBe(
      'first must be between 0 and 100.',
    );
  });

  test('is limited by variables too', async () => {
    const document =
      'query ($roomId: UUID!, $first: Int) { room(id: $roomId) { members(first: $first) { nodes { userId } } } }';
    expect((await query(document, { first: 101 })).errors?.[0]?.extensions).toEqual({
      code: 'BAD_INPUT',
    });
    expect((await query(document, { first: 30 })).data.room.members.nodes).toHaveLength(30);
    expect((await query(document)).data.room.members.nodes).toHaveLength(20);
    expect((await query(document, { first: null })).data.room.members.nodes).toHaveLength(20);
  });

  test('of a function has the same limits', async () => {
    const document = (args: string) => `{ searchUsers(query: "guest"${args}) { nodes { id } } }`;
    expect((await query(document(''))).data.searchUsers.nodes).toHaveLength(20);
    expect((await query(document(', first: 101'))).errors?.[0]?.extensions).toEqual({
      code: 'BAD_INPUT',
    });
    const far = Buffer.from(JSON.stringify(['natural', 1_000_000])).toString('base64');
    expect((await query(document(`, after: "${far}"`))).errors?.[0]?.extensions).toEqual({
      code: 'BAD_INPUT',
    });
  });

  test.each([
    'nonsense',
    Buffer.from('["x",1]').toString('base64'),
    Buffer.from('{}').toString('base64'),
  ])('does not begin at a cursor that it never gave: %s', async (after) => {
    const document =
      'query ($roomId: UUID!, $after: Cursor) { room(id: $roomId) { messages(after: $after) { nodes { id } } } }';
    expect((await query(document, { after })).errors?.[0]?.extensions).toEqual({
      code: 'BAD_INPUT',
    });
  });

  test('ten of them in a row give every member once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await query(
        'query ($roomId: UUID!, $after: Cursor) { room(id: $roomId) { members(first: 13, after: $after) { nodes { userId } pageInfo { hasNextPage endCursor } } } }',
        { after },
      );
      const { nodes, pageInfo } = data.room.members;
      seen.push(...nodes.map(({ userId }: { userId: string }) => userId));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen).size).toBe(121);
    expect(seen).toHaveLength(121);
  });
});

describe('a query is refused when', () => {
  const deep = (levels: number, inside: string) =>
    `query ($roomId: UUID!) { room(id: $roomId) { messages(first: 1) { nodes ${'{ parentMessage '.repeat(levels)}{ ${inside} }${' }'.repeat(levels)} } } }`;

  test.each<[string, string, object?]>([
    ['it is nested too deeply', deep(12, 'id')],
    [
      'its pages multiply',
      'query ($roomId: UUID!) { room(id: $roomId) { messages(first: 100) { nodes { readBy(first: 100) { nodes { id username displayName createdAt } } } } } }',
    ],
    [
      'its pages multiply, by variables',
      'query ($roomId: UUID!, $n: Int) { room(id: $roomId) { messages(first: $n) { nodes { readBy(first: $n) { nodes { id username displayName createdAt } } } } } }',
      { n: 100 },
    ],
    [
      'it hides that behind aliases',
      `query ($roomId: UUID!) { room(id: $roomId) { ${Array.from({ length: 60 }, (_, n) => `m${n}: messages(first: 100) { nodes { id seq content createdAt authorId roomId } }`).join(' ')} } }`,
    ],
    [
      'it hides that behind fragments',
      `query ($roomId: UUID!) { room(id: $roomId) { messages(first: 100) { nodes { ...A } } } }
      fragment A on Message { ...B ...C } fragment B on Message { replies(first: 100) { ...D } } fragment C on Message { x: replies(first: 90) { ...D } }
      fragment D on MessagesConnection { nodes { id seq content } }`,
    ],
    [
      'it asks too many things at the top',
      `{ ${Array.from({ length: 11 }, (_, n) => `u${n}: userByUsername(username: "a") { id }`).join(' ')} }`,
    ],
    [
      'it does too many things at once',
      `mutation { ${Array.from({ length: 11 }, (_, n) => `s${n}: signOut(input: {}) { clientMutationId }`).join(' ')} }`,
    ],
    ['it writes too many fields', `{ currentUser { ${'id '.repeat(600)} } }`],
    ['it is too long', `{ ${'currentUser { id } '.repeat(1_000)} }`],
    [
      'it repeats the schema by introspection',
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    ],
    [
      'it asks for too many objects, each of which is planned',
      `query ($roomId: UUID!) { room(id: $roomId) { ${Array.from({ length: 70 }, (_, n) => `m${n}: members(first: 1) { nodes { userId } }`).join(' ')} } }`,
    ],
    [
      'it gives a list of names that is long',
      'query ($roomId: UUID!, $order: [RoomMembersOrderBy!]) { room(id: $roomId) { members(orderBy: $order) { nodes { userId } } } }',
      { order: Array(5).fill('PRIMARY_KEY_ASC') },
    ],
    [
      'it gives a list many times',
      `mutation ($roomId: UUID!, $words: [String!]) { ${Array.from({ length: 10 }, (_, n) => `r${n}: setRoomRule(input: { roomId: $roomId, kind: WORDS, action: HOLD, words: $words }) { clientMutationId }`).join(' ')} }`,
      { words: Array(1_000).fill('word') },
    ],
    [
      'its variables have too many values',
      '{ currentUser { id } }',
      { much: Array(5_000).fill(1) },
    ],
    [
      'its variables are nested too deeply',
      '{ currentUser { id } }',
      { deep: JSON.parse(`${'['.repeat(25)}${']'.repeat(25)}`) },
    ],
  ])('%s', async (_what, document, variables = {}) => {
    const { errors, data } = await query(document, variables);
    expect(errors?.[0]?.extensions).toEqual({ code: 'QUERY_TOO_COMPLEX' });
    expect(data).toBeUndefined();
  });

  test('a fragment stands in itself, as BAD_INPUT and at once', async () => {
    const { errors } = await query(
      '{ currentUser { ...A } } fragment A on User { id ...B } fragment B on User { ...A }',
    );
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_INPUT' });
  });

  test('fragments double a hundred times, without taking time for it', async () => {
    const fragments = Array.from(
      { length: 100 },
      (_, n) => `fragment F${n} on User { a${n}: id ...F${n + 1} ...F${n + 1} }`,
    );
    const document = `{ currentUser { ...F0 } } ${fragments.join(' ')} fragment F100 on User { id }`;
    const started = performance.now();
    await query(document);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('page sizes in variables', () => {
  const readers = `query ($roomId: UUID!, $n: Int!, $of: Int = 100) { room(id: $roomId) {
    messages(first: $n) { nodes { id readers: readBy(first: $of) { nodes { id username displayName createdAt } } } } } }`;

  test('count by their value', async () => {
    expect((await query(readers, { n: 80 })).errors).toBeUndefined();
    expect((await query(readers, { n: 100, of: 20 })).errors).toBeUndefined();
  });

  test('are told when they are too large: the field that costs most, and both numbers', async () => {
    const { errors } = await query(readers, { n: 100 });
    expect(errors?.[0]?.message).toBe(
      'This query asks for up to 40,303 values, by its page sizes: at most 35,000 are allowed. Most of them, 40,100, are in room.messages.nodes.readers.nodes: ask for fewer there.',
    );
  });
});

describe('what apps ask for passes', () => {
  const parts = `id seq content messageType metadata createdAt editedAt deletedAt pinnedAt replyCount parentMessageId
    author { id username displayName avatarUrl }
    attachments { id filename mimeType url thumbnailUrl }`;
  const whoReacted = 'reactions { emoji count users { nodes { id username displayName } } }';

  test.each<[string, string]>([
    [
      '50 messages with reactions and who reacted',
      `query ($roomId: UUID!) { room(id: $roomId) { messages(first: 50) { nodes { ${parts} ${whoReacted} } pageInfo { hasNextPage endCursor } } } }`,
    ],
    [
      '50 messages with ten names at each reaction',
      `query ($roomId: UUID!) { room(id: $roomId) { messages(first: 50) { nodes { id content author { id username } reactions { emoji count users(first: 10) { nodes { id username } } } } } } }`,
    ],
    [
      'a thread of 50',
      `query ($message: UUID!) { message(id: $message) { ${parts} ${whoReacted} replies(first: 50) { nodes { ${parts} ${whoReacted} } } } }`,
    ],
    [
      'the inbox, and the room that is open',
      `query ($roomId: UUID!) {
        userConversations(first: 50) { nodes { unreadCount room { id name type } latestMessage { ${parts} } } }
        room(id: $roomId) { id name members(first: 100) { nodes { role user { id username displayName status } } } messages(first: 50) { nodes { ${parts} reactions { emoji count } } } }
      }`,
    ],
  ])('%s', async (_what, document) => {
    const { errors } = await query(document, { message: room.id });
    expect(errors).toBeUndefined();
  });

  test('beside a reaction there are five names unless more are asked for', async () => {
    const { id } = await database.sendMessage(owner, room.id, 'liked by many');
    await database.owner.query(
      `insert into app_public.message_reactions (message_id, room_id, user_id, emoji)
        select $1, room_id, user_id, '👍' from app_public.room_members where room_id = $2 limit 8`,
      [id, room.id],
    );
    const { data } = await query(
      'query ($id: UUID!) { message(id: $id) { reactions { count few: users { nodes { id } } more: users(first: 7) { nodes { id } } } } }',
      { id },
    );
    const [{ count, few, more }] = data.message.reactions;
    expect([count, few.nodes.length, more.nodes.length]).toEqual([8, 5, 7]);
  });
});

describe('a visitor', () => {
  const visit = (document: string, variables: object = {}) =>
    server.graphql(document, { roomId: room.id, ...variables });

  test('cannot have 45,000 names planned 80 times', async () => {
    const document = `query ($roomId: UUID!, $o: [RoomMembersOrderBy!]) { room(id: $roomId) { ${Array.from({ length: 80 }, (_, n) => `a${n}: members(orderBy: $o) { nodes { userId } }`).join(' ')} } }`;
    const { status, errors } = await visit(document, {
      o: Array(45_000).fill('PRIMARY_KEY_ASC'),
    });
    expect(status).toBe(413);
    expect(errors?.[0]?.extensions).toEqual({ code: 'TOO_LARGE' });
    expect((await visit(document)).errors?.[0]?.extensions).toEqual({
      code: 'QUERY_TOO_COMPLEX',
    });
  });

  test('may ask for less than who has signed in', async () => {
    const { errors } = await visit(
      `{ ${'abcdefghij'
        .split('')
        .map((name) => `${name}: userByUsername(username: "${name}") { id createdAt }`)
        .join(
          ' ',
        )} roomBySlug(slug: "a") { messages(first: 1) { nodes { author { id } room { id } } } } }`,
    );
    expect(errors?.[0]?.extensions).toEqual({ code: 'QUERY_TOO_COMPLEX' });
  });
});

test("GraphiQL's introspection passes", async () => {
  const { getIntrospectionQuery } = await import('graphql');
  const { errors, data } = await query(getIntrospectionQuery());
  expect(errors).toBeUndefined();
  expect(data.__schema.types.length).toBeGreaterThan(50);
});

test('a body of more than 256 kB is refused: TOO_LARGE', async () => {
  const { status, errors } = await query('{ currentUser { id } }', {
    padding: 'x'.repeat(256_001),
  });
  expect(status).toBe(413);
  expect(errors?.[0]?.extensions).toEqual({ code: 'TOO_LARGE' });
});
